-- Makes the stored position snapshots of the range equal to the staged ones, writing only what differs.
--
-- Adds the accounts it changed to stage_changed.
--
-- lowest, highest   the first and the last of the accounts
-- relies on   position_snapshot_date_idx, position_snapshot_pkey
CREATE OR REPLACE FUNCTION rollforward.store_position_snapshots(start_date date, end_date date, lowest bigint, highest bigint)
RETURNS void
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    WITH removed AS (
        DELETE FROM rollforward_data.position_snapshot AS stored
        USING stage_scope AS scope
        WHERE stored.account_id = scope.account_id
          AND stored.account_id BETWEEN lowest AND highest
          AND stored.snapshot_date BETWEEN store_position_snapshots.start_date AND store_position_snapshots.end_date
          AND stored.snapshot_date >= scope.from_date
          AND NOT EXISTS (
              SELECT FROM stage_position_snapshot AS staged
              WHERE staged.account_id = stored.account_id
                AND staged.instrument_id = stored.instrument_id
                AND staged.currency = stored.currency
                AND staged.snapshot_date = stored.snapshot_date
                AND staged IS NOT DISTINCT FROM stored)
        RETURNING stored.account_id
    )
    INSERT INTO stage_changed
    SELECT DISTINCT account_id FROM removed;

    -- what still stands is as it was staged
    WITH standing AS (
        SELECT stored.account_id, stored.instrument_id, stored.currency, stored.snapshot_date
        FROM stage_scope AS scope
        JOIN rollforward_data.position_snapshot AS stored
            ON stored.account_id = scope.account_id
           AND stored.account_id BETWEEN lowest AND highest
           AND stored.snapshot_date BETWEEN store_position_snapshots.start_date AND store_position_snapshots.end_date
           AND stored.snapshot_date >= scope.from_date
        OFFSET 0  -- the rows of an account lie together, and are not looked up one by one
    )
    DELETE FROM stage_position_snapshot AS staged
    USING standing
    WHERE standing.account_id = staged.account_id
      AND standing.instrument_id = staged.instrument_id
      AND standing.currency = staged.currency
      AND standing.snapshot_date = staged.snapshot_date;

    WITH noted AS (
        INSERT INTO stage_changed
        SELECT DISTINCT account_id FROM stage_position_snapshot
    )
    INSERT INTO rollforward_data.position_snapshot
    SELECT * FROM stage_position_snapshot;
END
$$;

COMMENT ON FUNCTION rollforward.store_position_snapshots IS 'Makes the stored position snapshots of the range equal to the staged ones';
