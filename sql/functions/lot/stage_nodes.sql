-- Stages the nodes: what a position is between two events at which all its lots move on. stage_node, stage_carry.
--
-- A node has one cost method, and is matched once all nodes that it needs are: those from which lots move on to it, and
-- those of options whose premium goes to shares delivered in it. Its level says when. Without such events every position
-- is one node, and all are of level 0.
--
-- relies on   account_cost_method_pkey: one descent per position of an account that has methods
CREATE OR REPLACE FUNCTION rollforward.stage_nodes()
RETURNS void
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_column
DECLARE
    rows_staged bigint;
BEGIN
    INSERT INTO stage_node (node_no, position_no, method, ranked_by, level, by_rank)
    SELECT position_no, position_no, 'fifo', 'cost', 0, false
    FROM stage_position;
    GET DIAGNOSTICS rows_staged = ROW_COUNT;
    PERFORM rollforward.analyze_stage('pg_temp.stage_node', rows_staged);

    IF EXISTS (SELECT FROM stage_carry) THEN
        PERFORM rollforward.drop_idle_carries();
        PERFORM rollforward.split_nodes();
    END IF;
    PERFORM rollforward.stage_arriving_lots();
    PERFORM rollforward.assign_methods();
    PERFORM rollforward.stage_deliveries();
    PERFORM rollforward.assign_levels();

    -- as many rows as before, but for the statistics all of them were alike
    IF rows_staged >= 200 AND EXISTS (SELECT FROM stage_node WHERE method <> 'fifo' OR by_rank OR level > 0) THEN
        ANALYZE pg_temp.stage_node;
    END IF;
END
$$;

COMMENT ON FUNCTION rollforward.stage_nodes IS 'Stages what a position is between two events at which its lots move on';
