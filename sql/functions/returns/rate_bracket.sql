-- A range of rates with exactly one that solves the amounts of a series.
--
-- low, high     logarithmic growth from the first amount to the last; equal where the solution is known
-- side_of_low   1 when at low more is received than paid (and less at high), -1 when less
CREATE TYPE rollforward.rate_bracket AS (
    series_id bigint,
    low double precision,
    high double precision,
    side_of_low double precision
);

COMMENT ON TYPE rollforward.rate_bracket IS 'A range of rates with exactly one that solves the amounts of a series';
