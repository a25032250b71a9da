-- Inserts accounts that are given as arrays, as most batches can be: nothing is staged and nothing looked for, since the
-- table refuses what cannot be stored.
--
-- returns   an array for each column of what save_account_batch returns; versions is NULL where nothing was inserted: something is
--           wrong, or has to be decided, which is for those who stage it to find out
CREATE OR REPLACE FUNCTION rollforward.insert_account_batch(
    numbers text[],
    base_currencies text[],
    INOUT account_ids bigint[],
    person_ids bigint[],
    broker_ids bigint[],
    calendars text[],
    costs_in_lots boolean[],
    premium_in_costs boolean[],
    OUT ordinals integer[],
    OUT statuses text[],
    OUT versions integer[]
)
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    places CONSTANT integer := cardinality(numbers);
    highest CONSTANT bigint := (SELECT max(called.account_id) FROM unnest(account_ids) AS called (account_id));
BEGIN
    WITH drawn AS MATERIALIZED (
        SELECT staged.ordinal,
               staged.number, staged.base_currency, staged.person_id, staged.broker_id, staged.calendar, staged.costs_in_lot,
               staged.premium_in_cost,
               coalesce(staged.account_id, nextval('rollforward_data.account_account_id_seq')) AS account_id
        FROM unnest(
            numbers, base_currencies, account_ids, person_ids, broker_ids, calendars, costs_in_lots, premium_in_costs)
            WITH ORDINALITY AS staged (
                number, base_currency, account_id, person_id, broker_id, calendar, costs_in_lot, premium_in_cost, ordinal)
        ORDER BY staged.number
    ),
    written AS (
        INSERT INTO rollforward_data.account (
            number, base_currency, account_id, person_id, broker_id, calendar, costs_in_lot, premium_in_cost,
            log_id, recorded_at)
        SELECT staged.number, staged.base_currency, staged.account_id, staged.person_id, staged.broker_id, staged.calendar,
               coalesce(staged.costs_in_lot, true), coalesce(staged.premium_in_cost, false),
               (SELECT current_setting('rollforward.log_id')::bigint),
               (SELECT current_setting('rollforward.recorded_at')::timestamptz)
        FROM drawn AS staged
    )
    SELECT array_agg(staged.account_id ORDER BY staged.ordinal)
    INTO account_ids
    FROM drawn AS staged;
    PERFORM rollforward.draw_beyond('rollforward_data.account_account_id_seq', highest);

    ordinals := ARRAY(SELECT generate_series(1, places));
    statuses := array_fill('inserted'::text, ARRAY[places]);
    IF EXISTS (SELECT FROM rollforward_data.account_image) THEN
        -- what was deleted and comes again goes on counting
        versions := ARRAY(
            SELECT known.version
            FROM unnest(account_ids)
                WITH ORDINALITY AS place (account_id, ordinal)
            JOIN rollforward_data.account AS known USING (account_id)
            ORDER BY place.ordinal);
    ELSE
        versions := array_fill(1, ARRAY[places]);
    END IF;
EXCEPTION
    WHEN data_exception OR integrity_constraint_violation THEN
        versions := NULL;
END
$$;

COMMENT ON FUNCTION rollforward.insert_account_batch IS 'Inserts accounts that are given as arrays, unless something is wrong';
