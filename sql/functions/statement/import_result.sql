-- What the import of one statement did.
CREATE TYPE rollforward.import_result AS (
    account_id bigint,
    account_created boolean,
    rows_read bigint,
    saved bigint,
    already_known bigint,
    first_date date,
    last_date date
);

COMMENT ON TYPE rollforward.import_result IS 'What the import of one statement did';
