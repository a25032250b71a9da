-- Correlates the instruments that accounts held together: instrument_correlation.
--
-- Returns are standardised once for each set of days, so that a correlation is the sum of their products.
--
-- relies on   stage_market(), stage_analyses()
CREATE OR REPLACE FUNCTION rollforward.find_correlations()
RETURNS bigint
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    window_days CONSTANT integer := 90;
    first_date CONSTANT date := (SELECT min(listed.calculation_date) - window_days FROM analysis_case AS listed);
BEGIN
    PERFORM rollforward.stage_pairs(window_days);

    PERFORM rollforward.prepare_own_stage('analysis_move', 'rollforward.analysed_move');
    INSERT INTO analysis_move
    WITH meeting AS (
        SELECT DISTINCT pair.common_id, member.instrument_id
        FROM analysis_pair AS pair
        CROSS JOIN LATERAL (VALUES (pair.instrument_id), (pair.other_instrument_id)) AS member (instrument_id)
    ),
    moved AS (
        SELECT common.common_id, meeting.instrument_id, day.place,
               ln(level.level / lag(level.level) OVER (
                   PARTITION BY common.common_id, meeting.instrument_id ORDER BY day.place)) AS moved
        FROM analysis_common AS common
        JOIN meeting USING (common_id)
        CROSS JOIN LATERAL unnest(common.days) WITH ORDINALITY AS day (on_date, place)
        JOIN analysis_level AS level
            ON level.instrument_id = meeting.instrument_id
           AND level.on_date = day.on_date
           AND level.on_date >= first_date  -- which all of its days are, but levels may meet members before they meet days
        WHERE cardinality(common.days) > 30
    ),
    measured AS (
        SELECT moved.*,
               avg(moved.moved) OVER whole AS mean,
               regr_sxx(moved.moved, moved.moved) OVER whole AS squared_deviations
        FROM moved
        WHERE moved.moved IS NOT NULL
        WINDOW whole AS (PARTITION BY moved.common_id, moved.instrument_id)
    )
    SELECT measured.common_id, measured.instrument_id, measured.place - 2,
           (measured.moved - measured.mean) / sqrt(measured.squared_deviations)
    FROM measured
    WHERE NOT rollforward.never_moves(measured.squared_deviations);
    PERFORM rollforward.stage_blocks();

    PERFORM rollforward.prepare_own_stage('finding_instrument_correlation', 'rollforward_data.instrument_correlation');
    INSERT INTO finding_instrument_correlation
    SELECT pair.calculation_date, pair.instrument_id, pair.other_instrument_id,
           rollforward.clipped(product.correlation, 1),
           greatest(coalesce(cardinality(common.days), 0) - 1, 0)
    FROM analysis_pair AS pair
    LEFT JOIN analysis_common AS common USING (common_id)
    LEFT JOIN (
        SELECT pair.calculation_date, pair.instrument_id, pair.other_instrument_id,
               sum(one.m01 * other.m01 + one.m02 * other.m02 + one.m03 * other.m03 + one.m04 * other.m04
                   + one.m05 * other.m05 + one.m06 * other.m06 + one.m07 * other.m07 + one.m08 * other.m08
                   + one.m09 * other.m09 + one.m10 * other.m10 + one.m11 * other.m11 + one.m12 * other.m12
                   + one.m13 * other.m13 + one.m14 * other.m14 + one.m15 * other.m15 + one.m16 * other.m16) AS correlation
        FROM analysis_pair AS pair
        JOIN analysis_block AS one
            ON one.group_id = pair.common_id
           AND one.instrument_id = pair.instrument_id
        JOIN analysis_block AS other
            ON other.group_id = pair.common_id
           AND other.instrument_id = pair.other_instrument_id
           AND other.block_no = one.block_no
        GROUP BY pair.calculation_date, pair.instrument_id, pair.other_instrument_id
    ) AS product USING (calculation_date, instrument_id, other_instrument_id);
    RETURN rollforward.store_findings('instrument_correlation', true);
END
$$;

COMMENT ON FUNCTION rollforward.find_correlations IS 'Correlates the instruments that accounts held together';
