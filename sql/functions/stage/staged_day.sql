-- A row of stage_day: the days of the year, and on which trading day each counts.
--
-- filled by   stage_days
CREATE TYPE rollforward.staged_day AS (
    calendar text COLLATE "C",
    on_date date,
    is_trading boolean,
    day_no integer           -- of the trading day on which it counts, unique over calendars
);

COMMENT ON TYPE rollforward.staged_day IS 'A row of stage_day: the days of the year, and on which trading day each counts';
