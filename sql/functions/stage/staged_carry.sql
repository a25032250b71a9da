-- A row of stage_carry: how lots move on from one node to the next.
--
-- filled by   stage_carries, stage_nodes
CREATE TYPE rollforward.staged_carry AS (
    event_id bigint,
    is_booked boolean,       -- a movement of the account stands behind it
    is_method boolean,
    on_date date,
    occurred_at timestamptz,
    instant_no integer,      -- place within one instant
    natural_key bytea,
    position_no integer,
    to_position_no integer,
    to_instrument_id bigint,
    quantity numeric,        -- new units for per_quantity old ones
    per_quantity numeric,
    node_no integer,
    to_node_no integer,
    to_ordinal bigint        -- place among the events of that node; 0 for its beginning
);

COMMENT ON TYPE rollforward.staged_carry IS 'A row of stage_carry: how lots move on from one node to the next';
