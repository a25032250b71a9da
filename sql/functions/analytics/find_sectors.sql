-- Adds up what accounts held by sector, and tells how few positions they are made of: account_sector, account_concentration.
--
-- The Herfindahl-Hirschman index is 10,000 × Σ w², where w is the value of an instrument without its sign as a part of them all;
-- 10,000 / index instruments of equal value would have the same one. top_3 and top_10 are the parts of the largest.
--
-- returns     findings written; NULL and a reason where nothing is told: no_positions, rate_missing, no_value
-- relies on   stage_analyses(); analysed_position_pkey
CREATE OR REPLACE FUNCTION rollforward.find_sectors()
RETURNS bigint
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    PERFORM rollforward.prepare_own_stage('finding_account_sector', 'rollforward_data.account_sector');
    INSERT INTO finding_account_sector
    SELECT held.account_id, held.calculation_date, held.sector, sum(abs(held.value)), sum(held.value), count(*)
    FROM analysis_case AS staged
    JOIN rollforward.position_sector AS held USING (account_id, calculation_date)
    GROUP BY held.account_id, held.calculation_date, held.sector;

    PERFORM rollforward.prepare_own_stage('finding_account_concentration', 'rollforward_data.account_concentration');
    INSERT INTO finding_account_concentration
    WITH part AS (
        SELECT held.account_id, held.calculation_date,
               abs(held.value)::double precision / nullif(sum(abs(held.value)) OVER whole, 0)::double precision AS weight,
               row_number() OVER (PARTITION BY held.account_id, held.calculation_date ORDER BY abs(held.value) DESC) AS rank
        FROM analysis_position AS held
        WINDOW whole AS (PARTITION BY held.account_id, held.calculation_date)
    ),
    measured AS (
        SELECT part.account_id, part.calculation_date, 10000 * sum(part.weight ^ 2) AS herfindahl,
               sum(part.weight) FILTER (WHERE part.rank <= 3) AS top_3,
               sum(part.weight) FILTER (WHERE part.rank <= 10) AS top_10
        FROM part
        GROUP BY part.account_id, part.calculation_date
    )
    SELECT analysis.account_id, analysis.calculation_date, measured.herfindahl, 10000 / measured.herfindahl,
           measured.top_3, measured.top_10,
           CASE WHEN analysis.positions = 0 AND analysis.unvalued = 0 THEN 'no_positions'
                WHEN analysis.positions = 0 THEN 'rate_missing'
                WHEN measured.herfindahl IS NULL THEN 'no_value'
           END
    FROM analysis_case AS analysis
    LEFT JOIN measured USING (account_id, calculation_date);

    RETURN rollforward.store_findings('account_sector', false)
         + rollforward.store_findings('account_concentration', false);
END
$$;

COMMENT ON FUNCTION rollforward.find_sectors IS 'Adds up what accounts held by sector, and tells how few positions they are made of';
