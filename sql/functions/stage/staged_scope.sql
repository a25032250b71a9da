-- A row of stage_scope: accounts, and from which day on they are computed.
--
-- filled by   stage_scope
CREATE TYPE rollforward.staged_scope AS (
    account_id bigint,
    costs_in_lot boolean,
    premium_in_cost boolean,
    from_date date,
    was_stale boolean        -- there were marks, and they are taken away
);

COMMENT ON TYPE rollforward.staged_scope IS 'A row of stage_scope: accounts, and from which day on they are computed';
