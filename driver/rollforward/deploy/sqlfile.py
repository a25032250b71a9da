"""Running one SQL file, and saying where in it an error is."""

from __future__ import annotations

import psycopg
from psycopg import Connection
from psycopg.rows import TupleRow

from rollforward.deploy.errors import BadSource
from rollforward.deploy.source import SourceFile


def run(connection: Connection[TupleRow], file: SourceFile) -> None:
    """Send a whole file at once; without parameters this is the simple protocol, as ``psql`` uses it."""
    connection.execute(file.text.encode())


def explained(file: SourceFile, error: psycopg.Error) -> BadSource:
    """The error of PostgreSQL with the file and, where PostgreSQL says it, the line."""
    position = error.diag.statement_position
    place = file.path
    if position is not None and position.isdigit():
        place += f":{file.text.count(chr(10), 0, int(position) - 1) + 1}"
    return BadSource(
        f"{place}: {error.diag.message_primary or error}",
        sqlstate=error.sqlstate,
        detail=error.diag.message_detail,
        hint=error.diag.message_hint,
    )
