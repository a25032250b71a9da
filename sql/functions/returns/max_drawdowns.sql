-- Maximum drawdowns of many series: the deepest fall below a peak, and when it was made good.
--
-- Of an index: the growth of time_weighted_returns(), or prices. On values with flows a withdrawal looks like a loss.
--
-- series_ids, dates   a row per series and day, in any order
-- levels              of the index at the end of the day
-- returns             a row per series, in this order:
--     drawdown        trough / peak - 1 to 12 decimals: -0.25 is a fall by a quarter, 0 is none; below -1 where levels
--                     fell below 0. NULL where none can be told:
--                     reason no_peak (no level is above 0), one_day (the series has no other day), or peak_at_end (only
--                     the last level is above 0)
--     peak_date       the last day at the peak before the trough
--     trough_date     the deepest day; of equal ones the first
--     recovery_date   the first day after it at or above the peak; NULL if not yet
--     peak_level, trough_level
--                     dates and levels are NULL where the drawdown is 0 or NULL
-- errors              22R01 arrays that differ in length, a NULL, a NaN, a day twice
CREATE OR REPLACE FUNCTION rollforward.max_drawdowns(series_ids bigint[], dates date[], levels numeric[])
RETURNS TABLE (
    series_id bigint,
    drawdown numeric,
    peak_date date,
    trough_date date,
    recovery_date date,
    peak_level numeric,
    trough_level numeric,
    reason text
)
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_column
BEGIN
    PERFORM rollforward.require_days(max_drawdowns.series_ids, max_drawdowns.dates, once => true);
    PERFORM rollforward.require_amounts('levels', max_drawdowns.levels, max_drawdowns.series_ids, max_drawdowns.dates);

    RETURN QUERY
    WITH running AS (
        SELECT day.series_id, day.on_date, day.level, max(day.level) OVER so_far AS peak_level
        FROM unnest(max_drawdowns.series_ids, max_drawdowns.dates, max_drawdowns.levels) AS day (series_id, on_date, level)
        WINDOW so_far AS (PARTITION BY day.series_id ORDER BY day.on_date ROWS UNBOUNDED PRECEDING)
    ),
    measured AS MATERIALIZED (
        SELECT running.series_id, running.on_date, running.level, running.peak_level,
               max(running.on_date) FILTER (WHERE running.level = running.peak_level) OVER so_far AS peak_date,
               CASE WHEN running.peak_level > 0 THEN running.level / running.peak_level END AS part_left
        FROM running
        WINDOW so_far AS (PARTITION BY running.series_id ORDER BY running.on_date ROWS UNBOUNDED PRECEDING)
    ),
    lowest AS (
        SELECT measured.series_id, count(*) AS days, count(measured.part_left) AS days_with_peak,
               min(measured.part_left) AS part_left
        FROM measured
        GROUP BY measured.series_id
    ),
    trough AS (
        SELECT DISTINCT ON (measured.series_id) measured.*
        FROM measured
        JOIN lowest USING (series_id, part_left)
        ORDER BY measured.series_id, measured.on_date
    ),
    recovery AS (
        SELECT measured.series_id, min(measured.on_date) AS on_date
        FROM trough
        JOIN measured USING (series_id)
        WHERE measured.on_date > trough.on_date
          AND measured.level >= trough.peak_level
        GROUP BY measured.series_id
    ),
    judged AS (
        SELECT lowest.*, trough.peak_date, trough.on_date AS trough_date, recovery.on_date AS recovery_date,
               trough.peak_level, trough.level AS trough_level,
               CASE
                   WHEN lowest.days_with_peak > 1 THEN NULL
                   WHEN lowest.days_with_peak = 0 THEN 'no_peak'
                   WHEN lowest.days = 1 THEN 'one_day'
                   ELSE 'peak_at_end'
               END AS reason,
               lowest.days_with_peak > 1 AND lowest.part_left < 1 AS fell
        FROM lowest
        LEFT JOIN trough USING (series_id)
        LEFT JOIN recovery USING (series_id)
    )
    SELECT judged.series_id,
           CASE WHEN judged.reason IS NULL THEN round(judged.part_left - 1, 12) END,
           CASE WHEN judged.fell THEN judged.peak_date END,
           CASE WHEN judged.fell THEN judged.trough_date END,
           CASE WHEN judged.fell THEN judged.recovery_date END,
           CASE WHEN judged.fell THEN judged.peak_level END,
           CASE WHEN judged.fell THEN judged.trough_level END,
           judged.reason
    FROM judged
    ORDER BY judged.series_id;
END
$$;

COMMENT ON FUNCTION rollforward.max_drawdowns IS
    'Maximum drawdowns of many series: the deepest fall below a peak, and when it was made good';
