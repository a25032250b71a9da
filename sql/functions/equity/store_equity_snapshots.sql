-- Makes the stored equity of the staged accounts equal to the computed one, writing only what differs.
--
-- Adds the accounts it changed to stage_changed.
--
-- lowest, highest   the first and the last of the accounts
-- returns     rows written, changed or removed
-- relies on   equity_snapshot_pkey
CREATE OR REPLACE FUNCTION rollforward.store_equity_snapshots(lowest bigint, highest bigint)
RETURNS bigint
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    start_date CONSTANT date := (SELECT min(valuation.from_date) FROM stage_valuation AS valuation);
    rows_replaced bigint;
    rows_added bigint;
BEGIN
    WITH removed AS (
        DELETE FROM rollforward_data.equity_snapshot AS stored
        USING stage_valuation AS valuation
        WHERE stored.account_id = valuation.account_id
          AND stored.account_id BETWEEN lowest AND highest
          AND stored.snapshot_date >= start_date
          AND stored.snapshot_date BETWEEN valuation.from_date AND valuation.end_date
          AND NOT EXISTS (
              SELECT FROM stage_equity_snapshot AS staged
              WHERE staged.account_id = stored.account_id
                AND staged.snapshot_date = stored.snapshot_date
                AND staged IS NOT DISTINCT FROM stored)
        RETURNING stored.account_id, stored.snapshot_date
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
        SELECT FROM stage_equity_snapshot AS staged
        WHERE staged.account_id = removed.account_id
          AND staged.snapshot_date = removed.snapshot_date);

    -- what still stands is as it was staged
    WITH standing AS (
        SELECT stored.account_id, stored.snapshot_date
        FROM stage_valuation AS valuation
        JOIN rollforward_data.equity_snapshot AS stored
            ON stored.account_id = valuation.account_id
           AND stored.account_id BETWEEN lowest AND highest
           AND stored.snapshot_date >= start_date
           AND stored.snapshot_date BETWEEN valuation.from_date AND valuation.end_date
        OFFSET 0  -- the rows of an account lie together, and are not looked up one by one
    )
    DELETE FROM stage_equity_snapshot AS staged
    USING standing
    WHERE standing.account_id = staged.account_id
      AND standing.snapshot_date = staged.snapshot_date;

    WITH noted AS (
        INSERT INTO stage_changed
        SELECT DISTINCT account_id FROM stage_equity_snapshot
    )
    INSERT INTO rollforward_data.equity_snapshot
    SELECT * FROM stage_equity_snapshot;
    GET DIAGNOSTICS rows_added = ROW_COUNT;
    RETURN rows_replaced + rows_added;
END
$$;

COMMENT ON FUNCTION rollforward.store_equity_snapshots IS 'Makes the stored equity of the staged accounts equal to the computed one';
