-- Stages the rates into the base currency on every trading day that needs one: stage_rate.
--
-- relies on   fx_rate_pkey: a look-up per pair of currencies and day
CREATE OR REPLACE FUNCTION rollforward.stage_rates()
RETURNS void
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    rows_staged bigint;
BEGIN
    IF NOT EXISTS (
        SELECT FROM stage_cash AS cash
        JOIN stage_valuation AS valuation USING (account_id)
        WHERE cash.currency <> valuation.base_currency)
    THEN
        RETURN;
    END IF;

    INSERT INTO stage_rate
    SELECT pair.currency, pair.base_currency, day.day_no, fx.rate
    FROM (
        SELECT valuation.calendar, cash.currency, valuation.base_currency,
               min(cash.from_no) AS from_no, max(cash.to_no) AS to_no
        FROM stage_cash AS cash
        JOIN stage_valuation AS valuation USING (account_id)
        WHERE cash.currency <> valuation.base_currency
        GROUP BY valuation.calendar, cash.currency, valuation.base_currency
    ) AS pair
    JOIN stage_day AS day
        ON day.is_trading
       AND day.day_no BETWEEN pair.from_no AND pair.to_no
    CROSS JOIN LATERAL rollforward.fx_rate_at(pair.currency, pair.base_currency, day.on_date) AS fx;
    GET DIAGNOSTICS rows_staged = ROW_COUNT;
    PERFORM rollforward.analyze_stage('pg_temp.stage_rate', rows_staged);
END
$$;

COMMENT ON FUNCTION rollforward.stage_rates IS 'Stages the rates into the base currency on every trading day that needs one';
