-- Which currencies lack a rate: pairs for which, on a day of the range, a snapshot or a closed lot is to be converted to
-- the base currency of its account, and no rate is known on or before that day.
--
-- start_date, end_date   both included. A snapshot is converted on its day, a closed lot on the days it was opened and
--                        closed on
-- returns     a row per pair: the first and the last such day, and how many accounts have one
-- errors      22R01 a date is NULL, or start_date is after end_date
-- relies on   account_snapshot_pkey and lot_slice_pkey, for accounts that have currencies besides their base currency;
--             fx_rate_pkey, once per pair and day: see fx_rate_at
CREATE OR REPLACE FUNCTION rollforward.unrated(start_date date, end_date date)
RETURNS TABLE (currency text, quote_currency text, first_date date, last_date date, accounts bigint)
LANGUAGE plpgsql STABLE PARALLEL SAFE
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_column
BEGIN
    PERFORM rollforward.require_range(unrated.start_date, unrated.end_date);

    RETURN QUERY
    WITH foreign_currency AS (
        SELECT held.account_id, held.currency, account.base_currency
        FROM rollforward_data.account_currency AS held
        JOIN rollforward_data.account USING (account_id)
        WHERE held.currency <> account.base_currency
    ), conversion AS (
        SELECT snapshot.account_id, snapshot.currency, foreign_currency.base_currency, snapshot.snapshot_date AS on_date
        FROM foreign_currency
        JOIN rollforward_data.account_snapshot AS snapshot USING (account_id, currency)
        UNION ALL
        SELECT slice.account_id, slice.currency, foreign_currency.base_currency, needed.on_date
        FROM foreign_currency
        JOIN rollforward_data.lot_slice AS slice USING (account_id, currency)
        CROSS JOIN LATERAL (VALUES (slice.opened_on), (slice.closed_on)) AS needed (on_date)
        WHERE slice.closed_by IS NOT NULL
          AND slice.carried_to IS NULL
    ), conversion_day AS (
        SELECT conversion.currency, conversion.base_currency, conversion.on_date,
               array_agg(conversion.account_id) AS account_ids
        FROM conversion
        WHERE conversion.on_date BETWEEN unrated.start_date AND unrated.end_date
        GROUP BY conversion.currency, conversion.base_currency, conversion.on_date
    )
    SELECT day.currency::text,
           day.base_currency::text,
           min(day.on_date),
           max(day.on_date),
           count(DISTINCT waiting.account_id)
    FROM conversion_day AS day
    CROSS JOIN LATERAL unnest(day.account_ids) AS waiting (account_id)
    WHERE NOT EXISTS (SELECT FROM rollforward.fx_rate_at(day.currency, day.base_currency, day.on_date))
    GROUP BY day.currency, day.base_currency
    ORDER BY day.currency, day.base_currency;
END
$$;

COMMENT ON FUNCTION rollforward.unrated IS 'Pairs of currencies for which a conversion to a base currency has no rate';
