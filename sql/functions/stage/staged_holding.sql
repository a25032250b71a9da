-- A row of stage_holding: positions at rest that have a price, or an expiration behind them.
--
-- filled by   stage_unrealized_gains
CREATE TYPE rollforward.staged_holding AS (
    account_id bigint,
    currency text COLLATE "C",
    instrument_id bigint,
    multiplier numeric,
    expiration date,
    is_quoted boolean,
    since date,              -- first day of it
    until date,              -- the day it moved again; infinity when it did not
    quantity numeric,
    cost numeric
);

COMMENT ON TYPE rollforward.staged_holding IS 'A row of stage_holding: positions at rest that have a price, or an expiration behind them';
