-- Stages the positions that a calculation may change, numbered: stage_position.
--
-- Positions with events, lot slices or snapshots in the range; the last two matter where a movement was deleted and
-- its traces must go. Where lots move on without a movement, by a row of split or a change of cost method, also
-- positions that hold lots then, and those that a change of symbol leads to.
--
-- start_date        the earliest day on which any account begins
-- lowest, highest   the first and the last of the accounts
--
-- relies on   movement_in_order_idx, lot_slice_closed_idx, position_snapshot_date_idx
CREATE OR REPLACE FUNCTION rollforward.stage_positions(start_date date, end_date date, lowest bigint, highest bigint)
RETURNS void
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_column
DECLARE
    rows_staged bigint;
    successors bigint;
BEGIN
    INSERT INTO stage_position
    WITH moving_instrument AS (
        SELECT DISTINCT split.instrument_id, split.split_date
        FROM rollforward_data.split
        WHERE split.split_date BETWEEN stage_positions.start_date AND stage_positions.end_date
    ),
    moving_account AS (
        SELECT DISTINCT scope.account_id
        FROM stage_scope AS scope
        JOIN rollforward_data.account_cost_method AS change
            ON change.account_id = scope.account_id
           AND change.from_date BETWEEN scope.from_date AND stage_positions.end_date
    ),
    touched AS (
        SELECT movement.account_id, movement.instrument_id, movement.currency
        FROM stage_scope AS scope
        JOIN rollforward_data.movement
            ON movement.account_id = scope.account_id
           AND movement.account_id BETWEEN lowest AND highest
           AND movement.accounting_date BETWEEN stage_positions.start_date AND stage_positions.end_date
           AND movement.accounting_date >= scope.from_date
        WHERE movement.instrument_id IS NOT NULL
        UNION
        SELECT movement.account_id, movement.to_instrument_id, movement.currency
        FROM stage_scope AS scope
        JOIN rollforward_data.movement
            ON movement.account_id = scope.account_id
           AND movement.account_id BETWEEN lowest AND highest
           AND movement.accounting_date BETWEEN stage_positions.start_date AND stage_positions.end_date
           AND movement.accounting_date >= scope.from_date
           AND movement.kind IN ('split', 'strike_adjustment')
        WHERE movement.to_instrument_id IS NOT NULL
        UNION
        SELECT slice.account_id, slice.instrument_id, slice.currency
        FROM stage_scope AS scope
        JOIN rollforward_data.lot_slice AS slice
            ON slice.account_id = scope.account_id
           AND slice.account_id BETWEEN lowest AND highest
           AND slice.closed_on >= stage_positions.start_date
           AND slice.closed_on >= scope.from_date
        LEFT JOIN moving_instrument
            ON moving_instrument.instrument_id = slice.instrument_id
           AND moving_instrument.split_date >= scope.from_date
        LEFT JOIN moving_account
            ON moving_account.account_id = scope.account_id
        WHERE ((slice.closed_on <= stage_positions.end_date AND slice.closed_by IS NOT NULL)
               OR slice.entered_on >= scope.from_date
               OR moving_instrument.instrument_id IS NOT NULL
               OR moving_account.account_id IS NOT NULL)
          AND slice.entered_on <= stage_positions.end_date
        UNION
        SELECT snapshot.account_id, snapshot.instrument_id, snapshot.currency
        FROM stage_scope AS scope
        JOIN rollforward_data.position_snapshot AS snapshot
            ON snapshot.account_id = scope.account_id
           AND snapshot.account_id BETWEEN lowest AND highest
           AND snapshot.snapshot_date BETWEEN stage_positions.start_date AND stage_positions.end_date
           AND snapshot.snapshot_date >= scope.from_date
    )
    SELECT row_number() OVER (ORDER BY touched.account_id)::integer AS position_no,
           touched.account_id,
           touched.instrument_id,
           touched.currency,
           scope.from_date,
           instrument.kind IN ('option', 'future_option') AS is_option,
           instrument.currency = touched.currency AS is_quoted,
           instrument.multiplier,
           CASE WHEN instrument.kind IN ('option', 'future_option') THEN instrument.expiration END AS expiration
    FROM touched
    JOIN stage_scope AS scope USING (account_id)
    -- none where it was deleted after its last movement: what is stored of the position must go
    LEFT JOIN rollforward_data.instrument USING (instrument_id);
    GET DIAGNOSTICS rows_staged = ROW_COUNT;

    -- a change of symbol may lead to the next
    successors := rows_staged;
    WHILE successors > 0 AND EXISTS (
        SELECT FROM rollforward_data.split
        WHERE split.to_instrument_id IS NOT NULL
          AND split.split_date <= stage_positions.end_date)
    LOOP
        INSERT INTO stage_position
        WITH successor AS (
            SELECT DISTINCT position.account_id, split.to_instrument_id AS instrument_id, position.currency, position.from_date
            FROM stage_position AS position
            JOIN rollforward_data.split
                ON split.instrument_id = position.instrument_id
               AND split.split_date BETWEEN position.from_date AND stage_positions.end_date
            WHERE split.to_instrument_id IS NOT NULL
        )
        SELECT rows_staged + row_number() OVER (ORDER BY successor.account_id),
               successor.account_id, successor.instrument_id, successor.currency, successor.from_date,
               instrument.kind IN ('option', 'future_option'),
               instrument.currency = successor.currency,
               instrument.multiplier,
               CASE WHEN instrument.kind IN ('option', 'future_option') THEN instrument.expiration END
        FROM successor
        JOIN rollforward_data.instrument USING (instrument_id)
        WHERE NOT EXISTS (
            SELECT FROM stage_position AS known
            WHERE known.account_id = successor.account_id
              AND known.instrument_id = successor.instrument_id
              AND known.currency = successor.currency);
        GET DIAGNOSTICS successors = ROW_COUNT;
        rows_staged := rows_staged + successors;
    END LOOP;

    PERFORM rollforward.analyze_stage('pg_temp.stage_position', rows_staged);
END
$$;

COMMENT ON FUNCTION rollforward.stage_positions IS 'Stages the positions that a calculation may change';
