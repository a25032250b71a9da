-- A row of stage_slice: slices of lots, with what closed them.
--
-- filled by   match_in_turn, match_by_rank, average_costs, move_premiums
CREATE TYPE rollforward.staged_slice AS (
    node_no integer,
    position_no integer,
    side rollforward_data.position_side,
    lot_no bigint,           -- order of acquisition in the queue
    opened_by bigint,
    opened_in bigint,
    entered_by bigint,
    lot_offset numeric,
    quantity numeric,
    opened_on date,
    entered_on date,
    entered_ordinal bigint,  -- 0 where it entered at the beginning of the node
    closed_on date,
    closed_by bigint,
    closed_ordinal bigint,
    carried_to bigint,
    entered_cost numeric,    -- what the position paid for it when it entered
    cost numeric,            -- what it leaves with
    proceeds numeric,
    lot_quantity numeric,
    lot_cost numeric
);

COMMENT ON TYPE rollforward.staged_slice IS 'A row of stage_slice: slices of lots, with what closed them';
