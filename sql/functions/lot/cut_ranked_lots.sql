-- Decides in one ordered pass which lots the closings of one level take, in nodes that lots do not leave in turn.
--
-- Each side of a node has a heap of its open lots, by rank; a closing takes from its top. Names lead to lots directly; a
-- lot that is empty is passed over when it comes to the top. O(n log n) in one position.
--
-- returns   rank        lots are known by their rank in the node
--           ordinal     the event that takes units of the lot; NULL where the lot enters
--           units       so many units
--           own_from    from this place among the units of the event on
--           axis_from   where the lot enters: from this place on its axis on
--           lot_units   the length of that axis; NULL where all of it enters here
CREATE OR REPLACE FUNCTION rollforward.cut_ranked_lots(level integer)
RETURNS TABLE (
    node_no integer,
    rank integer,
    ordinal bigint,
    units numeric,
    own_from numeric,
    axis_from numeric,
    lot_units numeric
)
LANGUAGE plpgsql STABLE PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_variable
DECLARE
    event record;
    side integer;
    asking numeric;      -- units that the event asks this side for
    asked numeric;       -- units that it asked the other side for
    found numeric;
    choice integer;
    lot integer;
    place integer;
    child integer;
    last integer;
    named integer[];     -- lots, by the places of the names that lead to them
    first_named integer[] := '{}';  -- by the first place of names: the first of their lots that is not used up

    -- lots of the node by rank, and its sides: heap[2 × place + side] is a lot
    rest numeric[];
    side_of integer[];
    heap integer[];
    heap_size integer[];
    open_lots integer[];
    open_units numeric[];
BEGIN
    SELECT array_agg(lots.rank ORDER BY lots.place) INTO named FROM rollforward.named_lots(level) AS lots;

    FOR event IN SELECT * FROM rollforward.ranked_events(level) LOOP
        IF node_no IS DISTINCT FROM event.node_no THEN
            node_no := event.node_no;
            rest := '{}';
            side_of := '{}';
            heap := '{}';
            heap_size := '[0:1]={0,0}';
            open_lots := '[0:1]={0,0}';
            open_units := '[0:1]={0,0}';
        END IF;
        asked := 0;

        FOREACH side IN ARRAY array_remove(ARRAY[event.closes, event.then_closes], NULL) LOOP
            asking := event.quantity - asked;
            IF event.is_bounded AND side = event.closes THEN
                asking := least(asking, open_units[side]);
            END IF;
            found := 0;

            -- who must not choose takes nothing where there is a choice
            IF event.is_strict THEN
                choice := open_lots[side];
                units := open_units[side];
                IF event.is_named THEN
                    choice := 0;
                    units := 0;
                    FOR place IN coalesce(first_named[event.named_from], event.named_from, 1) .. coalesce(event.named_until, 0) LOOP
                        lot := named[place];
                        IF rest[lot] > 0 AND side_of[lot] = side THEN
                            choice := choice + 1;
                            units := units + rest[lot];
                            EXIT WHEN choice > 1 AND units > asking;
                        END IF;
                    END LOOP;
                END IF;
                IF choice > 1 AND units > asking THEN
                    asked := asked + asking;
                    CONTINUE;
                END IF;
            END IF;

            place := coalesce(first_named[event.named_from], event.named_from);
            WHILE found < asking LOOP
                lot := NULL;
                IF event.is_named THEN
                    WHILE place <= event.named_until AND lot IS NULL LOOP
                        IF rest[named[place]] > 0 AND side_of[named[place]] = side THEN
                            lot := named[place];
                        END IF;
                        place := place + 1;
                    END LOOP;
                ELSE
                    WHILE heap_size[side] > 0 AND rest[heap[2 + side]] = 0 LOOP
                        last := heap[2 * heap_size[side] + side];
                        heap_size[side] := heap_size[side] - 1;
                        place := 1;
                        LOOP
                            child := 2 * place;
                            EXIT WHEN child > heap_size[side];
                            IF child < heap_size[side] AND heap[2 * child + 2 + side] < heap[2 * child + side] THEN
                                child := child + 1;
                            END IF;
                            EXIT WHEN heap[2 * child + side] > last;
                            heap[2 * place + side] := heap[2 * child + side];
                            place := child;
                        END LOOP;
                        heap[2 * place + side] := last;
                    END LOOP;
                    IF heap_size[side] > 0 THEN
                        lot := heap[2 + side];
                    END IF;
                END IF;
                EXIT WHEN lot IS NULL;

                rank := lot;
                ordinal := event.ordinal;
                units := least(rest[lot], asking - found);
                own_from := asked + found;
                axis_from := NULL;
                lot_units := NULL;
                RETURN NEXT;
                found := found + units;
                rest[lot] := rest[lot] - units;
                open_units[side] := open_units[side] - units;
                IF rest[lot] = 0 THEN
                    open_lots[side] := open_lots[side] - 1;
                END IF;
            END LOOP;
            asked := asked + asking;

            place := coalesce(first_named[event.named_from], event.named_from);
            WHILE place <= event.named_until AND rest[named[place]] = 0 LOOP
                place := place + 1;
                first_named[event.named_from] := place;
            END LOOP;
        END LOOP;

        IF event.opens IS NOT NULL AND event.quantity > asked THEN
            side := event.opens;
            lot := event.rank;
            rank := lot;
            ordinal := NULL;
            units := event.quantity - asked;
            own_from := asked;
            axis_from := event.axis;
            lot_units := event.lot_units;
            RETURN NEXT;
            rest[lot] := units;
            side_of[lot] := side;
            open_lots[side] := open_lots[side] + 1;
            open_units[side] := open_units[side] + units;

            heap_size[side] := heap_size[side] + 1;
            place := heap_size[side];
            WHILE place > 1 AND heap[2 * (place / 2) + side] > lot LOOP
                heap[2 * place + side] := heap[2 * (place / 2) + side];
                place := place / 2;
            END LOOP;
            heap[2 * place + side] := lot;
        END IF;
    END LOOP;
END
$$;

COMMENT ON FUNCTION rollforward.cut_ranked_lots IS 'Decides which lots closings take that do not take them in turn';
