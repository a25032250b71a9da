-- Staging of broker statements. Rows belong to the transaction that wrote them and are removed before it commits.
-- Not unlogged: a server killed while it creates an unlogged table may need two attempts to start again.
-- depends: 0003.staleness

CREATE TABLE rollforward_data.tastytrade_row (
    transaction_id xid8 NOT NULL DEFAULT pg_current_xact_id(),
    row_no bigint GENERATED ALWAYS AS IDENTITY,
    line integer,
    date text,
    type text,
    sub_type text,
    action text,
    symbol text,
    instrument_type text,
    description text,
    value text,
    quantity text,
    average_price text,
    commissions text,
    fees text,
    multiplier text,
    root_symbol text,
    underlying_symbol text,
    expiration_date text,
    strike_price text,
    call_or_put text,
    order_number text,
    total text,
    currency text,
    CONSTRAINT tastytrade_row_pkey PRIMARY KEY (transaction_id, row_no)
);
COMMENT ON TABLE rollforward_data.tastytrade_row IS 'Rows of one Tastytrade statement as printed, staged by the transaction that imports them';
COMMENT ON COLUMN rollforward_data.tastytrade_row.line IS 'Line of the file; NULL means in the order of arrival, after one line of header';

CREATE TABLE rollforward_data.movement_stage (
    transaction_id xid8 NOT NULL DEFAULT pg_current_xact_id(),
    row_no bigint GENERATED ALWAYS AS IDENTITY,
    line integer,
    occurred_at timestamptz,
    accounting_date date,
    kind rollforward_data.movement_kind,
    effect rollforward_data.movement_effect,
    side rollforward_data.position_side,
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
    CONSTRAINT movement_stage_pkey PRIMARY KEY (transaction_id, row_no)
);
COMMENT ON TABLE rollforward_data.movement_stage IS 'Movements read from a statement, staged by the transaction that saves them';
