-- Finds out what becomes of the staged persons that are stored already: they are skipped, or updated, or unchanged.
--
-- on_conflict   error: none of them is looked for; the keys of the table refuse them
-- errors        23R01 two rows are one person
-- locks         rows that may be updated, in the order of their keys
CREATE OR REPLACE FUNCTION rollforward.match_person_stage(on_conflict text)
RETURNS void
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_column
BEGIN
    IF match_person_stage.on_conflict = 'error' THEN
        RETURN;
    END IF;

    IF EXISTS (
        SELECT FROM batch_person AS staged
        WHERE staged.person_id IS NOT NULL
        GROUP BY staged.person_id
        HAVING count(*) > 1)
    THEN
        PERFORM rollforward.refuse_batch('person', 'save', match_person_stage.on_conflict);
    END IF;

    IF match_person_stage.on_conflict = 'skip' THEN
        UPDATE batch_person AS staged
        SET stored_version = known.version, status = 'skipped'
        FROM rollforward_data.person AS known
        WHERE known.person_id = staged.person_id;
        RETURN;
    END IF;

    -- one that comes to be behind this statement is not locked, and not changed: inserting it fails, and all begins anew
    WITH locked AS (
        SELECT known.person_id, known.version
        FROM rollforward_data.person AS known
        JOIN batch_person AS staged USING (person_id)
        ORDER BY known.person_id
        FOR NO KEY UPDATE OF known
    )
    UPDATE batch_person AS staged
    SET stored_version = locked.version, status = 'unchanged'
    FROM locked
    WHERE locked.person_id = staged.person_id;

    UPDATE batch_person AS staged
    SET status = 'updated'
    FROM rollforward_data.person AS known
    WHERE staged.status = 'unchanged'
      AND known.person_id = staged.person_id
      AND (known.name, known.base_currency, known.organization_id)
          IS DISTINCT FROM (
              staged.name, staged.base_currency, staged.organization_id);
END
$$;

COMMENT ON FUNCTION rollforward.match_person_stage IS 'Finds out what becomes of the staged persons that are stored already';
