-- Saves accounts: all of them or none.
--
-- the arrays        one for each column, of one length, with a row at each place. What has no array, or a NULL in it, is NULL, or
--                   what the table has for it
-- on_conflict       what becomes of one that is stored already, called by account_id if given, else by number: error refuses the
--                   batch, skip leaves it, update makes it what is given here
-- idempotency_key   a call that has the key of an earlier one does nothing, and returns what that returned
-- returns           a row for each place in the arrays, in their order; status is inserted, updated, unchanged or skipped
-- errors            22R01 an array that must be given is NULL, or arrays differ in length
--                   23R01 something is wrong: DETAIL lists the first hundred offences, see validate_account_batch
-- locks             rows that are written, in the order of number; the table, if others were faster three times
CREATE OR REPLACE FUNCTION rollforward.save_account_batch(
    numbers text[],
    base_currencies text[],
    account_ids bigint[] DEFAULT NULL,
    person_ids bigint[] DEFAULT NULL,
    broker_ids bigint[] DEFAULT NULL,
    calendars text[] DEFAULT NULL,
    costs_in_lots boolean[] DEFAULT NULL,
    premium_in_costs boolean[] DEFAULT NULL,
    on_conflict text DEFAULT 'error',
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
    IF num_nulls(numbers, base_currencies) > 0
       OR LEAST(
           cardinality(numbers), cardinality(base_currencies), cardinality(account_ids), cardinality(person_ids),
           cardinality(broker_ids), cardinality(calendars), cardinality(costs_in_lots), cardinality(premium_in_costs))
          <> GREATEST(
           cardinality(numbers), cardinality(base_currencies), cardinality(account_ids), cardinality(person_ids),
           cardinality(broker_ids), cardinality(calendars), cardinality(costs_in_lots), cardinality(premium_in_costs))
    THEN
        PERFORM rollforward.require_same_length(jsonb_strip_nulls(jsonb_build_object(
            'numbers', cardinality(rollforward.given(numbers, 'numbers')),
            'base_currencies', cardinality(rollforward.given(base_currencies, 'base_currencies')),
            'account_ids', cardinality(account_ids),
            'person_ids', cardinality(person_ids),
            'broker_ids', cardinality(broker_ids),
            'calendars', cardinality(calendars),
            'costs_in_lots', cardinality(costs_in_lots),
            'premium_in_costs', cardinality(premium_in_costs))));
    END IF;
    IF save_account_batch.on_conflict = 'error' THEN
        earlier := rollforward.earlier_result('account', 'save', idempotency_key);
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

        outcome := rollforward.insert_account_batch(
            numbers, base_currencies, account_ids, person_ids, broker_ids, calendars, costs_in_lots, premium_in_costs);
        IF outcome.versions IS NOT NULL THEN
            PERFORM rollforward.finish_batch(
                'account', 'save', began, outcome.statuses, idempotency_key,
                CASE WHEN idempotency_key IS NOT NULL THEN jsonb_build_object(
                    'ordinals', outcome.ordinals::text,
                    'account_ids', outcome.account_ids::text,
                    'statuses', outcome.statuses::text,
                    'versions', outcome.versions::text)
                END);
            RETURN QUERY
            SELECT *
            FROM unnest(outcome.ordinals, outcome.account_ids, outcome.statuses, outcome.versions);
            RETURN;
        END IF;
    END IF;

    PERFORM rollforward.stage_account_batch(
        numbers, base_currencies, account_ids, person_ids, broker_ids, calendars, costs_in_lots, premium_in_costs);
    RETURN QUERY SELECT * FROM rollforward.save_account_stage(on_conflict, idempotency_key);
END
$$;

COMMENT ON FUNCTION rollforward.save_account_batch IS 'Saves accounts: all of them or none';
