-- Writes down what accounts held on days, in their base currency, for the engines of the analytics: analysis, analysed_position.
--
-- The first step of an analysis: the findings of a day are not whole until finish_analyses() has been called. A single day is
-- analysed as such; of a range, the days on which one of the accounts was valued.
--
-- account_ids            accounts to look at
-- start_date, end_date   both included
-- returns                findings written
-- errors                 22R01 an argument is NULL, the range is upside down or without end, or an account is unknown
-- locks                  the account rows, in id order
-- relies on              equity_snapshot_pkey, and what positions_as_of() relies on
CREATE OR REPLACE FUNCTION rollforward.find_holdings(account_ids bigint[], start_date date, end_date date)
RETURNS bigint
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_column
DECLARE
    days CONSTANT date[] := rollforward.analysed_days(
        find_holdings.account_ids, find_holdings.start_date, find_holdings.end_date);
    least_value CONSTANT numeric := (SELECT setting.value FROM rollforward.setting WHERE setting.name = 'correlation_min_value');
    least_part CONSTANT numeric := (SELECT setting.value FROM rollforward.setting WHERE setting.name = 'correlation_min_part');
BEGIN
    IF days = '{}' THEN
        RETURN 0;
    END IF;
    PERFORM rollforward.resolve_marks();
    PERFORM FROM rollforward_data.account
    WHERE account_id = ANY (find_holdings.account_ids)
    ORDER BY account_id
    FOR NO KEY UPDATE;
    PERFORM rollforward.refresh_statistics();

    PERFORM rollforward.prepare_own_stage('analysis_holding', 'rollforward.analysed_holding');
    INSERT INTO analysis_holding
    SELECT held.account_id, day.calculation_date, held.instrument_id, held.currency, account.base_currency, held.market_value
    FROM unnest(days) AS day (calculation_date)
    CROSS JOIN LATERAL rollforward.holdings_as_of(find_holdings.account_ids, day.calculation_date) AS held
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
       AND instrument.kind IN ('option', 'future_option');
    ANALYZE finding_analysed_position;

    PERFORM rollforward.prepare_own_stage('finding_analysis', 'rollforward_data.analysis');
    INSERT INTO finding_analysis
    SELECT account.account_id, day.calculation_date, account.base_currency, equity.closing_equity,
           coalesce(held.long_value, 0), coalesce(held.short_value, 0), coalesce(held.positions, 0),
           coalesce(listed.positions, 0) - coalesce(held.positions, 0),
           CASE WHEN equity.snapshot_date IS NULL THEN 'not_valued'
                WHEN equity.closing_equity IS NULL THEN 'rate_missing'
                WHEN equity.closing_equity <= 0 THEN 'no_equity'
           END,
           false, false, pg_current_xact_id()
    FROM rollforward_data.account
    CROSS JOIN unnest(days) AS day (calculation_date)
    LEFT JOIN LATERAL (
        SELECT snapshot.snapshot_date, snapshot.closing_equity
        FROM rollforward_data.equity_snapshot AS snapshot
        WHERE snapshot.account_id = account.account_id
          AND snapshot.snapshot_date <= day.calculation_date
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
        ON held.account_id = account.account_id
       AND held.calculation_date = day.calculation_date
    LEFT JOIN (
        SELECT account_id, calculation_date, count(DISTINCT instrument_id) AS positions
        FROM analysis_holding
        GROUP BY account_id, calculation_date
    ) AS listed
        ON listed.account_id = account.account_id
       AND listed.calculation_date = day.calculation_date
    WHERE account.account_id = ANY (find_holdings.account_ids);

    RETURN rollforward.store_findings('analysed_position', find_holdings.account_ids, days)
         + rollforward.store_findings('analysis', find_holdings.account_ids, days);
END
$$;

COMMENT ON FUNCTION rollforward.find_holdings IS 'Writes down what accounts held on days, for the engines of the analytics';
