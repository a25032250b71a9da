-- What brokers and users say that balances and positions are.
CREATE OR REPLACE VIEW rollforward.assertion AS
SELECT assertion.account_id,
       account.number AS account_number,
       assertion.subject::text AS subject,
       assertion.as_of,
       assertion.from_date,
       assertion.currency::text AS currency,
       instrument.symbol,
       trim_scale(assertion.value) AS value,
       trim_scale(assertion.tolerance) AS tolerance,
       assertion.source,
       assertion.import_session_id,
       assertion.stated_at
FROM rollforward_data.assertion
JOIN rollforward_data.account USING (account_id)
LEFT JOIN rollforward_data.instrument USING (instrument_id);

COMMENT ON VIEW rollforward.assertion IS 'What brokers and users say that balances and positions are';
