-- A row of stage_transferred: what transferred securities are worth, by currency and trading day.
--
-- filled by   stage_transferred
CREATE TYPE rollforward.staged_transferred AS (
    account_id bigint,
    currency text COLLATE "C",
    day_no integer,
    worth numeric,
    gain numeric             -- worth less cost
);

COMMENT ON TYPE rollforward.staged_transferred IS 'A row of stage_transferred: what transferred securities are worth, by currency and trading day';
