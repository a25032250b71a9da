"""Broker statements: from a file into the database's stage, and from there into movements.

The driver reads CSV and moves text; what the text means is decided by SQL functions, one per layout.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from os import PathLike
from pathlib import Path
from typing import TYPE_CHECKING, Any

import psycopg
from psycopg import sql

from rollforward.errors import (
    BadArgument,
    BatchRejected,
    RollforwardError,
    StatementRefused,
    UsageError,
    from_psycopg,
)
from rollforward.results import ImportResult
from rollforward.statement.columnmap import ColumnMap, read_column_map
from rollforward.statement.layout import LAYOUTS, Layout
from rollforward.statement.reader import StatementReader

if TYPE_CHECKING:
    from rollforward.session import Session

# What the database says of a statement when no row of it is to blame, or none can be named.
_NOT_BOOKABLE: Mapping[str, str] = {
    "22R02": "empty_file",
    "22003": "out_of_range",  # a number that no column holds, such as the price of a millionth share
    "54000": "too_long",  # a text that no index holds
}


def import_statement(
    session: Session,
    path: str | PathLike[str],
    *,
    account: str,
    broker: str,
    columns: str | PathLike[str] | None = None,
    progress: Callable[[int], None] | None = None,
) -> ImportResult:
    """Stage a statement and book it, all or nothing; see ``Session.import_statement``."""
    layout = LAYOUTS.get(broker)
    if layout is None:
        raise BadArgument(
            f"unknown broker: {broker}",
            sqlstate="22R01",
            detail=[{"argument": "broker", "value": broker}],
            hint=f"Layouts that can be read: {', '.join(LAYOUTS)}.",
        )
    column_map = ColumnMap()
    if columns is not None:
        if broker != "generic":
            raise UsageError("a column map belongs to the generic layout")
        column_map = read_column_map(Path(columns), layout)
        layout = column_map.applied(layout)
    reader = StatementReader(Path(path), layout)
    with session.all_or_nothing(f"import of {reader.path.name}"):
        _stage(session.connection, reader, column_map, progress)
        try:
            return session._one(ImportResult, layout.function, account)
        except BatchRejected as rejected:
            raise StatementRefused.of_rows(reader.path, rejected) from rejected
        except RollforwardError as error:
            reason = _reason(error)
            if reason is None:
                raise
            raise StatementRefused.of_file(
                reader.path,
                f"cannot be booked: {error.message}",
                reason,
                value=error.message,
                sqlstate=error.sqlstate or "23R01",
            ) from error


def _reason(error: RollforwardError) -> str | None:
    if (error.constraint or "").endswith("too_long"):
        return "too_long"
    return _NOT_BOOKABLE.get(error.sqlstate or "")


def _stage(
    connection: psycopg.Connection[Any],
    reader: StatementReader,
    column_map: ColumnMap,
    progress: Callable[[int], None] | None,
) -> None:
    layout: Layout = reader.layout
    printed = reader.columns()
    columns = ["line", *printed, *column_map.added(printed)]
    translated = column_map.translation(printed)
    copy = sql.SQL("COPY {} ({}) FROM STDIN").format(
        sql.Identifier("rollforward_data", layout.table),
        sql.SQL(", ").join(sql.Identifier(column) for column in columns),
    )
    try:
        with connection.cursor() as cursor, cursor.copy(copy) as stage:
            for line, row in reader.rows(progress):
                stage.write_row((line, *translated(row)))
    except psycopg.Error as error:
        raise from_psycopg(error) from error
