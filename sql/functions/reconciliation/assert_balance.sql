-- Says what cash an account has in a currency at the end of a day, for reconcile() to hold against what is computed.
--
-- amount      what it is; NULL takes back what was said
-- tolerance   how far off is still right
-- errors      22R01 an argument is unknown or not finite
CREATE OR REPLACE FUNCTION rollforward.assert_balance(
    account_id bigint,
    as_of date,
    currency text,
    amount numeric,
    tolerance numeric DEFAULT 0.005
)
RETURNS void
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    PERFORM rollforward.record_assertion(account_id, 'cash', as_of, currency, NULL, amount, tolerance);
END
$$;

COMMENT ON FUNCTION rollforward.assert_balance IS 'Says what cash an account has in a currency at the end of a day';
