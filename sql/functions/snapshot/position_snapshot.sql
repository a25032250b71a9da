-- Cumulative figures of a position on the dates it moved.
--
-- quantity and market_value are negative for shorts; cost_basis is the cost of the open lots of both sides;
-- average_cost is per unit of the underlying quantity and NULL when flat or when both sides are open.
CREATE OR REPLACE VIEW rollforward.position_snapshot AS
SELECT snapshot.account_id,
       snapshot.instrument_id,
       instrument.symbol,
       coalesce(instrument.underlying, instrument.symbol) AS underlying,
       snapshot.currency,
       snapshot.snapshot_date,
       (snapshot.long_quantity - snapshot.short_quantity)::rollforward_data.exact_quantity AS quantity,
       (snapshot.long_cost + snapshot.short_cost)::rollforward_data.exact_money AS cost_basis,
       (CASE
           WHEN snapshot.long_quantity > 0 AND snapshot.short_quantity = 0 THEN snapshot.long_cost / snapshot.long_quantity
           WHEN snapshot.short_quantity > 0 AND snapshot.long_quantity = 0 THEN snapshot.short_cost / snapshot.short_quantity
       END)::rollforward_data.exact_price AS average_cost,
       snapshot.market_value,
       snapshot.price_date,
       (snapshot.market_value - (snapshot.long_cost - snapshot.short_cost))::rollforward_data.exact_money AS unrealized_gains,
       snapshot.realized_gains,
       snapshot.dividends,
       snapshot.dividend_taxes,
       snapshot.options_income,
       snapshot.commissions,
       snapshot.fees
FROM rollforward_data.position_snapshot AS snapshot
JOIN rollforward_data.instrument USING (instrument_id);

COMMENT ON VIEW rollforward.position_snapshot IS 'Cumulative figures of a position on the dates it moved';
