-- Closes to fetch: trading days on which somebody held an instrument of which there is no close of that day.
--
-- Instruments of kind private have none, and neither have options after their expiration.
--
-- start_date, end_date   both included; days to come are left out
-- returns                a row per instrument and day; latest_price_date is the day of the close that counts instead, NULL
--                        where the instrument is carried at cost
-- errors                 22R01 the range is NULL, upside down or without end
-- relies on              position_instrument_idx, position_snapshot_pkey, price_pkey
CREATE OR REPLACE FUNCTION rollforward.unpriced(start_date date, end_date date)
RETURNS TABLE (instrument_id bigint, symbol text, currency text, price_date date, latest_price_date date)
LANGUAGE plpgsql STABLE PARALLEL UNSAFE
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_column
DECLARE
    last_date CONSTANT date := least(unpriced.end_date, rollforward.today());
BEGIN
    PERFORM rollforward.require_finite_range(unpriced.start_date, unpriced.end_date);

    RETURN QUERY
    WITH figure AS (
        SELECT position.instrument_id, account.calendar, snapshot.snapshot_date,
               lead(snapshot.snapshot_date, 1, 'infinity') OVER (
                   PARTITION BY position.account_id, position.instrument_id, position.currency
                   ORDER BY snapshot.snapshot_date) AS until,
               snapshot.is_open
        FROM rollforward_data.position
        JOIN rollforward_data.account USING (account_id)
        CROSS JOIN LATERAL (
            (SELECT before.snapshot_date, before.long_quantity <> 0 OR before.short_quantity <> 0 AS is_open
             FROM rollforward_data.position_snapshot AS before
             WHERE before.account_id = position.account_id
               AND before.instrument_id = position.instrument_id
               AND before.currency = position.currency
               AND before.snapshot_date <= unpriced.start_date
             ORDER BY before.snapshot_date DESC
             LIMIT 1)
            UNION ALL
            SELECT since.snapshot_date, since.long_quantity <> 0 OR since.short_quantity <> 0
            FROM rollforward_data.position_snapshot AS since
            WHERE since.account_id = position.account_id
              AND since.instrument_id = position.instrument_id
              AND since.currency = position.currency
              AND since.snapshot_date > unpriced.start_date
              AND since.snapshot_date <= last_date
        ) AS snapshot
        WHERE position.held_until >= unpriced.start_date
    ),
    held AS (
        SELECT figure.instrument_id, figure.calendar,
               range_agg(daterange(figure.snapshot_date, figure.until)) AS days
        FROM figure
        WHERE figure.is_open
        GROUP BY figure.instrument_id, figure.calendar
    ),
    trading_day AS MATERIALIZED (
        SELECT used.calendar, day.on_date
        FROM (SELECT DISTINCT held.calendar FROM held) AS used
        CROSS JOIN LATERAL rollforward.trading_days(used.calendar, unpriced.start_date, last_date) AS day (on_date)
    )
    SELECT DISTINCT instrument.instrument_id, instrument.symbol, instrument.currency::text, trading_day.on_date, latest.price_date
    FROM held
    JOIN trading_day
        ON trading_day.calendar IS NOT DISTINCT FROM held.calendar
       AND trading_day.on_date <@ held.days
    JOIN rollforward_data.instrument USING (instrument_id)
    LEFT JOIN LATERAL (
        SELECT price.price_date
        FROM rollforward_data.price
        WHERE price.instrument_id = held.instrument_id
          AND price.price_date <= trading_day.on_date
        ORDER BY price.price_date DESC
        LIMIT 1
    ) AS latest ON true
    WHERE instrument.kind <> 'private'
      AND (instrument.kind NOT IN ('option', 'future_option') OR trading_day.on_date <= instrument.expiration)
      AND latest.price_date IS DISTINCT FROM trading_day.on_date
    ORDER BY trading_day.on_date, instrument.symbol;
END
$$;

COMMENT ON FUNCTION rollforward.unpriced IS 'Closes to fetch: trading days on which something was held that has no close of that day';
