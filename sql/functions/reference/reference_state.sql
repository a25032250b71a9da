-- What the reference knows of one account while it walks through its days.
--
-- costs_in_lot, premium_in_cost, base_currency, calendar   settings of the account
-- method, ranked_by    how closings of today take lots
-- today                the day that is being computed
-- lots                 slices that are open, in the order in which they entered
-- closed               slices that ended today
-- premiums             what a delivery has from options, by its movement_id
-- delivered            assignments and exercises whose premium went to a delivery
-- positions, currencies   cumulative figures so far; snapshot_date is the last day something moved them
-- arrived, departed    lots that transfers brought in, and pieces that they took away, since the last trading day
-- counted              currencies as they were at the end of the last trading day, with what was unrealized then
-- equity               the row of the last trading day
CREATE TYPE rollforward.reference_state AS (
    account_id bigint,
    costs_in_lot boolean,
    premium_in_cost boolean,
    base_currency text,
    calendar text,
    method rollforward_data.cost_method,
    ranked_by rollforward_data.lot_rank,
    today date,
    lots rollforward_data.lot_slice[],
    closed rollforward_data.lot_slice[],
    premiums jsonb,
    delivered bigint[],
    positions rollforward_data.position_snapshot[],
    currencies rollforward_data.account_snapshot[],
    arrived rollforward_data.lot_slice[],
    departed rollforward_data.lot_slice[],
    counted rollforward_data.account_snapshot[],
    equity rollforward_data.equity_snapshot
);

COMMENT ON TYPE rollforward.reference_state IS 'What the reference knows of one account while it walks through its days';
