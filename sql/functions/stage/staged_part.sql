-- A row of stage_part: what each event of a level opens or closes on which side.
--
-- filled by   stage_parts
CREATE TYPE rollforward.staged_part AS (
    queue_no integer,        -- node_no × 2, + 1 on the short side
    generation smallint,     -- 0 for lots that enter, 1 for events
    ordinal bigint,          -- of the event; of a lot that enters at the beginning, its lot_no
    movement_id bigint,      -- what brought it into the queue, or closes
    on_date date,
    open_quantity numeric,
    close_quantity numeric,
    value numeric,           -- cost of the lot that is opened, proceeds of the trade that closes, for all_units
    at_cost boolean,         -- leaves at cost instead of for value
    opened_by bigint,
    opened_in bigint,
    opened_on date,
    unit_offset numeric,     -- the part is the stretch of all_units from here on
    all_units numeric,
    lot_no bigint,           -- for openings of queues that lots leave by rank: order of acquisition in the node
    rank bigint              -- and the order in which its method takes them; NULL where lots leave in turn
);

COMMENT ON TYPE rollforward.staged_part IS 'A row of stage_part: what each event of a level opens or closes on which side';
