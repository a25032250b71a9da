-- Stages how much series moved, from their returns: analysis_return becomes analysis_series.
CREATE OR REPLACE FUNCTION rollforward.stage_series()
RETURNS void
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    PERFORM rollforward.prepare_own_stage('analysis_series', 'rollforward.analysed_series');
    INSERT INTO analysis_series
    SELECT moved.*, lead(moved.moved) OVER (PARTITION BY moved.series_id ORDER BY moved.place)
    FROM (
        SELECT known.series_id,
               row_number() OVER in_order AS place,
               known.on_date,
               known.since_date,
               lag(known.since_date, 20) OVER in_order AS frame_date,
               known.simple,
               abs(known.simple) * sqrt(252) AS moved,
               CASE WHEN count(*) OVER a_week = 5 THEN stddev_samp(known.simple) OVER a_week * sqrt(252) END AS week,
               CASE WHEN count(*) OVER a_month = 21 THEN stddev_samp(known.simple) OVER a_month * sqrt(252) END AS month
        FROM analysis_return AS known
        WINDOW in_order AS (PARTITION BY known.series_id ORDER BY known.on_date),
               a_week AS (in_order ROWS 4 PRECEDING),
               a_month AS (in_order ROWS 20 PRECEDING)
    ) AS moved;
    ANALYZE analysis_series;
END
$$;

COMMENT ON FUNCTION rollforward.stage_series IS 'Stages how much series moved, from their returns';
