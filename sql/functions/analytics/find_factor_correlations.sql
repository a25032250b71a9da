-- Correlates the factors that scenarios shock, on the days that accounts were analysed: factor_correlation.
--
-- Simple returns of 282 calendar days, between days on which all of their symbols have a close; each weighs 0.94 of the next one,
-- and a correlation is cut off at 0.95 either way. NULL with fewer than 30 returns, or where a factor never moves.
--
-- returns     findings written
CREATE OR REPLACE FUNCTION rollforward.find_factor_correlations()
RETURNS bigint
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
SET enable_nestloop = off  -- how many returns meet is known to nobody beforehand
AS $$
DECLARE
    window_days CONSTANT integer := 282;
    days CONSTANT date[] := ARRAY(SELECT DISTINCT listed.calculation_date FROM analysis_case AS listed);
    proxies CONSTANT bigint[] := ARRAY(
        SELECT DISTINCT instrument.instrument_id
        FROM rollforward_data.factor
        JOIN rollforward_data.instrument USING (symbol)
        WHERE factor.is_shocked);
BEGIN
    IF days = '{}' THEN
        RETURN 0;
    END IF;
    -- not analysis_level: engines that come later look at that
    PERFORM rollforward.prepare_own_stage('analysis_proxy_level', 'rollforward.analysed_level');
    INSERT INTO analysis_proxy_level
    SELECT level.*
    FROM rollforward.adjusted_levels(
        proxies, (SELECT min(day) - window_days FROM unnest(days) AS day), (SELECT max(day) FROM unnest(days) AS day)) AS level;
    ANALYZE analysis_proxy_level;

    PERFORM rollforward.prepare_own_stage('finding_factor_correlation', 'rollforward_data.factor_correlation');
    INSERT INTO finding_factor_correlation
    WITH common AS (
        SELECT level.on_date
        FROM analysis_proxy_level AS level
        GROUP BY level.on_date
        HAVING count(*) = (SELECT count(DISTINCT priced.instrument_id) FROM analysis_proxy_level AS priced)
    ),
    moved AS (
        SELECT level.instrument_id, level.on_date,
               lag(level.on_date) OVER in_order AS since_date,
               level.level / lag(level.level) OVER in_order - 1 AS moved
        FROM analysis_proxy_level AS level
        JOIN common USING (on_date)
        WINDOW in_order AS (PARTITION BY level.instrument_id ORDER BY level.on_date)
    ),
    weighted AS (
        SELECT day.calculation_date, factor.factor_id, moved.on_date, moved.moved,
               0.94 ^ (row_number() OVER in_time - 1) AS weight
        FROM unnest(days) AS day (calculation_date)
        JOIN moved
            ON moved.on_date <= day.calculation_date
           AND moved.since_date >= day.calculation_date - window_days
        JOIN rollforward_data.instrument USING (instrument_id)
        JOIN rollforward_data.factor ON factor.symbol = instrument.symbol AND factor.is_shocked
        WINDOW in_time AS (PARTITION BY day.calculation_date, factor.factor_id ORDER BY moved.on_date DESC)
    ),
    centred AS (
        SELECT weighted.*,
               weighted.moved - sum(weighted.weight * weighted.moved) OVER whole / sum(weighted.weight) OVER whole AS deviation
        FROM weighted
        WINDOW whole AS (PARTITION BY weighted.calculation_date, weighted.factor_id)
    )
    SELECT one.calculation_date, one.factor_id, other.factor_id,
           CASE WHEN count(*) < 30
                     OR rollforward.never_moves(sum(one.deviation ^ 2)) OR rollforward.never_moves(sum(other.deviation ^ 2)) THEN NULL
                WHEN one.factor_id = other.factor_id THEN 1
                ELSE rollforward.clipped(
                    sum(one.weight * one.deviation * other.deviation)
                    / sqrt(sum(one.weight * one.deviation ^ 2) * sum(one.weight * other.deviation ^ 2)), 0.95)
           END,
           count(*)
    FROM centred AS one
    JOIN centred AS other
        ON other.calculation_date = one.calculation_date
       AND other.on_date = one.on_date
    GROUP BY one.calculation_date, one.factor_id, other.factor_id;
    RETURN rollforward.store_findings('factor_correlation', true);
END
$$;

COMMENT ON FUNCTION rollforward.find_factor_correlations IS 'Correlates the factors that scenarios shock';
