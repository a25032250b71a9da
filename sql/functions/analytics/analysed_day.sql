-- A row of analysis_day: a day on which something has a close, numbered from 0.
CREATE TYPE rollforward.analysed_day AS (
    day_no integer,
    on_date date
);

COMMENT ON TYPE rollforward.analysed_day IS 'A row of analysis_day: a day on which something has a close';
