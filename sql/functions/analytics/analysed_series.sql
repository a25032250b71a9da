-- A row of analysis_series: the returns of a series, one behind the other, and how much it moved up to each of them.
--
-- In arrays, as everything is looked at by place: what is so many returns before is found there, without a window.
--
-- series_id    an instrument; or what a step numbers
-- on_dates     ascending
-- since_dates  the day before the return, ascending
-- simple       the returns
-- week, month  sample standard deviation of the last 5 and 21 returns × √252; 0 where there are fewer, which nobody looks at: places
--              are found by counting in arrays without NULLs only
CREATE TYPE rollforward.analysed_series AS (
    series_id bigint,
    on_dates date[],
    since_dates date[],
    simple double precision[],
    week double precision[],
    month double precision[]
);

COMMENT ON TYPE rollforward.analysed_series IS 'A row of analysis_series: the returns of a series, and how much it moved up to each of them';
