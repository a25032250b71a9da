"""Tastytrade statements in tests: read a CSV, stage its rows, import them."""

from __future__ import annotations

import csv
import io
import random
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from psycopg import sql

from tests.support.ledger import Ledger

HEADER = [
    "Date",
    "Type",
    "Sub Type",
    "Action",
    "Symbol",
    "Instrument Type",
    "Description",
    "Value",
    "Quantity",
    "Average Price",
    "Commissions",
    "Fees",
    "Multiplier",
    "Root Symbol",
    "Underlying Symbol",
    "Expiration Date",
    "Strike Price",
    "Call or Put",
    "Order #",
    "Total",
    "Currency",
]
OWN = Path(__file__).parent.parent / "statements"

Printed = dict[str, str]


def read(path: Path) -> list[Printed]:
    """The rows of a statement, each as its header names the columns."""
    with path.open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def parse(text: str) -> list[Printed]:
    """The rows of a statement given as text without a header."""
    return list(csv.DictReader(io.StringIO(text.strip()), fieldnames=HEADER))


def printed(date: str, type_: str, sub_type: str, **columns: str) -> Printed:
    """One row with what matters; ``Instrument_Type`` stands for Instrument Type, ``Order_no`` for Order #."""
    row = dict.fromkeys(HEADER, "") | {
        "Date": date if "T" in date else f"{date}T15:00:00+0100",
        "Type": type_,
        "Sub Type": sub_type,
        "Value": "0.00",
        "Quantity": "0",
        "Commissions": "--",
        "Fees": "0.00",
        "Currency": "USD",
    }
    for name, value in columns.items():
        row[name.replace("_no", " #").replace("_", " ")] = value
    return row


def stage(ledger: Ledger, rows: Sequence[Printed], *, lines: Sequence[int] | None = None) -> None:
    """Copy rows into the staging table; this and the import belong in one transaction."""
    headers = list(rows[0]) if rows else HEADER
    columns = ["line", *(header.lower().replace(" #", "_number").replace(" ", "_") for header in headers)]
    copy = sql.SQL("COPY rollforward_data.tastytrade_row ({}) FROM STDIN").format(
        sql.SQL(", ").join(map(sql.Identifier, columns))
    )
    with ledger.connection.cursor().copy(copy) as stream:
        for line, row in zip(lines or range(2, len(rows) + 2), rows, strict=True):
            stream.write_row([line, *row.values()])


def import_rows(ledger: Ledger, rows: Sequence[Printed], account: str) -> Any:
    """Stage and import rows as one statement."""
    with ledger.connection.transaction():
        stage(ledger, rows)
        return ledger.row("SELECT * FROM rollforward.import_statement('tastytrade', %s)", account)


def import_file(ledger: Ledger, path: Path, account: str, *, shuffled: int | None = None) -> Any:
    """Import a file, its rows in another order when ``shuffled`` gives a seed."""
    rows = read(path)
    if shuffled is not None:
        random.Random(shuffled).shuffle(rows)
    return import_rows(ledger, rows, account)
