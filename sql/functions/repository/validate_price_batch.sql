-- What would be wrong with saving prices: a row for each offence, in the order of the arrays; none when they can be saved.
--
-- Arguments are those of save_price_batch; nothing is saved.
--
-- returns   ordinal: which row, counted from 1; code, field, value: what is wrong with it; message: the same for people.
--           Codes are listed at batch_offence
-- errors    22R01 an array that must be given is NULL, or arrays differ in length
CREATE OR REPLACE FUNCTION rollforward.validate_price_batch(
    instrument_ids bigint[],
    price_dates date[],
    closes numeric[],
    on_conflict text DEFAULT 'error'
)
RETURNS SETOF rollforward.batch_offence
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    PERFORM rollforward.stage_price_batch(
        instrument_ids, price_dates, closes);
    RETURN QUERY SELECT * FROM rollforward.validate_price_stage(on_conflict);
END
$$;

COMMENT ON FUNCTION rollforward.validate_price_batch IS 'What would be wrong with saving prices';
