-- A row of stage_changed: accounts whose stored rows changed.
--
-- filled by   the store_ functions
CREATE TYPE rollforward.staged_changed AS (
    account_id bigint
);

COMMENT ON TYPE rollforward.staged_changed IS 'A row of stage_changed: accounts whose stored rows changed';
