-- Moves the premium of assigned and exercised options matched on a level to the shares that they delivered.
--
-- The pieces of the options leave at cost; what they would have gained is added to the net of the deliveries, each
-- its share by units.
CREATE OR REPLACE FUNCTION rollforward.move_premiums(level integer)
RETURNS void
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_column
BEGIN
    IF NOT EXISTS (SELECT FROM stage_delivery) THEN
        RETURN;
    END IF;

    WITH ripe AS (
        SELECT delivery.group_no
        FROM stage_delivery AS delivery
        JOIN stage_event AS event USING (ordinal)
        JOIN stage_node AS node USING (node_no)
        WHERE delivery.is_option
        GROUP BY delivery.group_no
        HAVING max(node.level) = move_premiums.level
    ),
    assigned AS (
        SELECT delivery.group_no, event.node_no, event.movement_id
        FROM ripe
        JOIN stage_delivery AS delivery USING (group_no)
        JOIN stage_event AS event USING (ordinal)
        WHERE delivery.is_option
    ),
    premium AS (
        SELECT assigned.group_no,
               sum(CASE slice.side WHEN 'long' THEN slice.proceeds - slice.cost ELSE slice.cost - slice.proceeds END) AS total
        FROM assigned
        JOIN stage_slice AS slice
            ON slice.node_no = assigned.node_no
           AND slice.closed_by = assigned.movement_id
        GROUP BY assigned.group_no
    ),
    released AS (
        UPDATE stage_slice AS slice
        SET proceeds = slice.cost
        FROM assigned
        WHERE slice.node_no = assigned.node_no
          AND slice.closed_by = assigned.movement_id
    )
    UPDATE stage_event AS event
    SET net = event.net
            + rollforward.allocated(premium.total, delivery.units_until, delivery.all_units)
            - rollforward.allocated(premium.total, delivery.units_from, delivery.all_units)
    FROM stage_delivery AS delivery
    JOIN premium USING (group_no)
    WHERE NOT delivery.is_option
      AND delivery.ordinal = event.ordinal;
END
$$;

COMMENT ON FUNCTION rollforward.move_premiums IS 'Moves the premium of assigned and exercised options to the shares delivered';
