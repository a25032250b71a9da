-- A row of batch_instrument, the stage of instruments: what was given, before anything is known about it.
CREATE TYPE rollforward.instrument_row AS (
    ordinal integer,            -- its place in the batch, counted from 1
    symbol text,
    kind text,
    instrument_id bigint,
    currency text,
    multiplier numeric,
    underlying text,
    expiration date,
    strike numeric,
    option_right text,
    expected_version integer,   -- what the caller believes to change; NULL: whatever is there
    stored_version integer,     -- what is there
    status text                 -- what becomes of it; NULL: it is inserted
);

COMMENT ON TYPE rollforward.instrument_row IS 'A row of batch_instrument, the stage of instruments';
