-- A row of stage_delivery: shares delivered by options, where they take the premium along.
--
-- filled by   stage_deliveries
CREATE TYPE rollforward.staged_delivery AS (
    group_no bigint,         -- events of one underlying, day, strike and direction
    ordinal bigint,          -- the event that assigns or exercises, or the delivery
    is_option boolean,
    units_from numeric,      -- stretch of the units assigned that the delivery delivers
    units_until numeric,
    all_units numeric
);

COMMENT ON TYPE rollforward.staged_delivery IS 'A row of stage_delivery: shares delivered by options, where they take the premium along';
