-- Latest known closes of many instruments on or before a day.
--
-- instrument_ids   which; an instrument may occur more than once
-- as_of            inclusive
-- lookback_days    how many days old a close may be before it counts as carried
-- returns          a row per instrument asked for, in that order; price_date, close and age_days are NULL, and carried true,
--                  where none is known. The close is as it was printed, not adjusted for splits since
-- errors           22R01 an argument is NULL
-- relies on        price_pkey: one descent per instrument, read from the index alone
CREATE OR REPLACE FUNCTION rollforward.price_as_of(instrument_ids bigint[], as_of date, lookback_days integer DEFAULT 10)
RETURNS TABLE (instrument_id bigint, price_date date, close numeric, age_days integer, carried boolean)
LANGUAGE sql STABLE PARALLEL SAFE
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
BEGIN ATOMIC
    SELECT asked.instrument_id, latest.price_date, latest.close::numeric,
           given.as_of - latest.price_date,
           coalesce(given.as_of - latest.price_date > given.lookback_days, true)
    FROM (
        SELECT rollforward.given(price_as_of.instrument_ids, 'instrument_ids') AS instrument_ids,
               rollforward.given(price_as_of.as_of, 'as_of') AS as_of,
               rollforward.given(price_as_of.lookback_days, 'lookback_days') AS lookback_days
    ) AS given
    CROSS JOIN LATERAL unnest(given.instrument_ids) WITH ORDINALITY AS asked (instrument_id, place)
    LEFT JOIN LATERAL (
        SELECT price.price_date, price.close
        FROM rollforward_data.price
        WHERE price.instrument_id = asked.instrument_id
          AND price.price_date <= given.as_of
        ORDER BY price.price_date DESC
        LIMIT 1
    ) AS latest ON true
    ORDER BY asked.place;
END;

COMMENT ON FUNCTION rollforward.price_as_of IS 'Latest known closes of many instruments on or before a day';
