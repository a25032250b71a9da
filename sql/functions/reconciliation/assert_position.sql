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
BEGIN
    PERFORM rollforward.record_assertion(account_id, 'quantity', as_of, NULL, symbol, quantity, tolerance);
END
$$;

COMMENT ON FUNCTION rollforward.assert_position IS 'Says how many units of an instrument an account holds at the end of a day';
