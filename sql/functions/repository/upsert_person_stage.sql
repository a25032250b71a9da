-- Writes staged persons: those that are not stored are inserted, those that are become what is staged.
--
-- In one pass, in the order in which everybody writes persons, so that nobody waits in a circle: who looked first which are
-- there, and locked those, would meet others who came between.
--
-- errors   those of the table; 23505 too where another person than the one that was called has one of its keys
-- locks    the rows, in the order of name
CREATE OR REPLACE FUNCTION rollforward.upsert_person_stage()
RETURNS void
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_column
BEGIN
    -- who is called by person_id may be given another name
    WITH renamed AS (
        SELECT known.person_id, known.version
        FROM rollforward_data.person AS known
        JOIN batch_person AS staged USING (person_id)
        WHERE known.name <> staged.name
          AND staged.status IS NULL
        ORDER BY known.name
        FOR UPDATE OF known
    )
    UPDATE batch_person AS staged
    SET stored_version = renamed.version, status = 'updated'
    FROM renamed
    WHERE renamed.person_id = staged.person_id;

    UPDATE rollforward_data.person AS known
    SET name = staged.name, base_currency = staged.base_currency, organization_id = staged.organization_id
    FROM batch_person AS staged
    WHERE staged.status = 'updated'
      AND known.person_id = staged.person_id;

    WITH written AS (
        INSERT INTO rollforward_data.person AS known (
            name, person_id, base_currency, organization_id,
            log_id, recorded_at)
        SELECT staged.name, coalesce(staged.person_id, nextval('rollforward_data.person_person_id_seq')),
               staged.base_currency, staged.organization_id,
               (SELECT current_setting('rollforward.log_id')::bigint),
               (SELECT current_setting('rollforward.recorded_at')::timestamptz)
        FROM batch_person AS staged
        WHERE staged.status IS NULL
        ORDER BY staged.name
        ON CONFLICT (name) DO UPDATE
        SET name = excluded.name, base_currency = excluded.base_currency, organization_id = excluded.organization_id
        WHERE (known.name, known.base_currency, known.organization_id)
              IS DISTINCT FROM (
                  excluded.name, excluded.base_currency, excluded.organization_id)
        RETURNING known.name, known.version,
                  known.xmax = 0 AS is_new  -- what is updated was locked first, and xmax says by whom
    )
    UPDATE batch_person AS staged
    SET stored_version = written.version,
        status = CASE WHEN written.is_new THEN 'inserted' ELSE 'updated' END
    FROM written
    WHERE written.name = staged.name;

    UPDATE batch_person AS staged
    SET stored_version = known.version,
        status = 'unchanged'
    FROM rollforward_data.person AS known
    WHERE staged.status IS NULL
      AND known.name = staged.name;

    IF EXISTS (
        SELECT FROM batch_person AS staged
        JOIN rollforward_data.person AS known USING (name)
        WHERE known.person_id <> staged.person_id)
    THEN
        RAISE EXCEPTION 'one person is called, and another one has its name'
            USING ERRCODE = '23505';
    END IF;
END
$$;

COMMENT ON FUNCTION rollforward.upsert_person_stage IS 'Writes staged persons: inserts them, or makes the stored ones what is staged';
