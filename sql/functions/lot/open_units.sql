-- Units open on both sides after each event of a position, for windows ROWS UNBOUNDED PRECEDING.
--
-- long_units, short_units   what is open before the first event
-- returns                   array of long and short units after the event
CREATE OR REPLACE AGGREGATE rollforward.open_units(
    long_units numeric,
    short_units numeric,
    kind rollforward_data.movement_kind,
    effect rollforward_data.movement_effect,
    stated_side rollforward_data.position_side,
    quantity numeric
) (
    SFUNC = rollforward.open_units_step,
    STYPE = numeric[],
    PARALLEL = SAFE
);

COMMENT ON AGGREGATE rollforward.open_units(
    numeric, numeric, rollforward_data.movement_kind, rollforward_data.movement_effect,
    rollforward_data.position_side, numeric
) IS 'Units open on both sides after each event of a position';
