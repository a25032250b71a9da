-- What accounts held by sector, on the days they were analysed, beside the benchmarks that have weights by then.
--
-- weight_of_equity   gross value as a part of equity: with leverage, sectors add up to more than 1
-- weight_of_gross    gross value as a part of all: sectors add up to 1
-- benchmark          a row for each one; NULL where there is none. Its weights are the latest by that day
-- active_weight      weight_of_gross less benchmark_weight
CREATE OR REPLACE VIEW rollforward.sector_exposure AS
WITH benchmark AS (
    SELECT analysis.account_id, analysis.calculation_date, known.benchmark, latest.as_of
    FROM rollforward_data.analysis
    CROSS JOIN (SELECT DISTINCT benchmark FROM rollforward_data.benchmark_weight) AS known
    CROSS JOIN LATERAL (
        SELECT max(weight.as_of) AS as_of
        FROM rollforward_data.benchmark_weight AS weight
        WHERE weight.benchmark = known.benchmark
          AND weight.as_of <= analysis.calculation_date
    ) AS latest
    WHERE latest.as_of IS NOT NULL
),
sector AS (
    SELECT held.account_id, held.calculation_date, held.sector, benchmark.benchmark, benchmark.as_of
    FROM rollforward_data.account_sector AS held
    LEFT JOIN benchmark USING (account_id, calculation_date)
    UNION
    SELECT benchmark.account_id, benchmark.calculation_date, weight.sector, benchmark.benchmark, benchmark.as_of
    FROM benchmark
    JOIN rollforward_data.benchmark_weight AS weight USING (benchmark, as_of)
)
SELECT sector.account_id,
       account.number AS account_number,
       sector.calculation_date,
       sector.sector,
       coalesce(held.gross_value, 0)::rollforward_data.exact_money AS gross_value,
       coalesce(held.net_value, 0)::rollforward_data.exact_money AS net_value,
       coalesce(held.positions, 0) AS positions,
       CASE WHEN analysis.reason IS NULL
            THEN coalesce(held.gross_value, 0)::double precision / analysis.equity::double precision
       END AS weight_of_equity,
       part.weight AS weight_of_gross,
       sector.benchmark,
       sector.as_of AS benchmark_as_of,
       CASE WHEN sector.benchmark IS NOT NULL THEN coalesce(weight.weight, 0)::double precision END AS benchmark_weight,
       CASE WHEN sector.benchmark IS NOT NULL THEN part.weight - coalesce(weight.weight, 0)::double precision END AS active_weight,
       analysis.is_stale
FROM sector
JOIN rollforward_data.analysis USING (account_id, calculation_date)
JOIN rollforward_data.account USING (account_id)
LEFT JOIN rollforward_data.account_sector AS held USING (account_id, calculation_date, sector)
LEFT JOIN rollforward_data.benchmark_weight AS weight USING (benchmark, as_of, sector)
CROSS JOIN LATERAL (
    SELECT coalesce(held.gross_value, 0)::double precision
               / nullif(analysis.long_value - analysis.short_value, 0)::double precision AS weight
) AS part;

COMMENT ON VIEW rollforward.sector_exposure IS 'What accounts held by sector, beside benchmarks';
