-- Finds out which of the staged movements are to be left alone: those that are stored already, if they are to be skipped.
--
-- errors   23R01 two rows are one movement, or one was deleted, and on_conflict is error
CREATE OR REPLACE FUNCTION rollforward.match_movement_stage(on_conflict text)
RETURNS void
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_column
BEGIN
    IF EXISTS (
        SELECT FROM batch_movement
        JOIN rollforward_data.deleted_movement USING (account_id, natural_key))
    THEN
        IF match_movement_stage.on_conflict = 'error' THEN
            PERFORM rollforward.refuse_batch('movement', 'save');
        END IF;
        PERFORM rollforward.match_deleted_movement_stage(match_movement_stage.on_conflict);
    END IF;
    -- where nothing may be stored already, the keys of the table refuse what is there twice
    IF match_movement_stage.on_conflict = 'error' THEN
        RETURN;
    END IF;
    IF EXISTS (
        SELECT FROM batch_movement AS staged
        WHERE staged.movement_id IS NOT NULL
        GROUP BY staged.account_id, staged.movement_id
        HAVING count(*) > 1)
       OR EXISTS (
        SELECT FROM batch_movement AS staged
        GROUP BY staged.account_id, staged.natural_key
        HAVING count(*) > 1)
       OR match_movement_stage.on_conflict = 'update' AND EXISTS (
        SELECT FROM batch_movement AS staged
        JOIN rollforward_data.movement AS known USING (account_id, natural_key)
        WHERE known.movement_id <> staged.movement_id)
    THEN
        PERFORM rollforward.refuse_batch('movement', 'save', match_movement_stage.on_conflict);
    END IF;

    UPDATE batch_movement AS staged
    SET stored_version = known.version, status = 'skipped'
    FROM rollforward_data.movement AS known
    WHERE match_movement_stage.on_conflict = 'skip'
      AND known.account_id = staged.account_id
      AND known.movement_id = staged.movement_id;
END
$$;

COMMENT ON FUNCTION rollforward.match_movement_stage IS 'Finds out which of the staged movements are to be left alone';
