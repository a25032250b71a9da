-- Statements of IBKR, the sessions of imports, and what brokers and users say that balances and positions are.
-- depends: 0008.generic

DROP TABLE rollforward_data.movement_stage;

CREATE TABLE rollforward_data.ibkr_row (
    transaction_id xid8 NOT NULL DEFAULT pg_current_xact_id(),
    row_no bigint GENERATED ALWAYS AS IDENTITY,
    line integer,
    section text,
    row_type text,
    fields text[],
    named jsonb,
    is_whole boolean,
    CONSTRAINT ibkr_row_pkey PRIMARY KEY (transaction_id, row_no)
);
COMMENT ON TABLE rollforward_data.ibkr_row IS 'Rows of one IBKR activity statement as printed, staged by the transaction that imports them';
COMMENT ON COLUMN rollforward_data.ibkr_row.line IS 'Line of the file; NULL means in the order of arrival';
COMMENT ON COLUMN rollforward_data.ibkr_row.row_type IS 'Header, Data, Total or SubTotal';
COMMENT ON COLUMN rollforward_data.ibkr_row.named IS 'The fields by the names that the header before the row gives them; NULL until it is read';
COMMENT ON COLUMN rollforward_data.ibkr_row.is_whole IS 'Whether it has as many fields as its header';

CREATE TABLE rollforward_data.import_session (
    import_session_id bigint GENERATED ALWAYS AS IDENTITY,
    account_number text NOT NULL,
    layout text NOT NULL,
    file_name text NOT NULL,
    file_hash bytea NOT NULL,
    requested_by text NOT NULL DEFAULT session_user,
    started_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    saved_at timestamptz,
    finished_at timestamptz,
    account_id bigint,
    account_created boolean,
    rows_read bigint,
    saved bigint,
    already_known bigint,
    first_date date,
    last_date date,
    run_id bigint,
    error jsonb,
    CONSTRAINT import_session_pkey PRIMARY KEY (import_session_id),
    CONSTRAINT import_session_file_hash CHECK (octet_length(file_hash) = 32),
    CONSTRAINT import_session_saved_or_not CHECK ((saved_at IS NULL) = (rows_read IS NULL))
);
COMMENT ON TABLE rollforward_data.import_session IS 'Imports of statements: what file, how far it has come, and what became of it';
COMMENT ON COLUMN rollforward_data.import_session.file_hash IS 'SHA-256 of the file';
COMMENT ON COLUMN rollforward_data.import_session.saved_at IS 'When its movements were saved; in the same transaction as they';
COMMENT ON COLUMN rollforward_data.import_session.run_id IS 'The run that computed what it changed';
COMMENT ON COLUMN rollforward_data.import_session.error IS 'Why it failed: sqlstate, message, detail, hint';

CREATE TYPE rollforward_data.assertion_subject AS ENUM ('cash', 'quantity', 'realized');
COMMENT ON TYPE rollforward_data.assertion_subject IS
    'What somebody says about: the cash in a currency, the units of an instrument, what was realized on it over some days';

CREATE TABLE rollforward_data.assertion (
    assertion_id bigint GENERATED ALWAYS AS IDENTITY,
    account_id bigint NOT NULL,
    subject rollforward_data.assertion_subject NOT NULL,
    as_of date NOT NULL,
    from_date date,
    currency rollforward_data.currency_code NOT NULL,
    instrument_id bigint,
    value numeric(34, 12) NOT NULL,
    tolerance numeric(34, 12) NOT NULL DEFAULT 0,
    source text NOT NULL,
    import_session_id bigint,
    stated_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    CONSTRAINT assertion_pkey PRIMARY KEY (assertion_id),
    CONSTRAINT assertion_key UNIQUE NULLS NOT DISTINCT (account_id, subject, as_of, from_date, currency, instrument_id, source),
    CONSTRAINT assertion_account_fkey FOREIGN KEY (account_id) REFERENCES rollforward_data.account ON DELETE CASCADE,
    CONSTRAINT assertion_instrument_fkey FOREIGN KEY (instrument_id) REFERENCES rollforward_data.instrument,
    CONSTRAINT assertion_value_is_a_number CHECK (value <> 'NaN' AND tolerance >= 0 AND tolerance <> 'NaN'),
    CONSTRAINT assertion_dates_are_finite CHECK (isfinite(as_of) AND isfinite(from_date)),
    CONSTRAINT assertion_source CHECK (source IN ('statement', 'manual')),
    CONSTRAINT assertion_of_an_instrument_names_it CHECK ((subject = 'cash') = (instrument_id IS NULL)),
    CONSTRAINT assertion_of_a_period_has_both_ends CHECK (
        CASE WHEN subject = 'realized' THEN from_date IS NOT NULL AND from_date <= as_of ELSE from_date IS NULL END)
);
-- Serves deleting instruments: without it, that reads all assertions.
CREATE INDEX assertion_instrument_idx ON rollforward_data.assertion (instrument_id) WHERE instrument_id IS NOT NULL;
COMMENT ON TABLE rollforward_data.assertion IS 'What brokers and users say that balances and positions are';
COMMENT ON COLUMN rollforward_data.assertion.import_session_id IS 'The import whose statement says so';
COMMENT ON COLUMN rollforward_data.assertion.as_of IS 'At the end of this day';
COMMENT ON COLUMN rollforward_data.assertion.from_date IS 'Of what was realized: the first day';
COMMENT ON COLUMN rollforward_data.assertion.tolerance IS 'How far off is still right, such as what a statement rounds';
