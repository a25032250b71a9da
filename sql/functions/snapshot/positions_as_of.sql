-- Positions that were open at the end of a day, valued on that day.
--
-- Units and costs are those of the last computation. For an account in stale_account they may be others by now; after a split
-- that is not computed yet, old units even meet a new close.
--
-- account_ids   accounts to look at; unknown ids yield no row
-- as_of         inclusive; infinity means at the end of all that is known
-- returns       rows as in position_snapshot, with as_of as snapshot_date and the latest close on or before it; in no
--               particular order. Cumulative figures are as of the day the position last moved
-- errors        22R01 when an argument is NULL
-- relies on     lot_slice_closed_idx; position_snapshot_pkey, price_pkey: one descent per position
CREATE OR REPLACE FUNCTION rollforward.positions_as_of(account_ids bigint[], as_of date)
RETURNS SETOF rollforward.position_snapshot
LANGUAGE sql STABLE PARALLEL SAFE
BEGIN ATOMIC
    SELECT moved.account_id, moved.instrument_id, moved.symbol, moved.underlying, moved.currency, positions_as_of.as_of,
           moved.quantity, moved.cost_basis, moved.average_cost,
           held.market_value::rollforward_data.exact_money,
           held.price_date,
           (held.market_value - (held.long_cost - held.short_cost))::rollforward_data.exact_money,
           moved.realized_gains, moved.dividends, moved.dividend_taxes, moved.options_income, moved.commissions, moved.fees
    FROM rollforward.holdings_as_of(
        rollforward.given(positions_as_of.account_ids, 'account_ids'),
        rollforward.given(positions_as_of.as_of, 'as_of')) AS held
    JOIN rollforward.position_snapshot AS moved
        ON moved.account_id = held.account_id
       AND moved.instrument_id = held.instrument_id
       AND moved.currency = held.currency
       AND moved.snapshot_date = held.moved_on;
END;

COMMENT ON FUNCTION rollforward.positions_as_of IS 'Positions that were open at the end of a day, valued on that day';
