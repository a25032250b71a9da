-- A row of a statement as its layout reads it: a movement, what is printed of its instrument, and what is wrong with it.
--
-- Every layout has a stage in rollforward_data and a view L_reading with these columns. A text that cannot be read is
-- NULL, or NaN where blank has a meaning, and a fault.
--
-- account    the account that the row names, where it names one
-- kind       NULL where no movement comes of the row: it is the second one of a pair
-- price      NULL: what the amount makes it
-- amount     NULL: what quantity and price make it, in the direction of the kind
-- identity   by which the same row in another statement is known; NULL: all that is read of the movement
-- instrument_kind … option_right   what an instrument is that nobody knows yet; NULL kind: that is not printed
-- quote      price of a unit, where the row quotes it: the largest one tells the multiplier best
-- faults     {column, value, reason} of what cannot be read
CREATE TYPE rollforward.statement_reading AS (
    line integer,
    account text,
    occurred_at timestamptz,
    accounting_date date,
    kind text,
    effect text,
    side text,
    symbol text COLLATE "C",
    to_symbol text COLLATE "C",
    currency text COLLATE "C",
    quantity numeric,
    price numeric,
    amount numeric,
    commission numeric,
    fee numeric,
    tax numeric,
    commission_currency text COLLATE "C",
    counter_amount numeric,
    counter_currency text COLLATE "C",
    per_quantity numeric,
    lot_ref text,
    external_id text,
    description text,
    identity text,
    instrument_kind text,
    multiplier numeric,
    underlying text COLLATE "C",
    expiration date,
    strike numeric,
    option_right text,
    quote numeric,
    faults jsonb[]
);

COMMENT ON TYPE rollforward.statement_reading IS 'A row of a statement as its layout reads it';
