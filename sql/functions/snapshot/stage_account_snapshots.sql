-- Rolls the accounts forward: stage_account_snapshot, a row per account and currency on each day with movements.
--
-- Running totals of the day changes on top of the latest stored snapshot before the range. Reads the lot slices
-- as stored, for what is unrealized, so they are written first.
--
-- relies on   account_snapshot_pkey: one descent per account and currency
CREATE OR REPLACE FUNCTION rollforward.stage_account_snapshots()
RETURNS void
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    row_count bigint;
BEGIN
    INSERT INTO stage_account_snapshot
    WITH day_totals AS (
        SELECT delta.account_id, delta.currency, delta.on_date,
               sum(delta.counted) AS counted,
               sum(delta.deposited) AS deposited,
               sum(delta.withdrawn) AS withdrawn,
               sum(delta.long_cost) FILTER (WHERE NOT position.is_option) AS invested,
               sum(delta.gain) AS realized_gains,
               sum(delta.commissions) AS commissions,
               sum(delta.fees) AS fees,
               sum(delta.options_income) AS options_income,
               sum(delta.dividends) AS dividends,
               sum(delta.dividend_taxes) AS dividend_taxes,
               sum(delta.other_income) AS other_income,
               sum(delta.cash) AS cash,
               sum(delta.long_units) AS long_units,
               sum(delta.short_units) AS short_units
        FROM stage_delta AS delta
        LEFT JOIN stage_position AS position USING (position_no)
        GROUP BY delta.account_id, delta.currency, delta.on_date
    ),
    rolled AS (
        SELECT day_totals.account_id, day_totals.currency, day_totals.on_date, day_totals.counted,
               sum(day_totals.counted) OVER account AS movement_counter,
               rollforward.running_total(day_totals.deposited) OVER account AS deposited,
               rollforward.running_total(day_totals.withdrawn) OVER account AS withdrawn,
               rollforward.running_total(day_totals.invested) OVER account AS invested,
               rollforward.running_total(day_totals.realized_gains) OVER account AS realized_gains,
               rollforward.running_total(day_totals.commissions) OVER account AS commissions,
               rollforward.running_total(day_totals.fees) OVER account AS fees,
               rollforward.running_total(day_totals.options_income) OVER account AS options_income,
               rollforward.running_total(day_totals.dividends) OVER account
                   - rollforward.running_total(day_totals.dividend_taxes) OVER account AS dividends_received,
               rollforward.running_total(day_totals.other_income) OVER account AS other_income,
               rollforward.running_total(day_totals.cash) OVER account AS cash_balance,
               rollforward.running_total(day_totals.long_units) OVER account
                   + rollforward.running_total(day_totals.short_units) OVER account AS open_units
        FROM day_totals
        WINDOW account AS (
            PARTITION BY day_totals.account_id, day_totals.currency
            ORDER BY day_totals.on_date ROWS UNBOUNDED PRECEDING)
    ),
    opening AS MATERIALIZED (
        SELECT held.account_id, held.currency, latest.movement_counter, latest.deposited, latest.withdrawn,
               latest.invested, latest.realized_gains, latest.commissions, latest.fees, latest.options_income,
               latest.dividends_received, latest.other_income, latest.cash_balance, latest.open_units
        FROM stage_scope AS scope
        JOIN rollforward_data.account_currency AS held USING (account_id)
        CROSS JOIN LATERAL (
            SELECT snapshot.*
            FROM rollforward_data.account_snapshot AS snapshot
            WHERE snapshot.account_id = held.account_id
              AND snapshot.currency = held.currency
              AND snapshot.snapshot_date < scope.from_date
            ORDER BY snapshot.snapshot_date DESC
            LIMIT 1
        ) AS latest
    )
    SELECT rolled.account_id,
           rolled.currency,
           rolled.on_date AS snapshot_date,
           (coalesce(opening.movement_counter, 0) + rolled.movement_counter)::integer AS movement_counter,
           (coalesce(opening.deposited, 0) + rolled.deposited)::rollforward_data.exact_money AS deposited,
           (coalesce(opening.withdrawn, 0) + rolled.withdrawn)::rollforward_data.exact_money AS withdrawn,
           (coalesce(opening.invested, 0) + rolled.invested)::rollforward_data.exact_money AS invested,
           (coalesce(opening.realized_gains, 0) + rolled.realized_gains)::rollforward_data.exact_money AS realized_gains,
           0::rollforward_data.exact_money AS unrealized_gains,
           (coalesce(opening.commissions, 0) + rolled.commissions)::rollforward_data.exact_money AS commissions,
           (coalesce(opening.fees, 0) + rolled.fees)::rollforward_data.exact_money AS fees,
           (coalesce(opening.options_income, 0) + rolled.options_income)::rollforward_data.exact_money AS options_income,
           (coalesce(opening.dividends_received, 0) + rolled.dividends_received)::rollforward_data.exact_money
               AS dividends_received,
           (coalesce(opening.other_income, 0) + rolled.other_income)::rollforward_data.exact_money AS other_income,
           (coalesce(opening.cash_balance, 0) + rolled.cash_balance)::rollforward_data.exact_money AS cash_balance,
           (coalesce(opening.open_units, 0) + rolled.open_units)::rollforward_data.exact_quantity AS open_units
    FROM rolled
    LEFT JOIN opening USING (account_id, currency)
    WHERE rolled.counted > 0;
    GET DIAGNOSTICS row_count = ROW_COUNT;
    PERFORM rollforward.analyze_stage('pg_temp.stage_account_snapshot', row_count);

    PERFORM rollforward.stage_unrealized_gains();
END
$$;

COMMENT ON FUNCTION rollforward.stage_account_snapshots IS 'Rolls the staged accounts forward, day by day';
