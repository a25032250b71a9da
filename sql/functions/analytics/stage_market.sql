-- Stages what accounts held on the days they were analysed, the symbols of factors, and the closes of all of them over the longest
-- time that an engine looks back, which are 400 calendar days or those of a factor: analysis_subject, analysis_level.
--
-- relies on   analysed_position_pkey, price_pkey
CREATE OR REPLACE FUNCTION rollforward.stage_market()
RETURNS void
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    look_back CONSTANT integer := greatest(400, (SELECT max(factor.window_days) FROM rollforward_data.factor));
BEGIN
    PERFORM rollforward.prepare_own_stage('analysis_subject', 'rollforward.analysed_subject');
    INSERT INTO analysis_subject
    WITH held AS (
        SELECT DISTINCT held.calculation_date, held.instrument_id, held.series_id
        FROM analysis_position AS held
        JOIN rollforward_data.instrument USING (instrument_id)
        WHERE instrument.kind <> 'private'
    ),
    subject AS (
        SELECT held.calculation_date, held.instrument_id, true AS is_explained, held.instrument_id = held.series_id AS is_series
        FROM held
        UNION ALL
        SELECT held.calculation_date, held.series_id, false, true
        FROM held
        UNION ALL
        SELECT day.calculation_date, instrument.instrument_id, true, false
        FROM (SELECT DISTINCT held.calculation_date FROM held) AS day
        CROSS JOIN rollforward_data.factor
        JOIN rollforward_data.instrument ON instrument.symbol IN (factor.symbol, factor.short_symbol)
    )
    SELECT subject.calculation_date, subject.instrument_id, bool_or(subject.is_explained), bool_or(subject.is_series)
    FROM subject
    GROUP BY subject.calculation_date, subject.instrument_id;
    ANALYZE analysis_subject;

    PERFORM rollforward.stage_levels(
        ARRAY(SELECT DISTINCT subject.instrument_id FROM analysis_subject AS subject ORDER BY 1),
        (SELECT min(subject.calculation_date) - look_back FROM analysis_subject AS subject),
        (SELECT max(subject.calculation_date) FROM analysis_subject AS subject));
END
$$;

COMMENT ON FUNCTION rollforward.stage_market IS 'Stages what accounts held on the days they were analysed, and the closes that engines look at';
