-- Currencies in which an account has snapshots.
CREATE OR REPLACE VIEW rollforward.account_currency AS
SELECT account_currency.account_id, account_currency.currency
FROM rollforward_data.account_currency;

COMMENT ON VIEW rollforward.account_currency IS 'Currencies in which an account has snapshots';
