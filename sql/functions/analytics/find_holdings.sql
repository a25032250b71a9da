-- Writes down what the accounts in analysis_scope held on their days, in their base currency: analysis, analysed_position.
--
-- The other engines rest on it. The findings of a day are not whole until they are all through. Volatility of an option is told by
-- its underlying, as soon as that is an instrument with a close; until then by the option itself.
--
-- returns     findings written
-- relies on   equity_snapshot_pkey, price_pkey, and what positions_as_of() relies on
CREATE OR REPLACE FUNCTION rollforward.find_holdings()
RETURNS bigint
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_column
DECLARE
    least_value CONSTANT numeric := (SELECT setting.value FROM rollforward.setting WHERE setting.name = 'correlation_min_value');
    least_part CONSTANT numeric := (SELECT setting.value FROM rollforward.setting WHERE setting.name = 'correlation_min_part');
BEGIN
    PERFORM rollforward.prepare_own_stage('analysis_holding', 'rollforward.analysed_holding');
    INSERT INTO analysis_holding
    SELECT held.account_id, day.calculation_date, held.instrument_id, held.currency, account.base_currency, held.market_value
    FROM (
        SELECT scope.calculation_date, array_agg(scope.account_id ORDER BY scope.account_id) AS account_ids
        FROM analysis_scope AS scope
        GROUP BY scope.calculation_date
    ) AS day
    CROSS JOIN LATERAL rollforward.holdings_as_of(day.account_ids, day.calculation_date) AS held
    JOIN rollforward_data.account ON account.account_id = held.account_id;
    ANALYZE analysis_holding;

    PERFORM rollforward.prepare_own_stage('finding_analysed_position', 'rollforward_data.analysed_position');
    INSERT INTO finding_analysed_position
    WITH rate AS (
        SELECT pair.currency, pair.base_currency, pair.calculation_date, fx.rate
        FROM (SELECT DISTINCT currency, base_currency, calculation_date FROM analysis_holding) AS pair
        CROSS JOIN LATERAL rollforward.fx_rate_at(pair.currency, pair.base_currency, pair.calculation_date) AS fx
    ),
    valued AS (
        SELECT held.account_id, held.calculation_date, held.instrument_id,
               sum(rollforward.in_base(held.market_value, rate.rate)) AS value
        FROM analysis_holding AS held
        LEFT JOIN rate USING (currency, base_currency, calculation_date)
        GROUP BY held.account_id, held.calculation_date, held.instrument_id
        HAVING count(*) = count(rollforward.in_base(held.market_value, rate.rate))
    )
    SELECT valued.account_id, valued.calculation_date, valued.instrument_id,
           coalesce(underlying.instrument_id, valued.instrument_id), valued.value,
           instrument.kind <> 'private'
           AND abs(valued.value) >= least_value
           AND abs(valued.value) >= least_part * sum(abs(valued.value)) OVER (PARTITION BY valued.account_id, valued.calculation_date)
    FROM valued
    JOIN rollforward_data.instrument USING (instrument_id)
    LEFT JOIN rollforward_data.instrument AS underlying
        ON underlying.symbol = instrument.underlying
       AND instrument.kind IN ('option', 'future_option')
       AND EXISTS (
           SELECT FROM rollforward_data.price
           WHERE price.instrument_id = underlying.instrument_id
             AND price.price_date <= valued.calculation_date);
    ANALYZE finding_analysed_position;

    PERFORM rollforward.prepare_own_stage('finding_analysis', 'rollforward_data.analysis');
    INSERT INTO finding_analysis
    SELECT scope.account_id, scope.calculation_date, account.base_currency, equity.closing_equity,
           coalesce(held.long_value, 0), coalesce(held.short_value, 0), coalesce(held.positions, 0),
           coalesce(listed.positions, 0) - coalesce(held.positions, 0),
           CASE WHEN equity.snapshot_date IS NULL THEN 'not_valued'
                WHEN equity.closing_equity IS NULL THEN 'rate_missing'
                WHEN equity.closing_equity <= 0 THEN 'no_equity'
           END,
           false, false, pg_current_xact_id()
    FROM analysis_scope AS scope
    JOIN rollforward_data.account USING (account_id)
    LEFT JOIN LATERAL (
        SELECT snapshot.snapshot_date, snapshot.closing_equity
        FROM rollforward_data.equity_snapshot AS snapshot
        WHERE snapshot.account_id = scope.account_id
          AND snapshot.snapshot_date <= scope.calculation_date
        ORDER BY snapshot.snapshot_date DESC
        LIMIT 1
    ) AS equity ON true
    LEFT JOIN (
        SELECT account_id, calculation_date,
               sum(value) FILTER (WHERE value > 0) AS long_value,
               sum(value) FILTER (WHERE value < 0) AS short_value,
               count(*) AS positions
        FROM finding_analysed_position
        GROUP BY account_id, calculation_date
    ) AS held
        ON held.account_id = scope.account_id
       AND held.calculation_date = scope.calculation_date
    LEFT JOIN (
        SELECT account_id, calculation_date, count(DISTINCT instrument_id) AS positions
        FROM analysis_holding
        GROUP BY account_id, calculation_date
    ) AS listed
        ON listed.account_id = scope.account_id
       AND listed.calculation_date = scope.calculation_date;

    RETURN rollforward.store_findings('analysed_position', false)
         + rollforward.store_findings('analysis', false);
END
$$;

COMMENT ON FUNCTION rollforward.find_holdings IS 'Writes down what accounts held on days, for the engines of the analytics';
