-- A row of batch_price, the stage of prices: what was given, before anything is known about it.
CREATE TYPE rollforward.price_row AS (
    ordinal integer,            -- its place in the batch, counted from 1
    instrument_id bigint,
    price_date date,
    close numeric,
    expected_version integer,   -- what the caller believes to change; NULL: whatever is there
    stored_version integer,     -- what is there
    status text                 -- what becomes of it; NULL: it is inserted
);

COMMENT ON TYPE rollforward.price_row IS 'A row of batch_price, the stage of prices';
