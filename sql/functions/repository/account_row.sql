-- A row of batch_account, the stage of accounts: what was given, before anything is known about it.
CREATE TYPE rollforward.account_row AS (
    ordinal integer,            -- its place in the batch, counted from 1
    number text,
    base_currency text,
    account_id bigint,
    person_id bigint,
    broker_id bigint,
    calendar text,
    costs_in_lot boolean,
    premium_in_cost boolean,
    expected_version integer,   -- what the caller believes to change; NULL: whatever is there
    stored_version integer,     -- what is there
    status text                 -- what becomes of it; NULL: it is inserted
);

COMMENT ON TYPE rollforward.account_row IS 'A row of batch_account, the stage of accounts';
