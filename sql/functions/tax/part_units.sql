-- Units of a slice up to a place that is known in the units of a later day, to 12 decimals.
--
-- units        of the slice
-- latest       the place, 0 to latest_all; NULL gives NULL
-- latest_all   the slice in units of the later day, above 0
CREATE OR REPLACE FUNCTION rollforward.part_units(units numeric, latest numeric, latest_all numeric)
RETURNS numeric
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN CASE
    WHEN part_units.units = part_units.latest_all THEN part_units.latest
    WHEN part_units.latest = part_units.latest_all THEN part_units.units
    ELSE round(part_units.units * part_units.latest / part_units.latest_all, 12)
END;

COMMENT ON FUNCTION rollforward.part_units IS 'Units of a slice up to a place that is known in the units of a later day';
