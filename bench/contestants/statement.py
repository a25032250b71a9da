"""Statements: from a file to facts, through the driver, beside what storing the same rows costs at the least.

A file of trades in 200 instruments over ten years, in the generic layout and in Tastytrade's, imported into a
new account. The floor is one INSERT … SELECT of the finished movements, read and validated before, into the
same table with its indexes, constraints and triggers: what nobody who stores them there can do without.
"""

from __future__ import annotations

import csv
import random
import tempfile
from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import count
from pathlib import Path
from typing import LiteralString

from psycopg import sql

from bench.claims import STATEMENT_ROWS_PER_SECOND, Line, Place
from bench.counting import Cost, cost
from bench.database import BenchDatabase, BenchServer
from bench.measure import Contestant, interleaved
from bench.settings import Scale
from rollforward import connect
from rollforward.statement.layout import LAYOUTS

_numbers = count(1)
_COLUMNS: LiteralString = (
    "occurred_at, accounting_date, kind, effect, side, currency, instrument_id, to_instrument_id, quantity,"
    " price, amount, commission, fee, tax, commission_currency, counter_amount, counter_currency,"
    " per_quantity, lot_ref, external_id, description, natural_key"
)


def measure(server: BenchServer, scale: Scale) -> Iterator[Line | Cost]:
    """Rows a second of each layout and of the floor, and what importing takes beside time."""
    rows = scale.statement_rows
    with tempfile.TemporaryDirectory() as folder, server.database() as database:
        files = {
            "generic": _write(Path(folder) / "generic.csv", "generic", rows),
            "tastytrade": _write(Path(folder) / "tastytrade.csv", "tastytrade", rows),
        }
        size = f"{rows:,} rows"
        yield cost(
            "statement",
            f"generic file to facts, {size}",
            database,
            lambda session: _import(session, files["generic"], "generic"),
        )
        database.connection.execute(
            "CREATE TABLE finished AS SELECT * FROM rollforward_data.movement ORDER BY movement_id"
        )
        taken = interleaved(
            {
                **{
                    f"{layout} file to facts": Contestant(
                        lambda file=file, layout=layout: _import(database, file, layout),
                        database.owner.checkpoint,
                    )
                    for layout, file in files.items()
                },
                "INSERT of the finished rows": Contestant(
                    lambda: _insert(database), database.owner.checkpoint
                ),
            },
            3,
        )
        yield cost("statement", f"INSERT of the finished rows, {size}", database, _insert)
    full = scale.name == "full"
    for name, spread in taken.items():
        claim = STATEMENT_ROWS_PER_SECOND.judged_if(full) if "facts" in name else None
        place = Place("Rows a second", name)
        yield Line("statement", f"{name}, {size}", "rows/s", spread.map(lambda s: rows / s), claim, place)
    over = taken["generic file to facts"].over(taken["INSERT of the finished rows"])
    yield Line("statement", f"generic file ÷ INSERT, {size}", "x", over)


def _import(database: BenchDatabase, file: Path, layout: str) -> None:
    with connect(database.connection.info.dsn) as session:
        result = session.import_statement(file, account=f"account {next(_numbers)}", broker=layout)
    assert result.saved == result.rows_read > 0


def _insert(database: BenchDatabase) -> None:
    new = database.connection.execute(
        "INSERT INTO rollforward_data.account (number, base_currency)"
        " VALUES (%s, 'USD') RETURNING account_id",
        [f"account {next(_numbers)}"],
    ).fetchone()
    database.connection.execute(
        sql.SQL(
            "INSERT INTO rollforward_data.movement (account_id, {columns}) SELECT %s, {columns} FROM finished"
        ).format(columns=sql.SQL(_COLUMNS)),
        new,
    )


def _write(path: Path, layout: str, rows: int) -> Path:
    """A statement of trades, the same ones in every layout."""
    rng = random.Random(7)
    moment = datetime(2015, 1, 2, 9, 30)
    headers = list(LAYOUTS[layout].columns)
    with path.open("w", newline="", encoding="utf-8") as file:
        written = csv.DictWriter(file, headers, restval="", lineterminator="\n")
        written.writeheader()
        for number in range(rows):
            moment += timedelta(minutes=rng.randint(1, 8))
            units, cents, is_buy = rng.randint(1, 100), rng.randint(100, 20_000), rng.random() < 0.55
            amount = (-1 if is_buy else 1) * units * cents / 100
            symbol = f"S{rng.randrange(200):03d}"
            if layout == "generic":
                row = {
                    "occurred_at": moment.isoformat(),
                    "kind": "buy" if is_buy else "sell",
                    "effect": "auto",
                    "symbol": symbol,
                    "quantity": units,
                    "amount": f"{amount:.2f}",
                    "commission": "1.00",
                    "fee": "0.02",
                    "currency": "USD",
                    "external_id": number,
                }
            else:
                action = "Buy to Open" if is_buy else "Sell to Close"
                row = {
                    "Date": f"{moment.isoformat()}+0000",
                    "Type": "Trade",
                    "Sub Type": action,
                    "Action": action.upper().replace(" ", "_"),
                    "Symbol": symbol,
                    "Instrument Type": "Equity",
                    "Description": f"{action} {units} {symbol} @ {cents / 100:.2f}",
                    "Value": f"{amount:,.2f}",
                    "Quantity": units,
                    "Average Price": f"{cents / 100:.2f}",
                    "Commissions": "-1.00",
                    "Fees": "-0.02",
                    "Order #": number,
                    "Total": f"{amount - 1.02:,.2f}",
                    "Currency": "USD",
                }
            written.writerow(row)
    return path
