-- What an account was worth at the end of each trading day, in its base currency, and why that changed.
--
-- closing_equity = opening_equity + net_flow + pnl = cash + long_value + short_value. pnl = realized_pnl + unrealized_change +
-- income - costs + other_pnl. daily_return is pnl ÷ opening_equity, NULL unless that is positive. Figures that need a rate
-- which is not known are NULL; rates_missing counts the currencies.
CREATE OR REPLACE VIEW rollforward.equity_snapshot AS
SELECT equity.account_id,
       account.number AS account_number,
       equity.snapshot_date,
       equity.currency,
       equity.opening_equity,
       equity.net_flow,
       equity.pnl,
       equity.closing_equity,
       CASE WHEN equity.opening_equity > 0 THEN round(equity.pnl / equity.opening_equity, 12) END AS daily_return,
       equity.cash,
       equity.long_value,
       equity.short_value,
       (equity.long_value - equity.short_value)::rollforward_data.exact_money AS gross_exposure,
       (equity.long_value + equity.short_value)::rollforward_data.exact_money AS net_exposure,
       equity.cumulative_pnl,
       equity.cumulative_flow,
       equity.realized_pnl,
       equity.unrealized_change,
       equity.income,
       equity.costs,
       equity.other_pnl,
       equity.open_positions,
       equity.positions_priced,
       equity.positions_carried,
       equity.positions_unpriced,
       equity.oldest_price_age_days,
       equity.rates_missing
FROM rollforward_data.equity_snapshot AS equity
JOIN rollforward_data.account USING (account_id);

COMMENT ON VIEW rollforward.equity_snapshot IS 'What an account was worth at the end of each trading day, and why that changed';
