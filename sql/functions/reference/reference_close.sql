-- Closes lots: takes units from one side, then from the next, in the order of the method.
--
-- What finds no lot is an orphan and changes nothing. In method specific the lots must not leave a choice.
--
-- sides    in the order in which they are looked through
-- asked    units to close; what the movement has beyond them is to open
CREATE OR REPLACE FUNCTION rollforward.reference_close(
    state rollforward.reference_state,
    event rollforward_data.movement,
    sides rollforward_data.position_side[],
    asked numeric
)
RETURNS rollforward.reference_state
LANGUAGE plpgsql STABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    lots rollforward_data.lot_slice[];
    looked_at rollforward_data.position_side;
    turns integer[];
    place integer;
    held numeric;
    wanted numeric;
    taken numeric;
    done numeric := 0;
    done_here numeric;
    pool_cost numeric;
    pool_units numeric;
    leaves_pool numeric;
    cost numeric;
    lot rollforward_data.lot_slice;
    piece rollforward_data.lot_slice;
BEGIN
    FOREACH looked_at IN ARRAY sides LOOP
        lots := state.lots;
        turns := rollforward.reference_in_turn(state, event, looked_at);
        held := (SELECT coalesce(sum(lots[turn.place].quantity), 0) FROM unnest(turns) AS turn (place));
        wanted := least(held, asked - done);
        EXIT WHEN state.method = 'specific' AND cardinality(turns) > 1 AND held > asked - done;
        CONTINUE WHEN wanted = 0;

        -- By the average method, so many units of a pool cost so much of it.
        SELECT sum(open_lot.cost), sum(open_lot.quantity) INTO pool_cost, pool_units
        FROM unnest(lots) AS open_lot
        WHERE open_lot.instrument_id = event.instrument_id
          AND open_lot.currency = event.currency
          AND open_lot.side = looked_at;
        leaves_pool := rollforward.reference_share(pool_cost, wanted, pool_units);

        done_here := 0;
        FOREACH place IN ARRAY turns LOOP
            lot := lots[place];
            taken := least(lot.quantity, wanted - done_here);
            EXIT WHEN taken = 0;

            IF state.method = 'average' THEN
                cost := rollforward.reference_share(leaves_pool, done_here + taken, wanted)
                        - rollforward.reference_share(leaves_pool, done_here, wanted);
            ELSE
                cost := rollforward.reference_share(lot.lot_cost, lot.lot_offset + taken, lot.lot_quantity)
                        - rollforward.reference_share(lot.lot_cost, lot.lot_offset, lot.lot_quantity);
            END IF;
            piece := rollforward.reference_piece(state, event, lot, taken, cost, done);
            state := rollforward.reference_realize(state, event, piece);

            lot.lot_offset := lot.lot_offset + taken;
            lot.quantity := lot.quantity - taken;
            lot.cost := lot.cost - cost;
            lots[place] := lot;
            done_here := done_here + taken;
            done := done + taken;
        END LOOP;

        state.lots := ARRAY(
            SELECT lots[still.place] FROM generate_subscripts(lots, 1) AS still (place)
            WHERE lots[still.place].quantity > 0 ORDER BY still.place);
        state := rollforward.reference_spread(
            state, event.instrument_id, event.currency, looked_at, pool_cost - leaves_pool);
    END LOOP;
    RETURN state;
END
$$;

COMMENT ON FUNCTION rollforward.reference_close IS 'Reference: closes lots, first those whose turn it is';
