-- Which accounts are a person's. Accounts without a person are in no row.
CREATE OR REPLACE VIEW rollforward.person_account AS
SELECT account.person_id, account.account_id, account.number AS account_number, account.base_currency
FROM rollforward_data.account
WHERE account.person_id IS NOT NULL;

COMMENT ON VIEW rollforward.person_account IS 'Which accounts are a person''s';
