-- A row of stage_node: positions between two events at which lots move on.
--
-- filled by   stage_nodes
CREATE TYPE rollforward.staged_node AS (
    node_no integer,         -- that of its position for the first, above all of them for the others
    position_no integer,
    begins_on date,          -- NULL for the first of a position
    method rollforward_data.cost_method,
    ranked_by rollforward_data.lot_rank,
    level integer,           -- above that of every node that it needs
    by_rank boolean          -- lots leave in another order than they enter
);

COMMENT ON TYPE rollforward.staged_node IS 'A row of stage_node: positions between two events at which lots move on';
