-- What would be wrong with saving instruments: a row for each offence, in the order of the arrays; none when they can be saved.
--
-- Arguments are those of save_instrument_batch; nothing is saved.
--
-- returns   ordinal: which row, counted from 1; code, field, value: what is wrong with it; message: the same for people.
--           Codes are listed at batch_offence
-- errors    22R01 an array that must be given is NULL, or arrays differ in length
CREATE OR REPLACE FUNCTION rollforward.validate_instrument_batch(
    symbols text[],
    kinds text[],
    instrument_ids bigint[] DEFAULT NULL,
    currencies text[] DEFAULT NULL,
    multipliers numeric[] DEFAULT NULL,
    underlyings text[] DEFAULT NULL,
    expirations date[] DEFAULT NULL,
    strikes numeric[] DEFAULT NULL,
    option_rights text[] DEFAULT NULL,
    on_conflict text DEFAULT 'error'
)
RETURNS SETOF rollforward.batch_offence
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    PERFORM rollforward.stage_instrument_batch(
        symbols, kinds, instrument_ids, currencies, multipliers, underlyings, expirations, strikes, option_rights);
    RETURN QUERY SELECT * FROM rollforward.validate_instrument_stage(on_conflict);
END
$$;

COMMENT ON FUNCTION rollforward.validate_instrument_batch IS 'What would be wrong with saving instruments';
