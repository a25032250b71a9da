-- A row of stage_event: movements, positions one after the other, in the order of events.
--
-- filled by   stage_events
CREATE TYPE rollforward.staged_event AS (
    ordinal bigint,
    node_no integer,         -- NULL for money that belongs to no position
    position_no integer,
    account_id bigint,
    currency text COLLATE "C",
    movement_id bigint,
    accounting_date date,
    occurred_at timestamptz,
    kind rollforward_data.movement_kind,  -- NULL where no movement stands behind it
    effect rollforward_data.movement_effect,
    side rollforward_data.position_side,
    is_option boolean,
    quantity numeric,
    amount numeric,
    commission numeric,
    fee numeric,
    tax numeric,
    side_commission numeric, -- in commission_currency, another one than currency
    commission_currency text COLLATE "C",
    counter_amount numeric,
    counter_currency text COLLATE "C",
    net numeric,             -- what it moved by, costs included where the account wants them in the lot
    opening_cost numeric,    -- of securities transferred in
    lot_ref text,
    part_side rollforward_data.position_side  -- side it opens or closes, where it says so
);

COMMENT ON TYPE rollforward.staged_event IS 'A row of stage_event: movements, positions one after the other, in the order of events';
