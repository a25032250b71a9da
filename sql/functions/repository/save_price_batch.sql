-- Saves prices: all of them or none.
--
-- the arrays        one for each column, of one length, with a row at each place. What has no array, or a NULL in it, is NULL, or
--                   what the table has for it
-- on_conflict       what becomes of one that is stored already, called by instrument_id, price_date: error refuses the
--                   batch, skip leaves it, update makes it what is given here
-- idempotency_key   a call that has the key of an earlier one does nothing, and returns what that returned
-- returns           a row for each place in the arrays, in their order; status is inserted, updated, unchanged or skipped
-- errors            22R01 an array that must be given is NULL, or arrays differ in length
--                   23R01 something is wrong: DETAIL lists the first hundred offences, see validate_price_batch
-- locks             rows that are written, in the order of instrument_id, price_date; the table, if others were faster three times
CREATE OR REPLACE FUNCTION rollforward.save_price_batch(
    instrument_ids bigint[],
    price_dates date[],
    closes numeric[],
    on_conflict text DEFAULT 'error',
    idempotency_key text DEFAULT NULL
)
RETURNS TABLE (ordinal integer, instrument_id bigint, price_date date, status text, version integer)
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
    IF num_nulls(instrument_ids, price_dates, closes) > 0
       OR LEAST(
           cardinality(instrument_ids), cardinality(price_dates), cardinality(closes))
          <> GREATEST(
           cardinality(instrument_ids), cardinality(price_dates), cardinality(closes))
    THEN
        PERFORM rollforward.require_same_length(jsonb_strip_nulls(jsonb_build_object(
            'instrument_ids', cardinality(rollforward.given(instrument_ids, 'instrument_ids')),
            'price_dates', cardinality(rollforward.given(price_dates, 'price_dates')),
            'closes', cardinality(rollforward.given(closes, 'closes')))));
    END IF;
    IF save_price_batch.on_conflict = 'error' THEN
        earlier := rollforward.earlier_result('price', 'save', idempotency_key);
        IF earlier IS NOT NULL THEN
            RETURN QUERY
            SELECT *
            FROM unnest(
                (earlier ->> 'ordinals')::integer[],
                (earlier ->> 'instrument_ids')::bigint[],
                (earlier ->> 'price_dates')::date[],
                (earlier ->> 'statuses')::text[],
                (earlier ->> 'versions')::integer[]);
            RETURN;
        END IF;

        outcome := rollforward.insert_price_batch(
            instrument_ids, price_dates, closes);
        IF outcome.versions IS NOT NULL THEN
            PERFORM rollforward.finish_batch(
                'price', 'save', began, outcome.statuses, idempotency_key,
                CASE WHEN idempotency_key IS NOT NULL THEN jsonb_build_object(
                    'ordinals', outcome.ordinals::text,
                    'instrument_ids', outcome.instrument_ids::text,
                    'price_dates', outcome.price_dates::text,
                    'statuses', outcome.statuses::text,
                    'versions', outcome.versions::text)
                END);
            RETURN QUERY
            SELECT *
            FROM unnest(outcome.ordinals, outcome.instrument_ids, outcome.price_dates, outcome.statuses, outcome.versions);
            RETURN;
        END IF;
    END IF;

    PERFORM rollforward.stage_price_batch(
        instrument_ids, price_dates, closes);
    RETURN QUERY SELECT * FROM rollforward.save_price_stage(on_conflict, idempotency_key);
END
$$;

COMMENT ON FUNCTION rollforward.save_price_batch IS 'Saves prices: all of them or none';
