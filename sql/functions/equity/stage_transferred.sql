-- Values the securities that transfers brought in and took away, on the day on which they count: stage_transferred.
--
-- relies on   movement_transfer_of_account_idx, lot_slice_closed_idx
CREATE OR REPLACE FUNCTION rollforward.stage_transferred()
RETURNS void
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    IF NOT EXISTS (
        SELECT FROM stage_valuation AS valuation
        JOIN rollforward_data.movement USING (account_id)
        WHERE movement.kind IN ('securities_in', 'securities_out'))
    THEN
        RETURN;
    END IF;

    INSERT INTO stage_transferred
    WITH transfer AS (
        SELECT movement.account_id, movement.movement_id, movement.kind, movement.accounting_date
        FROM stage_valuation AS valuation
        JOIN rollforward_data.movement
            ON movement.account_id = valuation.account_id
           AND movement.accounting_date BETWEEN valuation.first_date AND valuation.end_date
        WHERE movement.kind IN ('securities_in', 'securities_out')
    ),
    moved AS (
        SELECT lot.account_id, lot.instrument_id, lot.currency, lot.entered_on AS on_date, lot.side,
               lot.lot_quantity AS quantity, lot.lot_cost AS cost
        FROM (
            SELECT DISTINCT slice.account_id, slice.opened_by, slice.entered_by, slice.instrument_id, slice.currency, slice.side,
                            slice.entered_on, slice.lot_quantity, slice.lot_cost
            FROM transfer
            JOIN rollforward_data.lot_slice AS slice
                ON slice.account_id = transfer.account_id
               AND slice.entered_by = transfer.movement_id
               AND slice.closed_on >= transfer.accounting_date
            WHERE transfer.kind = 'securities_in'
        ) AS lot
        UNION ALL
        SELECT slice.account_id, slice.instrument_id, slice.currency, slice.closed_on, slice.side,
               -slice.quantity, -slice.cost
        FROM transfer
        JOIN rollforward_data.lot_slice AS slice
            ON slice.account_id = transfer.account_id
           AND slice.closed_on = transfer.accounting_date
           AND slice.closed_by = transfer.movement_id
        WHERE transfer.kind = 'securities_out'
    ),
    valued AS (
        SELECT moved.account_id, moved.currency, day.day_no, signed.cost,
               rollforward.market_value(
                   signed.quantity, signed.cost, priced.close, instrument.multiplier,
                   instrument.kind IN ('option', 'future_option') AND counted.on_date > instrument.expiration) AS worth
        FROM moved
        JOIN stage_valuation AS valuation USING (account_id)
        JOIN stage_day AS day
            ON day.calendar = valuation.calendar
           AND day.on_date = moved.on_date
        JOIN stage_day AS counted
            ON counted.day_no = day.day_no
           AND counted.is_trading
        JOIN rollforward_data.instrument USING (instrument_id)
        CROSS JOIN LATERAL (
            SELECT CASE moved.side WHEN 'long' THEN 1 ELSE -1 END
                   * CASE WHEN counted.on_date = moved.on_date THEN moved.quantity
                          -- a split in between: in the units of the day on which it counts
                          ELSE round(moved.quantity / rollforward.split_adjusted(
                              1, moved.account_id, moved.instrument_id, moved.on_date, counted.on_date), 12)
                     END AS quantity,
                   CASE moved.side WHEN 'long' THEN moved.cost ELSE -moved.cost END AS cost
        ) AS signed
        LEFT JOIN LATERAL (
            SELECT known.close
            FROM rollforward.close_as_of(moved.account_id, moved.instrument_id, counted.on_date) AS known
            WHERE instrument.currency = moved.currency
        ) AS priced ON true
    )
    SELECT valued.account_id, valued.currency, valued.day_no, sum(valued.worth), sum(valued.worth - valued.cost)
    FROM valued
    GROUP BY valued.account_id, valued.currency, valued.day_no;
END
$$;

COMMENT ON FUNCTION rollforward.stage_transferred IS 'Values the securities that transfers brought in and took away';
