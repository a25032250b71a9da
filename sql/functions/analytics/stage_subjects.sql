-- Stages what accounts held on the days they were analysed, and the symbols of factors: analysis_subject.
--
-- by_series    the instruments by whose closes volatility is told, instead of those held
-- returns      the instruments, and the first and the last of the days; NULL when there is nothing
-- relies on    analysed_position_pkey
CREATE OR REPLACE FUNCTION rollforward.stage_subjects(
    account_ids bigint[],
    start_date date,
    end_date date,
    by_series boolean DEFAULT false,
    OUT instrument_ids bigint[],
    OUT first_date date,
    OUT last_date date
)
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    PERFORM rollforward.prepare_own_stage('analysis_subject', 'rollforward.analysed_subject');
    INSERT INTO analysis_subject
    WITH held AS (
        SELECT DISTINCT held.calculation_date, CASE WHEN by_series THEN held.series_id ELSE held.instrument_id END AS instrument_id
        FROM rollforward_data.analysed_position AS held
        WHERE held.account_id = ANY (stage_subjects.account_ids)
          AND held.calculation_date BETWEEN stage_subjects.start_date AND stage_subjects.end_date
    )
    SELECT subject.calculation_date, subject.instrument_id
    FROM (
        SELECT held.calculation_date, held.instrument_id FROM held
        UNION
        SELECT day.calculation_date, instrument.instrument_id
        FROM (SELECT DISTINCT held.calculation_date FROM held) AS day
        CROSS JOIN rollforward_data.factor
        JOIN rollforward_data.instrument ON instrument.symbol IN (factor.symbol, factor.short_symbol)
    ) AS subject
    JOIN rollforward_data.instrument USING (instrument_id)
    WHERE instrument.kind <> 'private';
    ANALYZE analysis_subject;

    SELECT array_agg(DISTINCT subject.instrument_id), min(subject.calculation_date), max(subject.calculation_date)
    INTO stage_subjects.instrument_ids, stage_subjects.first_date, stage_subjects.last_date
    FROM analysis_subject AS subject;
END
$$;

COMMENT ON FUNCTION rollforward.stage_subjects IS 'Stages what accounts held on the days they were analysed';
