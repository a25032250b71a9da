-- A row of batch_person, the stage of persons: what was given, before anything is known about it.
CREATE TYPE rollforward.person_row AS (
    ordinal integer,            -- its place in the batch, counted from 1
    name text,
    person_id bigint,
    base_currency text,
    organization_id bigint,
    expected_version integer,   -- what the caller believes to change; NULL: whatever is there
    stored_version integer,     -- what is there
    status text                 -- what becomes of it; NULL: it is inserted
);

COMMENT ON TYPE rollforward.person_row IS 'A row of batch_person, the stage of persons';
