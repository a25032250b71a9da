-- Stages what each day of the range changes: stage_delta, one row per position and day, and per currency and day for the rest.
--
-- Movements add what movement_contribution() says, in each currency that they move. A slice adds its units, and what they
-- cost, to the day it entered its position, and takes them away on the day it closed, with what they cost then;
-- on that day it also realizes its gain. All of that is laid in one heap and added up once.
CREATE OR REPLACE FUNCTION rollforward.stage_deltas()
RETURNS void
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    rows_staged bigint;
BEGIN
    INSERT INTO stage_delta
    WITH change AS (
        SELECT event.account_id, event.currency, event.position_no, event.accounting_date AS on_date,
               contribution.counted, contribution.deposited, contribution.withdrawn, contribution.dividends,
               contribution.dividend_taxes, contribution.options_income, contribution.other_income,
               contribution.commissions, contribution.fees, contribution.cash, contribution.contributed,
               -- not amount - net: the premium of an option may have been added to the net of what it delivered
               CASE WHEN event.effect IS NOT NULL
                     AND event.kind NOT IN ('securities_in', 'securities_out')
                     AND scope.costs_in_lot
                    THEN nullif(event.commission + event.fee + event.tax, 0)
               END AS lot_costs,
               NULL::boolean AS is_option, NULL::boolean AS is_long,
               NULL::numeric AS units, NULL::numeric AS cost, NULL::numeric AS gain
        FROM stage_event AS event
        JOIN stage_scope AS scope USING (account_id)
        CROSS JOIN LATERAL rollforward.movement_contribution(
            event.kind, event.is_option, event.amount, event.commission, event.fee, event.tax) AS contribution
        WHERE event.kind IS NOT NULL
        UNION ALL
        SELECT event.account_id, side.currency, NULL, event.accounting_date,
               0, contribution.deposited, contribution.withdrawn, NULL,
               NULL, NULL, NULL,
               contribution.commissions, NULL, contribution.cash, NULL,
               NULL, NULL, NULL, NULL, NULL, NULL
        FROM stage_event AS event
        CROSS JOIN LATERAL rollforward.movement_side(
            event.counter_amount, event.counter_currency, event.side_commission, event.commission_currency) AS side
        CROSS JOIN LATERAL rollforward.movement_contribution(
            event.kind, false, side.amount, side.commission, 0, 0) AS contribution
        WHERE event.counter_currency IS NOT NULL
           OR event.commission_currency IS NOT NULL
        UNION ALL
        SELECT position.account_id, position.currency, slice.position_no, slice.entered_on,
               NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL,
               position.is_option, slice.side = 'long', slice.quantity, slice.entered_cost, NULL
        FROM stage_slice AS slice
        JOIN stage_position AS position USING (position_no)
        WHERE slice.entered_on >= position.from_date
        UNION ALL
        SELECT position.account_id, position.currency, slice.position_no, slice.closed_on,
               NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL,
               position.is_option, slice.side = 'long', -slice.quantity, -slice.cost,
               CASE slice.side WHEN 'long' THEN slice.proceeds - slice.cost ELSE slice.cost - slice.proceeds END
        FROM stage_slice AS slice
        JOIN stage_position AS position USING (position_no)
        WHERE slice.closed_on >= position.from_date
          AND slice.closed_on < 'infinity'
    )
    SELECT change.account_id, change.currency, change.position_no, change.on_date,
           sum(change.counted),
           rollforward.total(change.deposited),
           rollforward.total(change.withdrawn),
           rollforward.total(change.dividends),
           rollforward.total(change.dividend_taxes),
           rollforward.total(change.options_income),
           rollforward.total(change.other_income),
           rollforward.total(change.commissions),
           rollforward.total(change.fees),
           rollforward.total(change.cash),
           rollforward.total(change.units) FILTER (WHERE change.is_long),
           rollforward.total(change.units) FILTER (WHERE NOT change.is_long),
           rollforward.total(change.cost) FILTER (WHERE change.is_long),
           rollforward.total(change.cost) FILTER (WHERE NOT change.is_long),
           rollforward.total(change.cost) FILTER (WHERE change.is_long AND NOT change.is_option),
           rollforward.total(change.gain),
           rollforward.total(change.contributed),
           rollforward.total(change.lot_costs)
    FROM change
    GROUP BY change.account_id, change.currency, change.position_no, change.on_date;
    GET DIAGNOSTICS rows_staged = ROW_COUNT;
    PERFORM rollforward.analyze_stage('pg_temp.stage_delta', rows_staged);
END
$$;

COMMENT ON FUNCTION rollforward.stage_deltas IS 'Stages what each day of the range changes in each position and currency';
