-- A row of batch_movement, the stage of movements: what was given, before anything is known about it.
CREATE TYPE rollforward.movement_row AS (
    ordinal integer,            -- its place in the batch, counted from 1
    account_id bigint,
    occurred_at timestamptz,
    accounting_date date,
    kind text,
    currency text,
    movement_id bigint,
    effect text,
    side text,
    instrument_id bigint,
    to_instrument_id bigint,
    quantity numeric,
    price numeric,
    amount numeric,
    commission numeric,
    fee numeric,
    tax numeric,
    commission_currency text,
    counter_amount numeric,
    counter_currency text,
    per_quantity numeric,
    lot_ref text,
    external_id text,
    description text,
    natural_key bytea,
    expected_version integer,   -- what the caller believes to change; NULL: whatever is there
    stored_version integer,     -- what is there
    status text                 -- what becomes of it; NULL: it is inserted
);

COMMENT ON TYPE rollforward.movement_row IS 'A row of batch_movement, the stage of movements';
