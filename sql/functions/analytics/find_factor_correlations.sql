-- Correlates the factors that scenarios shock, on the days that accounts were analysed: factor_correlation.
--
-- Simple returns of 282 calendar days, pair by pair between days on which both have a close, so that one which is listed late takes
-- nothing from the others; each weighs 0.94 of the next one, and a correlation is cut off at 0.95 either way. NULL with fewer than
-- 30 returns, or where a factor never moves; none where there is no return.
--
-- returns     findings written
-- relies on   stage_analyses(); price_pkey
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
    moved AS (
        SELECT one.calculation_date, one.instrument_id, other.instrument_id AS other_instrument_id,
               one.level / lag(one.level) OVER in_order - 1 AS one_moved,
               other.level / lag(other.level) OVER in_order - 1 AS other_moved,
               0.94::double precision ^ (count(*) OVER whole - row_number() OVER in_order) AS weight
        FROM listed AS one
        JOIN listed AS other
            ON other.calculation_date = one.calculation_date
           AND other.on_date = one.on_date
           AND other.instrument_id >= one.instrument_id
        WINDOW whole AS (PARTITION BY one.calculation_date, one.instrument_id, other.instrument_id),
               in_order AS (whole ORDER BY one.on_date)
    ),
    centred AS (
        SELECT moved.calculation_date, moved.instrument_id, moved.other_instrument_id, moved.weight,
               moved.one_moved - sum(moved.weight * moved.one_moved) OVER whole / sum(moved.weight) OVER whole AS one_deviation,
               moved.other_moved - sum(moved.weight * moved.other_moved) OVER whole / sum(moved.weight) OVER whole AS other_deviation
        FROM moved
        WHERE moved.one_moved IS NOT NULL
        WINDOW whole AS (PARTITION BY moved.calculation_date, moved.instrument_id, moved.other_instrument_id)
    ),
    correlated AS (
        SELECT centred.calculation_date, centred.instrument_id, centred.other_instrument_id, count(*) AS observations,
               CASE WHEN count(*) >= 30
                         AND NOT rollforward.never_moves(sum(centred.one_deviation ^ 2))
                         AND NOT rollforward.never_moves(sum(centred.other_deviation ^ 2))
                    THEN sum(centred.weight * centred.one_deviation * centred.other_deviation)
                         / sqrt(sum(centred.weight * centred.one_deviation ^ 2) * sum(centred.weight * centred.other_deviation ^ 2))
               END AS correlation
        FROM centred
        GROUP BY centred.calculation_date, centred.instrument_id, centred.other_instrument_id
    ),
    named AS (
        SELECT factor.factor_id, instrument.instrument_id
        FROM rollforward_data.factor
        JOIN rollforward_data.instrument USING (symbol)
        WHERE factor.is_shocked
    )
    SELECT found.calculation_date, one.factor_id, other.factor_id,
           CASE WHEN one.factor_id = other.factor_id AND found.correlation IS NOT NULL THEN 1
                ELSE rollforward.clipped(found.correlation, 0.95)
           END,
           found.observations
    FROM named AS one
    CROSS JOIN named AS other
    JOIN correlated AS found
        ON found.instrument_id = least(one.instrument_id, other.instrument_id)
       AND found.other_instrument_id = greatest(one.instrument_id, other.instrument_id);

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
