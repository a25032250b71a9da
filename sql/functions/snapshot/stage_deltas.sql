-- Stages what each day of the range changes: stage_delta, one row per position and day, or more for a currency and day.
--
-- Movements add what movement_contribution() says, in each currency that they move. A slice adds its units, and what they
-- cost, to the day it entered its position, and takes them away on the day it closed, with what they cost then;
-- on that day it also realizes its gain.
CREATE OR REPLACE FUNCTION rollforward.stage_deltas()
RETURNS void
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    rows_staged bigint;
BEGIN
    INSERT INTO stage_delta
    WITH booked AS (
        SELECT event.account_id, event.currency, event.position_no, event.accounting_date AS on_date,
               sum(contribution.counted) AS counted,
               rollforward.total(contribution.deposited) AS deposited,
               rollforward.total(contribution.withdrawn) AS withdrawn,
               rollforward.total(contribution.dividends) AS dividends,
               rollforward.total(contribution.dividend_taxes) AS dividend_taxes,
               rollforward.total(contribution.options_income) AS options_income,
               rollforward.total(contribution.other_income) AS other_income,
               rollforward.total(contribution.commissions) AS commissions,
               rollforward.total(contribution.fees) AS fees,
               rollforward.total(contribution.cash) AS cash,
               rollforward.total(contribution.contributed) AS contributed,
               -- not amount - net: the premium of an option may have been added to the net of what it delivered
               rollforward.total(nullif(event.commission + event.fee + event.tax, 0)) FILTER (
                   WHERE scope.costs_in_lot
                     AND event.effect IS NOT NULL AND event.kind NOT IN ('securities_in', 'securities_out')) AS lot_costs
        FROM stage_event AS event
        JOIN stage_scope AS scope USING (account_id)
        CROSS JOIN LATERAL rollforward.movement_contribution(
            event.kind, event.is_option, event.amount, event.commission, event.fee, event.tax) AS contribution
        WHERE event.kind IS NOT NULL
        GROUP BY event.account_id, event.currency, event.position_no, event.accounting_date
    ),
    turned AS (
        SELECT slice.position_no, day.on_date, position.is_option,
               rollforward.total(day.units) FILTER (WHERE slice.side = 'long') AS long_units,
               rollforward.total(day.units) FILTER (WHERE slice.side = 'short') AS short_units,
               rollforward.total(day.cost) FILTER (WHERE slice.side = 'long') AS long_cost,
               rollforward.total(day.cost) FILTER (WHERE slice.side = 'short') AS short_cost,
               rollforward.total(day.gain) AS gain
        FROM stage_slice AS slice
        JOIN stage_position AS position USING (position_no)
        CROSS JOIN LATERAL (VALUES
            (slice.entered_on, slice.quantity, slice.entered_cost, NULL),
            (slice.closed_on, -slice.quantity, -slice.cost,
             CASE slice.side WHEN 'long' THEN slice.proceeds - slice.cost ELSE slice.cost - slice.proceeds END)
        ) AS day (on_date, units, cost, gain)
        WHERE day.on_date >= position.from_date
          AND day.on_date < 'infinity'
        GROUP BY slice.position_no, day.on_date, position.is_option
    )
    SELECT booked.account_id, booked.currency, booked.position_no, booked.on_date,
           booked.counted, booked.deposited, booked.withdrawn, booked.dividends, booked.dividend_taxes,
           booked.options_income, booked.other_income, booked.commissions, booked.fees, booked.cash,
           turned.long_units, turned.short_units, turned.long_cost, turned.short_cost,
           CASE WHEN NOT turned.is_option THEN turned.long_cost END, turned.gain, booked.contributed, booked.lot_costs
    FROM booked
    LEFT JOIN turned USING (position_no, on_date)
    UNION ALL
    -- a position in which lots moved on has moved without a movement of its own
    SELECT position.account_id, position.currency, turned.position_no, turned.on_date,
           NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL,
           turned.long_units, turned.short_units, turned.long_cost, turned.short_cost,
           CASE WHEN NOT turned.is_option THEN turned.long_cost END, turned.gain, NULL, NULL
    FROM turned
    JOIN stage_position AS position USING (position_no)
    WHERE NOT EXISTS (
        SELECT FROM booked WHERE booked.position_no = turned.position_no AND booked.on_date = turned.on_date);
    GET DIAGNOSTICS rows_staged = ROW_COUNT;

    INSERT INTO stage_delta (account_id, currency, on_date, counted, deposited, withdrawn, commissions, cash)
    SELECT event.account_id, side.currency, event.accounting_date, 0,
           contribution.deposited, contribution.withdrawn, contribution.commissions, contribution.cash
    FROM stage_event AS event
    CROSS JOIN LATERAL rollforward.movement_side(
        event.counter_amount, event.counter_currency, event.side_commission, event.commission_currency) AS side
    CROSS JOIN LATERAL rollforward.movement_contribution(event.kind, false, side.amount, side.commission, 0, 0) AS contribution
    WHERE event.counter_currency IS NOT NULL
       OR event.commission_currency IS NOT NULL;

    PERFORM rollforward.analyze_stage('pg_temp.stage_delta', rows_staged);
END
$$;

COMMENT ON FUNCTION rollforward.stage_deltas IS 'Stages what each day of the range changes in each position and currency';
