-- One ordered pass over purchases and sales that can wash each other: which losses are disallowed, and what bears them.
--
-- A true recurrence: a disallowed loss is added to the cost of units, whose sale may be disallowed again. Units of a
-- purchase lie on an axis in the order in which they leave. Behind it is what has left; a disallowed loss takes the
-- first units that neither left nor bear a loss already. So what bears losses are stretches of the axis, each begins
-- where the one before ended or later, and the pass goes over every axis once: O(n log n) with the sorting before it.
--
-- purchased_on, replaces      purchases in order: day, and whether their units can replace others; 1 is the first
-- piece_purchases             pieces in the order in which they leave, those that are still there last: of which purchase
-- piece_closings              what a piece leaves by; pieces with the same number leave at once. NULL: it is still there
-- piece_days                  the day it leaves
-- piece_units                 units, above 0; in the same units for all pieces
-- piece_costs, piece_proceeds of the piece; proceeds are NULL where nothing is realized
-- window_days                 purchases up to so many days before or after a sale replace what was sold
-- returns                     a row per part of a piece with one history; a part with several replacements has several.
--                             Units count from the begin of the piece. What leaves without being sold is not cut
CREATE OR REPLACE FUNCTION rollforward.wash_pass(
    purchased_on date[],
    replaces boolean[],
    piece_purchases integer[],
    piece_closings integer[],
    piece_days date[],
    piece_units numeric[],
    piece_costs numeric[],
    piece_proceeds numeric[],
    window_days integer
)
RETURNS TABLE (
    piece_no integer,
    part_from numeric,
    part_until numeric,
    cost numeric,
    proceeds numeric,
    cost_added numeric,
    days_added integer,
    replaced_by integer,
    replaced_from numeric,
    replaced_until numeric,
    disallowed_loss numeric
)
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    purchases constant integer := cardinality(purchased_on);
    pieces constant integer := cardinality(piece_units);
    -- of each purchase: all its units; those of pieces that are done; that have left; up to which they bear a loss
    bought numeric[] := array_fill(0::numeric, ARRAY[purchases]);
    done numeric[] := bought;
    gone numeric[] := bought;
    taken numeric[] := bought;
    -- the next purchase from here on that may have units left: used up ones are stepped over
    available integer[] := (SELECT array_agg(place) FROM generate_series(1, purchases + 1) AS place);
    earliest integer := 1;
    -- what bears a loss: stretches of the axis of a purchase, linked in its order
    first_stretch integer[] := array_fill(NULL::integer, ARRAY[purchases]);
    last_stretch integer[] := first_stretch;
    stretches integer := 0;
    stretch_from numeric[] := '{}';
    stretch_until numeric[] := '{}';
    stretch_loss numeric[] := '{}';
    stretch_days integer[] := '{}';
    stretch_next integer[] := '{}';
    ahead integer := 1;
    purchase integer;
    piece_begin numeric;
    piece_end numeric;
    axis_from numeric;
    axis_until numeric;
    stretch integer;
    loss numeric;
    units numeric;
    washed numeric;
    candidate integer;
    free_from numeric;
    replacing numeric;
BEGIN
    FOR place IN 1 .. pieces LOOP
        bought[piece_purchases[place]] := bought[piece_purchases[place]] + piece_units[place];
    END LOOP;

    FOR place IN 1 .. pieces LOOP
        -- What leaves at once with a piece cannot replace it.
        WHILE ahead <= pieces AND piece_closings[ahead] = piece_closings[place] LOOP
            gone[piece_purchases[ahead]] := gone[piece_purchases[ahead]] + piece_units[ahead];
            ahead := ahead + 1;
        END LOOP;

        purchase := piece_purchases[place];
        piece_no := place;
        piece_begin := done[purchase];
        piece_end := piece_begin + piece_units[place];
        done[purchase] := piece_end;
        axis_from := piece_begin;
        cost_added := 0;
        LOOP
            stretch := first_stretch[purchase];
            WHILE stretch_until[stretch] <= axis_from LOOP
                stretch := stretch_next[stretch];
            END LOOP;
            first_stretch[purchase] := stretch;

            IF piece_proceeds[place] IS NOT NULL OR piece_days[place] IS NULL THEN
                cost_added := 0;
            END IF;
            IF stretch_from[stretch] <= axis_from THEN
                axis_until := least(stretch_until[stretch], piece_end);
                cost_added := cost_added
                    + rollforward.allocated(stretch_loss[stretch], axis_until - stretch_from[stretch],
                                            stretch_until[stretch] - stretch_from[stretch])
                    - rollforward.allocated(stretch_loss[stretch], axis_from - stretch_from[stretch],
                                            stretch_until[stretch] - stretch_from[stretch]);
                days_added := stretch_days[stretch];
            ELSE
                axis_until := least(stretch_from[stretch], piece_end);
                days_added := 0;
            END IF;

            IF piece_proceeds[place] IS NULL AND piece_days[place] IS NOT NULL THEN
                axis_from := axis_until;
                CONTINUE WHEN axis_from < piece_end;
                axis_from := piece_begin;
                days_added := 0;
            END IF;

            part_from := axis_from - piece_begin;
            part_until := axis_until - piece_begin;
            cost := rollforward.allocated(piece_costs[place], part_until, piece_units[place])
                - rollforward.allocated(piece_costs[place], part_from, piece_units[place]);
            proceeds := rollforward.allocated(piece_proceeds[place], part_until, piece_units[place])
                - rollforward.allocated(piece_proceeds[place], part_from, piece_units[place]);
            loss := cost + cost_added - proceeds;
            units := axis_until - axis_from;
            washed := 0;

            IF loss > 0 THEN
                WHILE earliest <= purchases AND piece_days[place] - purchased_on[earliest] > window_days LOOP
                    earliest := earliest + 1;
                END LOOP;
                candidate := earliest;
                WHILE washed < units LOOP
                    WHILE available[candidate] <> candidate LOOP
                        available[candidate] := available[available[candidate]];
                        candidate := available[candidate];
                    END LOOP;
                    EXIT WHEN candidate > purchases OR purchased_on[candidate] - piece_days[place] > window_days;
                    free_from := greatest(gone[candidate], taken[candidate]);
                    IF NOT replaces[candidate] OR free_from >= bought[candidate] THEN
                        available[candidate] := candidate + 1;
                    ELSIF candidate <> purchase THEN
                        replacing := least(units - washed, bought[candidate] - free_from);
                        replaced_by := candidate;
                        replaced_from := part_from + washed;
                        replaced_until := replaced_from + replacing;
                        disallowed_loss := rollforward.allocated(loss, washed + replacing, units)
                            - rollforward.allocated(loss, washed, units);
                        RETURN NEXT;
                        washed := washed + replacing;
                        taken[candidate] := free_from + replacing;

                        stretches := stretches + 1;
                        stretch_from[stretches] := free_from;
                        stretch_until[stretches] := taken[candidate];
                        stretch_loss[stretches] := disallowed_loss;
                        stretch_days[stretches] := piece_days[place] - purchased_on[purchase] + days_added;
                        stretch_next[stretches] := NULL;
                        IF first_stretch[candidate] IS NULL THEN
                            first_stretch[candidate] := stretches;
                        ELSE
                            stretch_next[last_stretch[candidate]] := stretches;
                        END IF;
                        last_stretch[candidate] := stretches;
                    END IF;
                    IF candidate = purchase OR taken[candidate] >= bought[candidate] THEN
                        candidate := candidate + 1;
                    END IF;
                END LOOP;
            END IF;

            IF washed = 0 THEN
                replaced_by := NULL;
                replaced_from := NULL;
                replaced_until := NULL;
                disallowed_loss := 0;
                RETURN NEXT;
            END IF;
            axis_from := axis_until;
            EXIT WHEN axis_from >= piece_end;
        END LOOP;
    END LOOP;
END
$$;

COMMENT ON FUNCTION rollforward.wash_pass IS
    'One ordered pass over purchases and sales: which losses are disallowed, and which units bear them';
