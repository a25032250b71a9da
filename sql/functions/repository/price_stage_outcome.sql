-- What has become of the staged prices, in their order: for functions that have just written them.
CREATE OR REPLACE FUNCTION rollforward.price_stage_outcome()
RETURNS TABLE (ordinal integer, instrument_id bigint, price_date date, status text, version integer)
LANGUAGE plpgsql STABLE PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_column
BEGIN
    RETURN QUERY
    SELECT staged.ordinal, staged.instrument_id, staged.price_date, staged.status, staged.stored_version
    FROM batch_price AS staged
    WHERE staged.status IN ('deleted', 'unknown', 'skipped')
    UNION ALL
    SELECT staged.ordinal, known.instrument_id, known.price_date, coalesce(staged.status, 'inserted'), known.version
    FROM batch_price AS staged
    JOIN rollforward_data.price AS known USING (instrument_id, price_date)
    WHERE staged.status IS NULL
       OR staged.status IN ('inserted', 'updated', 'unchanged')
    ORDER BY 1;
END
$$;

COMMENT ON FUNCTION rollforward.price_stage_outcome IS 'What has become of the staged prices, in their order';
