-- A row of stage_opening: what the accounts held when the range begins.
--
-- filled by   stage_opening_holdings
CREATE TYPE rollforward.staged_opening AS (
    account_id bigint,
    currency text COLLATE "C",
    instrument_id bigint,
    is_option boolean,
    long_quantity numeric,
    short_quantity numeric,
    long_cost numeric,
    short_cost numeric
);

COMMENT ON TYPE rollforward.staged_opening IS 'A row of stage_opening: what the accounts held when the range begins';
