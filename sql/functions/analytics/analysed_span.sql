-- A row of analysis_span: a series whose volatility is to be told as of a day.
--
-- series_id   of analysis_series
CREATE TYPE rollforward.analysed_span AS (
    calculation_date date,
    series_id bigint
);

COMMENT ON TYPE rollforward.analysed_span IS 'A row of analysis_span: a series whose volatility is to be told as of a day';
