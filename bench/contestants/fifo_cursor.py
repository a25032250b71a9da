"""First in, first out, row by row in PL/pgSQL: two cursors, one over closings and one over openings.

The loop reads the staged events that ``match_lots`` reads, and is about as good as such a loop can be: each
event is fetched once, nothing is updated, and there is one INSERT for each match. It is spared what it need
not know: short positions, other methods, splits, and writing down the lots that stay open.
"""

from __future__ import annotations

from psycopg import Connection
from psycopg.rows import TupleRow

MATCH = "SELECT public.match_by_cursors()"

_CREATE = """
CREATE FUNCTION public.share(total numeric, units numeric, all_units numeric) RETURNS numeric
LANGUAGE sql IMMUTABLE RETURN round(total * units / all_units, 8);

CREATE FUNCTION public.match_by_cursors() RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
    openings CURSOR FOR
        SELECT position_no, ordinal, movement_id, quantity, -net AS cost
        FROM stage_event
        WHERE effect = 'open'
        ORDER BY ordinal;
    lot record;
    closing record;
    taken numeric := 0;   -- units of the lot that are closed
    closed numeric;       -- units of the closing that have found a lot
    units numeric;
BEGIN
    CREATE TEMPORARY TABLE cursor_match (
        position_no integer, opened_by bigint, closed_by bigint, quantity numeric,
        cost numeric, proceeds numeric
    ) ON COMMIT DROP;
    OPEN openings;
    FETCH openings INTO lot;
    FOR closing IN
        SELECT position_no, ordinal, movement_id, quantity, net
        FROM stage_event
        WHERE effect = 'close'
        ORDER BY ordinal
    LOOP
        closed := 0;
        WHILE lot.position_no < closing.position_no LOOP
            FETCH openings INTO lot;
            taken := 0;
        END LOOP;
        WHILE closed < closing.quantity
          AND lot.position_no = closing.position_no
          AND lot.ordinal < closing.ordinal LOOP
            units := least(closing.quantity - closed, lot.quantity - taken);
            INSERT INTO cursor_match VALUES (
                closing.position_no, lot.movement_id, closing.movement_id, units,
                public.share(lot.cost, taken + units, lot.quantity)
                - public.share(lot.cost, taken, lot.quantity),
                public.share(closing.net, closed + units, closing.quantity)
                - public.share(closing.net, closed, closing.quantity));
            taken := taken + units;
            closed := closed + units;
            IF taken = lot.quantity THEN
                FETCH openings INTO lot;
                taken := 0;
            END IF;
        END LOOP;
    END LOOP;
END
$$
"""
_DIFFERING = """
SELECT count(*)
FROM (SELECT position_no, count(*) AS matches, sum(proceeds - cost) AS gain
      FROM cursor_match GROUP BY position_no) AS mine
FULL JOIN (SELECT position_no, count(*) AS matches, sum(proceeds - cost) AS gain
           FROM stage_slice WHERE closed_by IS NOT NULL GROUP BY position_no) AS theirs USING (position_no)
WHERE (mine.matches, mine.gain) IS DISTINCT FROM (theirs.matches, theirs.gain)
"""


def create(connection: Connection[TupleRow]) -> None:
    """Make the functions of the loop."""
    connection.execute(_CREATE)


def positions_that_differ(connection: Connection[TupleRow]) -> int:
    """Where the loop has another number of matches, or gain, than ``match_lots`` on the same stage."""
    row = connection.execute(_DIFFERING).fetchone()
    assert row is not None
    return int(row[0])
