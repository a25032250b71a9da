-- Market data: profiles of instruments, the stage of bulk loads, what they rejected, and closes that were corrected.
-- depends: 0004.statements

CREATE TABLE rollforward_data.instrument_profile (
    instrument_id bigint NOT NULL,
    sector text,
    industry text,
    beta double precision,
    is_etf boolean,
    CONSTRAINT instrument_profile_pkey PRIMARY KEY (instrument_id),
    CONSTRAINT instrument_profile_instrument_fkey FOREIGN KEY (instrument_id) REFERENCES rollforward_data.instrument ON DELETE CASCADE,
    CONSTRAINT instrument_profile_beta_is_finite CHECK (beta > '-Infinity' AND beta < 'Infinity')
);
COMMENT ON TABLE rollforward_data.instrument_profile IS 'What analysts say about an instrument; NULL where they do not';

CREATE TYPE rollforward_data.market_kind AS ENUM ('prices', 'fx', 'splits', 'profiles', 'calendar');

-- Rows belong to the transaction that wrote them and are removed before it commits. One table for all kinds of files:
-- each fills the columns that it has.
CREATE TABLE rollforward_data.market_row (
    transaction_id xid8 NOT NULL DEFAULT pg_current_xact_id(),
    row_no bigint GENERATED ALWAYS AS IDENTITY,
    line integer,
    unreadable text,
    symbol text,
    date text,
    close text,
    currency text,
    quote_currency text,
    rate text,
    ratio text,
    kind text,
    sector text,
    industry text,
    beta text,
    is_etf text,
    multiplier text,
    underlying text,
    expiration text,
    strike text,
    option_right text,
    calendar text,
    CONSTRAINT market_row_pkey PRIMARY KEY (transaction_id, row_no)
);
COMMENT ON TABLE rollforward_data.market_row IS
    'Rows of one file of market data as printed, staged by the transaction that loads them';
COMMENT ON COLUMN rollforward_data.market_row.line IS
    'Line of the file; NULL means in the order of arrival, after one line of header';
COMMENT ON COLUMN rollforward_data.market_row.unreadable IS
    'Why the line is no row of its file, such as wrong_field_count; NULL for one that is';

CREATE TABLE rollforward_data.rejected_row (
    reject_id bigint GENERATED ALWAYS AS IDENTITY,
    kind rollforward_data.market_kind NOT NULL,
    source text NOT NULL,
    line integer NOT NULL,
    content jsonb NOT NULL,
    reason text NOT NULL,
    offences jsonb NOT NULL,
    rejected_at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT rejected_row_pkey PRIMARY KEY (reject_id)
);
-- Serves keeping the same row of the same file once, however often the file is loaded.
CREATE UNIQUE INDEX rejected_row_once_idx
    ON rollforward_data.rejected_row (kind, md5(source), line, reason, md5(content::text));
COMMENT ON TABLE rollforward_data.rejected_row IS 'Rows of market data that could not be saved, and why';
COMMENT ON COLUMN rollforward_data.rejected_row.content IS 'The row as printed, by column';
COMMENT ON COLUMN rollforward_data.rejected_row.reason IS 'Its first offence';
COMMENT ON COLUMN rollforward_data.rejected_row.offences IS 'All that is wrong with it: column, value, reason of each';

CREATE TABLE rollforward_data.price_correction (
    correction_id bigint GENERATED ALWAYS AS IDENTITY,
    instrument_id bigint NOT NULL,
    price_date date NOT NULL,
    former_close rollforward_data.exact_price NOT NULL,
    close rollforward_data.exact_price,
    corrected_at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT price_correction_pkey PRIMARY KEY (correction_id),
    CONSTRAINT price_correction_instrument_fkey FOREIGN KEY (instrument_id)
        REFERENCES rollforward_data.instrument ON DELETE CASCADE,
    CONSTRAINT price_correction_changes_the_close CHECK (former_close IS DISTINCT FROM close)
);
-- Serves what a close was before, and removing an instrument.
CREATE INDEX price_correction_price_idx ON rollforward_data.price_correction (instrument_id, price_date);
COMMENT ON TABLE rollforward_data.price_correction IS 'Former values of closes that were changed or deleted';
COMMENT ON COLUMN rollforward_data.price_correction.close IS 'What it was changed to; NULL when the close was deleted';

-- Former and present closes are laid on top of each other instead of joined: a plan made for one row would join millions
-- row by row. A close that moved to another day or instrument is gone from where it was.
CREATE FUNCTION rollforward_data.keep_corrected_closes() RETURNS trigger
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    INSERT INTO rollforward_data.price_correction (instrument_id, price_date, former_close, close)
    SELECT instrument_id, price_date, max(former_close), max(close)
    FROM (SELECT instrument_id, price_date, close::numeric AS former_close, NULL::numeric AS close FROM deleted
          UNION ALL
          SELECT instrument_id, price_date, NULL, close FROM inserted) AS either
    GROUP BY instrument_id, price_date
    HAVING max(former_close) IS NOT NULL
       AND max(former_close) IS DISTINCT FROM max(close)
    ORDER BY instrument_id, price_date;
    RETURN NULL;
END
$$;

CREATE FUNCTION rollforward_data.keep_deleted_closes() RETURNS trigger
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    INSERT INTO rollforward_data.price_correction (instrument_id, price_date, former_close)
    SELECT instrument_id, price_date, close
    FROM deleted
    ORDER BY instrument_id, price_date;
    RETURN NULL;
END
$$;

COMMENT ON FUNCTION rollforward_data.keep_corrected_closes IS 'Keeps the former values of closes that were changed';
COMMENT ON FUNCTION rollforward_data.keep_deleted_closes IS 'Keeps the former values of closes that were deleted';

CREATE TRIGGER keep_corrected AFTER UPDATE ON rollforward_data.price
    REFERENCING OLD TABLE AS deleted NEW TABLE AS inserted
    FOR EACH STATEMENT EXECUTE FUNCTION rollforward_data.keep_corrected_closes();
CREATE TRIGGER keep_deleted AFTER DELETE ON rollforward_data.price
    REFERENCING OLD TABLE AS deleted
    FOR EACH STATEMENT EXECUTE FUNCTION rollforward_data.keep_deleted_closes();

-- Serves the question whether any market trades on a day.
CREATE INDEX trading_calendar_date_idx ON rollforward_data.trading_calendar (trading_date);
-- Serves finding the instruments whose currency is yet to come from a price or a movement; mostly empty.
CREATE INDEX instrument_without_currency_idx ON rollforward_data.instrument (symbol) WHERE currency IS NULL;
