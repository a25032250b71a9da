"""The client the project replaces: per account and date four statements, each committed, figures in Python.

1. read the movements of the day        2. read the instruments they name
3. read the latest snapshot before it   4. upsert the snapshot of the day

It is spared much of what real ones do: the FIFO queues stay in its memory instead of being read back, neither
lots nor positions are stored, and the server is on the same machine.
"""

from __future__ import annotations

import time
from collections import defaultdict
from datetime import date
from decimal import Decimal
from typing import Any, Self

from psycopg import Cursor, sql
from psycopg.rows import DictRow, dict_row

from bench.contestants.fifo_queue import Position
from bench.data import Ledger
from bench.database import BenchDatabase

FIELDS = (
    "movement_counter", "deposited", "withdrawn", "invested", "realized_gains", "commissions", "fees",
    "options_income", "dividends_received", "other_income", "cash_balance",
)  # fmt: skip

Figures = dict[str, Any]
Positions = defaultdict[int, Position]

_TABLE = sql.SQL("""
DROP TABLE IF EXISTS public.client_snapshot;
CREATE TABLE public.client_snapshot AS
SELECT account_id, currency, snapshot_date, {fields} FROM rollforward_data.account_snapshot WITH NO DATA;
ALTER TABLE public.client_snapshot ADD PRIMARY KEY (account_id, currency, snapshot_date)
""").format(fields=sql.SQL(", ").join(map(sql.Identifier, FIELDS)))
_DAY = """
SELECT kind::text, effect::text, instrument_id, quantity, amount, commission, fee, tax
FROM rollforward_data.movement
WHERE account_id = %s AND accounting_date = %s
ORDER BY occurred_at, effect, price, natural_key
"""
_INSTRUMENTS = """
SELECT instrument_id, kind IN ('option', 'future_option') AS is_option
FROM rollforward_data.instrument
WHERE instrument_id = ANY (%s)
"""
_LATEST = """
SELECT * FROM public.client_snapshot
WHERE account_id = %s AND currency = 'USD' AND snapshot_date < %s
ORDER BY snapshot_date DESC
LIMIT 1
"""
_UPSERT = sql.SQL("""
INSERT INTO public.client_snapshot (account_id, currency, snapshot_date, {fields})
VALUES (%(account_id)s, 'USD', %(snapshot_date)s, {values})
ON CONFLICT (account_id, currency, snapshot_date) DO UPDATE SET {changes}
""").format(
    fields=sql.SQL(", ").join(map(sql.Identifier, FIELDS)),
    values=sql.SQL(", ").join(map(sql.Placeholder, FIELDS)),
    changes=sql.SQL(", ").join(sql.SQL("{0} = EXCLUDED.{0}").format(sql.Identifier(name)) for name in FIELDS),
)


def prepare(database: BenchDatabase) -> None:
    """Make the client's own table: key and types of the project's, and the columns that it computes."""
    database.connection.execute(_TABLE)


class _FarCursor(Cursor[DictRow]):
    """A cursor to a server that every statement takes some time to reach and to come back from."""

    round_trip = 0.0  # seconds

    def execute(self, *arguments: Any, **options: Any) -> Self:
        if self.round_trip:
            time.sleep(self.round_trip)
        return super().execute(*arguments, **options)


def run(database: BenchDatabase, ledger: Ledger, round_trip: float = 0) -> None:
    """Compute every account date by date; the connection commits each statement.

    round_trip  seconds that each statement takes longer
    """
    with _FarCursor(database.connection, row_factory=dict_row) as cursor:
        cursor.round_trip = round_trip
        for account_id in ledger.account_ids:
            positions: Positions = defaultdict(Position)
            options: set[int] = set()
            for day in ledger.days:
                _compute_day(cursor, account_id, day, positions, options)


def _compute_day(
    cursor: Cursor[DictRow], account_id: int, day: date, positions: Positions, options: set[int]
) -> None:
    movements = cursor.execute(_DAY, (account_id, day)).fetchall()
    named = [movement["instrument_id"] for movement in movements if movement["instrument_id"]]
    instruments = cursor.execute(_INSTRUMENTS, (named,)).fetchall()
    options.update(row["instrument_id"] for row in instruments if row["is_option"])
    latest = cursor.execute(_LATEST, (account_id, day)).fetchone()
    figures: Figures = {name: latest[name] if latest else Decimal(0) for name in FIELDS}
    for movement in movements:
        _book(figures, movement, positions, options)
    figures["invested"] = sum(
        (held.long.cost for number, held in positions.items() if number not in options), Decimal(0)
    )
    cursor.execute(_UPSERT, {**figures, "account_id": account_id, "snapshot_date": day})


def _book(figures: Figures, movement: DictRow, positions: Positions, options: set[int]) -> None:
    kind, amount, tax = movement["kind"], movement["amount"], movement["tax"]
    net = amount - movement["commission"] - movement["fee"] - tax
    figures["movement_counter"] += 1
    figures["cash_balance"] += net
    figures["commissions"] += movement["commission"]
    figures["fees"] += movement["fee"] + (0 if kind == "dividend" else tax)
    if kind == "deposit":
        figures["deposited"] += amount
    elif kind == "withdrawal":
        figures["withdrawn"] -= amount
    elif kind == "dividend":
        figures["dividends_received"] += amount - tax
    elif kind == "interest":
        figures["other_income"] += amount
    elif kind == "fee":
        figures["fees"] -= amount
    else:
        figures["realized_gains"] += _trade(positions[movement["instrument_id"]], movement, net)
        figures["options_income"] += amount if movement["instrument_id"] in options else 0


def _trade(position: Position, movement: DictRow, net: Decimal) -> Decimal:
    if movement["kind"] == "expiration":
        return position.expire(movement["quantity"], net)
    return position.trade(movement["effect"], movement["kind"] == "buy", movement["quantity"], net)
