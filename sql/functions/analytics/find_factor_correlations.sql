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
SET enable_nestloop = off  -- how many returns meet is known to nobody beforehand: hash joins do not care
SET enable_mergejoin = off
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
    WITH listed AS (
        SELECT day.calculation_date, level.instrument_id, level.on_date, level.level
        FROM unnest(days) AS day (calculation_date)
        JOIN analysis_proxy_level AS level
            ON level.on_date BETWEEN day.calculation_date - window_days AND day.calculation_date
    ),
    -- of each day by itself, whatever is known of other days
    common AS (
        SELECT listed.calculation_date, listed.on_date
        FROM listed
        JOIN (SELECT each.calculation_date, count(DISTINCT each.instrument_id) AS proxies FROM listed AS each GROUP BY 1) AS counted
            USING (calculation_date)
        GROUP BY listed.calculation_date, listed.on_date, counted.proxies
        HAVING count(*) = counted.proxies
    ),
    moved AS (
        SELECT listed.calculation_date, listed.instrument_id, listed.on_date,
               listed.level / lag(listed.level) OVER in_order - 1 AS moved
        FROM listed
        JOIN common USING (calculation_date, on_date)
        WINDOW in_order AS (PARTITION BY listed.calculation_date, listed.instrument_id ORDER BY listed.on_date)
    ),
    weighted AS (
        SELECT moved.calculation_date, factor.factor_id, moved.on_date, moved.moved,
               0.94 ^ (row_number() OVER in_time - 1) AS weight
        FROM moved
        JOIN rollforward_data.instrument USING (instrument_id)
        JOIN rollforward_data.factor ON factor.symbol = instrument.symbol AND factor.is_shocked
        WHERE moved.moved IS NOT NULL
        WINDOW in_time AS (PARTITION BY moved.calculation_date, factor.factor_id ORDER BY moved.on_date DESC)
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
    DELETE FROM rollforward_data.factor_correlation AS stored
    WHERE stored.calculation_date = ANY (days)
      AND NOT EXISTS (
          SELECT FROM finding_factor_correlation AS found
          WHERE found.calculation_date = stored.calculation_date
            AND found.factor_id = stored.factor_id
            AND found.other_factor_id = stored.other_factor_id);
    RETURN rollforward.store_findings('factor_correlation', true);
END
$$;

COMMENT ON FUNCTION rollforward.find_factor_correlations IS 'Correlates the factors that scenarios shock';
