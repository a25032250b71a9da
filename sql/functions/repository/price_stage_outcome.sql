-- What has become of the staged prices, in their order, an array for each column: for functions that have just written them.
CREATE OR REPLACE FUNCTION rollforward.price_stage_outcome(
    OUT ordinals integer[],
    OUT instrument_ids bigint[],
    OUT price_dates date[],
    OUT statuses text[],
    OUT versions integer[]
)
LANGUAGE plpgsql STABLE PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_column
BEGIN
    WITH outcome AS (
        SELECT staged.ordinal, staged.instrument_id, staged.price_date, staged.status, staged.stored_version AS version
        FROM batch_price AS staged
        WHERE staged.status IN ('deleted', 'unknown', 'skipped')
        UNION ALL
        SELECT staged.ordinal, known.instrument_id, known.price_date, coalesce(staged.status, 'inserted'), known.version
        FROM batch_price AS staged
        JOIN rollforward_data.price AS known USING (instrument_id, price_date)
        WHERE staged.status IS NULL
           OR staged.status IN ('inserted', 'updated', 'unchanged')
        ORDER BY ordinal
    )
    SELECT array_agg(outcome.ordinal), array_agg(outcome.instrument_id), array_agg(outcome.price_date), array_agg(outcome.status),
           array_agg(outcome.version)
    INTO ordinals, instrument_ids, price_dates, statuses, versions
    FROM outcome;
END
$$;

COMMENT ON FUNCTION rollforward.price_stage_outcome IS 'What has become of the staged prices, in their order';
