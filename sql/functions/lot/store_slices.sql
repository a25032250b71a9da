-- Makes the stored slices of the staged positions equal to stage_slice, writing only what differs.
--
-- In scope are slices that closed in the range or later, of lots that entered by its end. Where stored data goes on
-- beyond the range, slices that closed after it count as still open at its end: if the same lots are open, all of
-- them stay; if not, they are replaced by what is open now, and the account is noted as changed.
--
-- Adds the accounts it changed to stage_changed.
--
-- lowest, highest   the first and the last of the accounts
-- relies on   lot_slice_closed_idx
CREATE OR REPLACE FUNCTION rollforward.store_slices(start_date date, end_date date, lowest bigint, highest bigint)
RETURNS void
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
SET enable_mergejoin = off  -- by account alone, where it seems to have no slices yet
AS $$
BEGIN
    IF isfinite(end_date) THEN
        -- a lot that now begins within the range leaves nothing of what it was when it began after it
        WITH removed AS (
            DELETE FROM rollforward_data.lot_slice AS slice
            USING stage_slice AS staged
            JOIN stage_position AS position USING (position_no)
            WHERE slice.account_id = position.account_id
              AND slice.opened_by = staged.opened_by
              AND slice.entered_by = staged.entered_by
              AND slice.instrument_id = position.instrument_id
              AND slice.closed_on > store_slices.end_date
              AND slice.entered_on > store_slices.end_date
            RETURNING slice.account_id
        )
        INSERT INTO stage_changed
        SELECT DISTINCT account_id FROM removed;
    END IF;

    WITH averaged_later AS (
        -- what is open costs what it will on the last day computed, not what it does at the end of the range
        SELECT position.position_no
        FROM stage_position AS position
        WHERE position.position_no IN (SELECT node.position_no FROM stage_node AS node WHERE node.method = 'average')
          AND EXISTS (
              SELECT FROM rollforward_data.position_snapshot AS snapshot
              WHERE snapshot.account_id = position.account_id
                AND snapshot.account_id BETWEEN lowest AND highest
                AND snapshot.instrument_id = position.instrument_id
                AND snapshot.currency = position.currency
                AND snapshot.snapshot_date > store_slices.end_date)
    ),
    stored AS (
        SELECT position.position_no, slice.account_id, slice.instrument_id, slice.opened_by, slice.entered_by,
               slice.closed_on > store_slices.end_date AS open_at_end,
               CASE WHEN slice.closed_on <= store_slices.end_date THEN slice.lot_offset END AS closed_offset,
               min(slice.lot_offset) AS lot_offset,
               sum(slice.quantity) AS quantity,
               slice.side, slice.opened_in, slice.opened_on, slice.entered_on,
               CASE WHEN slice.closed_on <= store_slices.end_date THEN slice.closed_on ELSE 'infinity' END AS closed_on,
               CASE WHEN slice.closed_on <= store_slices.end_date THEN slice.closed_by END AS closed_by,
               CASE WHEN slice.closed_on <= store_slices.end_date THEN slice.carried_to END AS carried_to,
               sum(slice.cost) AS cost,
               sum(CASE WHEN slice.closed_on <= store_slices.end_date THEN slice.proceeds END) AS proceeds,
               slice.lot_quantity, slice.lot_cost
        FROM stage_position AS position
        JOIN rollforward_data.lot_slice AS slice
            ON slice.account_id = position.account_id
           AND slice.account_id BETWEEN lowest AND highest
           AND slice.instrument_id = position.instrument_id
           AND slice.currency = position.currency
           AND slice.closed_on >= store_slices.start_date
           AND slice.closed_on >= position.from_date
           AND slice.entered_on <= store_slices.end_date
        GROUP BY 1, 2, 3, 4, 5, 6, 7, slice.side, slice.opened_in, slice.opened_on, slice.entered_on, 14, 15, 16,
                 slice.lot_quantity, slice.lot_cost
    ),
    wrong AS (
        SELECT stored.*
        FROM stored
        WHERE NOT EXISTS (
            SELECT FROM stage_slice AS staged
            WHERE staged.position_no = stored.position_no
              AND staged.opened_by = stored.opened_by
              AND staged.entered_by = stored.entered_by
              AND staged.lot_offset = stored.lot_offset
              AND (staged.quantity, staged.side, staged.opened_in, staged.opened_on, staged.entered_on, staged.closed_on,
                   staged.closed_by, staged.carried_to, staged.proceeds, staged.lot_quantity, staged.lot_cost)
                  IS NOT DISTINCT FROM
                  (stored.quantity, stored.side, stored.opened_in, stored.opened_on, stored.entered_on, stored.closed_on,
                   stored.closed_by, stored.carried_to, stored.proceeds, stored.lot_quantity, stored.lot_cost)
              AND (staged.cost = stored.cost
                   OR (stored.open_at_end
                       AND stored.position_no IN (SELECT averaged_later.position_no FROM averaged_later))))
    ),
    removed AS (
        DELETE FROM rollforward_data.lot_slice AS slice
        USING wrong
        WHERE slice.account_id = wrong.account_id
          AND slice.opened_by = wrong.opened_by
          AND slice.entered_by = wrong.entered_by
          AND slice.instrument_id = wrong.instrument_id
          AND CASE WHEN wrong.open_at_end THEN slice.closed_on > store_slices.end_date
                   ELSE slice.lot_offset = wrong.closed_offset
              END
        RETURNING slice.account_id
    )
    INSERT INTO stage_changed
    SELECT DISTINCT account_id FROM removed;

    -- what still stands is as it was staged
    WITH standing AS (
        SELECT keyed.place
        FROM (
            SELECT staged.ctid AS place, position.account_id, staged.opened_by, staged.entered_by, position.instrument_id,
                   staged.lot_offset
            FROM stage_slice AS staged
            JOIN stage_position AS position USING (position_no)
            OFFSET 0  -- first: the planner expects none to stand, and would look through all positions for each that does
        ) AS keyed
        JOIN (
            SELECT slice.account_id, slice.opened_by, slice.entered_by, slice.instrument_id, slice.lot_offset
            FROM stage_scope AS scope
            JOIN rollforward_data.lot_slice AS slice
                ON slice.account_id = scope.account_id
               AND slice.account_id BETWEEN lowest AND highest
               AND slice.closed_on >= store_slices.start_date
               AND slice.closed_on >= scope.from_date
            OFFSET 0  -- the slices of an account lie together, and are not looked up one by one
        ) AS slice USING (account_id, opened_by, entered_by, instrument_id, lot_offset)
    )
    DELETE FROM stage_slice AS staged
    USING standing
    WHERE staged.ctid = standing.place;

    WITH noted AS (
        INSERT INTO stage_changed
        SELECT DISTINCT position.account_id
        FROM stage_slice AS staged
        JOIN stage_position AS position USING (position_no)
    )
    INSERT INTO rollforward_data.lot_slice (
        account_id, opened_by, opened_in, entered_by, lot_offset, quantity, instrument_id, currency, side,
        opened_on, entered_on, closed_on, closed_by, carried_to, cost, proceeds, gain, lot_quantity, lot_cost)
    SELECT position.account_id, staged.opened_by, staged.opened_in, staged.entered_by, staged.lot_offset, staged.quantity,
           position.instrument_id, position.currency, staged.side,
           staged.opened_on, staged.entered_on, staged.closed_on, staged.closed_by, staged.carried_to,
           staged.cost, staged.proceeds,
           CASE staged.side WHEN 'long' THEN staged.proceeds - staged.cost ELSE staged.cost - staged.proceeds END,
           staged.lot_quantity, staged.lot_cost
    FROM stage_slice AS staged
    JOIN stage_position AS position USING (position_no);
END
$$;

COMMENT ON FUNCTION rollforward.store_slices IS 'Makes the stored lot slices of the staged positions equal to the computed ones';
