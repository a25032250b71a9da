-- What is wrong with one field of one row of a batch.
--
-- code   null_id, missing, bad_enum, out_of_range, too_long, check_failed, duplicate_in_batch, already_exists, was_deleted,
--        not_found, stale_version, parent_missing, parent_in_batch_invalid, cycle, has_dependents
CREATE TYPE rollforward.batch_offence AS (
    ordinal integer,      -- which row, counted from 1
    code text,
    field text,           -- the column, or the columns, separated by commas
    value text,           -- what was given
    message text
);

COMMENT ON TYPE rollforward.batch_offence IS 'What is wrong with one field of one row of a batch';
