-- The two numbers of a ratio: "10/1" is 10 new units for 1 old one, "2" means "2/1". NULL where there is no number; whether
-- the ratio is one is said by split_faults. To be joined LATERAL, where it is inlined.
CREATE OR REPLACE FUNCTION rollforward.split_ratio(ratio text)
RETURNS TABLE (quantity numeric, per_quantity numeric)
LANGUAGE sql IMMUTABLE PARALLEL SAFE
BEGIN ATOMIC
    SELECT rollforward.market_number(split_part(split_ratio.ratio, '/', 1)),
           rollforward.market_number(coalesce(nullif(split_part(split_ratio.ratio, '/', 2), ''), '1'));
END;

COMMENT ON FUNCTION rollforward.split_ratio IS 'The two numbers of the ratio of a split';
