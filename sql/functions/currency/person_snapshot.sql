-- All accounts of a person added up in the person's currency, on each day on which one of them has a snapshot.
--
-- Each account and currency counts with its latest snapshot on or before the day, converted at the rate of the day into
-- the currency that person_currency gives. When a rate is missing, all money of the day is NULL, and rates_missing says
-- how many snapshots have none. Accounts without a person are in no row. For any other day or currency:
-- person_snapshots().
--
-- relies on   account_person_idx and account_snapshot_pkey for the days; see person_totals for what counts
CREATE OR REPLACE VIEW rollforward.person_snapshot AS
SELECT owner.person_id,
       owner.person,
       owner.currency,
       day.snapshot_date,
       total.deposited,
       total.withdrawn,
       total.invested,
       total.realized_gains,
       total.unrealized_gains,
       total.commissions,
       total.fees,
       total.options_income,
       total.dividends_received,
       total.other_income,
       total.net_cash_flow,
       total.cash_balance,
       total.dividend_taxes,
       total.market_value,
       total.rates_missing
FROM rollforward.person_currency AS owner
CROSS JOIN LATERAL (
    SELECT DISTINCT snapshot.snapshot_date
    FROM rollforward.person_account AS owned
    JOIN rollforward_data.account_currency USING (account_id)
    JOIN rollforward_data.account_snapshot AS snapshot USING (account_id, currency)
    WHERE owned.person_id = owner.person_id
) AS day
CROSS JOIN LATERAL rollforward.person_totals(owner.person_id, owner.currency, day.snapshot_date) AS total;

COMMENT ON VIEW rollforward.person_snapshot IS
    'All accounts of a person added up in the person''s currency, on each day one of them has a snapshot';
