-- Refuses accounts and a window that wash sales cannot be looked for in.
--
-- errors   22R01 an argument is NULL, an account is unknown, or the window is negative
CREATE OR REPLACE FUNCTION rollforward.require_window(account_ids bigint[], window_days integer)
RETURNS void
LANGUAGE plpgsql STABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    PERFORM rollforward.require_accounts(account_ids);
    PERFORM rollforward.given(window_days, 'window_days');
    IF window_days < 0 THEN
        RAISE EXCEPTION 'window_days must not be negative: %', window_days
            USING ERRCODE = '22R01',
                  DETAIL = jsonb_build_array(jsonb_build_object('argument', 'window_days', 'value', window_days)),
                  HINT = 'Pass the days before and after a sale in which a purchase replaces what was sold: 30.';
    END IF;
END
$$;

COMMENT ON FUNCTION rollforward.require_window IS 'Refuses accounts and a window that wash sales cannot be looked for in';
