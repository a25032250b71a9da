-- Updates instruments, called by instrument_id: all of them or none.
--
-- The other arrays      new values; what has no array stays as it is, and a NULL in an array is a NULL
-- expected_versions     the versions that the caller has seen; a row, or all of them, may have none
-- idempotency_key       a call that has the key of an earlier one does nothing, and returns what that returned
-- returns               a row for each place in the arrays, in their order; status is updated, or unchanged where all is so already
-- errors                22R01 an array that must be given is NULL, or arrays differ in length
--                       23R01 something is wrong: DETAIL lists the first hundred offences; 23R02 only versions are: load again
-- locks                 the rows, in the order of symbol
CREATE OR REPLACE FUNCTION rollforward.update_instrument_batch(
    instrument_ids bigint[],
    symbols text[] DEFAULT NULL,
    kinds text[] DEFAULT NULL,
    currencies text[] DEFAULT NULL,
    multipliers numeric[] DEFAULT NULL,
    underlyings text[] DEFAULT NULL,
    expirations date[] DEFAULT NULL,
    strikes numeric[] DEFAULT NULL,
    option_rights text[] DEFAULT NULL,
    expected_versions integer[] DEFAULT NULL,
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
    PERFORM rollforward.require_same_length(jsonb_strip_nulls(jsonb_build_object(
        'instrument_ids', cardinality(rollforward.given(instrument_ids, 'instrument_ids')),
        'symbols', cardinality(symbols),
        'kinds', cardinality(kinds),
        'currencies', cardinality(currencies),
        'multipliers', cardinality(multipliers),
        'underlyings', cardinality(underlyings),
        'expirations', cardinality(expirations),
        'strikes', cardinality(strikes),
        'option_rights', cardinality(option_rights),
        'expected_versions', cardinality(expected_versions))));
    earlier := rollforward.earlier_result('instrument', 'update', idempotency_key);
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

    PERFORM rollforward.prepare_batch('instrument');
    -- what is not locked here is not changed below
    WITH locked AS (
        SELECT known.*
        FROM rollforward_data.instrument AS known
        WHERE (known.instrument_id) IN (SELECT * FROM unnest(instrument_ids))
        ORDER BY known.symbol
        FOR NO KEY UPDATE OF known
    )
    INSERT INTO batch_instrument (
        ordinal, instrument_id, expected_version, stored_version, status,
        symbol, kind, currency, multiplier, underlying, expiration, strike, option_right)
    SELECT given.ordinal, given.instrument_id, given.expected_version, known.version, 'unchanged',
           CASE WHEN symbols IS NULL THEN known.symbol ELSE given.symbol END,
           CASE WHEN kinds IS NULL THEN known.kind::text ELSE given.kind END,
           CASE WHEN currencies IS NULL THEN known.currency ELSE given.currency END,
           CASE WHEN multipliers IS NULL THEN known.multiplier ELSE given.multiplier END,
           CASE WHEN underlyings IS NULL THEN known.underlying ELSE given.underlying END,
           CASE WHEN expirations IS NULL THEN known.expiration ELSE given.expiration END,
           CASE WHEN strikes IS NULL THEN known.strike ELSE given.strike END,
           CASE WHEN option_rights IS NULL THEN known.option_right::text ELSE given.option_right END
    FROM unnest(
        instrument_ids, expected_versions,
        symbols, kinds, currencies, multipliers, underlyings, expirations, strikes, option_rights)
        WITH ORDINALITY AS given (
            instrument_id, expected_version,
            symbol, kind, currency, multiplier, underlying, expiration, strike, option_right, ordinal)
    LEFT JOIN locked AS known USING (instrument_id);
    IF EXISTS (
           SELECT FROM batch_instrument AS staged
           WHERE staged.stored_version IS NULL
              OR staged.stored_version <> staged.expected_version)
       OR EXISTS (SELECT FROM batch_instrument GROUP BY instrument_id HAVING count(*) > 1)
    THEN
        PERFORM rollforward.refuse_batch('instrument', 'update');
    END IF;

    BEGIN
        UPDATE batch_instrument AS staged
        SET status = 'updated'
        FROM rollforward_data.instrument AS known
        WHERE known.instrument_id = staged.instrument_id
          AND (known.symbol, known.kind, known.currency, known.multiplier, known.underlying, known.expiration, known.strike,
               known.option_right)
              IS DISTINCT FROM (
                  staged.symbol, staged.kind::rollforward_data.instrument_kind, staged.currency,
                  staged.multiplier::rollforward_data.exact_quantity, staged.underlying, staged.expiration,
                  staged.strike::rollforward_data.exact_price, staged.option_right::rollforward_data.option_right);

        UPDATE rollforward_data.instrument AS known
        SET symbol = staged.symbol, kind = staged.kind::rollforward_data.instrument_kind, currency = staged.currency,
            multiplier = staged.multiplier::rollforward_data.exact_quantity, underlying = staged.underlying,
            expiration = staged.expiration, strike = staged.strike::rollforward_data.exact_price,
            option_right = staged.option_right::rollforward_data.option_right
        FROM batch_instrument AS staged
        WHERE staged.status = 'updated'
          AND known.instrument_id = staged.instrument_id;
    EXCEPTION
        WHEN data_exception OR integrity_constraint_violation THEN
            PERFORM rollforward.refuse_batch('instrument', 'update');
            RAISE;
    END;

    outcome := rollforward.instrument_stage_outcome();
    PERFORM rollforward.finish_batch(
        'instrument', 'update', began, outcome.statuses, idempotency_key,
        CASE WHEN idempotency_key IS NOT NULL THEN jsonb_build_object(
            'ordinals', outcome.ordinals::text,
            'instrument_ids', outcome.instrument_ids::text,
            'statuses', outcome.statuses::text,
            'versions', outcome.versions::text)
        END);
    RETURN QUERY
    SELECT *
    FROM unnest(outcome.ordinals, outcome.instrument_ids, outcome.statuses, outcome.versions);
END
$$;

COMMENT ON FUNCTION rollforward.update_instrument_batch IS 'Updates instruments: all of them or none';
