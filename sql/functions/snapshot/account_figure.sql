-- Stored figures of an account and currency on its accounting dates with movements, and their net_cash_flow:
-- deposited − withdrawn + dividends_received + options_income + other_income − commissions − fees.
--
-- What account_snapshot has beside them, the account's name and percentages, is for the row that a look-up ends with.
CREATE OR REPLACE VIEW rollforward.account_figure AS
SELECT snapshot.account_id,
       snapshot.currency,
       snapshot.snapshot_date,
       snapshot.movement_counter,
       snapshot.deposited,
       snapshot.withdrawn,
       snapshot.invested,
       snapshot.realized_gains,
       snapshot.unrealized_gains,
       snapshot.commissions,
       snapshot.fees,
       snapshot.options_income,
       snapshot.dividends_received,
       snapshot.other_income,
       snapshot.deposited - snapshot.withdrawn + snapshot.dividends_received + snapshot.options_income
           + snapshot.other_income - snapshot.commissions - snapshot.fees AS net_cash_flow,
       snapshot.cash_balance,
       snapshot.open_units <> 0 AS open_trades,
       snapshot.dividend_taxes,
       snapshot.market_value
FROM rollforward_data.account_snapshot AS snapshot;

COMMENT ON VIEW rollforward.account_figure IS 'Stored figures of an account and currency, and their net cash flow';
