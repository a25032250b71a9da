-- A row of analysis_volatility: what volatility a series had, as of a day. The figures are parts of one a year.
CREATE TYPE rollforward.analysed_volatility AS (
    calculation_date date,
    series_id bigint,
    realized_21d double precision,
    realized_63d double precision,
    daily double precision,
    weekly double precision,
    monthly double precision,
    expected_21d double precision,
    model_r_squared double precision,
    trend text,
    trend_strength double precision,
    percentile double precision,
    observations integer,
    reason text
);

COMMENT ON TYPE rollforward.analysed_volatility IS 'A row of analysis_volatility: what volatility a series had, as of a day';
