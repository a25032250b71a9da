-- Accounts with their settings, and the names of their person and broker. cost_method is the latest one.
CREATE OR REPLACE VIEW rollforward.account AS
SELECT account.account_id,
       account.number AS account_number,
       person.name AS person,
       broker.name AS broker,
       account.base_currency,
       account.costs_in_lot,
       account.created_at,
       account.premium_in_cost,
       -- not joined: who does not ask for it does not pay for it
       coalesce((SELECT change.method
                 FROM rollforward_data.account_cost_method AS change
                 WHERE change.account_id = account.account_id
                 ORDER BY change.from_date DESC
                 LIMIT 1), 'fifo') AS cost_method,
       account.calendar
FROM rollforward_data.account
LEFT JOIN rollforward_data.person USING (person_id)
LEFT JOIN rollforward_data.broker USING (broker_id);

COMMENT ON VIEW rollforward.account IS 'Accounts and their settings';
