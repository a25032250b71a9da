-- Stages the returns that what accounts held on a day would have had before: analysis_path, of series that are numbered in
-- analysis_weight, which says what the accounts held, by the closes that tell its volatility.
--
-- The return of a day is the sum of those of the series, each weighted by its signed value as a part of equity; days are those on
-- which one of them has a return, whatever others have. Accounts without equity have none.
--
-- relies on   stage_market(), stage_analyses()
CREATE OR REPLACE FUNCTION rollforward.stage_account_returns()
RETURNS void
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
SET enable_memoize = off  -- no two accounts are the same
AS $$
BEGIN
    PERFORM rollforward.prepare_own_stage('analysis_day', 'rollforward.analysed_day');
    INSERT INTO analysis_day
    SELECT row_number() OVER (ORDER BY day.on_date) - 1, day.on_date
    FROM (SELECT DISTINCT level.on_date FROM analysis_level AS level) AS day;
    ANALYZE analysis_day;

    PERFORM rollforward.prepare_own_stage('analysis_weight', 'rollforward.analysed_weight');
    INSERT INTO analysis_weight
    WITH reach AS (
        SELECT listed.calculation_date, listed.instrument_id AS series_id,
               min(day.day_no) AS first_no, min(level.since_date) AS since_date,
               count(*) FILTER (WHERE level.since_date >= listed.calculation_date - 365) AS observations
        FROM analysis_subject AS listed
        JOIN analysis_level AS level
            ON level.instrument_id = listed.instrument_id
           AND level.on_date <= listed.calculation_date
           AND level.since_date >= listed.calculation_date - 400
        JOIN analysis_day AS day USING (on_date)
        WHERE listed.is_series
        GROUP BY listed.calculation_date, listed.instrument_id
    )
    SELECT dense_rank() OVER (ORDER BY held.calculation_date, held.account_id), held.account_id, held.calculation_date,
           held.series_id, sum(held.value) / analysis.equity, sum(abs(held.value)),
           CASE WHEN reach.observations >= 63 THEN reach.first_no END,
           CASE WHEN reach.observations >= 63 THEN reach.since_date END
    FROM analysis_position AS held
    JOIN analysis_case AS analysis USING (account_id, calculation_date)
    LEFT JOIN reach USING (calculation_date, series_id)
    WHERE analysis.equity > 0
    GROUP BY held.calculation_date, held.account_id, held.series_id, analysis.equity, reach.observations, reach.first_no, reach.since_date;
    ANALYZE analysis_weight;

    PERFORM rollforward.prepare_own_stage('analysis_move', 'rollforward.analysed_move');
    INSERT INTO analysis_move
    SELECT 0, level.instrument_id, day.day_no, level.simple
    FROM analysis_level AS level
    JOIN analysis_day AS day USING (on_date)
    WHERE level.since_date IS NOT NULL;
    PERFORM rollforward.stage_blocks();

    PERFORM rollforward.prepare_own_stage('analysis_path', 'rollforward.analysed_path');
    INSERT INTO analysis_path
    WITH span AS (
        SELECT DISTINCT ON (weight.group_id) weight.group_id, weight.calculation_date, weight.first_no, weight.since_date
        FROM analysis_weight AS weight
        WHERE weight.first_no IS NOT NULL
        ORDER BY weight.group_id, weight.first_no DESC, weight.since_date DESC
    ),
    calendar AS (
        SELECT array_agg(day.on_date ORDER BY day.day_no) AS on_dates
        FROM analysis_day AS day
    ),
    mixed AS (
        SELECT weight.group_id, span.first_no, span.since_date, span.calculation_date, block.block_no,
               bit_or(block.present) AS present,
               sum(weight.weight * block.m01) AS m01, sum(weight.weight * block.m02) AS m02,
               sum(weight.weight * block.m03) AS m03, sum(weight.weight * block.m04) AS m04,
               sum(weight.weight * block.m05) AS m05, sum(weight.weight * block.m06) AS m06,
               sum(weight.weight * block.m07) AS m07, sum(weight.weight * block.m08) AS m08,
               sum(weight.weight * block.m09) AS m09, sum(weight.weight * block.m10) AS m10,
               sum(weight.weight * block.m11) AS m11, sum(weight.weight * block.m12) AS m12,
               sum(weight.weight * block.m13) AS m13, sum(weight.weight * block.m14) AS m14,
               sum(weight.weight * block.m15) AS m15, sum(weight.weight * block.m16) AS m16
        FROM analysis_weight AS weight
        JOIN span USING (group_id)
        JOIN analysis_block AS block
            ON block.instrument_id = weight.series_id
           AND block.block_no >= span.first_no / 16
        WHERE weight.first_no IS NOT NULL
        GROUP BY weight.group_id, span.first_no, span.since_date, span.calculation_date, block.block_no
    ),
    joined AS (
        SELECT mixed.group_id, mixed.first_no, mixed.since_date, mixed.calculation_date,
               array_agg(mixed.block_no ORDER BY mixed.block_no) AS block_nos, array_agg(mixed.present ORDER BY mixed.block_no) AS present,
               array_agg(ARRAY[mixed.m01, mixed.m02, mixed.m03, mixed.m04, mixed.m05, mixed.m06, mixed.m07, mixed.m08,
                               mixed.m09, mixed.m10, mixed.m11, mixed.m12, mixed.m13, mixed.m14, mixed.m15, mixed.m16]
                         ORDER BY mixed.block_no) AS moves
        FROM mixed
        GROUP BY mixed.group_id, mixed.first_no, mixed.since_date, mixed.calculation_date
    )
    SELECT joined.group_id, path.on_dates, joined.since_date || path.on_dates[1 : cardinality(path.on_dates) - 1], path.simple
    FROM joined
    CROSS JOIN calendar
    CROSS JOIN LATERAL (
        SELECT array_agg(calendar.on_dates[day.day_no + 1]) AS on_dates, array_agg(step.moved) AS simple
        FROM unnest(joined.moves) WITH ORDINALITY AS step (moved, place)
        CROSS JOIN LATERAL (SELECT (step.place::integer - 1) / 16 AS block, (step.place::integer - 1) % 16 AS step_no) AS cell
        CROSS JOIN LATERAL (SELECT joined.block_nos[cell.block + 1] * 16 + cell.step_no AS day_no) AS day
        WHERE joined.present[cell.block + 1] >> cell.step_no & 1 = 1
          AND day.day_no >= joined.first_no
          AND calendar.on_dates[day.day_no + 1] <= joined.calculation_date
    ) AS path;
    ANALYZE analysis_path (series_id);  -- nobody asks what is in the arrays
END
$$;

COMMENT ON FUNCTION rollforward.stage_account_returns IS 'Stages the returns that what accounts held on a day would have had before';
