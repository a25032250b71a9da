-- Looks up every close that is needed, once: stage_close, a row per instrument and trading day that has one.
--
-- relies on   price_pkey: one descent per row
CREATE OR REPLACE FUNCTION rollforward.stage_closes()
RETURNS void
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    rows_staged bigint;
BEGIN
    INSERT INTO stage_close
    SELECT wanted.calendar, wanted.instrument_id, day.day_no, latest.price_date, latest.close
    FROM (
        SELECT stretch.calendar, stretch.instrument_id, min(stretch.from_no) AS from_no, max(stretch.to_no) AS to_no
        FROM stage_stretch AS stretch
        WHERE stretch.is_quoted
        GROUP BY stretch.calendar, stretch.instrument_id
    ) AS wanted
    JOIN stage_day AS day
        ON day.calendar = wanted.calendar
       AND day.is_trading
       AND day.day_no BETWEEN wanted.from_no AND wanted.to_no
    CROSS JOIN LATERAL (
        SELECT price.price_date, price.close
        FROM rollforward_data.price
        WHERE price.instrument_id = wanted.instrument_id
          AND price.price_date <= day.on_date
        ORDER BY price.price_date DESC
        LIMIT 1
    ) AS latest
    WHERE EXISTS (SELECT FROM rollforward_data.price WHERE price.instrument_id = wanted.instrument_id);
    GET DIAGNOSTICS rows_staged = ROW_COUNT;
    PERFORM rollforward.analyze_stage('pg_temp.stage_close', rows_staged);
END
$$;

COMMENT ON FUNCTION rollforward.stage_closes IS 'Looks up every close that is needed, once';
