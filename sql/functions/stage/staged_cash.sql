-- A row of stage_cash: cash and what changed it, over stretches of trading days.
--
-- filled by   stage_stretches
CREATE TYPE rollforward.staged_cash AS (
    account_id bigint,
    currency text COLLATE "C",
    since_no integer,        -- the day on which the changes count
    from_no integer,
    to_no integer,
    cash numeric,
    contributed numeric,
    realized numeric,
    income numeric,
    costs numeric
);

COMMENT ON TYPE rollforward.staged_cash IS 'A row of stage_cash: cash and what changed it, over stretches of trading days';
