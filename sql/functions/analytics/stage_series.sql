-- Stages how much series moved, from their returns: analysis_return becomes analysis_series.
--
-- Deviations of the last days are told by differences of running sums: a window that slides would be added up anew for every row.
-- Only where something moved by more than half is that done: next to such a square, those of ordinary days drown.
CREATE OR REPLACE FUNCTION rollforward.stage_series()
RETURNS void
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    PERFORM rollforward.prepare_own_stage('analysis_series', 'rollforward.analysed_series');
    INSERT INTO analysis_series
    WITH wild AS (
        SELECT known.series_id
        FROM analysis_return AS known
        GROUP BY known.series_id
        HAVING max(abs(known.simple)) > 0.5
    ),
    running AS (
        SELECT known.series_id, known.on_date, known.since_date, known.simple,
               row_number() OVER in_order AS place,
               lag(known.since_date, 20) OVER in_order AS frame_date,
               sum(known.simple) OVER in_order AS total,
               sum(known.simple ^ 2) OVER in_order AS squares
        FROM analysis_return AS known
        WHERE NOT EXISTS (SELECT FROM wild WHERE wild.series_id = known.series_id)
        WINDOW in_order AS (PARTITION BY known.series_id ORDER BY known.on_date ROWS UNBOUNDED PRECEDING)
    ),
    framed AS (
        SELECT running.*,
               running.total - coalesce(lag(running.total, 5) OVER in_order, 0) AS week_total,
               running.squares - coalesce(lag(running.squares, 5) OVER in_order, 0) AS week_squares,
               running.total - coalesce(lag(running.total, 21) OVER in_order, 0) AS month_total,
               running.squares - coalesce(lag(running.squares, 21) OVER in_order, 0) AS month_squares,
               lead(running.simple) OVER in_order AS next_simple
        FROM running
        WINDOW in_order AS (PARTITION BY running.series_id ORDER BY running.on_date)
    )
    SELECT framed.series_id, framed.place, framed.on_date, framed.since_date, framed.frame_date, framed.simple,
           abs(framed.simple) * sqrt(252),
           CASE WHEN framed.place >= 5 THEN rollforward.yearly_deviation(framed.week_total, framed.week_squares, 5) END,
           CASE WHEN framed.place >= 21 THEN rollforward.yearly_deviation(framed.month_total, framed.month_squares, 21) END,
           abs(framed.next_simple) * sqrt(252)
    FROM framed
    UNION ALL
    SELECT added.series_id, added.place, added.on_date, added.since_date, added.frame_date, added.simple,
           abs(added.simple) * sqrt(252),
           CASE WHEN added.place >= 5 THEN rollforward.yearly_deviation(0, added.week_squares, 5) END,
           CASE WHEN added.place >= 21 THEN rollforward.yearly_deviation(0, added.month_squares, 21) END,
           abs(added.next_simple) * sqrt(252)
    FROM (
        SELECT known.series_id, known.on_date, known.since_date, known.simple,
               row_number() OVER in_order AS place,
               lag(known.since_date, 20) OVER in_order AS frame_date,
               regr_sxx(known.simple, known.simple) OVER (in_order ROWS 4 PRECEDING) AS week_squares,
               regr_sxx(known.simple, known.simple) OVER (in_order ROWS 20 PRECEDING) AS month_squares,
               lead(known.simple) OVER in_order AS next_simple
        FROM analysis_return AS known
        JOIN wild USING (series_id)
        WINDOW in_order AS (PARTITION BY known.series_id ORDER BY known.on_date)
    ) AS added;
    ANALYZE analysis_series;
END
$$;

COMMENT ON FUNCTION rollforward.stage_series IS 'Stages how much series moved, from their returns';
