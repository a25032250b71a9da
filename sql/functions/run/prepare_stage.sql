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
-- stage_scope              stage_events               accounts, from which day on, and the stale marks seen
-- stage_position           stage_events               positions that may change, numbered
-- stage_event              stage_events               movements, positions one after the other, in the order of events
-- stage_lot                stage_opening_lots         lots open before a wave
-- stage_part               stage_parts                what each event of a wave opens or closes on which side
-- stage_slice              match_parts                slices of lots, with what closed them
-- stage_delta              stage_deltas               what each day changes in each position and currency
-- stage_position_snapshot  stage_position_snapshots   rows to be stored
-- stage_account_snapshot   stage_account_snapshots    rows to be stored
-- stage_holding            stage_unrealized_gains     positions at rest that have a price, or an expiration behind them
-- stage_changed            store_…                    accounts whose stored rows changed
CREATE OR REPLACE FUNCTION rollforward.prepare_stage()
RETURNS void
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
SET client_min_messages = warning
AS $$
DECLARE
    version CONSTANT text := 'rollforward stage 3';
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
            TRUNCATE pg_temp.stage_scope, pg_temp.stage_position, pg_temp.stage_event, pg_temp.stage_lot,
                     pg_temp.stage_part, pg_temp.stage_slice, pg_temp.stage_delta, pg_temp.stage_position_snapshot,
                     pg_temp.stage_account_snapshot, pg_temp.stage_holding, pg_temp.stage_changed;
        END IF;
        RETURN;
    END IF;

    IF EXISTS (
        SELECT FROM pg_class
        WHERE relnamespace = pg_my_temp_schema()
          AND relname IN ('stage_scope', 'stage_position', 'stage_event', 'stage_lot', 'stage_part', 'stage_slice',
                          'stage_delta', 'stage_position_snapshot', 'stage_account_snapshot', 'stage_holding',
                          'stage_changed')
          AND relowner <> current_user::regrole)
    THEN
        RAISE EXCEPTION 'temporary tables of this session are in the way'
            USING ERRCODE = '42P07',
                  HINT = 'DISCARD TEMP; names that begin with stage_ belong to rollforward.';
    END IF;

    DROP TABLE IF EXISTS pg_temp.stage_scope, pg_temp.stage_position, pg_temp.stage_event, pg_temp.stage_lot,
                         pg_temp.stage_part, pg_temp.stage_slice, pg_temp.stage_delta, pg_temp.stage_position_snapshot,
                         pg_temp.stage_account_snapshot, pg_temp.stage_holding, pg_temp.stage_changed;

    CREATE TEMP TABLE stage_scope (
        account_id bigint,
        costs_in_lot boolean,
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
        multiplier numeric,
        expiration date
    ) ON COMMIT DELETE ROWS;

    CREATE TEMP TABLE stage_event (
        ordinal bigint,
        position_no integer,
        account_id bigint,
        currency text COLLATE "C",
        movement_id bigint,
        accounting_date date,
        occurred_at timestamptz,
        kind rollforward_data.movement_kind,
        effect rollforward_data.movement_effect,
        side rollforward_data.position_side,
        is_option boolean,
        quantity numeric,
        amount numeric,
        commission numeric,
        fee numeric,
        tax numeric,
        net numeric,             -- what it moved by, costs included where the account wants them in the lot
        carried_cost numeric,    -- what securities transferred in cost where they come from
        to_position_no integer,  -- where a strike adjustment leads
        adjustment_key bytea,    -- order of strike adjustments within one instant
        part_side rollforward_data.position_side,  -- side it opens or closes, where it says so
        wave integer             -- strike adjustments of the account before it
    ) ON COMMIT DELETE ROWS;

    CREATE TEMP TABLE stage_lot (
        position_no integer,
        side rollforward_data.position_side,
        opened_by bigint,
        opened_on date,
        entered_by bigint,
        entered_on date,
        lot_offset numeric,
        quantity numeric,
        lot_quantity numeric,
        lot_cost numeric
    ) ON COMMIT DELETE ROWS;

    CREATE TEMP TABLE stage_part (
        queue_no integer,        -- position_no × 2, + 1 on the short side
        generation smallint,     -- 0 for lots open before, 1 for events
        ordinal bigint,
        movement_id bigint,      -- what brought it into the queue, or closes
        on_date date,
        open_quantity numeric,
        close_quantity numeric,
        value numeric,           -- cost of the lot that is opened, proceeds of the trade that closes, for all_units
        at_cost boolean,         -- leaves at cost instead of for value
        opened_by bigint,
        opened_on date,
        unit_offset numeric,     -- the part is the stretch of all_units from here on
        all_units numeric
    ) ON COMMIT DELETE ROWS;

    CREATE TEMP TABLE stage_slice (
        position_no integer,
        side rollforward_data.position_side,
        opened_by bigint,
        entered_by bigint,
        lot_offset numeric,
        quantity numeric,
        opened_on date,
        entered_on date,
        closed_on date,
        closed_by bigint,
        carried_to bigint,
        cost numeric,
        proceeds numeric,
        lot_quantity numeric,
        lot_cost numeric
    ) ON COMMIT DELETE ROWS;

    CREATE TEMP TABLE stage_delta (
        account_id bigint,
        currency text COLLATE "C",
        position_no integer,     -- NULL for money that belongs to no position
        on_date date,
        counted bigint,
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
        gain numeric
    ) ON COMMIT DELETE ROWS;

    CREATE TEMP TABLE stage_position_snapshot (LIKE rollforward_data.position_snapshot) ON COMMIT DELETE ROWS;

    CREATE TEMP TABLE stage_account_snapshot (LIKE rollforward_data.account_snapshot) ON COMMIT DELETE ROWS;

    CREATE TEMP TABLE stage_holding (
        account_id bigint,
        currency text COLLATE "C",
        instrument_id bigint,
        multiplier numeric,
        expiration date,
        since date,              -- first day of it
        until date,              -- the day it moved again; infinity when it did not
        quantity numeric,
        cost numeric
    ) ON COMMIT DELETE ROWS;

    CREATE TEMP TABLE stage_changed (
        account_id bigint
    ) ON COMMIT DELETE ROWS;

    -- a table without statistics counts as large; these are small until analyze_stage says otherwise
    FOREACH stage IN ARRAY ARRAY['stage_scope', 'stage_position', 'stage_event', 'stage_lot', 'stage_part', 'stage_slice',
                                 'stage_delta', 'stage_holding', 'stage_changed'] LOOP
        EXECUTE format('INSERT INTO pg_temp.%I DEFAULT VALUES', stage);
        EXECUTE format('ANALYZE pg_temp.%I', stage);
        EXECUTE format('DELETE FROM pg_temp.%I', stage);
    END LOOP;
    ANALYZE pg_temp.stage_position_snapshot, pg_temp.stage_account_snapshot;

    EXECUTE format('COMMENT ON TABLE pg_temp.stage_scope IS %L', version);
END
$$;

COMMENT ON FUNCTION rollforward.prepare_stage IS 'Makes the temporary tables of a calculation ready and empty';
