"""Broker statements: from a file into the database's stage, and from there into movements.

The driver reads CSV and moves text; what the text means is decided by SQL, one view per layout.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from os import PathLike
from pathlib import Path
from typing import TYPE_CHECKING, Any, LiteralString

import psycopg
from psycopg import sql
from psycopg.types.json import Jsonb

from rollforward.connection import transaction
from rollforward.errors import (
    BadArgument,
    BatchRejected,
    ConnectionFailed,
    RollforwardError,
    StatementRefused,
    UsageError,
    from_psycopg,
)
from rollforward.repository.retry import retried
from rollforward.results import ImportResult
from rollforward.statement.columnmap import ColumnMap, read_column_map
from rollforward.statement.layout import LAYOUTS, Layout
from rollforward.statement.reader import SectionReader, StatementReader
from rollforward.statement.source import Source

if TYPE_CHECKING:
    from rollforward.session.connected import Connected

# What the database says of a statement when no row of it is to blame, or none can be named.
_NOT_BOOKABLE: Mapping[str, str] = {
    "22R02": "empty_file",
    "22003": "out_of_range",  # a number that no column holds, such as the price of a millionth share
    "54000": "too_long",  # a text that no index holds
}
_RECORDED = 100_000  # characters of an error; a refusal may list a hundred rows


def import_statement(
    session: Connected,
    path: str | PathLike[str] | Source,
    *,
    account: str,
    broker: str,
    columns: str | PathLike[str] | None = None,
    progress: Callable[[int], None] | None = None,
) -> ImportResult:
    """Stage a statement and book it, all or nothing; see ``Session.import_statement``."""
    layout, column_map = _layout(broker, columns)
    source = path if isinstance(path, Source) else Source(Path(path))
    with session.transaction_or_its_own():
        [(import_session_id,)] = session.fetch(
            "SELECT rollforward.start_import(%s, %s, %s, %s)",
            [broker, account, source.name, source.digest()],
        )

    def attempt() -> ImportResult:
        with session.all_or_nothing(f"import of {source.path.name}"):
            [(is_open,)] = session.fetch("SELECT rollforward.claim_import(%s)", [import_session_id])
            if is_open:
                _stage(session.connection, source, layout, column_map, progress)
            return _booked(session, source, broker, account, import_session_id)

    try:
        result = retried(attempt, session.reconnect) if session.is_on_its_own else attempt()
    except RollforwardError as error:
        if session.has_no_transaction:  # otherwise the session goes with it
            with suppress(ConnectionFailed):
                session.fetch("SELECT rollforward.fail_import(%s, %s)", [import_session_id, _recorded(error)])
        raise
    return replace(result, import_session_id=import_session_id)


def _layout(broker: str, columns: str | PathLike[str] | None) -> tuple[Layout, ColumnMap]:
    layout = LAYOUTS.get(broker)
    if layout is None:
        raise BadArgument(
            f"unknown broker: {broker}",
            sqlstate="22R01",
            detail=[{"argument": "broker", "value": broker}],
            hint=f"Layouts that can be read: {', '.join(LAYOUTS)}.",
        )
    if columns is None:
        return layout, ColumnMap()
    if broker != "generic":
        raise UsageError("a column map belongs to the generic layout")
    column_map = read_column_map(Path(columns), layout)
    return column_map.applied(layout), column_map


def _booked(
    session: Connected, source: Source, broker: str, account: str, import_session_id: int
) -> ImportResult:
    try:
        return session._one(ImportResult, "import_statement", broker, account, import_session_id)
    except BatchRejected as rejected:
        raise StatementRefused.of_rows(source.name, rejected) from rejected
    except RollforwardError as error:
        reason = _reason(error)
        if reason is None:
            raise
        raise StatementRefused.of_file(
            source.name,
            f"cannot be booked: {error.message}",
            reason,
            value=error.message,
            sqlstate=error.sqlstate or "23R01",
        ) from error


def _reason(error: RollforwardError) -> str | None:
    if (error.constraint or "").endswith("too_long"):
        return "too_long"
    return _NOT_BOOKABLE.get(error.sqlstate or "")


def _recorded(error: RollforwardError) -> Jsonb:
    """What of an error the import session keeps."""
    document = error.document()
    if len(str(document)) > _RECORDED:
        document["detail"] = None
    return Jsonb({name: document.get(name) for name in ("sqlstate", "message", "detail", "hint")})


def _stage(
    connection: psycopg.Connection[Any],
    source: Source,
    layout: Layout,
    column_map: ColumnMap,
    progress: Callable[[int], None] | None,
) -> None:
    """Copy the rows of a file into the stage of its layout."""
    reader = StatementReader(source, layout) if layout.columns else SectionReader(source)
    printed = reader.columns()
    added = column_map.added(printed)
    if isinstance(reader, StatementReader) and not added and not column_map.kinds:
        try:
            copy = _copy(layout, printed, "CSV, ENCODING 'UTF8'")
            with transaction(connection), connection.cursor() as cursor, cursor.copy(copy) as stage:
                for lines in reader.csv_lines(progress):
                    stage.write(lines)
            return _finished(source, progress)
        except psycopg.errors.BadCopyFileFormat:
            pass  # lines of too many fields, or too few: reading them one by one tells which
        except psycopg.Error as error:
            raise from_psycopg(error) from error
    translated = column_map.translation(printed)
    try:
        with connection.cursor() as cursor, cursor.copy(_copy(layout, [*printed, *added], "TEXT")) as stage:
            for line, row in reader.rows(progress):
                stage.write_row((line, *translated(row)))
    except psycopg.Error as error:
        raise from_psycopg(error) from error
    _finished(source, progress)


def _copy(layout: Layout, columns: Sequence[str], options: LiteralString) -> sql.Composed:
    return sql.SQL("COPY {} ({}) FROM STDIN WITH (FORMAT {})").format(
        sql.Identifier("rollforward_data", layout.table),
        sql.SQL(", ").join(sql.Identifier(column) for column in ("line", *columns)),
        sql.SQL(options),
    )


def _finished(source: Source, progress: Callable[[int], None] | None) -> None:
    if progress is not None and source.size is not None:
        progress(source.size)
