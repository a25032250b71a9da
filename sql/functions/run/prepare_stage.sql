-- Makes the temporary tables of a calculation ready and empty: the stage on which its steps hand over to each other.
--
-- The tables live as long as the session, so that the plans of the steps that use them stay cached; they are emptied
-- at commit. They are made anew when they are missing or when an older version of this function made them. A table
-- that the caller put in their place is refused: it could carry triggers that would run with the rights of the owner.
--
-- errors   42P07 the session has a temporary table of that name which belongs to somebody else
--
-- What each step leaves behind:
--
-- stage_scope              stage_scope                accounts, from which day on, and the stale marks seen
-- stage_position           stage_positions            positions that may change, numbered
-- stage_event              stage_events               movements, positions one after the other, in the order of events
-- stage_node               stage_nodes                positions between two events at which lots move on
-- stage_carry              stage_carries, stage_nodes how lots move on from one node to the next
-- stage_delivery           stage_deliveries           shares delivered by options, where they take the premium along
-- stage_lot                stage_opening_lots, …      lots that enter a node otherwise than by being opened in it
-- stage_part               stage_parts                what each event of a level opens or closes on which side
-- stage_slice              match_in_turn, …           slices of lots, with what closed them
-- stage_delta              stage_deltas               what each day changes in each position and currency
-- stage_position_snapshot  stage_position_snapshots   rows to be stored
-- stage_account_snapshot   stage_account_snapshots    rows to be stored
-- stage_opening            stage_opening_holdings     what the accounts held when the range begins
-- stage_holding            stage_unrealized_gains     positions at rest that have a price, or an expiration behind them
-- stage_changed            store_…                    accounts whose stored rows changed
-- stage_valuation          stage_valuations           accounts, and from which trading day to which they are valued
-- stage_day                stage_days                 the days of the year, and on which trading day each counts
-- stage_cash               stage_stretches            cash and what changed it, over stretches of trading days
-- stage_stretch            stage_stretches            what was held, over stretches of trading days
-- stage_close              stage_closes               closes, by instrument and trading day
-- stage_worth              stage_worth                what was held is worth, by currency and trading day
-- stage_transferred        stage_transferred          what transferred securities are worth, likewise
-- stage_equity_snapshot    stage_equity_snapshots     rows to be stored
CREATE OR REPLACE FUNCTION rollforward.prepare_stage()
RETURNS void
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
SET client_min_messages = warning
AS $$
DECLARE
    version CONSTANT text := 'rollforward stage 14';
    stages CONSTANT text[] := ARRAY[
        'stage_scope', 'stage_position', 'stage_event', 'stage_node', 'stage_carry', 'stage_delivery', 'stage_lot',
        'stage_part', 'stage_slice', 'stage_delta', 'stage_position_snapshot', 'stage_account_snapshot', 'stage_opening',
        'stage_holding', 'stage_changed', 'stage_valuation', 'stage_day', 'stage_cash', 'stage_stretch', 'stage_close',
        'stage_worth', 'stage_transferred', 'stage_equity_snapshot'];
    stage text;
BEGIN
    IF EXISTS (
        SELECT FROM pg_class
        WHERE pg_class.oid = to_regclass('pg_temp.stage_scope')
          AND pg_class.relowner = current_user::regrole
          AND obj_description(pg_class.oid, 'pg_class') = version)
    THEN
        -- an earlier calculation of this transaction
        IF EXISTS (SELECT FROM pg_temp.stage_scope) THEN
            EXECUTE 'TRUNCATE pg_temp.' || array_to_string(stages, ', pg_temp.');
        END IF;
        RETURN;
    END IF;

    IF EXISTS (
        SELECT FROM pg_class
        WHERE relnamespace = pg_my_temp_schema()
          AND relname = ANY (stages)
          AND relowner <> current_user::regrole)
    THEN
        RAISE EXCEPTION 'temporary tables of this session are in the way'
            USING ERRCODE = '42P07',
                  HINT = 'DISCARD TEMP; names that begin with stage_ belong to rollforward.';
    END IF;

    EXECUTE 'DROP TABLE IF EXISTS pg_temp.' || array_to_string(stages, ', pg_temp.');

    CREATE TEMP TABLE stage_scope (
        account_id bigint,
        costs_in_lot boolean,
        premium_in_cost boolean,
        from_date date,
        marks bigint[]
    ) ON COMMIT DELETE ROWS;

    CREATE TEMP TABLE stage_position (
        position_no integer,
        account_id bigint,
        instrument_id bigint,
        currency text COLLATE "C",
        from_date date,
        is_option boolean,
        is_quoted boolean,       -- closes of the instrument are in the currency of the position
        multiplier numeric,
        expiration date
    ) ON COMMIT DELETE ROWS;

    CREATE TEMP TABLE stage_event (
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
    ) ON COMMIT DELETE ROWS;

    CREATE TEMP TABLE stage_node (
        node_no integer,         -- that of its position for the first, above all of them for the others
        position_no integer,
        begins_on date,          -- NULL for the first of a position
        method rollforward_data.cost_method,
        ranked_by rollforward_data.lot_rank,
        level integer,           -- above that of every node that it needs
        by_rank boolean          -- lots leave in another order than they enter
    ) ON COMMIT DELETE ROWS;

    CREATE TEMP TABLE stage_carry (
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
    ) ON COMMIT DELETE ROWS;

    CREATE TEMP TABLE stage_delivery (
        group_no bigint,         -- events of one underlying, day, strike and direction
        ordinal bigint,          -- the event that assigns or exercises, or the delivery
        is_option boolean,
        units_from numeric,      -- stretch of the units assigned that the delivery delivers
        units_until numeric,
        all_units numeric
    ) ON COMMIT DELETE ROWS;

    CREATE TEMP TABLE stage_lot (
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
    ) ON COMMIT DELETE ROWS;

    CREATE TEMP TABLE stage_part (
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
    ) ON COMMIT DELETE ROWS;

    CREATE TEMP TABLE stage_slice (
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
    ) ON COMMIT DELETE ROWS;

    CREATE TEMP TABLE stage_delta (
        account_id bigint,
        currency text COLLATE "C",
        position_no integer,     -- NULL for money that belongs to no position
        on_date date,
        counted bigint,          -- NULL where the day has no movement but splits and strike adjustments
        deposited numeric,
        withdrawn numeric,
        dividends numeric,
        dividend_taxes numeric,
        options_income numeric,
        other_income numeric,
        commissions numeric,
        fees numeric,
        cash numeric,
        long_units numeric,
        short_units numeric,
        long_cost numeric,
        short_cost numeric,
        invested numeric,        -- cost of longs that are no options
        gain numeric,
        contributed numeric,
        lot_costs numeric
    ) ON COMMIT DELETE ROWS;

    CREATE TEMP TABLE stage_position_snapshot (LIKE rollforward_data.position_snapshot) ON COMMIT DELETE ROWS;

    CREATE TEMP TABLE stage_account_snapshot (LIKE rollforward_data.account_snapshot) ON COMMIT DELETE ROWS;

    CREATE TEMP TABLE stage_opening (
        account_id bigint,
        currency text COLLATE "C",
        instrument_id bigint,
        is_option boolean,
        long_quantity numeric,
        short_quantity numeric,
        long_cost numeric,
        short_cost numeric
    ) ON COMMIT DELETE ROWS;

    CREATE TEMP TABLE stage_holding (
        account_id bigint,
        currency text COLLATE "C",
        instrument_id bigint,
        multiplier numeric,
        expiration date,
        is_quoted boolean,
        since date,              -- first day of it
        until date,              -- the day it moved again; infinity when it did not
        quantity numeric,
        cost numeric
    ) ON COMMIT DELETE ROWS;

    CREATE TEMP TABLE stage_changed (
        account_id bigint
    ) ON COMMIT DELETE ROWS;

    CREATE TEMP TABLE stage_valuation (
        account_id bigint,
        base_currency text COLLATE "C",
        calendar text COLLATE "C",      -- '' where Monday to Friday count
        from_date date,          -- rows from here on are computed anew
        first_date date,         -- behind the last row that stands, or the first account snapshot
        known_date date,         -- as far as prices go, or the clock
        reach_date date,         -- as far as it is valued when the range has no end
        moved_date date,         -- last account snapshot
        end_date date,           -- of the range
        closing_equity numeric,  -- of the last row that stands
        unrealized numeric,
        cumulative_flow numeric,
        cumulative_pnl numeric,
        has_standing boolean,
        first_no integer,        -- trading days of its calendar
        last_no integer,
        whole_no integer         -- the last, if the range had no end
    ) ON COMMIT DELETE ROWS;

    CREATE TEMP TABLE stage_day (
        calendar text COLLATE "C",
        on_date date,
        is_trading boolean,
        day_no integer           -- of the trading day on which it counts, unique over calendars
    ) ON COMMIT DELETE ROWS;

    CREATE TEMP TABLE stage_cash (
        account_id bigint,
        currency text COLLATE "C",
        since_no integer,        -- the day on which the changes count
        from_no integer,
        to_no integer,
        cash numeric,
        contributed numeric,
        realized numeric,
        income numeric,
        costs numeric
    ) ON COMMIT DELETE ROWS;

    CREATE TEMP TABLE stage_stretch (
        account_id bigint,
        calendar text COLLATE "C",
        currency text COLLATE "C",
        instrument_id bigint,
        from_no integer,
        to_no integer,
        long_quantity numeric,
        short_quantity numeric,
        long_cost numeric,
        short_cost numeric,
        multiplier numeric,
        expiration date,
        is_private boolean,
        is_quoted boolean,       -- closes of the instrument are in the currency of the position
        is_split boolean         -- closes may have to be adjusted
    ) ON COMMIT DELETE ROWS;

    CREATE TEMP TABLE stage_close (
        instrument_id bigint,
        day_no integer,
        price_date date,
        close numeric
    ) ON COMMIT DELETE ROWS;

    CREATE TEMP TABLE stage_worth (
        account_id bigint,
        currency text COLLATE "C",
        day_no integer,
        long_value numeric,
        short_value numeric,
        unrealized numeric,
        open_positions bigint,
        positions_priced bigint,
        positions_carried bigint,
        oldest_age integer,
        positions_private bigint -- among those carried: private, at cost
    ) ON COMMIT DELETE ROWS;

    CREATE TEMP TABLE stage_transferred (
        account_id bigint,
        currency text COLLATE "C",
        day_no integer,
        worth numeric,
        gain numeric             -- worth less cost
    ) ON COMMIT DELETE ROWS;

    CREATE TEMP TABLE stage_equity_snapshot (LIKE rollforward_data.equity_snapshot) ON COMMIT DELETE ROWS;

    -- a table without statistics counts as large; these count as small until analyze_stage says otherwise
    FOREACH stage IN ARRAY stages LOOP
        PERFORM rollforward.pretend_rows(stage);
    END LOOP;

    EXECUTE format('COMMENT ON TABLE pg_temp.stage_scope IS %L', version);
END
$$;

COMMENT ON FUNCTION rollforward.prepare_stage IS 'Makes the temporary tables of a calculation ready and empty';
