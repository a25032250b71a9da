-- What has become of a chunk that was saved, for the report: how many rows have which status.
CREATE OR REPLACE FUNCTION rollforward.chunk_outcome(statuses text[])
RETURNS jsonb
LANGUAGE sql STABLE PARALLEL SAFE
BEGIN ATOMIC
    SELECT jsonb_build_object('status', 'saved')
           || coalesce(jsonb_object_agg(counted.status, counted.times), '{}')
    FROM (SELECT status, count(*) AS times
          FROM unnest(statuses) AS status
          GROUP BY status) AS counted;
END;

COMMENT ON FUNCTION rollforward.chunk_outcome IS 'What has become of a chunk that was saved, for the report';
