-- Stages which shares were delivered by assigned and exercised options, in accounts where premiums belong to their cost.
--
-- Fills stage_delivery, for groups whose units were all delivered. Assigned calls and exercised puts sell the underlying,
-- the other two buy it: at the strike, on the same day. Trades of the same instant as an event of the options come first.
CREATE OR REPLACE FUNCTION rollforward.stage_deliveries()
RETURNS void
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_column
DECLARE
    rows_staged bigint;
BEGIN
    IF NOT EXISTS (SELECT FROM stage_scope WHERE premium_in_cost) THEN
        RETURN;
    END IF;

    INSERT INTO stage_delivery
    WITH assigned AS MATERIALIZED (
        SELECT event.ordinal, event.account_id, event.currency, event.accounting_date, event.occurred_at,
               contract.underlying, contract.strike,
               CASE WHEN (event.kind = 'assignment') = (contract.option_right = 'call') THEN 'sell' ELSE 'buy' END AS kind,
               event.quantity * contract.multiplier AS units
        FROM stage_event AS event
        JOIN stage_scope AS scope USING (account_id)
        JOIN stage_position AS position USING (position_no)
        JOIN rollforward_data.instrument AS contract ON contract.instrument_id = position.instrument_id
        WHERE scope.premium_in_cost
          AND event.is_option
          AND (event.kind, event.part_side) IN (('assignment', 'short'), ('exercise', 'long'))
    ),
    demand AS (
        SELECT row_number() OVER (ORDER BY min(ordinal)) AS group_no,
               account_id, currency, accounting_date, underlying, strike, kind, sum(units) AS units
        FROM assigned
        GROUP BY account_id, currency, accounting_date, underlying, strike, kind
    ),
    delivered AS (
        SELECT demand.group_no, event.ordinal, demand.units AS all_units,
               sum(event.quantity * position.multiplier) OVER (PARTITION BY demand.group_no) AS delivered_units,
               sum(event.quantity * position.multiplier) OVER (
                   PARTITION BY demand.group_no
                   ORDER BY NOT EXISTS (
                                SELECT FROM assigned
                                WHERE (assigned.account_id, assigned.currency, assigned.accounting_date,
                                       assigned.underlying, assigned.strike, assigned.kind)
                                    = (demand.account_id, demand.currency, demand.accounting_date,
                                       demand.underlying, demand.strike, demand.kind)
                                  AND assigned.occurred_at = event.occurred_at),
                            event.ordinal
                   ROWS UNBOUNDED PRECEDING) AS units_until,
               event.quantity * position.multiplier AS units
        FROM demand
        JOIN rollforward_data.instrument AS share ON share.symbol = demand.underlying
        JOIN stage_position AS position
            ON position.account_id = demand.account_id
           AND position.instrument_id = share.instrument_id
           AND position.currency = demand.currency
        JOIN stage_event AS event
            ON event.position_no = position.position_no
           AND event.accounting_date = demand.accounting_date
           AND event.kind = demand.kind::rollforward_data.movement_kind
        JOIN rollforward_data.movement
            ON movement.account_id = event.account_id
           AND movement.movement_id = event.movement_id
           AND movement.price = demand.strike
    )
    SELECT group_no, ordinal, false, least(units_until - units, all_units), least(units_until, all_units), all_units
    FROM delivered
    WHERE delivered_units >= all_units
    UNION ALL
    SELECT demand.group_no, assigned.ordinal, true, NULL, NULL, demand.units
    FROM demand
    JOIN assigned USING (account_id, currency, accounting_date, underlying, strike, kind)
    WHERE demand.group_no IN (SELECT group_no FROM delivered WHERE delivered_units >= all_units);
    GET DIAGNOSTICS rows_staged = ROW_COUNT;
    PERFORM rollforward.analyze_stage('pg_temp.stage_delivery', rows_staged);
END
$$;

COMMENT ON FUNCTION rollforward.stage_deliveries IS 'Stages which shares were delivered by assigned and exercised options';
