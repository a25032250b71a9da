-- Part of its calendar year that has passed at the beginning of a date: 0 on 1 January, in leap years by 366 days.
CREATE OR REPLACE FUNCTION rollforward.year_part(on_date date)
RETURNS double precision
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN (extract(doy FROM year_part.on_date) - 1)::double precision
    / extract(doy FROM date_trunc('year', year_part.on_date::timestamp) + interval '1 year -1 day')::double precision;

COMMENT ON FUNCTION rollforward.year_part IS 'Part of its calendar year that has passed at the beginning of a date';
