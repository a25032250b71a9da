-- Rolls the accounts forward: stage_account_snapshot, a row per account and currency on each day with movements.
--
-- Running totals of the day changes on top of the latest stored snapshot before the range, and of what was held then.
--
-- relies on   account_snapshot_pkey: one descent per account and currency
CREATE OR REPLACE FUNCTION rollforward.stage_account_snapshots(start_date date)
RETURNS void
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    rows_staged bigint;
BEGIN
    IF NOT EXISTS (SELECT FROM stage_delta) THEN
        RETURN;  -- no day has a snapshot
    END IF;
    PERFORM rollforward.stage_opening_holdings(start_date);

    INSERT INTO stage_account_snapshot
    WITH day_totals AS (
        SELECT delta.account_id, delta.currency, delta.on_date,
               sum(delta.counted) AS counted,
               rollforward.total(delta.deposited) AS deposited,
               rollforward.total(delta.withdrawn) AS withdrawn,
               rollforward.total(delta.invested) AS invested,
               rollforward.total(delta.gain) AS realized_gains,
               rollforward.total(delta.commissions) AS commissions,
               rollforward.total(delta.fees) AS fees,
               rollforward.total(delta.options_income) AS options_income,
               rollforward.total(delta.dividends) AS dividends,
               rollforward.total(delta.dividend_taxes) AS dividend_taxes,
               rollforward.total(delta.other_income) AS other_income,
               rollforward.total(delta.cash) AS cash,
               rollforward.total(delta.long_cost) AS long_cost,
               rollforward.total(delta.short_cost) AS short_cost,
               rollforward.total(delta.long_units) AS long_units,
               rollforward.total(delta.short_units) AS short_units,
               rollforward.total(delta.contributed) AS contributed,
               rollforward.total(delta.lot_costs) AS lot_costs
        FROM stage_delta AS delta
        GROUP BY delta.account_id, delta.currency, delta.on_date
    ),
    rolled AS (
        SELECT day_totals.account_id, day_totals.currency, day_totals.on_date, day_totals.counted,
               sum(day_totals.counted) OVER account AS movement_counter,
               rollforward.total(day_totals.deposited) OVER account AS deposited,
               rollforward.total(day_totals.withdrawn) OVER account AS withdrawn,
               rollforward.total(day_totals.invested) OVER account AS invested,
               rollforward.total(day_totals.realized_gains) OVER account AS realized_gains,
               rollforward.total(day_totals.commissions) OVER account AS commissions,
               rollforward.total(day_totals.fees) OVER account AS fees,
               rollforward.total(day_totals.options_income) OVER account AS options_income,
               coalesce(rollforward.total(day_totals.dividends) OVER account, 0)
                   - coalesce(rollforward.total(day_totals.dividend_taxes) OVER account, 0) AS dividends_received,
               rollforward.total(day_totals.dividend_taxes) OVER account AS dividend_taxes,
               rollforward.total(day_totals.other_income) OVER account AS other_income,
               rollforward.total(day_totals.cash) OVER account AS cash_balance,
               coalesce(rollforward.total(day_totals.long_cost) OVER account, 0)
                   - coalesce(rollforward.total(day_totals.short_cost) OVER account, 0) AS cost,
               coalesce(rollforward.total(day_totals.long_units) OVER account, 0)
                   + coalesce(rollforward.total(day_totals.short_units) OVER account, 0) AS open_units,
               rollforward.total(day_totals.contributed) OVER account AS contributed,
               rollforward.total(day_totals.lot_costs) OVER account AS lot_costs
        FROM day_totals
        WINDOW account AS (
            PARTITION BY day_totals.account_id, day_totals.currency
            ORDER BY day_totals.on_date ROWS UNBOUNDED PRECEDING)
    ),
    held AS (
        SELECT account_id, currency,
               sum(long_quantity + short_quantity) AS units,
               sum(long_cost - short_cost) AS cost,
               sum(long_cost) FILTER (WHERE NOT is_option) AS invested
        FROM stage_opening
        GROUP BY account_id, currency
    ),
    opening AS MATERIALIZED (
        SELECT known.account_id, known.currency, latest.movement_counter, latest.deposited, latest.withdrawn,
               latest.realized_gains, latest.commissions, latest.fees, latest.options_income,
               latest.dividends_received, latest.dividend_taxes, latest.other_income, latest.cash_balance,
               latest.contributed, latest.lot_costs
        FROM stage_scope AS scope
        JOIN rollforward_data.account_currency AS known USING (account_id)
        CROSS JOIN LATERAL (
            SELECT snapshot.*
            FROM rollforward_data.account_snapshot AS snapshot
            WHERE snapshot.account_id = known.account_id
              AND snapshot.currency = known.currency
              AND snapshot.snapshot_date < scope.from_date
            ORDER BY snapshot.snapshot_date DESC
            LIMIT 1
        ) AS latest
    )
    SELECT rolled.account_id,
           rolled.currency,
           rolled.on_date AS snapshot_date,
           (coalesce(opening.movement_counter, 0) + coalesce(rolled.movement_counter, 0))::integer AS movement_counter,
           (coalesce(opening.deposited, 0) + coalesce(rolled.deposited, 0))::rollforward_data.exact_money AS deposited,
           (coalesce(opening.withdrawn, 0) + coalesce(rolled.withdrawn, 0))::rollforward_data.exact_money AS withdrawn,
           (coalesce(held.invested, 0) + coalesce(rolled.invested, 0))::rollforward_data.exact_money AS invested,
           (coalesce(opening.realized_gains, 0) + coalesce(rolled.realized_gains, 0))::rollforward_data.exact_money AS realized_gains,
           0::rollforward_data.exact_money AS unrealized_gains,
           (coalesce(held.cost, 0) + rolled.cost)::rollforward_data.exact_money AS market_value,
           (coalesce(opening.commissions, 0) + coalesce(rolled.commissions, 0))::rollforward_data.exact_money AS commissions,
           (coalesce(opening.fees, 0) + coalesce(rolled.fees, 0))::rollforward_data.exact_money AS fees,
           (coalesce(opening.options_income, 0) + coalesce(rolled.options_income, 0))::rollforward_data.exact_money AS options_income,
           (coalesce(opening.dividends_received, 0) + coalesce(rolled.dividends_received, 0))::rollforward_data.exact_money
               AS dividends_received,
           (coalesce(opening.dividend_taxes, 0) + coalesce(rolled.dividend_taxes, 0))::rollforward_data.exact_money AS dividend_taxes,
           (coalesce(opening.other_income, 0) + coalesce(rolled.other_income, 0))::rollforward_data.exact_money AS other_income,
           (coalesce(opening.cash_balance, 0) + coalesce(rolled.cash_balance, 0))::rollforward_data.exact_money AS cash_balance,
           (coalesce(held.units, 0) + coalesce(rolled.open_units, 0))::rollforward_data.exact_quantity AS open_units,
           (coalesce(opening.contributed, 0) + coalesce(rolled.contributed, 0))::rollforward_data.exact_money AS contributed,
           (coalesce(opening.lot_costs, 0) + coalesce(rolled.lot_costs, 0))::rollforward_data.exact_money AS lot_costs
    FROM rolled
    LEFT JOIN opening USING (account_id, currency)
    LEFT JOIN held USING (account_id, currency)
    WHERE rolled.counted IS NOT NULL;
    GET DIAGNOSTICS rows_staged = ROW_COUNT;
    PERFORM rollforward.analyze_stage('pg_temp.stage_account_snapshot', rows_staged);

    PERFORM rollforward.stage_unrealized_gains();
END
$$;

COMMENT ON FUNCTION rollforward.stage_account_snapshots IS 'Rolls the staged accounts forward, day by day';
