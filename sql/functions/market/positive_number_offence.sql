-- What is wrong with a number that must be positive and is kept with 12 decimals, as closes, strikes and multipliers are;
-- NULL when it can be saved.
--
-- printed, number   the text, and market_number() of it
CREATE OR REPLACE FUNCTION rollforward.positive_number_offence(printed text, number numeric)
RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN CASE
    WHEN positive_number_offence.printed IS NULL THEN 'missing'
    WHEN positive_number_offence.number IS NULL THEN 'not_a_number'
    WHEN positive_number_offence.number <= 0 THEN 'not_positive'
    WHEN round(positive_number_offence.number, 12) = 0 THEN 'too_small'
    WHEN round(positive_number_offence.number, 12) >= 1e22 THEN 'too_large'
END;

COMMENT ON FUNCTION rollforward.positive_number_offence IS
    'What is wrong with a number that must be positive; NULL when nothing is';
