-- A row of stage_close: closes, by instrument and trading day.
--
-- filled by   stage_closes
CREATE TYPE rollforward.staged_close AS (
    close_no bigint,
    instrument_id bigint,
    day_no integer,
    price_date date,
    close numeric
);

COMMENT ON TYPE rollforward.staged_close IS 'A row of stage_close: closes, by instrument and trading day';
