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
AS $$
BEGIN
    PERFORM rollforward.stage_price_batch(
        instrument_ids, price_dates, closes);
    RETURN QUERY SELECT * FROM rollforward.save_price_stage(on_conflict, idempotency_key);
END
$$;

COMMENT ON FUNCTION rollforward.save_price_batch IS 'Saves prices: all of them or none';
