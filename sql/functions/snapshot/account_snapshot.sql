-- Cumulative figures of an account and currency on its accounting dates with movements.
--
-- net_cash_flow = deposited − withdrawn + dividends_received + options_income + other_income − commissions − fees;
-- percentages are of net_cash_flow, and 0 unless it is positive. cash_balance is the cash itself: every signed
-- amount less its costs. dividends_received is net of dividend_taxes; market_value is the signed value of what is held.
CREATE OR REPLACE VIEW rollforward.account_snapshot AS
SELECT snapshot.account_id,
       account.number AS account_number,
       snapshot.currency,
       snapshot.snapshot_date,
       snapshot.movement_counter,
       snapshot.deposited,
       snapshot.withdrawn,
       snapshot.invested,
       snapshot.realized_gains,
       rollforward.percentage(snapshot.realized_gains, flow.net) AS realized_percentage,
       snapshot.unrealized_gains,
       rollforward.percentage(snapshot.unrealized_gains, flow.net) AS unrealized_percentage,
       snapshot.commissions,
       snapshot.fees,
       snapshot.options_income,
       snapshot.dividends_received,
       snapshot.other_income,
       flow.net::rollforward_data.exact_money AS net_cash_flow,
       snapshot.cash_balance,
       snapshot.open_units <> 0 AS open_trades,
       snapshot.dividend_taxes,
       snapshot.market_value
FROM rollforward_data.account_snapshot AS snapshot
JOIN rollforward_data.account USING (account_id)
CROSS JOIN LATERAL (
    SELECT snapshot.deposited - snapshot.withdrawn + snapshot.dividends_received + snapshot.options_income
           + snapshot.other_income - snapshot.commissions - snapshot.fees AS net
) AS flow;

COMMENT ON VIEW rollforward.account_snapshot IS 'Cumulative figures of an account and currency on its dates with movements';
