"""Market data in tests: staging the rows of a file, and loading them."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Sequence
from typing import Any

import psycopg
import pytest
from psycopg import sql

from tests.support.ledger import Ledger

FUNCTIONS = {
    "prices": "load_prices",
    "fx": "load_fx_rates",
    "splits": "load_splits",
    "profiles": "load_profiles",
    "calendar": "load_calendar",
}
HEADERS = {
    "prices": ("symbol", "date", "close", "currency"),
    "fx": ("currency", "quote_currency", "date", "rate"),
    "splits": ("symbol", "date", "ratio"),
    "calendar": ("calendar", "date"),
}
COUNTS = ("rows_read", "saved", "corrected", "unchanged", "rejected")


def rows_of(text: str) -> list[list[str]]:
    """The rows of a few lines of CSV without a header, blanks around values dropped."""
    return [[value.strip() for value in row] for row in csv.reader(io.StringIO(text.strip())) if row]


def stage(ledger: Ledger, columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    """Copy rows into the stage, the first as line 2; this and loading belong in one transaction."""
    copy = sql.SQL("COPY rollforward_data.market_row ({}) FROM STDIN").format(
        sql.SQL(", ").join(map(sql.Identifier, ["line", *columns]))
    )
    with ledger.connection.cursor().copy(copy) as stream:
        for line, row in enumerate(rows, 2):
            stream.write_row([line, *row])


def load(
    ledger: Ledger,
    kind: str,
    rows: str | Iterable[Sequence[Any]],
    *,
    columns: Sequence[str] | None = None,
    strict: bool = False,
    source: str = "file.csv",
) -> Any:
    """Load rows as one file; what the function returns. Rows given as a text are CSV without a header."""
    with ledger.connection.transaction():
        stage(ledger, columns or HEADERS[kind], rows_of(rows) if isinstance(rows, str) else rows)
        call = f"SELECT * FROM rollforward.{FUNCTIONS[kind]}(%s, %s)"
        return ledger.row(call, source, strict)


def profiles(ledger: Ledger, *rows: dict[str, Any], strict: bool = False) -> Any:
    """Load profiles, each given by the columns that it fills."""
    columns = list(dict.fromkeys(column for row in rows for column in row))
    filled = [[row.get(column, "") for column in columns] for row in rows]
    return load(ledger, "profiles", filled, columns=columns, strict=strict)


def counts(result: Any) -> dict[str, int]:
    """The counts of a result that are not zero, once it is certain that they add up."""
    assert result.rows_read == result.saved + result.corrected + result.unchanged + result.rejected
    return {name: getattr(result, name) for name in COUNTS if getattr(result, name)}


def rejects(result: Any) -> list[tuple[int, str, str | None, str]]:
    """The offences of a result: line, column, value, reason."""
    return [(each["line"], each["column"], each["value"], each["reason"]) for each in result.rejects]


def refusal(ledger: Ledger, kind: str, rows: Any, **more: Any) -> tuple[str, list[dict[str, Any]]]:
    """Message and offences of a load that is refused as a whole, once it is certain that it wrote nothing."""
    before = ledger.facts_and_figures()
    with pytest.raises(psycopg.Error) as refused:
        load(ledger, kind, rows, strict=True, **more)
    assert refused.value.sqlstate == "23R01"
    assert refused.value.diag.message_hint
    assert ledger.facts_and_figures() == before
    return refused.value.diag.message_primary, json.loads(refused.value.diag.message_detail)


def marks(ledger: Ledger) -> list[Any]:
    """What waits to be recomputed, of accounts and of what accounts share."""
    return ledger.rows("SELECT kind::text, from_date FROM rollforward_data.shared_mark") + ledger.rows(
        "SELECT 'account' AS kind, from_date FROM rollforward_data.stale_mark"
    )


def forget_marks(ledger: Ledger) -> None:
    ledger.rows("DELETE FROM rollforward_data.shared_mark")
    ledger.rows("DELETE FROM rollforward_data.stale_mark")


def versions(ledger: Ledger, table: str) -> list[tuple[str, str]]:
    """Every row of a table, and the transaction that wrote it."""
    return [
        (row.content, row.xmin)
        for row in ledger.rows(
            f"SELECT stored::text AS content, xmin::text FROM rollforward_data.{table} AS stored ORDER BY 1"
        )
    ]


def closes(ledger: Ledger) -> dict[tuple[str, str], str]:
    """Every price there is."""
    return {
        (row.symbol, str(row.price_date)): str(row.close.normalize())
        for row in ledger.rows("SELECT * FROM rollforward.price ORDER BY symbol, price_date")
    }
