-- Stages instruments that are given as arrays, one row for each place in them.
--
-- errors   22R01 an array that must be given is NULL, or arrays differ in length
CREATE OR REPLACE FUNCTION rollforward.stage_instrument_batch(
    symbols text[],
    kinds text[],
    instrument_ids bigint[],
    currencies text[],
    multipliers numeric[],
    underlyings text[],
    expirations date[],
    strikes numeric[],
    option_rights text[]
)
RETURNS void
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
AS $$
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

    PERFORM rollforward.prepare_batch('instrument');
    INSERT INTO batch_instrument (
        ordinal, symbol, kind, instrument_id, currency, multiplier, underlying, expiration, strike, option_right)
    SELECT given.ordinal, given.symbol, given.kind, given.instrument_id, given.currency, given.multiplier, given.underlying,
           given.expiration, given.strike, given.option_right
    FROM unnest(
        symbols, kinds, instrument_ids, currencies, multipliers, underlyings, expirations, strikes, option_rights)
        WITH ORDINALITY AS given (
            symbol, kind, instrument_id, currency, multiplier, underlying, expiration, strike, option_right, ordinal);
END
$$;

COMMENT ON FUNCTION rollforward.stage_instrument_batch IS 'Stages instruments that are given as arrays';
