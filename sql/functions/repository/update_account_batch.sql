-- Updates accounts, called by account_id: all of them or none.
--
-- The other arrays      new values; what has no array stays as it is, and a NULL in an array is a NULL
-- expected_versions     the versions that the caller has seen; a row, or all of them, may have none
-- idempotency_key       a call that has the key of an earlier one does nothing, and returns what that returned
-- returns               a row for each place in the arrays, in their order; status is updated, or unchanged where all is so already
-- errors                22R01 an array that must be given is NULL, or arrays differ in length
--                       23R01 something is wrong: DETAIL lists the first hundred offences; 23R02 only versions are: load again
-- locks                 the rows, in the order of number
CREATE OR REPLACE FUNCTION rollforward.update_account_batch(
    account_ids bigint[],
    numbers text[] DEFAULT NULL,
    person_ids bigint[] DEFAULT NULL,
    broker_ids bigint[] DEFAULT NULL,
    base_currencies text[] DEFAULT NULL,
    calendars text[] DEFAULT NULL,
    costs_in_lots boolean[] DEFAULT NULL,
    premium_in_costs boolean[] DEFAULT NULL,
    expected_versions integer[] DEFAULT NULL,
    idempotency_key text DEFAULT NULL
)
RETURNS TABLE (ordinal integer, account_id bigint, status text, version integer)
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
SET datestyle = 'ISO'
AS $$
#variable_conflict use_column
DECLARE
    began CONSTANT timestamptz := clock_timestamp();
    earlier jsonb;
    outcome record;
BEGIN
    PERFORM rollforward.require_same_length(jsonb_strip_nulls(jsonb_build_object(
        'account_ids', cardinality(rollforward.given(account_ids, 'account_ids')),
        'numbers', cardinality(numbers),
        'person_ids', cardinality(person_ids),
        'broker_ids', cardinality(broker_ids),
        'base_currencies', cardinality(base_currencies),
        'calendars', cardinality(calendars),
        'costs_in_lots', cardinality(costs_in_lots),
        'premium_in_costs', cardinality(premium_in_costs),
        'expected_versions', cardinality(expected_versions))));
    earlier := rollforward.earlier_result('account', 'update', idempotency_key);
    IF earlier IS NOT NULL THEN
        RETURN QUERY
        SELECT *
        FROM unnest(
            (earlier ->> 'ordinals')::integer[],
            (earlier ->> 'account_ids')::bigint[],
            (earlier ->> 'statuses')::text[],
            (earlier ->> 'versions')::integer[]);
        RETURN;
    END IF;

    PERFORM rollforward.prepare_batch('account');
    -- what is not locked here is not changed below
    WITH locked AS (
        SELECT known.*
        FROM rollforward_data.account AS known
        WHERE (known.account_id) IN (SELECT * FROM unnest(account_ids))
        ORDER BY known.number
        FOR NO KEY UPDATE OF known
    )
    INSERT INTO batch_account (
        ordinal, account_id, expected_version, stored_version, status,
        number, person_id, broker_id, base_currency, calendar, costs_in_lot, premium_in_cost)
    SELECT given.ordinal, given.account_id, given.expected_version, known.version, 'unchanged',
           CASE WHEN numbers IS NULL THEN known.number ELSE given.number END,
           CASE WHEN person_ids IS NULL THEN known.person_id ELSE given.person_id END,
           CASE WHEN broker_ids IS NULL THEN known.broker_id ELSE given.broker_id END,
           CASE WHEN base_currencies IS NULL THEN known.base_currency ELSE given.base_currency END,
           CASE WHEN calendars IS NULL THEN known.calendar ELSE given.calendar END,
           CASE WHEN costs_in_lots IS NULL THEN known.costs_in_lot ELSE given.costs_in_lot END,
           CASE WHEN premium_in_costs IS NULL THEN known.premium_in_cost ELSE given.premium_in_cost END
    FROM unnest(
        account_ids, expected_versions,
        numbers, person_ids, broker_ids, base_currencies, calendars, costs_in_lots, premium_in_costs)
        WITH ORDINALITY AS given (
            account_id, expected_version,
            number, person_id, broker_id, base_currency, calendar, costs_in_lot, premium_in_cost, ordinal)
    LEFT JOIN locked AS known USING (account_id);
    IF EXISTS (
           SELECT FROM batch_account AS staged
           WHERE staged.stored_version IS NULL
              OR staged.stored_version <> staged.expected_version)
       OR EXISTS (SELECT FROM batch_account GROUP BY account_id HAVING count(*) > 1)
    THEN
        PERFORM rollforward.refuse_batch('account', 'update');
    END IF;

    BEGIN
        UPDATE batch_account AS staged
        SET status = 'updated'
        FROM rollforward_data.account AS known
        WHERE known.account_id = staged.account_id
          AND (known.number, known.person_id, known.broker_id, known.base_currency, known.calendar, known.costs_in_lot,
               known.premium_in_cost)
              IS DISTINCT FROM (
                  staged.number, staged.person_id, staged.broker_id, staged.base_currency, staged.calendar,
                  staged.costs_in_lot, staged.premium_in_cost);

        UPDATE rollforward_data.account AS known
        SET number = staged.number, person_id = staged.person_id, broker_id = staged.broker_id,
            base_currency = staged.base_currency, calendar = staged.calendar, costs_in_lot = staged.costs_in_lot,
            premium_in_cost = staged.premium_in_cost
        FROM batch_account AS staged
        WHERE staged.status = 'updated'
          AND known.account_id = staged.account_id;
    EXCEPTION
        WHEN data_exception OR integrity_constraint_violation THEN
            PERFORM rollforward.refuse_batch('account', 'update');
            RAISE;
    END;

    outcome := rollforward.account_stage_outcome();
    PERFORM rollforward.finish_batch(
        'account', 'update', began, outcome.statuses, idempotency_key,
        CASE WHEN idempotency_key IS NOT NULL THEN jsonb_build_object(
            'ordinals', outcome.ordinals::text,
            'account_ids', outcome.account_ids::text,
            'statuses', outcome.statuses::text,
            'versions', outcome.versions::text)
        END);
    RETURN QUERY
    SELECT *
    FROM unnest(outcome.ordinals, outcome.account_ids, outcome.statuses, outcome.versions);
END
$$;

COMMENT ON FUNCTION rollforward.update_account_batch IS 'Updates accounts: all of them or none';
