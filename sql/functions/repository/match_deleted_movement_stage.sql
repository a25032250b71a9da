-- Finds out what becomes of staged movements that were deleted: they stay so, or are restored, under their
-- former key if nobody else has it.
CREATE OR REPLACE FUNCTION rollforward.match_deleted_movement_stage(on_conflict text)
RETURNS void
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    -- another movement may have the former key by now
    UPDATE batch_movement AS staged
    SET movement_id = coalesce(staged.movement_id, CASE
            WHEN match_deleted_movement_stage.on_conflict = 'skip' OR NOT EXISTS (
                SELECT FROM rollforward_data.movement AS other
                WHERE other.account_id = gone.account_id
                  AND other.movement_id = gone.movement_id)
            THEN gone.movement_id
        END),
        status = CASE match_deleted_movement_stage.on_conflict WHEN 'skip' THEN 'skipped' END
    FROM rollforward_data.deleted_movement AS gone
    WHERE gone.account_id = staged.account_id
      AND gone.natural_key = staged.natural_key;

    DELETE FROM rollforward_data.deleted_movement AS gone
    USING batch_movement AS staged
    WHERE match_deleted_movement_stage.on_conflict = 'update'
      AND gone.account_id = staged.account_id
      AND gone.natural_key = staged.natural_key;
END
$$;

COMMENT ON FUNCTION rollforward.match_deleted_movement_stage IS 'Finds out what becomes of staged movements that were deleted';
