-- Realized gains in the base currency of the account, and what of them is due to the price and to the currency.
--
-- Cost is converted at the rate of the day the lot was opened on, proceeds at that of the day it was closed on; the gain
-- is their difference, as in lot_match. price_gain_base is the gain in its own currency at the closing rate;
-- currency_gain_base is the rest: what the cost gained or lost because the rate moved. The two add up to gain_base
-- exactly. What depends on a rate that is not known is NULL.
--
-- What is transferred out leaves at its cost, as it was converted on the day the lot was opened on, and gains nothing:
-- where it arrives, the lot keeps that day. closing_rate is then the opening rate.
--
-- relies on   fx_rate_pkey: see fx_rate_at; movement_pkey
CREATE OR REPLACE VIEW rollforward.lot_match_base AS
SELECT match.account_id,
       match.instrument_id,
       match.symbol,
       match.underlying,
       match.side,
       match.opened_by,
       match.closed_by,
       match.opened_on,
       match.closed_on,
       match.quantity,
       match.currency,
       match.cost,
       match.proceeds,
       match.gain,
       match.opened_in,
       account.base_currency,
       opening.rate AS opening_rate,
       opening.rate_date AS opening_rate_date,
       closing.rate AS closing_rate,
       closing.rate_date AS closing_rate_date,
       base.cost::rollforward_data.exact_money AS cost_base,
       base.proceeds::rollforward_data.exact_money AS proceeds_base,
       result.gain::rollforward_data.exact_money AS gain_base,
       base.price_gain::rollforward_data.exact_money AS price_gain_base,
       (result.gain - base.price_gain)::rollforward_data.exact_money AS currency_gain_base
FROM rollforward.lot_match AS match
JOIN rollforward_data.account USING (account_id)
JOIN rollforward_data.movement AS leaving
    ON leaving.account_id = match.account_id
   AND leaving.movement_id = match.closed_by
LEFT JOIN LATERAL rollforward.fx_rate_at(match.currency, account.base_currency, match.opened_on) AS opening ON true
LEFT JOIN LATERAL rollforward.fx_rate_at(
    match.currency, account.base_currency,
    CASE leaving.kind WHEN 'securities_out' THEN match.opened_on ELSE match.closed_on END
) AS closing ON true
CROSS JOIN LATERAL (
    SELECT rollforward.converted(match.cost, opening.rate) AS cost,
           rollforward.converted(match.proceeds, closing.rate) AS proceeds,
           rollforward.converted(match.gain, closing.rate) AS price_gain
) AS base
CROSS JOIN LATERAL (
    SELECT CASE match.side WHEN 'long' THEN base.proceeds - base.cost ELSE base.cost - base.proceeds END AS gain
) AS result;

COMMENT ON VIEW rollforward.lot_match_base IS
    'Realized gains in the base currency of the account, split into a price and a currency part';
