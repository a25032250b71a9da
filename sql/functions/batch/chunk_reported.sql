-- Adds what has become of a chunk to the report.
CREATE OR REPLACE FUNCTION rollforward.chunk_reported(
    report jsonb,
    first_ordinal integer,
    total integer,
    chunk_size integer,
    began timestamptz,
    outcome jsonb
)
RETURNS jsonb
LANGUAGE sql VOLATILE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
BEGIN ATOMIC
    SELECT report || jsonb_build_array(
        jsonb_build_object(
            'chunk', jsonb_array_length(report) + 1,
            'first_ordinal', first_ordinal,
            'rows', least(chunk_size, total - first_ordinal + 1),
            'ms', rollforward.elapsed_ms(began, clock_timestamp()))
        || outcome);
END;

COMMENT ON FUNCTION rollforward.chunk_reported IS 'Adds what has become of a chunk to the report';
