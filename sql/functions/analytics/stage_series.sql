-- Stages how much series moved, from their returns: analysis_path becomes analysis_series.
--
-- Deviations of the last days are told by differences of running sums: a window that slides would be added up anew for every row.
-- The sums stand in arrays, where those of so many days before are found by their place; lag() looks for them in the window.
-- Where something moved by more than half they are added up: next to such a square, those of ordinary days drown.
CREATE OR REPLACE FUNCTION rollforward.stage_series()
RETURNS void
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
SET enable_memoize = off  -- no two series are the same
AS $$
BEGIN
    PERFORM rollforward.prepare_own_stage('analysis_series', 'rollforward.analysed_series');
    INSERT INTO analysis_series
    SELECT path.series_id, path.on_dates, path.since_dates, path.simple, framed.week, framed.month
    FROM analysis_path AS path
    CROSS JOIN LATERAL (
        SELECT array_agg(running.total) AS totals, array_agg(running.squares) AS squares,
               max(abs(running.simple)) > 0.5 AS is_wild
        FROM (
            SELECT step.simple, sum(step.simple) OVER in_order AS total, sum(step.simple * step.simple) OVER in_order AS squares
            FROM unnest(path.simple) AS step (simple)
            WINDOW in_order AS (ROWS UNBOUNDED PRECEDING)
        ) AS running
        OFFSET 0  -- or the sums would be made anew wherever they are named
    ) AS known
    CROSS JOIN LATERAL (
        SELECT array_agg(CASE WHEN day.place >= 5
                              THEN CASE WHEN known.is_wild
                                        THEN rollforward.added_deviation(path.simple[day.place - 4 : day.place])
                                        ELSE rollforward.yearly_deviation(
                                            known.totals[day.place] - coalesce(known.totals[day.place - 5], 0),
                                            known.squares[day.place] - coalesce(known.squares[day.place - 5], 0), 5)
                                   END
                              ELSE 0
                         END) AS week,
               array_agg(CASE WHEN day.place >= 21
                              THEN CASE WHEN known.is_wild
                                        THEN rollforward.added_deviation(path.simple[day.place - 20 : day.place])
                                        ELSE rollforward.yearly_deviation(
                                            known.totals[day.place] - coalesce(known.totals[day.place - 21], 0),
                                            known.squares[day.place] - coalesce(known.squares[day.place - 21], 0), 21)
                                   END
                              ELSE 0
                         END) AS month
        FROM generate_series(1, cardinality(known.totals)) AS day (place)
    ) AS framed;
    ANALYZE analysis_series (series_id);  -- nobody asks what is in the arrays
END
$$;

COMMENT ON FUNCTION rollforward.stage_series IS 'Stages how much series moved, from their returns';
