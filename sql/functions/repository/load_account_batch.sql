-- Accounts as they are, called by account_id.
--
-- returns     a row for each place in the arrays, in their order; where there is none, all but the key is NULL
-- errors      22R01 an argument is NULL
-- relies on   account_pkey
CREATE OR REPLACE FUNCTION rollforward.load_account_batch(account_ids bigint[])
RETURNS TABLE (
    ordinal integer,
    account_id bigint,
    number text,
    person_id bigint,
    broker_id bigint,
    base_currency rollforward_data.currency_code,
    calendar text,
    costs_in_lot boolean,
    premium_in_cost boolean,
    created_at timestamptz,
    version integer,
    recorded_at timestamptz
)
LANGUAGE plpgsql STABLE PARALLEL SAFE
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_column
BEGIN
    PERFORM rollforward.given(load_account_batch.account_ids, 'account_ids');

    RETURN QUERY
    SELECT asked.ordinal::integer,
           asked.account_id,
           known.number, known.person_id, known.broker_id, known.base_currency, known.calendar, known.costs_in_lot,
           known.premium_in_cost, known.created_at,
           known.version, known.recorded_at
    FROM unnest(account_ids)
        WITH ORDINALITY AS asked (account_id, ordinal)
    LEFT JOIN rollforward_data.account AS known USING (account_id)
    ORDER BY asked.ordinal;
END
$$;

COMMENT ON FUNCTION rollforward.load_account_batch IS 'Accounts as they are';
