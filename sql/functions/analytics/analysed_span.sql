-- A row of analysis_span: which returns of a series are looked at as of a day.
--
-- series_id            of analysis_series
-- first_place          of the first return in the year before
-- last_place           of the latest return
-- long_place           of the first return in the longer time that percentiles are told by
CREATE TYPE rollforward.analysed_span AS (
    calculation_date date,
    series_id bigint,
    first_place bigint,
    last_place bigint,
    long_place bigint
);

COMMENT ON TYPE rollforward.analysed_span IS 'A row of analysis_span: which returns of a series are looked at as of a day';
