-- What accounts were worth at the end of each day of a range, and what came in and went out, in their base currency.
--
-- A row per account on each weekday of the range, on each other day on which it has a movement, and on the first and last
-- day. Value is cash and positions, at the latest close on or before the day. Flows are deposits, withdrawals and cash
-- transferred, and securities transferred: at their value at the end of that day.
--
-- account_ids            accounts to look at
-- start_date, end_date   both included
-- returns                closing_value and flow are NULL where a rate to the base currency is missing; rates_missing says
--                        how many
-- errors                 22R01 an argument is NULL, the range is upside down or without end, or an account is unknown
-- relies on              account_snapshot_pkey, position_snapshot_date_idx, price_pkey, fx_rate_pkey
CREATE OR REPLACE FUNCTION rollforward.account_values(account_ids bigint[], start_date date, end_date date)
RETURNS TABLE (
    account_id bigint,
    on_date date,
    currency text,
    closing_value numeric,
    flow numeric,
    rates_missing bigint
)
LANGUAGE plpgsql STABLE PARALLEL UNSAFE
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_column
BEGIN
    PERFORM rollforward.require_range(account_values.start_date, account_values.end_date);
    PERFORM rollforward.require_accounts(account_values.account_ids);
    IF NOT (isfinite(account_values.start_date) AND isfinite(account_values.end_date)) THEN
        RAISE EXCEPTION 'a range without end has no daily values: % to %', account_values.start_date, account_values.end_date
            USING ERRCODE = '22R01',
                  DETAIL = jsonb_build_array(
                      jsonb_build_object('argument', 'start_date', 'value', account_values.start_date),
                      jsonb_build_object('argument', 'end_date', 'value', account_values.end_date)),
                  HINT = 'Pass the first and the last day.';
    END IF;

    RETURN QUERY
    WITH subject AS (
        SELECT account.account_id, account.base_currency::text AS base_currency
        FROM rollforward_data.account
        WHERE account.account_id = ANY (account_values.account_ids)
    ),
    day AS (
        SELECT subject.account_id, calendar.on_date::date AS on_date
        FROM subject
        CROSS JOIN generate_series(account_values.start_date, account_values.end_date, interval '1 day') AS calendar (on_date)
        WHERE extract(isodow FROM calendar.on_date) < 6
           OR calendar.on_date IN (account_values.start_date, account_values.end_date)
        UNION
        SELECT movement.account_id, movement.accounting_date
        FROM subject
        JOIN rollforward_data.movement USING (account_id)
        WHERE movement.accounting_date BETWEEN account_values.start_date AND account_values.end_date
    ),
    cash AS (
        SELECT day.account_id, day.on_date, held.currency::text AS currency, latest.cash_balance::numeric AS amount
        FROM day
        JOIN rollforward_data.account_currency AS held USING (account_id)
        CROSS JOIN LATERAL (
            SELECT snapshot.cash_balance
            FROM rollforward_data.account_snapshot AS snapshot
            WHERE snapshot.account_id = day.account_id
              AND snapshot.currency = held.currency
              AND snapshot.snapshot_date <= day.on_date
            ORDER BY snapshot.snapshot_date DESC
            LIMIT 1
        ) AS latest
    ),
    holding AS (
        SELECT snapshot.account_id, snapshot.instrument_id, snapshot.currency::text AS currency,
               snapshot.snapshot_date AS since,
               lead(snapshot.snapshot_date, 1, 'infinity') OVER (
                   PARTITION BY snapshot.account_id, snapshot.instrument_id, snapshot.currency
                   ORDER BY snapshot.snapshot_date) AS until,
               (snapshot.long_quantity - snapshot.short_quantity)::numeric AS quantity,
               (snapshot.long_cost - snapshot.short_cost)::numeric AS cost,
               snapshot.long_quantity <> 0 OR snapshot.short_quantity <> 0 AS is_open
        FROM subject
        JOIN rollforward_data.position_snapshot AS snapshot USING (account_id)
        WHERE snapshot.snapshot_date <= account_values.end_date
    ),
    valued AS (
        SELECT day.account_id, day.on_date, holding.currency,
               rollforward.market_value(
                   holding.quantity, holding.cost, priced.close, instrument.multiplier,
                   instrument.kind IN ('option', 'future_option') AND day.on_date > instrument.expiration) AS amount
        FROM holding
        JOIN rollforward_data.instrument USING (instrument_id)
        JOIN day
            ON day.account_id = holding.account_id
           AND day.on_date >= holding.since
           AND day.on_date < holding.until
        LEFT JOIN LATERAL (
            SELECT known.close
            FROM rollforward.close_as_of(holding.account_id, holding.instrument_id, day.on_date) AS known
            WHERE instrument.currency = holding.currency
        ) AS priced ON true
        WHERE holding.is_open
    ),
    flow AS (
        SELECT leg.account_id, leg.accounting_date AS on_date, leg.currency, leg.amount
        FROM subject
        JOIN rollforward.movement_leg AS leg USING (account_id)
        WHERE leg.kind IN ('deposit', 'withdrawal', 'cash_in', 'cash_out', 'securities_in', 'securities_out')
          AND leg.is_main
          AND leg.accounting_date BETWEEN account_values.start_date AND account_values.end_date
        UNION ALL
        -- a lot that travels is worth its units at the close, or its cost where there is none
        SELECT moved.account_id, moved.on_date, moved.currency::text,
               rollforward.market_value(moved.quantity, moved.cost, priced.close, instrument.multiplier, false)
        FROM subject
        JOIN rollforward.travelled_cost AS moved USING (account_id)
        JOIN rollforward_data.instrument USING (instrument_id)
        LEFT JOIN LATERAL (
            SELECT known.close
            FROM rollforward.close_as_of(moved.account_id, moved.instrument_id, moved.on_date) AS known
            WHERE instrument.currency = moved.currency
        ) AS priced ON true
        WHERE moved.on_date BETWEEN account_values.start_date AND account_values.end_date
    ),
    amount AS (
        SELECT parts.account_id, parts.on_date, parts.currency, sum(parts.worth) AS worth, sum(parts.flow) AS flow
        FROM (SELECT account_id, on_date, currency, amount AS worth, 0 AS flow FROM cash
              UNION ALL
              SELECT account_id, on_date, currency, amount, 0 FROM valued
              UNION ALL
              SELECT account_id, on_date, currency, 0, amount FROM flow) AS parts
        GROUP BY parts.account_id, parts.on_date, parts.currency
        HAVING sum(parts.worth) <> 0 OR sum(parts.flow) <> 0
    )
    SELECT day.account_id, day.on_date, subject.base_currency,
           CASE WHEN count(*) FILTER (WHERE amount.currency IS NOT NULL AND rated.rate IS NULL) = 0
                THEN coalesce(sum(round(amount.worth * rated.rate, 8)), 0)
           END,
           CASE WHEN count(*) FILTER (WHERE amount.currency IS NOT NULL AND rated.rate IS NULL) = 0
                THEN coalesce(sum(round(amount.flow * rated.rate, 8)), 0)
           END,
           count(*) FILTER (WHERE amount.currency IS NOT NULL AND rated.rate IS NULL)
    FROM day
    JOIN subject USING (account_id)
    LEFT JOIN amount USING (account_id, on_date)
    LEFT JOIN LATERAL rollforward.fx_rate_at(amount.currency, subject.base_currency, day.on_date) AS rated ON true
    GROUP BY day.account_id, day.on_date, subject.base_currency
    ORDER BY day.account_id, day.on_date;
END
$$;

COMMENT ON FUNCTION rollforward.account_values IS 'What accounts were worth at the end of each day of a range, and what came in and went out';
