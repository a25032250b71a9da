-- A row of stage_rate: units of the base currency for one unit of another, by trading day; none where it is unknown.
--
-- filled by   stage_rates
CREATE TYPE rollforward.staged_rate AS (
    currency text COLLATE "C",
    base_currency text COLLATE "C",
    day_no integer,
    rate numeric
);

COMMENT ON TYPE rollforward.staged_rate IS 'A row of stage_rate: units of the base currency for one of another, by trading day';
