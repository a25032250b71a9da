-- Tells the volatility of the staged series: series_volatility.
--
-- relies on   stage_market()
CREATE OR REPLACE FUNCTION rollforward.find_volatility()
RETURNS bigint
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    PERFORM rollforward.prepare_own_stage('analysis_path', 'rollforward.analysed_path');
    INSERT INTO analysis_path
    SELECT level.instrument_id, array_agg(level.on_date ORDER BY level.on_date), array_agg(level.since_date ORDER BY level.on_date),
           array_agg(level.simple ORDER BY level.on_date)
    FROM analysis_level AS level
    WHERE level.since_date IS NOT NULL
      AND level.instrument_id IN (SELECT listed.instrument_id FROM analysis_subject AS listed WHERE listed.is_series)
    GROUP BY level.instrument_id;
    ANALYZE analysis_path (series_id);  -- nobody asks what is in the arrays
    PERFORM rollforward.stage_series();

    PERFORM rollforward.prepare_own_stage('analysis_span', 'rollforward.analysed_span');
    INSERT INTO analysis_span
    SELECT listed.calculation_date, listed.instrument_id
    FROM analysis_subject AS listed
    WHERE listed.is_series;
    ANALYZE analysis_span;
    PERFORM rollforward.stage_volatilities();

    PERFORM rollforward.prepare_own_stage('finding_series_volatility', 'rollforward_data.series_volatility');
    INSERT INTO finding_series_volatility
    SELECT listed.calculation_date, listed.instrument_id,
           found.realized_21d, found.realized_63d, found.daily, found.weekly, found.monthly, found.expected_21d, found.model_r_squared,
           found.trend, found.trend_strength, found.percentile, coalesce(found.observations, 0),
           CASE WHEN found.series_id IS NULL THEN 'no_prices' ELSE found.reason END
    FROM analysis_subject AS listed
    LEFT JOIN analysis_volatility AS found
        ON found.calculation_date = listed.calculation_date
       AND found.series_id = listed.instrument_id
    WHERE listed.is_series;
    RETURN rollforward.store_findings('series_volatility', true);
END
$$;

COMMENT ON FUNCTION rollforward.find_volatility IS 'Tells the volatility of the staged series';
