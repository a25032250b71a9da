-- Stages what the accounts had over stretches of trading days: stage_cash by currency, stage_stretch by position.
--
-- A stored figure holds from the trading day on which its day counts until the next one does; of several that count on one
-- trading day the last holds. What was there before the first day begins with that.
--
-- relies on   account_snapshot_pkey: two descents per currency; position_pkey; position_snapshot_pkey: a descent per position;
--             position_snapshot_date_idx: one per account
CREATE OR REPLACE FUNCTION rollforward.stage_stretches()
RETURNS void
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    earliest_date date;
    rows_staged bigint;
BEGIN
    SELECT min(valuation.first_date) INTO earliest_date FROM stage_valuation AS valuation;

    INSERT INTO stage_cash
    WITH figure AS (
        SELECT valuation.account_id, valuation.first_no, valuation.last_no, snapshot.currency,
               snapshot.snapshot_date,
               CASE WHEN snapshot.snapshot_date < valuation.first_date THEN valuation.first_no - 1 ELSE day.day_no END AS since_no,
               snapshot.cash_balance, snapshot.contributed, snapshot.realized_gains,
               snapshot.dividends_received + snapshot.other_income AS income,
               snapshot.commissions + snapshot.fees - snapshot.lot_costs AS costs
        FROM stage_valuation AS valuation
        JOIN rollforward_data.account_currency AS held USING (account_id)
        CROSS JOIN LATERAL (
            (SELECT before.*
             FROM rollforward_data.account_snapshot AS before
             WHERE before.account_id = held.account_id
               AND before.currency = held.currency
               AND before.snapshot_date < valuation.first_date
             ORDER BY before.snapshot_date DESC
             LIMIT 1)
            UNION ALL
            SELECT since.*
            FROM rollforward_data.account_snapshot AS since
            WHERE since.account_id = held.account_id
              AND since.currency = held.currency
              AND since.snapshot_date BETWEEN valuation.first_date AND valuation.end_date
        ) AS snapshot
        LEFT JOIN stage_day AS day
            ON day.calendar = valuation.calendar
           AND day.on_date = snapshot.snapshot_date
        WHERE snapshot.snapshot_date < valuation.first_date
           OR day.day_no IS NOT NULL  -- else behind all days that are valued
    ),
    followed AS (
        SELECT figure.*, lead(figure.since_no) OVER in_turn AS next_no
        FROM figure
        WINDOW in_turn AS (PARTITION BY figure.account_id, figure.currency ORDER BY figure.snapshot_date)
    )
    SELECT followed.account_id, followed.currency, followed.since_no,
           greatest(followed.since_no, followed.first_no),
           coalesce(followed.next_no - 1, followed.last_no),
           followed.cash_balance,
           followed.contributed - coalesce(lag(followed.contributed) OVER in_turn, 0),
           followed.realized_gains - coalesce(lag(followed.realized_gains) OVER in_turn, 0),
           followed.income - coalesce(lag(followed.income) OVER in_turn, 0),
           followed.costs - coalesce(lag(followed.costs) OVER in_turn, 0)
    FROM followed
    WHERE followed.since_no IS DISTINCT FROM followed.next_no
    WINDOW in_turn AS (PARTITION BY followed.account_id, followed.currency ORDER BY followed.snapshot_date);
    GET DIAGNOSTICS rows_staged = ROW_COUNT;
    PERFORM rollforward.analyze_stage('pg_temp.stage_cash', rows_staged);

    INSERT INTO stage_stretch
    WITH snapshot AS (
        SELECT valuation.account_id, before.instrument_id, before.currency, before.snapshot_date,
               before.long_quantity, before.short_quantity, before.long_cost, before.short_cost
        FROM stage_valuation AS valuation
        JOIN rollforward_data.position AS held
            ON held.account_id = valuation.account_id
           AND held.held_until >= valuation.first_date
        CROSS JOIN LATERAL (
            SELECT known.*
            FROM rollforward_data.position_snapshot AS known
            WHERE known.account_id = held.account_id
              AND known.instrument_id = held.instrument_id
              AND known.currency = held.currency
              AND known.snapshot_date < valuation.first_date
            ORDER BY known.snapshot_date DESC
            LIMIT 1
        ) AS before
        WHERE valuation.has_standing  -- else there is nothing before
        UNION ALL
        SELECT valuation.account_id, since.instrument_id, since.currency, since.snapshot_date,
               since.long_quantity, since.short_quantity, since.long_cost, since.short_cost
        FROM stage_valuation AS valuation
        JOIN rollforward_data.position_snapshot AS since
            ON since.account_id = valuation.account_id
           AND since.snapshot_date >= earliest_date
           AND since.snapshot_date BETWEEN valuation.first_date AND valuation.end_date
    ),
    figure AS (
        SELECT snapshot.*, valuation.calendar, valuation.first_no, valuation.last_no,
               CASE WHEN snapshot.snapshot_date < valuation.first_date THEN valuation.first_no - 1 ELSE day.day_no END AS since_no
        FROM snapshot
        JOIN stage_valuation AS valuation USING (account_id)
        LEFT JOIN stage_day AS day
            ON day.calendar = valuation.calendar
           AND day.on_date = snapshot.snapshot_date
        WHERE snapshot.snapshot_date < valuation.first_date
           OR day.day_no IS NOT NULL  -- else behind all days that are valued
    ),
    followed AS (
        SELECT figure.*,
               greatest(figure.since_no, figure.first_no) AS from_no,
               coalesce(lead(figure.since_no) OVER in_turn - 1, figure.last_no) AS to_no
        FROM figure
        WINDOW in_turn AS (
            PARTITION BY figure.account_id, figure.instrument_id, figure.currency ORDER BY figure.snapshot_date)
    )
    SELECT followed.account_id, followed.calendar, followed.currency, followed.instrument_id, followed.from_no, followed.to_no,
           followed.long_quantity, followed.short_quantity, followed.long_cost, followed.short_cost,
           instrument.multiplier,
           CASE WHEN instrument.kind IN ('option', 'future_option') THEN instrument.expiration END,
           instrument.kind = 'private',
           instrument.currency = followed.currency,
           split.instrument_id IS NOT NULL OR booked.instrument_id IS NOT NULL
    FROM followed
    JOIN rollforward_data.instrument USING (instrument_id)
    LEFT JOIN (
        SELECT DISTINCT instrument_id FROM rollforward_data.split WHERE to_instrument_id IS NULL
    ) AS split USING (instrument_id)
    LEFT JOIN (
        SELECT DISTINCT movement.account_id, movement.instrument_id
        FROM stage_valuation
        JOIN rollforward_data.movement USING (account_id)
        WHERE movement.kind IN ('split', 'strike_adjustment')
    ) AS booked USING (account_id, instrument_id)
    WHERE followed.from_no <= followed.to_no
      AND (followed.long_quantity <> 0 OR followed.short_quantity <> 0);
    GET DIAGNOSTICS rows_staged = ROW_COUNT;
    PERFORM rollforward.analyze_stage('pg_temp.stage_stretch', rows_staged);
END
$$;

COMMENT ON FUNCTION rollforward.stage_stretches IS 'Stages what the accounts had over stretches of trading days';
