-- The trading day of the last equity row of an account, when it is computed up to a day.
--
-- Never behind that day; before it, as far as there is something to tell: the last account snapshot that the account has or
-- will have, the latest price of anything, and, where that day is a day, today, where it is infinity, the last day that was
-- asked for before.
--
-- returns   NULL for an account without account snapshots
CREATE OR REPLACE FUNCTION rollforward.reference_last_trading_day(state rollforward.reference_state, end_date date)
RETURNS date
LANGUAGE plpgsql STABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    last_snapshot date;
    last_price date;
    asked date;
    reach date;
BEGIN
    SELECT max(movement.accounting_date) INTO last_snapshot
    FROM rollforward_data.movement
    WHERE movement.account_id = state.account_id
      AND movement.kind NOT IN ('split', 'strike_adjustment');
    IF last_snapshot IS NULL THEN
        RETURN NULL;
    END IF;

    SELECT max(price.price_date) INTO last_price
    FROM rollforward_data.price;

    SELECT valued.valued_until INTO asked
    FROM rollforward_data.valued_account AS valued
    WHERE valued.account_id = state.account_id;

    -- greatest() passes over what is unknown
    reach := greatest(
        rollforward.reference_trading_day(state.calendar, last_snapshot, 1),
        last_price,
        CASE WHEN isfinite(end_date) THEN rollforward.today() ELSE asked END);
    RETURN rollforward.reference_trading_day(state.calendar, least(reach, end_date), -1);
END
$$;

COMMENT ON FUNCTION rollforward.reference_last_trading_day IS 'Reference: the trading day of the last equity row';
