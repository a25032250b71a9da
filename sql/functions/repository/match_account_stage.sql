-- Finds out which of the staged accounts are to be left alone: those that are stored already, if they are to be skipped.
--
-- errors   23R01 two rows are one account
CREATE OR REPLACE FUNCTION rollforward.match_account_stage(on_conflict text)
RETURNS void
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_column
BEGIN
    -- where nothing may be stored already, the keys of the table refuse what is there twice
    IF match_account_stage.on_conflict = 'error' THEN
        RETURN;
    END IF;
    IF EXISTS (
        SELECT FROM batch_account AS staged
        WHERE staged.account_id IS NOT NULL
        GROUP BY staged.account_id
        HAVING count(*) > 1)
       OR EXISTS (
        SELECT FROM batch_account AS staged
        GROUP BY staged.number
        HAVING count(*) > 1)
       OR match_account_stage.on_conflict = 'update' AND EXISTS (
        SELECT FROM batch_account AS staged
        JOIN rollforward_data.account AS known USING (number)
        WHERE known.account_id <> staged.account_id)
    THEN
        PERFORM rollforward.refuse_batch('account', 'save', match_account_stage.on_conflict);
    END IF;

    UPDATE batch_account AS staged
    SET stored_version = known.version, status = 'skipped'
    FROM rollforward_data.account AS known
    WHERE match_account_stage.on_conflict = 'skip'
      AND known.account_id = staged.account_id;
END
$$;

COMMENT ON FUNCTION rollforward.match_account_stage IS 'Finds out which of the staged accounts are to be left alone';
