-- Finds out which of the staged persons are to be left alone: those that are stored already, if they are to be skipped.
--
-- errors   23R01 two rows are one person
CREATE OR REPLACE FUNCTION rollforward.match_person_stage(on_conflict text)
RETURNS void
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_column
BEGIN
    -- where nothing may be stored already, the keys of the table refuse what is there twice
    IF match_person_stage.on_conflict = 'error' THEN
        RETURN;
    END IF;
    IF EXISTS (
        SELECT FROM batch_person AS staged
        WHERE staged.person_id IS NOT NULL
        GROUP BY staged.person_id
        HAVING count(*) > 1)
       OR EXISTS (
        SELECT FROM batch_person AS staged
        GROUP BY staged.name
        HAVING count(*) > 1)
       OR match_person_stage.on_conflict = 'update' AND EXISTS (
        SELECT FROM batch_person AS staged
        JOIN rollforward_data.person AS known USING (name)
        WHERE known.person_id <> staged.person_id)
    THEN
        PERFORM rollforward.refuse_batch('person', 'save', match_person_stage.on_conflict);
    END IF;

    UPDATE batch_person AS staged
    SET stored_version = known.version, status = 'skipped'
    FROM rollforward_data.person AS known
    WHERE match_person_stage.on_conflict = 'skip'
      AND known.person_id = staged.person_id;
END
$$;

COMMENT ON FUNCTION rollforward.match_person_stage IS 'Finds out which of the staged persons are to be left alone';
