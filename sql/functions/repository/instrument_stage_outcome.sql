-- What has become of the staged instruments, in their order, an array for each column: for functions that have just written them.
CREATE OR REPLACE FUNCTION rollforward.instrument_stage_outcome(
    OUT ordinals integer[],
    OUT instrument_ids bigint[],
    OUT statuses text[],
    OUT versions integer[]
)
LANGUAGE plpgsql STABLE PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_column
BEGIN
    WITH outcome AS (
        SELECT staged.ordinal, staged.instrument_id, staged.status, staged.stored_version AS version
        FROM batch_instrument AS staged
        WHERE staged.status IN ('deleted', 'unknown', 'skipped')
        UNION ALL
        SELECT staged.ordinal, known.instrument_id, coalesce(staged.status, 'inserted'), known.version
        FROM batch_instrument AS staged
        JOIN rollforward_data.instrument AS known USING (symbol)
        WHERE staged.status IS NULL
           OR staged.status IN ('inserted', 'updated', 'unchanged')
        ORDER BY ordinal
    )
    SELECT array_agg(outcome.ordinal), array_agg(outcome.instrument_id), array_agg(outcome.status),
           array_agg(outcome.version)
    INTO ordinals, instrument_ids, statuses, versions
    FROM outcome;
END
$$;

COMMENT ON FUNCTION rollforward.instrument_stage_outcome IS 'What has become of the staged instruments, in their order';
