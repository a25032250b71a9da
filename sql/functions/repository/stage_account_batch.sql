-- Stages accounts that are given as arrays, one row for each place in them.
--
-- errors   22R01 an array that must be given is NULL, or arrays differ in length
CREATE OR REPLACE FUNCTION rollforward.stage_account_batch(
    numbers text[],
    base_currencies text[],
    account_ids bigint[],
    person_ids bigint[],
    broker_ids bigint[],
    calendars text[],
    costs_in_lots boolean[],
    premium_in_costs boolean[]
)
RETURNS void
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
AS $$
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

    PERFORM rollforward.prepare_batch('account');
    INSERT INTO batch_account (
        ordinal, number, base_currency, account_id, person_id, broker_id, calendar, costs_in_lot, premium_in_cost)
    SELECT given.ordinal, given.number, given.base_currency, given.account_id, given.person_id, given.broker_id, given.calendar,
           given.costs_in_lot, given.premium_in_cost
    FROM unnest(
        numbers, base_currencies, account_ids, person_ids, broker_ids, calendars, costs_in_lots, premium_in_costs)
        WITH ORDINALITY AS given (
            number, base_currency, account_id, person_id, broker_id, calendar, costs_in_lot, premium_in_cost, ordinal);
END
$$;

COMMENT ON FUNCTION rollforward.stage_account_batch IS 'Stages accounts that are given as arrays';
