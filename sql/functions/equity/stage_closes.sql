-- Stages the close of every instrument on every trading day that needs one: stage_close.
--
-- A close holds from the trading day on which its day counts until that of the next one.
--
-- relies on   price_pkey: a descent and a range per instrument, read from the index alone
CREATE OR REPLACE FUNCTION rollforward.stage_closes()
RETURNS void
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    rows_staged bigint;
BEGIN
    INSERT INTO stage_close
    WITH wanted AS (
        SELECT held.instrument_id, held.calendar, held.from_no, held.to_no, first_day.on_date AS first_date, last_day.on_date AS last_date
        FROM (
            SELECT stretch.instrument_id, stretch.calendar, min(stretch.from_no) AS from_no, max(stretch.to_no) AS to_no
            FROM stage_stretch AS stretch
            WHERE stretch.is_quoted
            GROUP BY stretch.instrument_id, stretch.calendar
        ) AS held
        JOIN stage_day AS first_day ON first_day.day_no = held.from_no AND first_day.is_trading
        JOIN stage_day AS last_day ON last_day.day_no = held.to_no AND last_day.is_trading
    ),
    known AS (
        SELECT wanted.instrument_id, wanted.calendar, wanted.from_no, wanted.to_no, price.price_date, price.close,
               CASE WHEN price.price_date < wanted.first_date THEN wanted.from_no ELSE day.day_no END AS since_no
        FROM wanted
        CROSS JOIN LATERAL (
            (SELECT before.price_date, before.close
             FROM rollforward_data.price AS before
             WHERE before.instrument_id = wanted.instrument_id
               AND before.price_date < wanted.first_date
             ORDER BY before.price_date DESC
             LIMIT 1)
            UNION ALL
            SELECT since.price_date, since.close
            FROM rollforward_data.price AS since
            WHERE since.instrument_id = wanted.instrument_id
              AND since.price_date BETWEEN wanted.first_date AND wanted.last_date
        ) AS price
        LEFT JOIN stage_day AS day
            ON day.calendar = wanted.calendar
           AND day.on_date = price.price_date
    ),
    followed AS (
        SELECT known.*,
               coalesce(lead(known.since_no) OVER (
                   PARTITION BY known.instrument_id, known.calendar ORDER BY known.price_date) - 1, known.to_no) AS until_no
        FROM known
    )
    SELECT rollforward.close_no(followed.instrument_id, step.day_no), followed.instrument_id, step.day_no,
           followed.price_date, followed.close
    FROM followed
    CROSS JOIN LATERAL generate_series(followed.since_no, followed.until_no) AS step (day_no);
    GET DIAGNOSTICS rows_staged = ROW_COUNT;
    PERFORM rollforward.analyze_stage('pg_temp.stage_close', rows_staged);
END
$$;

COMMENT ON FUNCTION rollforward.stage_closes IS 'Stages the close of every instrument on every trading day that needs one';
