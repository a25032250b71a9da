-- Makes the stored account snapshots of the range equal to the staged ones, writing only what differs.
--
-- Adds the accounts it changed to stage_changed and keeps account_currency complete.
--
-- lowest, highest   the first and the last of the accounts
-- returns     rows written, changed or removed
-- relies on   account_snapshot_pkey
CREATE OR REPLACE FUNCTION rollforward.store_account_snapshots(start_date date, end_date date, lowest bigint, highest bigint)
RETURNS bigint
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    rows_replaced bigint;
    rows_added bigint;
BEGIN
    INSERT INTO rollforward_data.account_currency (account_id, currency)
    SELECT DISTINCT staged.account_id, staged.currency
    FROM stage_account_snapshot AS staged
    EXCEPT
    SELECT held.account_id, held.currency
    FROM rollforward_data.account_currency AS held
    JOIN stage_scope USING (account_id);

    WITH removed AS (
        DELETE FROM rollforward_data.account_snapshot AS stored
        USING stage_scope AS scope
        JOIN rollforward_data.account_currency AS held USING (account_id)
        WHERE stored.account_id = held.account_id
          AND stored.account_id BETWEEN lowest AND highest
          AND stored.currency = held.currency
          AND stored.snapshot_date BETWEEN store_account_snapshots.start_date AND store_account_snapshots.end_date
          AND stored.snapshot_date >= scope.from_date
          AND NOT EXISTS (
              SELECT FROM stage_account_snapshot AS staged
              WHERE staged.account_id = stored.account_id
                AND staged.currency = stored.currency
                AND staged.snapshot_date = stored.snapshot_date
                AND staged IS NOT DISTINCT FROM stored)
        RETURNING stored.account_id, stored.currency, stored.snapshot_date
    ),
    noted AS (
        INSERT INTO stage_changed
        SELECT DISTINCT account_id FROM removed
    )
    -- a row that is about to be written again counts once, below
    SELECT count(*)
    INTO rows_replaced
    FROM removed
    WHERE NOT EXISTS (
        SELECT FROM stage_account_snapshot AS staged
        WHERE staged.account_id = removed.account_id
          AND staged.currency = removed.currency
          AND staged.snapshot_date = removed.snapshot_date);

    -- what still stands is as it was staged
    WITH standing AS (
        SELECT stored.account_id, stored.currency, stored.snapshot_date
        FROM stage_scope AS scope
        JOIN rollforward_data.account_currency AS held USING (account_id)
        JOIN rollforward_data.account_snapshot AS stored
            ON stored.account_id = held.account_id
           AND stored.account_id BETWEEN lowest AND highest
           AND stored.currency = held.currency
           AND stored.snapshot_date BETWEEN store_account_snapshots.start_date AND store_account_snapshots.end_date
           AND stored.snapshot_date >= scope.from_date
        OFFSET 0  -- the rows of an account lie together, and are not looked up one by one
    )
    DELETE FROM stage_account_snapshot AS staged
    USING standing
    WHERE standing.account_id = staged.account_id
      AND standing.currency = staged.currency
      AND standing.snapshot_date = staged.snapshot_date;

    WITH noted AS (
        INSERT INTO stage_changed
        SELECT DISTINCT account_id FROM stage_account_snapshot
    )
    INSERT INTO rollforward_data.account_snapshot
    SELECT * FROM stage_account_snapshot;
    GET DIAGNOSTICS rows_added = ROW_COUNT;
    RETURN rows_replaced + rows_added;
END
$$;

COMMENT ON FUNCTION rollforward.store_account_snapshots IS 'Makes the stored account snapshots of the range equal to the staged ones';
