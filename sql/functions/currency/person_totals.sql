-- All accounts of a person as of a day, added up in one currency. For views and LATERAL joins, where it is inlined.
--
-- Each account and currency counts with its latest snapshot on or before the day, converted at the rate of the day.
--
-- returns     no row when no account has a snapshot by then. When a rate is missing, all money is NULL, never a part of
--             the sum; rates_missing is the number of snapshots that count and have no rate
-- relies on   account_person_idx; account_snapshot_pkey (account_id, currency, snapshot_date): one descent per account
--             and currency; fx_rate_pkey: see fx_rate_at
CREATE OR REPLACE FUNCTION rollforward.person_totals(person_id bigint, currency text, as_of date)
RETURNS TABLE (
    deposited rollforward_data.exact_money,
    withdrawn rollforward_data.exact_money,
    invested rollforward_data.exact_money,
    realized_gains rollforward_data.exact_money,
    unrealized_gains rollforward_data.exact_money,
    commissions rollforward_data.exact_money,
    fees rollforward_data.exact_money,
    options_income rollforward_data.exact_money,
    dividends_received rollforward_data.exact_money,
    other_income rollforward_data.exact_money,
    net_cash_flow rollforward_data.exact_money,
    cash_balance rollforward_data.exact_money,
    dividend_taxes rollforward_data.exact_money,
    market_value rollforward_data.exact_money,
    rates_missing bigint
)
LANGUAGE sql STABLE PARALLEL SAFE ROWS 1
BEGIN ATOMIC
    WITH counting AS (
        SELECT latest.*,
               fx.rate,
               -- with one rate missing, none is good for a sum
               CASE WHEN bool_and(fx.rate IS NOT NULL) OVER () THEN fx.rate END AS rate_of_all
        FROM rollforward.person_account AS owned
        JOIN rollforward.account_currency AS held USING (account_id)
        CROSS JOIN LATERAL (
            SELECT snapshot.*
            FROM rollforward.account_snapshot AS snapshot
            WHERE snapshot.account_id = held.account_id
              AND snapshot.currency = held.currency
              AND snapshot.snapshot_date <= person_totals.as_of
            ORDER BY snapshot.snapshot_date DESC
            LIMIT 1
        ) AS latest
        LEFT JOIN LATERAL rollforward.fx_rate_at(
            latest.currency, person_totals.currency, person_totals.as_of
        ) AS fx ON true
        WHERE owned.person_id = person_totals.person_id
    ), total AS (
        SELECT sum(rollforward.converted(counting.deposited, counting.rate_of_all)) AS deposited,
               sum(rollforward.converted(counting.withdrawn, counting.rate_of_all)) AS withdrawn,
               sum(rollforward.converted(counting.invested, counting.rate_of_all)) AS invested,
               sum(rollforward.converted(counting.realized_gains, counting.rate_of_all)) AS realized_gains,
               sum(rollforward.converted(counting.unrealized_gains, counting.rate_of_all)) AS unrealized_gains,
               sum(rollforward.converted(counting.commissions, counting.rate_of_all)) AS commissions,
               sum(rollforward.converted(counting.fees, counting.rate_of_all)) AS fees,
               sum(rollforward.converted(counting.options_income, counting.rate_of_all)) AS options_income,
               sum(rollforward.converted(counting.dividends_received, counting.rate_of_all)) AS dividends_received,
               sum(rollforward.converted(counting.other_income, counting.rate_of_all)) AS other_income,
               sum(rollforward.converted(counting.cash_balance, counting.rate_of_all)) AS cash_balance,
               sum(rollforward.converted(counting.dividend_taxes, counting.rate_of_all)) AS dividend_taxes,
               sum(rollforward.converted(counting.market_value, counting.rate_of_all)) AS market_value,
               count(*) FILTER (WHERE counting.rate IS NULL) AS rates_missing
        FROM counting
        HAVING count(*) > 0
    )
    SELECT total.deposited::rollforward_data.exact_money,
           total.withdrawn::rollforward_data.exact_money,
           total.invested::rollforward_data.exact_money,
           total.realized_gains::rollforward_data.exact_money,
           total.unrealized_gains::rollforward_data.exact_money,
           total.commissions::rollforward_data.exact_money,
           total.fees::rollforward_data.exact_money,
           total.options_income::rollforward_data.exact_money,
           total.dividends_received::rollforward_data.exact_money,
           total.other_income::rollforward_data.exact_money,
           (total.deposited - total.withdrawn + total.dividends_received + total.options_income
            + total.other_income - total.commissions - total.fees)::rollforward_data.exact_money,
           total.cash_balance::rollforward_data.exact_money,
           total.dividend_taxes::rollforward_data.exact_money,
           total.market_value::rollforward_data.exact_money,
           total.rates_missing
    FROM total;
END;

COMMENT ON FUNCTION rollforward.person_totals IS 'All accounts of a person as of a day, added up in one currency';
