-- Says how many units of an instrument an account holds at the end of a day, for reconcile() to hold against what is computed.
--
-- quantity    negative when it is short; NULL takes back what was said
-- tolerance   how far off is still right
-- errors      22R01 an argument is unknown or not finite
CREATE OR REPLACE FUNCTION rollforward.assert_position(
    account_id bigint,
    as_of date,
    symbol text,
    quantity numeric,
    tolerance numeric DEFAULT 0
)
RETURNS void
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    held record;
BEGIN
    SELECT instrument.instrument_id, instrument.currency INTO held
    FROM rollforward_data.instrument
    WHERE instrument.symbol = assert_position.symbol;
    IF held.instrument_id IS NULL OR held.currency IS NULL THEN
        RAISE EXCEPTION 'no instrument % that anything is known of', coalesce(assert_position.symbol, 'NULL')
            USING ERRCODE = '22R01',
                  DETAIL = jsonb_build_array(jsonb_build_object('argument', 'symbol', 'value', assert_position.symbol)),
                  HINT = 'View instrument lists them.';
    END IF;
    PERFORM rollforward.record_assertion(account_id, 'quantity', as_of, held.currency, held.instrument_id, quantity, tolerance);
END
$$;

COMMENT ON FUNCTION rollforward.assert_position IS 'Says how many units of an instrument an account holds at the end of a day';
