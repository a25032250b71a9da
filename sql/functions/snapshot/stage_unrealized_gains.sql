-- Fills unrealized_gains of the staged account snapshots: market value less cost of what was open on each day; and adds
-- it to market_value, which so far is that cost.
--
-- A holding is a stretch of days over which a position did not move. One that was never priced is carried at cost
-- and has nothing unrealized, unless it is an option past its expiration; most holdings are dismissed by that alone.
--
-- relies on   price_pkey: one descent per holding and day that needs a price
CREATE OR REPLACE FUNCTION rollforward.stage_unrealized_gains()
RETURNS void
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    rows_staged bigint;
    last_date date;
BEGIN
    SELECT max(snapshot_date) INTO last_date FROM stage_account_snapshot;

    INSERT INTO stage_holding
    WITH valued_instrument AS MATERIALIZED (
        SELECT instrument.instrument_id, instrument.currency, instrument.multiplier, last_day.expiration, known.has_close
        FROM rollforward_data.instrument
        CROSS JOIN LATERAL (
            SELECT CASE WHEN instrument.kind IN ('option', 'future_option') THEN instrument.expiration END AS expiration
        ) AS last_day
        CROSS JOIN LATERAL (
            SELECT EXISTS (
                SELECT FROM rollforward_data.price WHERE price.instrument_id = instrument.instrument_id) AS has_close
        ) AS known
        WHERE instrument.instrument_id IN (
                  SELECT snapshot.instrument_id FROM stage_position_snapshot AS snapshot
                  UNION
                  SELECT opening.instrument_id FROM stage_opening AS opening)
          AND (known.has_close OR last_date > last_day.expiration)
    ),
    moved AS (
        SELECT snapshot.account_id, snapshot.instrument_id, snapshot.currency, snapshot.snapshot_date AS since,
               lead(snapshot.snapshot_date, 1, 'infinity') OVER position AS until,
               snapshot.long_quantity - snapshot.short_quantity AS quantity,
               snapshot.long_cost - snapshot.short_cost AS cost,
               snapshot.long_quantity <> 0 OR snapshot.short_quantity <> 0 AS is_open
        FROM stage_position_snapshot AS snapshot
        JOIN valued_instrument USING (instrument_id)
        WINDOW position AS (
            PARTITION BY snapshot.account_id, snapshot.instrument_id, snapshot.currency ORDER BY snapshot.snapshot_date)
    ),
    holding AS (
        SELECT account_id, instrument_id, currency, since, until, quantity, cost
        FROM moved
        WHERE is_open
        UNION ALL
        SELECT opening.account_id, opening.instrument_id, opening.currency, '-infinity',
               coalesce(first_move.since, 'infinity'),
               opening.long_quantity - opening.short_quantity, opening.long_cost - opening.short_cost
        FROM stage_opening AS opening
        LEFT JOIN (
            SELECT account_id, instrument_id, currency, min(since) AS since
            FROM moved
            GROUP BY account_id, instrument_id, currency
        ) AS first_move USING (account_id, instrument_id, currency)
    )
    SELECT holding.account_id, holding.currency, holding.instrument_id, instrument.multiplier, instrument.expiration,
           holding.currency = instrument.currency, holding.since, holding.until, holding.quantity, holding.cost
    FROM holding
    JOIN valued_instrument AS instrument USING (instrument_id)
    WHERE (holding.until > instrument.expiration AND last_date > instrument.expiration)
       OR (holding.currency = instrument.currency AND instrument.has_close);
    GET DIAGNOSTICS rows_staged = ROW_COUNT;
    PERFORM rollforward.analyze_stage('pg_temp.stage_holding', rows_staged);

    WITH unrealized AS (
        SELECT staged.account_id, staged.currency, staged.snapshot_date,
               sum(rollforward.market_value(
                       holding.quantity, holding.cost, priced.close, holding.multiplier,
                       staged.snapshot_date > holding.expiration)
                   - holding.cost) AS gains
        FROM stage_account_snapshot AS staged
        JOIN stage_holding AS holding
            ON holding.account_id = staged.account_id
           AND holding.currency = staged.currency
           AND holding.since <= staged.snapshot_date
           AND holding.until > staged.snapshot_date
        LEFT JOIN LATERAL (
            SELECT latest.close
            FROM rollforward.close_as_of(holding.account_id, holding.instrument_id, staged.snapshot_date) AS latest
            WHERE holding.is_quoted
        ) AS priced ON true
        GROUP BY staged.account_id, staged.currency, staged.snapshot_date
    )
    UPDATE stage_account_snapshot AS staged
    SET unrealized_gains = unrealized.gains,
        market_value = staged.market_value + unrealized.gains
    FROM unrealized
    WHERE staged.account_id = unrealized.account_id
      AND staged.currency = unrealized.currency
      AND staged.snapshot_date = unrealized.snapshot_date
      AND unrealized.gains <> 0;
END
$$;

COMMENT ON FUNCTION rollforward.stage_unrealized_gains IS 'Fills unrealized gains of the staged account snapshots';
