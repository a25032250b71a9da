-- Stages what each day of the range changes: stage_delta, one row per position or currency, and day.
--
-- Movements add what movement_contribution() says. A slice adds its units and cost to the day it entered its
-- position, and takes them away on the day it closed, when it also realizes its gain.
CREATE OR REPLACE FUNCTION rollforward.stage_deltas()
RETURNS void
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    row_count bigint;
BEGIN
    INSERT INTO stage_delta
    WITH booked AS (
        SELECT event.account_id, event.currency, event.position_no, event.accounting_date AS on_date,
               sum(contribution.counted) AS counted,
               sum(contribution.deposited) AS deposited,
               sum(contribution.withdrawn) AS withdrawn,
               sum(contribution.dividends) AS dividends,
               sum(contribution.dividend_taxes) AS dividend_taxes,
               sum(contribution.options_income) AS options_income,
               sum(contribution.other_income) AS other_income,
               sum(contribution.commissions) AS commissions,
               sum(contribution.fees) AS fees,
               sum(contribution.cash) AS cash
        FROM stage_event AS event
        CROSS JOIN LATERAL rollforward.movement_contribution(
            event.kind, event.is_option, event.amount, event.commission, event.fee, event.tax) AS contribution
        GROUP BY event.account_id, event.currency, event.position_no, event.accounting_date
    ),
    turned AS (
        SELECT slice.position_no, day.on_date, slice.side,
               sum(day.sign * slice.quantity) AS units,
               sum(day.sign * slice.cost) AS cost,
               sum(CASE WHEN day.sign = 1 OR slice.carried_to IS NOT NULL THEN 0
                        WHEN slice.side = 'long' THEN slice.proceeds - slice.cost
                        ELSE slice.cost - slice.proceeds
                   END) AS gain
        FROM stage_slice AS slice
        JOIN stage_position AS position USING (position_no)
        CROSS JOIN LATERAL (VALUES (1, slice.entered_on), (-1, slice.closed_on)) AS day (sign, on_date)
        WHERE day.on_date >= position.from_date
          AND day.on_date < 'infinity'
        GROUP BY slice.position_no, day.on_date, slice.side
    ),
    held AS (
        SELECT position_no, on_date,
               sum(units) FILTER (WHERE side = 'long') AS long_units,
               sum(units) FILTER (WHERE side = 'short') AS short_units,
               sum(cost) FILTER (WHERE side = 'long') AS long_cost,
               sum(cost) FILTER (WHERE side = 'short') AS short_cost,
               sum(gain) AS gain
        FROM turned
        GROUP BY position_no, on_date
    )
    SELECT booked.account_id, booked.currency, booked.position_no, booked.on_date,
           booked.counted, booked.deposited, booked.withdrawn, booked.dividends, booked.dividend_taxes,
           booked.options_income, booked.other_income, booked.commissions, booked.fees, booked.cash,
           held.long_units, held.short_units, held.long_cost, held.short_cost, held.gain
    FROM booked
    LEFT JOIN held USING (position_no, on_date)
    UNION ALL
    -- a contract that received lots by an adjustment has moved without a movement of its own
    SELECT position.account_id, position.currency, held.position_no, held.on_date,
           NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL,
           held.long_units, held.short_units, held.long_cost, held.short_cost, held.gain
    FROM held
    JOIN stage_position AS position USING (position_no)
    WHERE NOT EXISTS (
        SELECT FROM booked WHERE booked.position_no = held.position_no AND booked.on_date = held.on_date);
    GET DIAGNOSTICS row_count = ROW_COUNT;
    PERFORM rollforward.analyze_stage('pg_temp.stage_delta', row_count);
END
$$;

COMMENT ON FUNCTION rollforward.stage_deltas IS 'Stages what each day of the range changes in each position and currency';
