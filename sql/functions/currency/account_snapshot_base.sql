-- Account snapshots in the base currency of their account, at the rate of their day.
--
-- currency, fx_rate and fx_rate_date say what was converted, at which rate, and of which day that is: where the day has
-- none, the latest before it. Without any the row is there and its money is NULL. Each figure is
-- round(figure × fx_rate, 8); net_cash_flow is made of the converted figures as it is in account_snapshot of the others.
-- A cumulative figure is converted as a whole at the rate of the day, not movement by movement. Percentages have no
-- currency and are those of account_snapshot.
--
-- relies on   fx_rate_pkey: see fx_rate_at
CREATE OR REPLACE VIEW rollforward.account_snapshot_base AS
SELECT snapshot.account_id,
       snapshot.account_number,
       account.base_currency,
       snapshot.currency,
       fx.rate AS fx_rate,
       fx.rate_date AS fx_rate_date,
       snapshot.snapshot_date,
       snapshot.movement_counter,
       base.deposited::rollforward_data.exact_money AS deposited,
       base.withdrawn::rollforward_data.exact_money AS withdrawn,
       base.invested::rollforward_data.exact_money AS invested,
       base.realized_gains::rollforward_data.exact_money AS realized_gains,
       snapshot.realized_percentage,
       base.unrealized_gains::rollforward_data.exact_money AS unrealized_gains,
       snapshot.unrealized_percentage,
       base.commissions::rollforward_data.exact_money AS commissions,
       base.fees::rollforward_data.exact_money AS fees,
       base.options_income::rollforward_data.exact_money AS options_income,
       base.dividends_received::rollforward_data.exact_money AS dividends_received,
       base.other_income::rollforward_data.exact_money AS other_income,
       (base.deposited - base.withdrawn + base.dividends_received + base.options_income
        + base.other_income - base.commissions - base.fees)::rollforward_data.exact_money AS net_cash_flow,
       base.cash_balance::rollforward_data.exact_money AS cash_balance,
       snapshot.open_trades,
       base.dividend_taxes::rollforward_data.exact_money AS dividend_taxes,
       base.market_value::rollforward_data.exact_money AS market_value
FROM rollforward.account_snapshot AS snapshot
JOIN rollforward_data.account USING (account_id)
LEFT JOIN LATERAL rollforward.fx_rate_at(snapshot.currency, account.base_currency, snapshot.snapshot_date) AS fx ON true
CROSS JOIN LATERAL (
    SELECT rollforward.converted(snapshot.deposited, fx.rate) AS deposited,
           rollforward.converted(snapshot.withdrawn, fx.rate) AS withdrawn,
           rollforward.converted(snapshot.invested, fx.rate) AS invested,
           rollforward.converted(snapshot.realized_gains, fx.rate) AS realized_gains,
           rollforward.converted(snapshot.unrealized_gains, fx.rate) AS unrealized_gains,
           rollforward.converted(snapshot.commissions, fx.rate) AS commissions,
           rollforward.converted(snapshot.fees, fx.rate) AS fees,
           rollforward.converted(snapshot.options_income, fx.rate) AS options_income,
           rollforward.converted(snapshot.dividends_received, fx.rate) AS dividends_received,
           rollforward.converted(snapshot.other_income, fx.rate) AS other_income,
           rollforward.converted(snapshot.cash_balance, fx.rate) AS cash_balance,
           rollforward.converted(snapshot.dividend_taxes, fx.rate) AS dividend_taxes,
           rollforward.converted(snapshot.market_value, fx.rate) AS market_value
) AS base;

COMMENT ON VIEW rollforward.account_snapshot_base IS
    'Account snapshots in the base currency of their account, at the rate of their day';
