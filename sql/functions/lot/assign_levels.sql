-- Gives every node its level: one above the highest of the nodes that it needs, 0 where it needs none.
CREATE OR REPLACE FUNCTION rollforward.assign_levels()
RETURNS void
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_column
BEGIN
    IF NOT EXISTS (SELECT FROM stage_carry) AND NOT EXISTS (SELECT FROM stage_delivery) THEN
        RETURN;
    END IF;

    WITH RECURSIVE need AS (
        SELECT carry.node_no AS needed_no, carry.to_node_no AS node_no
        FROM stage_carry AS carry
        UNION
        SELECT option.node_no, delivery.node_no
        FROM stage_delivery AS assigned
        JOIN stage_event AS option ON option.ordinal = assigned.ordinal
        JOIN stage_delivery AS delivered
            ON delivered.group_no = assigned.group_no
           AND NOT delivered.is_option
        JOIN stage_event AS delivery ON delivery.ordinal = delivered.ordinal
        WHERE assigned.is_option
    ),
    depth (node_no, level) AS (
        SELECT need.needed_no, 0
        FROM need
        WHERE need.needed_no NOT IN (SELECT node_no FROM need)
        UNION
        SELECT need.node_no, depth.level + 1
        FROM depth
        JOIN need ON need.needed_no = depth.node_no
        WHERE depth.level < (SELECT count(*) FROM need)  -- ends even if facts lead round in a circle
    ),
    deepest AS (
        SELECT depth.node_no, max(depth.level) AS level
        FROM depth
        GROUP BY depth.node_no
    )
    UPDATE stage_node AS node
    SET level = deepest.level
    FROM deepest
    WHERE deepest.node_no = node.node_no
      AND deepest.level > 0;
END
$$;

COMMENT ON FUNCTION rollforward.assign_levels IS 'Gives every node its level: one above the highest of those it needs';
