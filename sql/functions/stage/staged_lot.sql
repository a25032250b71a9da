-- A row of stage_lot: lots that enter a node otherwise than by being opened in it.
--
-- filled by   stage_opening_lots, arriving and carried lots
CREATE TYPE rollforward.staged_lot AS (
    node_no integer,
    ordinal bigint,          -- place among the events of the node; 0 for its beginning
    lot_no bigint,           -- order of acquisition among lots that enter together
    side rollforward_data.position_side,
    opened_by bigint,
    opened_in bigint,
    opened_on date,
    entered_by bigint,
    entered_on date,
    lot_offset numeric,
    quantity numeric,
    cost numeric,
    lot_quantity numeric,
    lot_cost numeric
);

COMMENT ON TYPE rollforward.staged_lot IS 'A row of stage_lot: lots that enter a node otherwise than by being opened in it';
