-- Stages what the accounts held when the range begins: stage_opening, a row per position.
--
-- The snapshots of an account do not say it: lots may have moved on since, by a split, on a day without a row.
--
-- lowest, highest   the first and the last of the accounts
-- relies on   lot_slice_closed_idx, position_snapshot_pkey: one descent per position
CREATE OR REPLACE FUNCTION rollforward.stage_opening_holdings(start_date date, lowest bigint, highest bigint)
RETURNS void
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    rows_staged bigint;
BEGIN
    INSERT INTO stage_opening
    SELECT held.account_id, held.currency, held.instrument_id,
           instrument.kind IN ('option', 'future_option'),
           latest.long_quantity, latest.short_quantity, latest.long_cost, latest.short_cost
    FROM (
        SELECT DISTINCT slice.account_id, slice.instrument_id, slice.currency, scope.from_date
        FROM stage_scope AS scope
        JOIN rollforward_data.lot_slice AS slice
            ON slice.account_id = scope.account_id
           AND slice.account_id BETWEEN lowest AND highest
           AND slice.closed_on >= stage_opening_holdings.start_date
           AND slice.closed_on >= scope.from_date
           AND slice.entered_on < scope.from_date
    ) AS held
    JOIN rollforward_data.instrument USING (instrument_id)
    CROSS JOIN LATERAL (
        SELECT snapshot.long_quantity, snapshot.short_quantity, snapshot.long_cost, snapshot.short_cost
        FROM rollforward_data.position_snapshot AS snapshot
        WHERE snapshot.account_id = held.account_id
          AND snapshot.instrument_id = held.instrument_id
          AND snapshot.currency = held.currency
          AND snapshot.snapshot_date < held.from_date
        ORDER BY snapshot.snapshot_date DESC
        LIMIT 1
    ) AS latest;
    GET DIAGNOSTICS rows_staged = ROW_COUNT;
    PERFORM rollforward.analyze_stage('pg_temp.stage_opening', rows_staged);
END
$$;

COMMENT ON FUNCTION rollforward.stage_opening_holdings IS 'Stages what the accounts held when the range begins';
