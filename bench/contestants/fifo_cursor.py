"""First in, first out, row by row in PL/pgSQL: two cursors, one over openings and one over closings.

The loop takes the place of ``match_in_turn``: it reads the same staged parts and leaves the same slices,
those that stay open among them. It is about as good as such a loop can be: each part is fetched once, nothing
is updated, and there is one INSERT for each slice.
"""

from __future__ import annotations

from psycopg import Connection
from psycopg.rows import TupleRow

MATCH = "SELECT public.match_by_cursors()"

_CREATE = """
CREATE FUNCTION public.match_by_cursors() RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
    openings CURSOR FOR
        SELECT * FROM stage_part WHERE open_quantity > 0 ORDER BY queue_no, generation, ordinal;
    closings CURSOR FOR
        SELECT * FROM stage_part WHERE close_quantity > 0 ORDER BY queue_no, generation, ordinal;
    closing record;
    lot_no bigint := 0;
    side rollforward_data.position_side;
    taken numeric;        -- units of the lot that are closed
    closed numeric := 0;  -- units of the closing that have found a lot
    units numeric;
    cost numeric;
BEGIN
    PERFORM rollforward.stage_opening_lots('-infinity', 0, 9223372036854775807);
    PERFORM rollforward.stage_nodes();
    PERFORM rollforward.stage_parts(0);

    OPEN closings;
    FETCH closings INTO closing;
    FOR lot IN openings LOOP
        lot_no := lot_no + 1;
        taken := 0;
        side := CASE lot.queue_no % 2 WHEN 0 THEN 'long' ELSE 'short' END;
        LOOP
            -- what finds no lot before it is an orphan
            WHILE closing.queue_no < lot.queue_no
               OR (closing.queue_no = lot.queue_no AND closed = closing.close_quantity)
               OR (closing.queue_no = lot.queue_no AND closing.ordinal < lot.generation * lot.ordinal) LOOP
                FETCH closings INTO closing;
                closed := 0;
            END LOOP;
            EXIT WHEN taken = lot.open_quantity OR coalesce(closing.queue_no > lot.queue_no, true);

            units := least(closing.close_quantity - closed, lot.open_quantity - taken);
            cost := rollforward.allocated(lot.value, lot.unit_offset + taken + units, lot.all_units)
                - rollforward.allocated(lot.value, lot.unit_offset + taken, lot.all_units);
            INSERT INTO stage_slice VALUES (
                lot.queue_no / 2, lot.queue_no / 2, side, lot_no, lot.opened_by, lot.opened_in,
                lot.movement_id, lot.unit_offset + taken, units, lot.opened_on, lot.on_date,
                lot.generation * lot.ordinal,
                closing.on_date, closing.movement_id, closing.ordinal, NULL, cost, cost,
                CASE WHEN closing.at_cost THEN cost
                     ELSE rollforward.allocated(
                              closing.value, closing.unit_offset + closed + units, closing.all_units)
                          - rollforward.allocated(
                              closing.value, closing.unit_offset + closed, closing.all_units)
                END,
                lot.all_units, lot.value);
            taken := taken + units;
            closed := closed + units;
        END LOOP;
        IF taken < lot.open_quantity THEN
            cost := rollforward.allocated(lot.value, lot.unit_offset + lot.open_quantity, lot.all_units)
                - rollforward.allocated(lot.value, lot.unit_offset + taken, lot.all_units);
            INSERT INTO stage_slice VALUES (
                lot.queue_no / 2, lot.queue_no / 2, side, lot_no, lot.opened_by, lot.opened_in,
                lot.movement_id, lot.unit_offset + taken, lot.open_quantity - taken, lot.opened_on,
                lot.on_date, lot.generation * lot.ordinal, 'infinity', NULL, NULL, NULL, cost, cost, NULL,
                lot.all_units, lot.value);
        END IF;
    END LOOP;
END
$$
"""
_KEEP = "CREATE TEMPORARY TABLE matched ON COMMIT DROP AS TABLE stage_slice"
_DIFFERING = """
SELECT count(*)
FROM (
    (TABLE stage_slice EXCEPT ALL TABLE matched)
    UNION ALL
    (TABLE matched EXCEPT ALL TABLE stage_slice)
) AS differing
"""


def create(connection: Connection[TupleRow]) -> None:
    """Make the function of the loop."""
    connection.execute(_CREATE)


def keep_slices(connection: Connection[TupleRow]) -> None:
    """Keep the slices that somebody else has staged, for ``slices_that_differ``; forget what it went by."""
    connection.execute(_KEEP)
    connection.execute("TRUNCATE stage_slice, stage_node, stage_part, stage_lot")


def slices_that_differ(connection: Connection[TupleRow]) -> int:
    """Slices that the loop has and those who were first do not, or the other way round, in any column."""
    row = connection.execute(_DIFFERING).fetchone()
    assert row is not None
    return int(row[0])
