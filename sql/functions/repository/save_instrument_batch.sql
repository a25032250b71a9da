-- Saves instruments: all of them or none.
--
-- the arrays        one for each column, of one length, with a row at each place. What has no array, or a NULL in it, is NULL, or
--                   what the table has for it
-- on_conflict       what becomes of one that is stored already, called by instrument_id if given, else by symbol: error refuses the
--                   batch, skip leaves it, update makes it what is given here
-- idempotency_key   a call that has the key of an earlier one does nothing, and returns what that returned
-- returns           a row for each place in the arrays, in their order; status is inserted, updated, unchanged or skipped
-- errors            22R01 an array that must be given is NULL, or arrays differ in length
--                   23R01 something is wrong: DETAIL lists the first hundred offences, see validate_instrument_batch
-- locks             rows that are written, in the order of symbol; the table, if others were faster three times
CREATE OR REPLACE FUNCTION rollforward.save_instrument_batch(
    symbols text[],
    kinds text[],
    instrument_ids bigint[] DEFAULT NULL,
    currencies text[] DEFAULT NULL,
    multipliers numeric[] DEFAULT NULL,
    underlyings text[] DEFAULT NULL,
    expirations date[] DEFAULT NULL,
    strikes numeric[] DEFAULT NULL,
    option_rights text[] DEFAULT NULL,
    on_conflict text DEFAULT 'error',
    idempotency_key text DEFAULT NULL
)
RETURNS TABLE (ordinal integer, instrument_id bigint, status text, version integer)
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
    IF num_nulls(symbols, kinds) > 0
       OR LEAST(
           cardinality(symbols), cardinality(kinds), cardinality(instrument_ids), cardinality(currencies),
           cardinality(multipliers), cardinality(underlyings), cardinality(expirations), cardinality(strikes),
           cardinality(option_rights))
          <> GREATEST(
           cardinality(symbols), cardinality(kinds), cardinality(instrument_ids), cardinality(currencies),
           cardinality(multipliers), cardinality(underlyings), cardinality(expirations), cardinality(strikes),
           cardinality(option_rights))
    THEN
        PERFORM rollforward.require_same_length(jsonb_strip_nulls(jsonb_build_object(
            'symbols', cardinality(rollforward.given(symbols, 'symbols')),
            'kinds', cardinality(rollforward.given(kinds, 'kinds')),
            'instrument_ids', cardinality(instrument_ids),
            'currencies', cardinality(currencies),
            'multipliers', cardinality(multipliers),
            'underlyings', cardinality(underlyings),
            'expirations', cardinality(expirations),
            'strikes', cardinality(strikes),
            'option_rights', cardinality(option_rights))));
    END IF;
    IF save_instrument_batch.on_conflict = 'error' THEN
        earlier := rollforward.earlier_result('instrument', 'save', idempotency_key);
        IF earlier IS NOT NULL THEN
            RETURN QUERY
            SELECT *
            FROM unnest(
                (earlier ->> 'ordinals')::integer[],
                (earlier ->> 'instrument_ids')::bigint[],
                (earlier ->> 'statuses')::text[],
                (earlier ->> 'versions')::integer[]);
            RETURN;
        END IF;

        outcome := rollforward.insert_instrument_batch(
            symbols, kinds, instrument_ids, currencies, multipliers, underlyings, expirations, strikes, option_rights);
        IF outcome.versions IS NOT NULL THEN
            PERFORM rollforward.finish_batch(
                'instrument', 'save', began, outcome.statuses, idempotency_key,
                CASE WHEN idempotency_key IS NOT NULL THEN jsonb_build_object(
                    'ordinals', outcome.ordinals::text,
                    'instrument_ids', outcome.instrument_ids::text,
                    'statuses', outcome.statuses::text,
                    'versions', outcome.versions::text)
                END);
            RETURN QUERY
            SELECT *
            FROM unnest(outcome.ordinals, outcome.instrument_ids, outcome.statuses, outcome.versions);
            RETURN;
        END IF;
    END IF;

    PERFORM rollforward.stage_instrument_batch(
        symbols, kinds, instrument_ids, currencies, multipliers, underlyings, expirations, strikes, option_rights);
    RETURN QUERY SELECT * FROM rollforward.save_instrument_stage(on_conflict, idempotency_key);
END
$$;

COMMENT ON FUNCTION rollforward.save_instrument_batch IS 'Saves instruments: all of them or none';
