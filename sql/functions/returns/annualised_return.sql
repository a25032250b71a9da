-- A return over a period as a rate a year: (1 + return) ^ (1 / years) - 1, to 12 decimals.
--
-- For periods of less than a year this says what a year of the same would come to; performance standards (GIPS) do not
-- allow that to be shown.
--
-- period_return          0.05 is 5 %; NULL has no rate
-- start_date, end_date   the period: end of its first day to end of its last
-- day_count              what a year is: actual/365, actual/365.25, actual/360 or actual/actual
-- returns                NULL when the return is NULL, the period is less than a day, more was lost than there was, or one
--                        unit would become more than 10^12 in a year
-- errors                 22R01 a date is NULL, or the day count is unknown
CREATE OR REPLACE FUNCTION rollforward.annualised_return(
    period_return numeric,
    start_date date,
    end_date date,
    day_count text DEFAULT 'actual/365'
)
RETURNS numeric
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    PERFORM rollforward.given(start_date, 'start_date');
    PERFORM rollforward.given(end_date, 'end_date');
    PERFORM rollforward.require_day_count(day_count);
    RETURN rollforward.annual_rate(
        (1 + period_return)::double precision, rollforward.year_fraction(start_date, end_date, day_count));
END
$$;

COMMENT ON FUNCTION rollforward.annualised_return IS 'A return over a period as a rate a year';
