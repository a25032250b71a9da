-- Stages what a calculation reads: which accounts from which day, which positions, and their events in order.
--
-- Fills stage_scope, stage_position and stage_event.
--
-- * stage_scope: an account is computed from the start of the range, or from its earliest stale mark if that is
--   earlier, so that what lies before is always right. With force_recalculation from its first movement.
-- * stage_position: positions with events, lot slices or snapshots in that range; the last two matter where a
--   movement was deleted and its traces must go.
-- * stage_event: movements of the range, positions one after the other, each in the order of events.
--   Both tables are read at slightly different moments: an event of a position unknown to the first read was
--   committed in between, left its own stale mark, and is left to the next calculation as a whole.
--
-- relies on   movement_in_order_idx, lot_slice_closed_idx, position_snapshot_date_idx
CREATE OR REPLACE FUNCTION rollforward.stage_events(
    account_ids bigint[],
    start_date date,
    end_date date,
    force_recalculation boolean
)
RETURNS void
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_column
DECLARE
    rows_staged bigint;
BEGIN
    INSERT INTO stage_scope
    SELECT account.account_id,
           account.costs_in_lot,
           CASE WHEN stage_events.force_recalculation THEN '-infinity'
                ELSE least(stage_events.start_date, stale.from_date)
           END AS from_date,
           coalesce(stale.marks, '{}') AS marks
    FROM rollforward_data.account
    LEFT JOIN LATERAL (
        SELECT min(stale_mark.from_date) AS from_date, array_agg(stale_mark.mark_id) AS marks
        FROM rollforward_data.stale_mark
        WHERE stale_mark.account_id = account.account_id
          AND stale_mark.from_date <= stage_events.end_date
    ) AS stale ON true
    WHERE account.account_id = ANY (stage_events.account_ids);
    GET DIAGNOSTICS rows_staged = ROW_COUNT;
    PERFORM rollforward.analyze_stage('pg_temp.stage_scope', rows_staged);

    INSERT INTO stage_position
    WITH touched AS (
        SELECT movement.account_id, movement.instrument_id, movement.currency
        FROM stage_scope AS scope
        JOIN rollforward_data.movement
            ON movement.account_id = scope.account_id
           AND movement.accounting_date BETWEEN scope.from_date AND stage_events.end_date
        WHERE movement.instrument_id IS NOT NULL
        UNION
        SELECT movement.account_id, movement.to_instrument_id, movement.currency
        FROM stage_scope AS scope
        JOIN rollforward_data.movement
            ON movement.account_id = scope.account_id
           AND movement.accounting_date BETWEEN scope.from_date AND stage_events.end_date
        WHERE movement.to_instrument_id IS NOT NULL
        UNION
        SELECT slice.account_id, slice.instrument_id, slice.currency
        FROM stage_scope AS scope
        JOIN rollforward_data.lot_slice AS slice
            ON slice.account_id = scope.account_id
           AND slice.closed_on >= scope.from_date
        WHERE (slice.closed_on <= stage_events.end_date OR slice.entered_on >= scope.from_date)
          AND slice.entered_on <= stage_events.end_date
        UNION
        SELECT snapshot.account_id, snapshot.instrument_id, snapshot.currency
        FROM stage_scope AS scope
        JOIN rollforward_data.position_snapshot AS snapshot
            ON snapshot.account_id = scope.account_id
           AND snapshot.snapshot_date BETWEEN scope.from_date AND stage_events.end_date
    )
    SELECT row_number() OVER (ORDER BY touched.account_id)::integer AS position_no,
           touched.account_id,
           touched.instrument_id,
           touched.currency,
           scope.from_date,
           instrument.kind IN ('option', 'future_option') AS is_option,
           instrument.multiplier,
           instrument.expiration
    FROM touched
    JOIN stage_scope AS scope USING (account_id)
    JOIN rollforward_data.instrument USING (instrument_id);
    GET DIAGNOSTICS rows_staged = ROW_COUNT;
    PERFORM rollforward.analyze_stage('pg_temp.stage_position', rows_staged);

    INSERT INTO stage_event
    SELECT row_number() OVER (
               ORDER BY position.position_no, movement.accounting_date, movement.occurred_at,
                        movement.effect, movement.price, movement.natural_key
           ) AS ordinal,
           position.position_no,
           movement.account_id,
           movement.currency,
           movement.movement_id,
           movement.accounting_date,
           movement.occurred_at,
           movement.kind,
           movement.effect,
           movement.side,
           coalesce(position.is_option, false) AS is_option,
           movement.quantity,
           movement.amount,
           movement.commission,
           movement.fee,
           movement.tax,
           movement.amount
               - CASE WHEN scope.costs_in_lot THEN movement.commission + movement.fee + movement.tax ELSE 0 END,
           CASE WHEN movement.kind = 'securities_in'
                THEN coalesce(round(movement.quantity * movement.price * position.multiplier, 8), 0)
           END,
           successor.position_no,
           CASE WHEN movement.kind = 'strike_adjustment' THEN movement.natural_key END,
           rollforward.stated_side(movement.kind, movement.effect, movement.side),
           0
    FROM stage_scope AS scope
    JOIN rollforward_data.movement
        ON movement.account_id = scope.account_id
       AND movement.accounting_date BETWEEN scope.from_date AND stage_events.end_date
    LEFT JOIN stage_position AS position
        ON position.account_id = movement.account_id
       AND position.instrument_id = movement.instrument_id
       AND position.currency = movement.currency
    LEFT JOIN stage_position AS successor
        ON successor.account_id = movement.account_id
       AND successor.instrument_id = movement.to_instrument_id
       AND successor.currency = movement.currency
    WHERE (movement.instrument_id IS NULL OR position.position_no IS NOT NULL)
      AND (movement.to_instrument_id IS NULL OR successor.position_no IS NOT NULL);
    GET DIAGNOSTICS rows_staged = ROW_COUNT;
    PERFORM rollforward.analyze_stage('pg_temp.stage_event', rows_staged);
END
$$;

COMMENT ON FUNCTION rollforward.stage_events IS 'Stages accounts, positions and events of a calculation in temporary tables';
