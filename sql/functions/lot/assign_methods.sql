-- Gives every node the cost method in force when it begins, and says where lots leave in another order than they enter.
--
-- They do so under every method but first in, first out and average, where lots arrive among the events of the node,
-- and where a closing names its lots.
--
-- relies on   account_cost_method_pkey
CREATE OR REPLACE FUNCTION rollforward.assign_methods()
RETURNS void
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_column
BEGIN
    IF EXISTS (
        SELECT FROM stage_scope AS scope
        JOIN rollforward_data.account_cost_method AS known USING (account_id))
    THEN
        WITH first_event AS (
            SELECT event.node_no, min(event.accounting_date) AS on_date
            FROM stage_event AS event
            GROUP BY event.node_no
        ),
        beginning AS (
            SELECT node.node_no, position.account_id,
                   CASE WHEN node.begins_on IS NOT NULL THEN node.begins_on
                        WHEN node.node_no IN (SELECT node_no FROM stage_lot WHERE ordinal = 0) THEN position.from_date - 1
                        ELSE first_event.on_date
                   END AS on_date
            FROM stage_node AS node
            JOIN stage_position AS position USING (position_no)
            LEFT JOIN first_event ON first_event.node_no = node.node_no
        )
        UPDATE stage_node AS node
        SET method = in_force.method,
            ranked_by = in_force.ranked_by
        FROM beginning
        CROSS JOIN LATERAL (
            SELECT change.method, change.ranked_by
            FROM rollforward_data.account_cost_method AS change
            WHERE change.account_id = beginning.account_id
              AND change.from_date <= beginning.on_date
            ORDER BY change.from_date DESC
            LIMIT 1
        ) AS in_force
        WHERE node.node_no = beginning.node_no;
    END IF;

    UPDATE stage_node
    SET by_rank = true
    WHERE method NOT IN ('fifo', 'average')
       OR node_no IN (SELECT node_no FROM stage_lot WHERE ordinal > 0)
       OR node_no IN (SELECT to_node_no FROM stage_carry WHERE to_ordinal > 0)
       OR node_no IN (SELECT node_no FROM stage_event WHERE lot_ref IS NOT NULL AND effect <> 'open');
END
$$;

COMMENT ON FUNCTION rollforward.assign_methods IS 'Gives every node its cost method';
