-- The version of what is deployed; NULL where nobody has deployed, as after migrations alone.
CREATE OR REPLACE FUNCTION rollforward.deployed_version()
RETURNS text
LANGUAGE plpgsql STABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    IF to_regclass('rollforward_data.deployment') IS NULL THEN
        RETURN NULL;
    END IF;
    RETURN (SELECT known.version FROM rollforward_data.deployment AS known ORDER BY known.deployment_id DESC LIMIT 1);
END
$$;

COMMENT ON FUNCTION rollforward.deployed_version IS 'The version of what is deployed';
