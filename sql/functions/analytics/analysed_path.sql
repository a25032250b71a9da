-- A row of analysis_path: the returns of a series, in arrays that have a place for each of them.
--
-- series_id    an instrument; or what a step numbers
-- on_dates     ascending
-- since_dates  the day before the return, ascending
CREATE TYPE rollforward.analysed_path AS (
    series_id bigint,
    on_dates date[],
    since_dates date[],
    simple double precision[]
);

COMMENT ON TYPE rollforward.analysed_path IS 'A row of analysis_path: the returns of a series';
