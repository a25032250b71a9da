-- A row of analysis_return: a return of a series.
CREATE TYPE rollforward.analysed_return AS (
    series_id bigint,
    on_date date,
    since_date date,
    simple double precision
);

COMMENT ON TYPE rollforward.analysed_return IS 'A row of analysis_return: a return of a series';
