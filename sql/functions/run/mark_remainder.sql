-- Marks what a calculation left stale behind its range.
--
-- What lies after the range is stale when the account was, or when the range came out different from what was
-- stored; it is marked only where there is something: movements, snapshots, splits or changes of cost method after the end,
-- or trading days on which the account is still to be valued.
--
-- relies on   movement_in_order_idx, position_snapshot_date_idx
CREATE OR REPLACE FUNCTION rollforward.mark_remainder(end_date date)
RETURNS void
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    IF NOT isfinite(end_date) THEN
        RETURN;
    END IF;

    INSERT INTO rollforward_data.stale_mark (account_id, from_date)
    SELECT scope.account_id, mark_remainder.end_date + 1
    FROM stage_scope AS scope
    WHERE (scope.was_stale OR scope.account_id IN (SELECT account_id FROM stage_changed))
      AND (EXISTS (
               SELECT FROM rollforward_data.movement
               WHERE movement.account_id = scope.account_id
                 AND movement.accounting_date > mark_remainder.end_date)
           OR EXISTS (
               SELECT FROM rollforward_data.position_snapshot AS snapshot
               WHERE snapshot.account_id = scope.account_id
                 AND snapshot.snapshot_date > mark_remainder.end_date)
           OR EXISTS (
               SELECT FROM stage_valuation AS valuation
               WHERE valuation.account_id = scope.account_id
                 AND valuation.whole_no > valuation.last_no)
           OR EXISTS (
               SELECT FROM rollforward_data.equity_snapshot AS equity
               WHERE equity.account_id = scope.account_id
                 AND equity.snapshot_date > mark_remainder.end_date)
           OR EXISTS (
               SELECT FROM rollforward_data.account_cost_method AS change
               WHERE change.account_id = scope.account_id
                 AND change.from_date > mark_remainder.end_date)
           OR EXISTS (
               SELECT FROM rollforward_data.split
               WHERE split.split_date > mark_remainder.end_date
                 AND split.instrument_id IN (
                     SELECT slice.instrument_id
                     FROM rollforward_data.lot_slice AS slice
                     WHERE slice.account_id = scope.account_id
                       AND slice.closed_on > mark_remainder.end_date))
           OR EXISTS (
               SELECT FROM rollforward_data.account_currency AS held
               JOIN rollforward_data.account_snapshot AS snapshot USING (account_id, currency)
               WHERE held.account_id = scope.account_id
                 AND snapshot.snapshot_date > mark_remainder.end_date));
END
$$;

COMMENT ON FUNCTION rollforward.mark_remainder IS 'Marks what a calculation left stale behind its range';
