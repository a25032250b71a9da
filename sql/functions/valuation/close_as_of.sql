-- Latest known close of an instrument on or before a day, in the units that an account holds then.
--
-- returns     no row where the instrument has no close yet
-- relies on   price_pkey: one descent
CREATE OR REPLACE FUNCTION rollforward.close_as_of(account_id bigint, instrument_id bigint, as_of date)
RETURNS TABLE (price_date date, close numeric)
LANGUAGE sql STABLE PARALLEL SAFE
BEGIN ATOMIC
    SELECT latest.price_date,
           CASE WHEN latest.price_date = close_as_of.as_of THEN latest.close::numeric
                ELSE rollforward.split_adjusted(
                    latest.close, close_as_of.account_id, close_as_of.instrument_id, latest.price_date, close_as_of.as_of)
           END
    FROM (
        SELECT price.price_date, price.close
        FROM rollforward_data.price
        WHERE price.instrument_id = close_as_of.instrument_id
          AND price.price_date <= close_as_of.as_of
        ORDER BY price.price_date DESC
        LIMIT 1
    ) AS latest;
END;

COMMENT ON FUNCTION rollforward.close_as_of IS 'Latest known close on or before a day, in the units held then';
