-- Persons, and the currency in which their accounts are added up: their own base currency, or else that of their first
-- account (the lowest account_id), so that one more account never changes it. NULL for a person without either.
--
-- relies on   account_person_idx
CREATE OR REPLACE VIEW rollforward.person_currency AS
SELECT person.person_id,
       person.name AS person,
       coalesce(person.base_currency, earliest.base_currency) AS currency
FROM rollforward_data.person
-- a join, not a sub-query in the list: one of those in an argument would keep fx_rate_at from being inlined
LEFT JOIN LATERAL (
    SELECT account.base_currency
    FROM rollforward_data.account
    WHERE account.person_id = person.person_id
    ORDER BY account.account_id
    LIMIT 1
) AS earliest ON true;

COMMENT ON VIEW rollforward.person_currency IS 'Persons, and the currency in which their accounts are added up';
