-- Years between two dates, by a day count.
--
-- day_count   actual/365 (XIRR), actual/365.25 (hledger), actual/360, or actual/actual (ISDA: a day of a leap year is
--             1/366, any other 1/365); checked before
CREATE OR REPLACE FUNCTION rollforward.year_fraction(start_date date, end_date date, day_count text)
RETURNS double precision
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN CASE year_fraction.day_count
    WHEN 'actual/365' THEN (year_fraction.end_date - year_fraction.start_date) / 365::double precision
    WHEN 'actual/365.25' THEN (year_fraction.end_date - year_fraction.start_date) / 365.25::double precision
    WHEN 'actual/360' THEN (year_fraction.end_date - year_fraction.start_date) / 360::double precision
    WHEN 'actual/actual' THEN
        (extract(year FROM year_fraction.end_date) - extract(year FROM year_fraction.start_date))::double precision
        + (rollforward.year_part(year_fraction.end_date) - rollforward.year_part(year_fraction.start_date))
END;

COMMENT ON FUNCTION rollforward.year_fraction IS 'Years between two dates, by a day count';
