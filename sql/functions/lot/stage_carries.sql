-- Stages the events at which all lots of a position move on: stage_carry, without its nodes, which stage_nodes adds.
--
-- Splits and strike adjustments that the account has booked, rows of split that it has not, and changes of its cost
-- method. What leads to another instrument names the position there; all else leads to the position itself.
--
-- relies on   movement_of_lots_idx, split_pkey, account_cost_method_pkey
CREATE OR REPLACE FUNCTION rollforward.stage_carries(end_date date)
RETURNS void
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_column
DECLARE
    rows_staged bigint;
BEGIN
    INSERT INTO stage_carry (event_id, is_booked, is_method, on_date, occurred_at, instant_no, natural_key,
                             position_no, to_position_no, to_instrument_id, quantity, per_quantity)
    WITH booked AS (
        SELECT movement.*
        FROM stage_scope AS scope
        JOIN rollforward_data.movement
            ON movement.account_id = scope.account_id
           AND movement.accounting_date BETWEEN scope.from_date AND stage_carries.end_date
           AND movement.kind IN ('split', 'strike_adjustment')
    )
    SELECT booked.movement_id, true, false, booked.accounting_date, booked.occurred_at,
           CASE booked.kind WHEN 'split' THEN 0 ELSE 2 END, booked.natural_key,
           position.position_no, successor.position_no, successor.instrument_id,
           CASE booked.kind WHEN 'split' THEN booked.quantity ELSE 1 END,
           CASE booked.kind WHEN 'split' THEN booked.per_quantity ELSE 1 END
    FROM booked
    JOIN stage_position AS position
        ON position.account_id = booked.account_id
       AND position.instrument_id = booked.instrument_id
       AND position.currency = booked.currency
    JOIN stage_position AS successor
        ON successor.account_id = booked.account_id
       AND successor.instrument_id = coalesce(booked.to_instrument_id, booked.instrument_id)
       AND successor.currency = booked.currency
    UNION ALL
    SELECT split.event_id, false, false, split.split_date, '-infinity', 1, NULL,
           position.position_no, successor.position_no, successor.instrument_id, split.quantity, split.per_quantity
    FROM rollforward_data.split
    JOIN stage_position AS position
        ON position.instrument_id = split.instrument_id
       AND split.split_date BETWEEN position.from_date AND stage_carries.end_date
    JOIN stage_position AS successor
        ON successor.account_id = position.account_id
       AND successor.instrument_id = coalesce(split.to_instrument_id, split.instrument_id)
       AND successor.currency = position.currency
    WHERE NOT rollforward.split_is_booked(position.account_id, split.instrument_id, split.split_date)
    UNION ALL
    SELECT change.event_id, false, true, change.from_date, '-infinity', 0, NULL,
           position.position_no, position.position_no, position.instrument_id, 1, 1
    FROM rollforward_data.account_cost_method AS change
    JOIN stage_position AS position
        ON position.account_id = change.account_id
       AND change.from_date BETWEEN position.from_date AND stage_carries.end_date;
    GET DIAGNOSTICS rows_staged = ROW_COUNT;
    PERFORM rollforward.analyze_stage('pg_temp.stage_carry', rows_staged);
END
$$;

COMMENT ON FUNCTION rollforward.stage_carries IS 'Stages the events at which all lots of a position move on';
