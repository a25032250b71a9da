-- A row of analysis_series: a return of a series, and how much the series moved up to it.
--
-- series_id    an instrument; or what a step numbers
-- place        of the return in its series, without gaps
-- since_date   the day before the return
-- frame_date   the day before the first of the 21 returns up to this one; NULL for the first 20
-- moved        |return| × √252
-- week, month  sample standard deviation of the last 5 and 21 returns × √252; NULL where there are fewer
-- next_moved   moved of the next return
CREATE TYPE rollforward.analysed_series AS (
    series_id bigint,
    place bigint,
    on_date date,
    since_date date,
    frame_date date,
    simple double precision,
    moved double precision,
    week double precision,
    month double precision,
    next_moved double precision
);

COMMENT ON TYPE rollforward.analysed_series IS 'A row of analysis_series: a return of a series, and how much the series moved up to it';
