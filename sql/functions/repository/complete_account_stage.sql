-- Completes staged accounts by what calls them.
--
-- on_conflict   unless it is error, rows that are stored already are given their key
CREATE OR REPLACE FUNCTION rollforward.complete_account_stage(on_conflict text)
RETURNS void
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    UPDATE batch_account AS staged
    SET account_id = known.account_id
    FROM rollforward_data.account AS known
    WHERE complete_account_stage.on_conflict <> 'error'
      AND staged.account_id IS NULL
      AND known.number = staged.number;
END
$$;

COMMENT ON FUNCTION rollforward.complete_account_stage IS 'Completes staged accounts by what calls them';
