-- A row of analysis_weight: what part of the equity of an account a series is, as of a day.
--
-- group_id     numbers accounts and days
-- gross        value without its sign
-- first_no     the first day on which it has a return; NULL where it has too few
-- since_date   the day before that return
CREATE TYPE rollforward.analysed_weight AS (
    group_id bigint,
    account_id bigint,
    calculation_date date,
    series_id bigint,
    weight double precision,
    gross double precision,
    first_no integer,
    since_date date
);

COMMENT ON TYPE rollforward.analysed_weight IS 'A row of analysis_weight: what part of the equity of an account a series is';
