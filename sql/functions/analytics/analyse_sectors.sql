-- Adds up what accounts held by sector, and tells how few positions they are made of: account_sector, account_concentration.
--
-- The Herfindahl-Hirschman index is 10,000 × Σ w², where w is the value of an instrument without its sign as a part of them all;
-- 10,000 / index instruments of equal value would have the same one. top_3 and top_10 are the parts of the largest.
--
-- account_ids            accounts whose holdings are written down
-- start_date, end_date   both included
-- returns                findings written
-- relies on              analysed_position_pkey
CREATE OR REPLACE FUNCTION rollforward.analyse_sectors(account_ids bigint[], start_date date, end_date date)
RETURNS bigint
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
SET jit = off  -- as process_batch
AS $$
DECLARE
    days CONSTANT date[] := rollforward.days_of_analyses(account_ids, start_date, end_date);
BEGIN
    PERFORM rollforward.prepare_own_stage('finding_account_sector', 'rollforward_data.account_sector');
    INSERT INTO finding_account_sector
    SELECT held.account_id, held.calculation_date, held.sector, sum(abs(held.value)), sum(held.value), count(*)
    FROM rollforward.position_sector AS held
    WHERE held.account_id = ANY (analyse_sectors.account_ids)
      AND held.calculation_date BETWEEN analyse_sectors.start_date AND analyse_sectors.end_date
    GROUP BY held.account_id, held.calculation_date, held.sector;

    PERFORM rollforward.prepare_own_stage('finding_account_concentration', 'rollforward_data.account_concentration');
    INSERT INTO finding_account_concentration
    WITH part AS (
        SELECT held.account_id, held.calculation_date,
               abs(held.value)::double precision / nullif(sum(abs(held.value)) OVER whole, 0)::double precision AS weight,
               row_number() OVER (PARTITION BY held.account_id, held.calculation_date ORDER BY abs(held.value) DESC) AS rank
        FROM rollforward_data.analysed_position AS held
        WHERE held.account_id = ANY (analyse_sectors.account_ids)
          AND held.calculation_date BETWEEN analyse_sectors.start_date AND analyse_sectors.end_date
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
           CASE WHEN analysis.positions = 0 THEN 'no_positions'
                WHEN measured.herfindahl IS NULL THEN 'no_value'
           END
    FROM rollforward_data.analysis
    LEFT JOIN measured USING (account_id, calculation_date)
    WHERE analysis.account_id = ANY (analyse_sectors.account_ids)
      AND analysis.calculation_date BETWEEN analyse_sectors.start_date AND analyse_sectors.end_date;

    RETURN rollforward.store_findings('account_sector', account_ids, days)
         + rollforward.store_findings('account_concentration', account_ids, days);
END
$$;

COMMENT ON FUNCTION rollforward.analyse_sectors IS 'Adds up what accounts held by sector, and tells how few positions they are made of';
