-- Rolls the accounts forward: stage_account_snapshot, a row per account and currency on each day with movements.
--
-- Running totals of the day changes on top of the latest stored snapshot before the range, and of what was held then.
--
-- lowest, highest   the first and the last of the accounts
-- relies on   account_snapshot_pkey: one descent per account and currency
CREATE OR REPLACE FUNCTION rollforward.stage_account_snapshots(start_date date, lowest bigint, highest bigint)
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
    PERFORM rollforward.stage_opening_holdings(start_date, lowest, highest);

    INSERT INTO stage_account_snapshot
    WITH day_total AS (
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
    held AS (
        SELECT account_id, currency,
               sum(long_quantity) AS long_units,
               sum(short_quantity) AS short_units,
               sum(long_cost) AS long_cost,
               sum(short_cost) AS short_cost,
               sum(long_cost) FILTER (WHERE NOT is_option) AS invested
        FROM stage_opening
        GROUP BY account_id, currency
    ),
    -- what was there before is the change of a day before all others
    opening AS (
        SELECT known.account_id, known.currency, date '-infinity' AS on_date,
               latest.movement_counter::bigint AS counted,
               latest.deposited::numeric, latest.withdrawn::numeric,
               held.invested,
               latest.realized_gains::numeric, latest.commissions::numeric, latest.fees::numeric,
               latest.options_income::numeric,
               latest.dividends_received + latest.dividend_taxes AS dividends,
               latest.dividend_taxes::numeric, latest.other_income::numeric,
               latest.cash_balance::numeric AS cash,
               held.long_cost, held.short_cost, held.long_units, held.short_units,
               latest.contributed::numeric, latest.lot_costs::numeric
        FROM stage_scope AS scope
        JOIN rollforward_data.account_currency AS known USING (account_id)
        LEFT JOIN held
            ON held.account_id = known.account_id
           AND held.currency = known.currency
        CROSS JOIN LATERAL (
            SELECT snapshot.*
            FROM rollforward_data.account_snapshot AS snapshot
            WHERE snapshot.account_id = known.account_id
              AND snapshot.currency = known.currency
              AND snapshot.snapshot_date < scope.from_date
            ORDER BY snapshot.snapshot_date DESC
            LIMIT 1
        ) AS latest
    ),
    change AS (
        SELECT * FROM day_total
        UNION ALL
        SELECT * FROM opening
    ),
    rolled AS (
        SELECT change.account_id, change.currency, change.on_date, change.counted,
               sum(change.counted) OVER account AS movement_counter,
               rollforward.total(change.deposited) OVER account AS deposited,
               rollforward.total(change.withdrawn) OVER account AS withdrawn,
               rollforward.total(change.invested) OVER account AS invested,
               rollforward.total(change.realized_gains) OVER account AS realized_gains,
               rollforward.total(change.commissions) OVER account AS commissions,
               rollforward.total(change.fees) OVER account AS fees,
               rollforward.total(change.options_income) OVER account AS options_income,
               rollforward.total(change.dividends) OVER account AS dividends,
               rollforward.total(change.dividend_taxes) OVER account AS dividend_taxes,
               rollforward.total(change.other_income) OVER account AS other_income,
               rollforward.total(change.cash) OVER account AS cash_balance,
               rollforward.total(change.long_cost) OVER account AS long_cost,
               rollforward.total(change.short_cost) OVER account AS short_cost,
               rollforward.total(change.long_units) OVER account AS long_units,
               rollforward.total(change.short_units) OVER account AS short_units,
               rollforward.total(change.contributed) OVER account AS contributed,
               rollforward.total(change.lot_costs) OVER account AS lot_costs
        FROM change
        WINDOW account AS (
            PARTITION BY change.account_id, change.currency
            ORDER BY change.on_date ROWS UNBOUNDED PRECEDING)
    )
    SELECT rolled.account_id,
           rolled.currency,
           rolled.on_date AS snapshot_date,
           rolled.movement_counter::integer AS movement_counter,
           coalesce(rolled.deposited, 0)::rollforward_data.exact_money AS deposited,
           coalesce(rolled.withdrawn, 0)::rollforward_data.exact_money AS withdrawn,
           coalesce(rolled.invested, 0)::rollforward_data.exact_money AS invested,
           coalesce(rolled.realized_gains, 0)::rollforward_data.exact_money AS realized_gains,
           0::rollforward_data.exact_money AS unrealized_gains,
           coalesce(rolled.long_cost - coalesce(rolled.short_cost, 0), -rolled.short_cost, 0)::rollforward_data.exact_money
               AS market_value,
           coalesce(rolled.commissions, 0)::rollforward_data.exact_money AS commissions,
           coalesce(rolled.fees, 0)::rollforward_data.exact_money AS fees,
           coalesce(rolled.options_income, 0)::rollforward_data.exact_money AS options_income,
           coalesce(rolled.dividends - coalesce(rolled.dividend_taxes, 0), -rolled.dividend_taxes, 0)::rollforward_data.exact_money
               AS dividends_received,
           coalesce(rolled.dividend_taxes, 0)::rollforward_data.exact_money AS dividend_taxes,
           coalesce(rolled.other_income, 0)::rollforward_data.exact_money AS other_income,
           coalesce(rolled.cash_balance, 0)::rollforward_data.exact_money AS cash_balance,
           coalesce(rolled.long_units + coalesce(rolled.short_units, 0), rolled.short_units, 0)::rollforward_data.exact_quantity
               AS open_units,
           coalesce(rolled.contributed, 0)::rollforward_data.exact_money AS contributed,
           coalesce(rolled.lot_costs, 0)::rollforward_data.exact_money AS lot_costs
    FROM rolled
    WHERE rolled.counted IS NOT NULL  -- else only lots moved on
      AND rolled.on_date > '-infinity';
    GET DIAGNOSTICS rows_staged = ROW_COUNT;
    PERFORM rollforward.analyze_stage('pg_temp.stage_account_snapshot', rows_staged);

    PERFORM rollforward.stage_unrealized_gains();
END
$$;

COMMENT ON FUNCTION rollforward.stage_account_snapshots IS 'Rolls the staged accounts forward, day by day';
