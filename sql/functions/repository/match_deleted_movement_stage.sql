-- Finds out what becomes of staged movements that were deleted: they stay so, or are restored under their former key.
CREATE OR REPLACE FUNCTION rollforward.match_deleted_movement_stage(on_conflict text)
RETURNS void
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    UPDATE batch_movement AS staged
    SET movement_id = gone.movement_id,
        status = CASE match_deleted_movement_stage.on_conflict WHEN 'skip' THEN 'skipped' END
    FROM rollforward_data.deleted_movement AS gone
    WHERE gone.account_id = staged.account_id
      AND gone.natural_key = staged.natural_key
      AND staged.movement_id IS NULL;

    DELETE FROM rollforward_data.deleted_movement AS gone
    USING batch_movement AS staged
    WHERE match_deleted_movement_stage.on_conflict = 'update'
      AND gone.account_id = staged.account_id
      AND gone.natural_key = staged.natural_key;
END
$$;

COMMENT ON FUNCTION rollforward.match_deleted_movement_stage IS 'Finds out what becomes of staged movements that were deleted';
