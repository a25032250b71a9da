-- A row of stage_delta: what each day changes in each position and currency.
--
-- filled by   stage_deltas
CREATE TYPE rollforward.staged_delta AS (
    account_id bigint,
    currency text COLLATE "C",
    position_no integer,     -- NULL for money that belongs to no position
    on_date date,
    counted bigint,          -- NULL where the day has no movement but splits and strike adjustments
    deposited numeric,
    withdrawn numeric,
    dividends numeric,
    dividend_taxes numeric,
    options_income numeric,
    other_income numeric,
    commissions numeric,
    fees numeric,
    cash numeric,
    long_units numeric,
    short_units numeric,
    long_cost numeric,
    short_cost numeric,
    invested numeric,        -- cost of longs that are no options
    gain numeric,
    contributed numeric,
    lot_costs numeric
);

COMMENT ON TYPE rollforward.staged_delta IS 'A row of stage_delta: what each day changes in each position and currency';
