-- What of a total belongs to its first units.
CREATE OR REPLACE FUNCTION rollforward.reference_share(total numeric, units numeric, all_units numeric)
RETURNS numeric
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN round(reference_share.total * reference_share.units / reference_share.all_units, 8);

COMMENT ON FUNCTION rollforward.reference_share IS 'Reference: what of a total belongs to its first units';
