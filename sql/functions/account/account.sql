-- Accounts with their settings, and the names of their person and broker.
CREATE OR REPLACE VIEW rollforward.account AS
SELECT account.account_id,
       account.number AS account_number,
       person.name AS person,
       broker.name AS broker,
       account.base_currency,
       account.costs_in_lot,
       account.created_at
FROM rollforward_data.account
LEFT JOIN rollforward_data.person USING (person_id)
LEFT JOIN rollforward_data.broker USING (broker_id);

COMMENT ON VIEW rollforward.account IS 'Accounts and their settings';
