-- Inserts the staged persons that have no status, in the order in which everybody writes persons.
--
-- errors   those of the table
CREATE OR REPLACE FUNCTION rollforward.insert_person_stage()
RETURNS void
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
SET datestyle = 'ISO'
AS $$
#variable_conflict use_column
BEGIN
    INSERT INTO rollforward_data.person (
        name, person_id, base_currency, organization_id, log_id, recorded_at)
    SELECT staged.name, coalesce(staged.person_id, nextval('rollforward_data.person_person_id_seq')), staged.base_currency,
           staged.organization_id,
           (SELECT current_setting('rollforward.log_id')::bigint),
           (SELECT current_setting('rollforward.recorded_at')::timestamptz)
    FROM batch_person AS staged
    WHERE staged.status IS NULL
    ORDER BY staged.name;
END
$$;

COMMENT ON FUNCTION rollforward.insert_person_stage IS 'Inserts the staged persons that have no status';
