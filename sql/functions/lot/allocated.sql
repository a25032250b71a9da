-- Share of a total that belongs to its first units: the one place that divides.
--
-- Parts are differences of these shares, so they add up to the total exactly, in any split.
--
-- total, units, all_units   all_units > 0; units between 0 and all_units
-- returns                   round(total × units / all_units, 8)
CREATE OR REPLACE FUNCTION rollforward.allocated(total numeric, units numeric, all_units numeric)
RETURNS numeric
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN CASE
    WHEN allocated.units = allocated.all_units THEN allocated.total
    WHEN allocated.units = 0 THEN 0
    ELSE round(allocated.total * allocated.units / allocated.all_units, 8)
END;

COMMENT ON FUNCTION rollforward.allocated IS 'Share of a total that belongs to its first units, to 8 decimals';
