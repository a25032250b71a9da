-- Cumulative figures of an account and currency on its accounting dates with movements.
--
-- Percentages are of net_cash_flow, and 0 unless it is positive. cash_balance is the cash itself: every signed
-- amount less its costs. dividends_received is net of dividend_taxes; market_value is the signed value of what is held.
CREATE OR REPLACE VIEW rollforward.account_snapshot AS
SELECT figure.account_id,
       account.number AS account_number,
       figure.currency,
       figure.snapshot_date,
       figure.movement_counter,
       figure.deposited,
       figure.withdrawn,
       figure.invested,
       figure.realized_gains,
       rollforward.percentage(figure.realized_gains, figure.net_cash_flow) AS realized_percentage,
       figure.unrealized_gains,
       rollforward.percentage(figure.unrealized_gains, figure.net_cash_flow) AS unrealized_percentage,
       figure.commissions,
       figure.fees,
       figure.options_income,
       figure.dividends_received,
       figure.other_income,
       figure.net_cash_flow::rollforward_data.exact_money AS net_cash_flow,
       figure.cash_balance,
       figure.open_trades,
       figure.dividend_taxes,
       figure.market_value
FROM rollforward.account_figure AS figure
JOIN rollforward_data.account USING (account_id);

COMMENT ON VIEW rollforward.account_snapshot IS 'Cumulative figures of an account and currency on its dates with movements';
