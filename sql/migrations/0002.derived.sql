-- Derived data: a pure function of the facts, rebuilt from them at any time. No foreign keys: verify() proves them.
-- depends: 0001.facts

CREATE TABLE rollforward_data.account_currency (
    account_id bigint NOT NULL,
    currency rollforward_data.currency_code NOT NULL,
    written_in xid8 NOT NULL DEFAULT pg_current_xact_id(),
    CONSTRAINT account_currency_pkey PRIMARY KEY (account_id, currency)
);
COMMENT ON TABLE rollforward_data.account_currency IS 'Currencies in which an account has snapshots, so that look-ups need not discover them';

CREATE TABLE rollforward_data.position (
    account_id bigint NOT NULL,
    instrument_id bigint NOT NULL,
    currency rollforward_data.currency_code NOT NULL,
    held_until date NOT NULL,
    written_in xid8 NOT NULL DEFAULT pg_current_xact_id(),
    CONSTRAINT position_pkey PRIMARY KEY (account_id, instrument_id, currency)
);
-- Serves finding the accounts that a price, a split or the terms of an instrument concern.
CREATE INDEX position_instrument_idx ON rollforward_data.position (instrument_id, held_until);
COMMENT ON TABLE rollforward_data.position IS 'Positions that an account has or had, so that what changes about an instrument finds its holders';
COMMENT ON COLUMN rollforward_data.position.held_until IS 'The last day it moved; infinity while it is open';

CREATE TABLE rollforward_data.lot_slice (
    account_id bigint NOT NULL,
    opened_by bigint NOT NULL,
    opened_in bigint NOT NULL,
    entered_by bigint NOT NULL,
    lot_offset rollforward_data.exact_quantity NOT NULL,
    quantity rollforward_data.exact_quantity NOT NULL,
    instrument_id bigint NOT NULL,
    currency rollforward_data.currency_code NOT NULL,
    side rollforward_data.position_side NOT NULL,
    opened_on date NOT NULL,
    entered_on date NOT NULL,
    closed_on date NOT NULL,
    closed_by bigint,
    carried_to bigint,
    cost rollforward_data.exact_money NOT NULL,
    proceeds rollforward_data.exact_money,
    gain rollforward_data.exact_money,
    lot_quantity rollforward_data.exact_quantity NOT NULL,
    lot_cost rollforward_data.exact_money NOT NULL,
    CONSTRAINT lot_slice_pkey PRIMARY KEY (account_id, opened_by, entered_by, instrument_id, lot_offset),
    CONSTRAINT lot_slice_has_units CHECK (quantity > 0 AND lot_offset >= 0 AND lot_offset + quantity <= lot_quantity),
    CONSTRAINT lot_slice_is_open_for_ever_or_closed CHECK ((closed_by IS NULL) = (closed_on = 'infinity')),
    CONSTRAINT lot_slice_gain_is_proceeds_less_cost CHECK (
        gain = CASE side WHEN 'long' THEN proceeds - cost ELSE cost - proceeds END)
);
-- Serves the opening lots of a recalculation: slices that were open on a day are those closed on it or later.
CREATE INDEX lot_slice_closed_idx ON rollforward_data.lot_slice (account_id, closed_on);
COMMENT ON TABLE rollforward_data.lot_slice IS
    'Each lot cut into slices with one fate: closed by one movement, carried on as another lot, or still open';
COMMENT ON COLUMN rollforward_data.lot_slice.opened_in IS 'Account whose movement opened it: another one, for lots transferred in';
COMMENT ON COLUMN rollforward_data.lot_slice.entered_by IS
    'What brought the lot into this position: its opening, a transfer, a split, a strike adjustment or a change of method';
COMMENT ON COLUMN rollforward_data.lot_slice.lot_offset IS 'Units of the lot before this slice, in the order they leave';
COMMENT ON COLUMN rollforward_data.lot_slice.closed_on IS 'Day it closed; infinity while it is open';
COMMENT ON COLUMN rollforward_data.lot_slice.carried_to IS 'The instrument as which it goes on, at cost: after a split, a strike adjustment or a change of method';
COMMENT ON COLUMN rollforward_data.lot_slice.cost IS 'What opening it cost (long) or brought in (short)';
COMMENT ON COLUMN rollforward_data.lot_slice.proceeds IS 'What closing it brought in (long) or cost (short)';

CREATE TABLE rollforward_data.position_snapshot (
    account_id bigint NOT NULL,
    instrument_id bigint NOT NULL,
    currency rollforward_data.currency_code NOT NULL,
    snapshot_date date NOT NULL,
    price_date date,
    long_quantity rollforward_data.exact_quantity NOT NULL,
    short_quantity rollforward_data.exact_quantity NOT NULL,
    long_cost rollforward_data.exact_money NOT NULL,
    short_cost rollforward_data.exact_money NOT NULL,
    market_value rollforward_data.exact_money NOT NULL,
    realized_gains rollforward_data.exact_money NOT NULL,
    dividends rollforward_data.exact_money NOT NULL,
    dividend_taxes rollforward_data.exact_money NOT NULL,
    options_income rollforward_data.exact_money NOT NULL,
    commissions rollforward_data.exact_money NOT NULL,
    fees rollforward_data.exact_money NOT NULL,
    CONSTRAINT position_snapshot_pkey PRIMARY KEY (account_id, instrument_id, currency, snapshot_date)
);
-- Serves replacing the rows of an account from a date on.
CREATE INDEX position_snapshot_date_idx ON rollforward_data.position_snapshot (account_id, snapshot_date);
COMMENT ON TABLE rollforward_data.position_snapshot IS 'Cumulative figures of a position on the dates it moved';

CREATE TABLE rollforward_data.account_snapshot (
    account_id bigint NOT NULL,
    currency rollforward_data.currency_code NOT NULL,
    snapshot_date date NOT NULL,
    movement_counter integer NOT NULL,
    deposited rollforward_data.exact_money NOT NULL,
    withdrawn rollforward_data.exact_money NOT NULL,
    invested rollforward_data.exact_money NOT NULL,
    realized_gains rollforward_data.exact_money NOT NULL,
    unrealized_gains rollforward_data.exact_money NOT NULL,
    market_value rollforward_data.exact_money NOT NULL,
    commissions rollforward_data.exact_money NOT NULL,
    fees rollforward_data.exact_money NOT NULL,
    options_income rollforward_data.exact_money NOT NULL,
    dividends_received rollforward_data.exact_money NOT NULL,
    dividend_taxes rollforward_data.exact_money NOT NULL,
    other_income rollforward_data.exact_money NOT NULL,
    cash_balance rollforward_data.exact_money NOT NULL,
    open_units rollforward_data.exact_quantity NOT NULL,
    contributed rollforward_data.exact_money NOT NULL,
    lot_costs rollforward_data.exact_money NOT NULL,
    CONSTRAINT account_snapshot_pkey PRIMARY KEY (account_id, currency, snapshot_date)
);
COMMENT ON TABLE rollforward_data.account_snapshot IS 'Cumulative figures of an account and currency on its dates with movements';
COMMENT ON COLUMN rollforward_data.account_snapshot.open_units IS 'Units open over all positions, longs and shorts added';
COMMENT ON COLUMN rollforward_data.account_snapshot.contributed IS 'Cash brought in less cash taken out; conversions are neither';
COMMENT ON COLUMN rollforward_data.account_snapshot.lot_costs IS 'Commissions, fees and taxes that belong to cost and proceeds of lots';

CREATE TABLE rollforward_data.valued_account (
    account_id bigint NOT NULL,
    valued_until date NOT NULL,
    CONSTRAINT valued_account_pkey PRIMARY KEY (account_id)
);
COMMENT ON TABLE rollforward_data.valued_account IS
    'Accounts that were to be valued up to a day to which neither their movements nor any price goes; it stays asked for';

CREATE TABLE rollforward_data.equity_snapshot (
    account_id bigint NOT NULL,
    snapshot_date date NOT NULL,
    currency rollforward_data.currency_code NOT NULL,
    opening_equity rollforward_data.exact_money,
    net_flow rollforward_data.exact_money,
    pnl rollforward_data.exact_money,
    closing_equity rollforward_data.exact_money,
    cash rollforward_data.exact_money,
    long_value rollforward_data.exact_money,
    short_value rollforward_data.exact_money,
    cumulative_flow rollforward_data.exact_money,
    cumulative_pnl rollforward_data.exact_money,
    unrealized rollforward_data.exact_money,
    realized_pnl rollforward_data.exact_money,
    unrealized_change rollforward_data.exact_money,
    income rollforward_data.exact_money,
    costs rollforward_data.exact_money,
    other_pnl rollforward_data.exact_money,
    open_positions integer NOT NULL,
    positions_priced integer NOT NULL,
    positions_carried integer NOT NULL,
    positions_unpriced integer NOT NULL,
    oldest_price_age_days integer,
    rates_missing integer NOT NULL,
    CONSTRAINT equity_snapshot_pkey PRIMARY KEY (account_id, snapshot_date),
    CONSTRAINT equity_snapshot_closing_is_opening_plus_flow_plus_pnl CHECK (closing_equity = opening_equity + net_flow + pnl),
    CONSTRAINT equity_snapshot_closing_is_cash_plus_values CHECK (closing_equity = cash + long_value + short_value),
    CONSTRAINT equity_snapshot_cumulates CHECK (closing_equity = cumulative_flow + cumulative_pnl),
    CONSTRAINT equity_snapshot_pnl_is_attributed CHECK (
        pnl = realized_pnl + unrealized_change + income - costs + other_pnl),
    CONSTRAINT equity_snapshot_positions_are_covered CHECK (
        open_positions = positions_priced + positions_carried + positions_unpriced),
    CONSTRAINT equity_snapshot_has_all_rates_or_says_so CHECK (
        rates_missing > 0 OR opening_equity IS NULL OR num_nulls(closing_equity, net_flow, cash, long_value, short_value) = 0)
);
COMMENT ON TABLE rollforward_data.equity_snapshot IS 'What an account was worth at the end of each trading day, in its base currency, and why that changed';
COMMENT ON COLUMN rollforward_data.equity_snapshot.other_pnl IS
    'What rates did to cash and cost, what conversions cost, and the cash of closings that found no lot';
