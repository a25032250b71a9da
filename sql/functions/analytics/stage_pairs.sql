-- Stages the pairs of instruments that accounts held together, and the days that each pair has in common: analysis_pair,
-- analysis_common.
--
-- Pairs meet by classes: instruments with closes on the same days of the window are alike towards all others, so that days are
-- compared for pairs of classes, of which there are few, and not for pairs of instruments.
--
-- relies on   stage_market(), stage_analyses()
CREATE OR REPLACE FUNCTION rollforward.stage_pairs(window_days integer)
RETURNS void
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    PERFORM rollforward.prepare_own_stage('analysis_pair', 'rollforward.analysed_pair');
    INSERT INTO analysis_pair
    SELECT DISTINCT one.calculation_date, one.instrument_id, other.instrument_id
    FROM analysis_position AS one
    JOIN analysis_position AS other USING (account_id, calculation_date)
    WHERE one.instrument_id < other.instrument_id
      AND one.is_correlated
      AND other.is_correlated;
    ANALYZE analysis_pair;

    PERFORM rollforward.prepare_own_stage('analysis_class', 'rollforward.analysed_class');
    INSERT INTO analysis_class
    SELECT known.calculation_date, known.instrument_id,
           dense_rank() OVER (ORDER BY known.calculation_date, known.days), known.days
    FROM (
        SELECT listed.calculation_date, listed.instrument_id, array_agg(level.on_date ORDER BY level.on_date) AS days
        FROM (
            SELECT pair.calculation_date, pair.instrument_id FROM analysis_pair AS pair
            UNION
            SELECT pair.calculation_date, pair.other_instrument_id FROM analysis_pair AS pair
        ) AS listed
        JOIN analysis_level AS level
            ON level.instrument_id = listed.instrument_id
           AND level.on_date BETWEEN listed.calculation_date - window_days AND listed.calculation_date
        GROUP BY listed.calculation_date, listed.instrument_id
    ) AS known;
    ANALYZE analysis_class;

    PERFORM rollforward.prepare_own_stage('analysis_common', 'rollforward.analysed_common');
    INSERT INTO analysis_common
    WITH class AS (
        SELECT DISTINCT ON (listed.class) listed.class, listed.days FROM analysis_class AS listed ORDER BY listed.class
    ),
    met AS (
        SELECT DISTINCT least(one.class, other.class) AS low_class, greatest(one.class, other.class) AS high_class
        FROM analysis_pair AS pair
        JOIN analysis_class AS one
            ON one.calculation_date = pair.calculation_date
           AND one.instrument_id = pair.instrument_id
        JOIN analysis_class AS other
            ON other.calculation_date = pair.calculation_date
           AND other.instrument_id = pair.other_instrument_id
    )
    SELECT row_number() OVER (ORDER BY met.low_class, met.high_class), met.low_class, met.high_class,
           ARRAY(SELECT unnest(low.days) INTERSECT SELECT unnest(high.days) ORDER BY 1)
    FROM met
    JOIN class AS low ON low.class = met.low_class
    JOIN class AS high ON high.class = met.high_class;
    ANALYZE analysis_common;

    UPDATE analysis_pair AS pair
    SET common_id = common.common_id
    FROM analysis_class AS one, analysis_class AS other, analysis_common AS common
    WHERE one.calculation_date = pair.calculation_date
      AND one.instrument_id = pair.instrument_id
      AND other.calculation_date = pair.calculation_date
      AND other.instrument_id = pair.other_instrument_id
      AND common.low_class = least(one.class, other.class)
      AND common.high_class = greatest(one.class, other.class);
    ANALYZE analysis_pair;
END
$$;

COMMENT ON FUNCTION rollforward.stage_pairs IS 'Stages the pairs of instruments that accounts held together, and the days that each pair has in common';
