-- A row of stage_worth: what was held is worth, by currency and trading day.
--
-- filled by   stage_worth
CREATE TYPE rollforward.staged_worth AS (
    account_id bigint,
    currency text COLLATE "C",
    day_no integer,
    long_value numeric,
    short_value numeric,
    unrealized numeric,
    open_positions bigint,
    positions_priced bigint,
    positions_carried bigint,
    oldest_age integer,
    positions_private bigint -- among those carried: private, at cost
);

COMMENT ON TYPE rollforward.staged_worth IS 'A row of stage_worth: what was held is worth, by currency and trading day';
