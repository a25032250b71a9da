"""Reading many rows as numpy arrays, by binary COPY."""

from __future__ import annotations

from typing import Any

import numpy as np
from psycopg import Connection, sql
from psycopg.rows import TupleRow

Array = np.ndarray[Any, Any]


def read_columns(
    connection: Connection[TupleRow], query: str, fields: list[tuple[str, str]], **values: object
) -> dict[str, Array]:
    """Columns of a query without NULLs, read from its binary COPY where they lie.

    fields  name and numpy's type of each column; values are put into the query as literals
    """
    statement = sql.SQL("COPY ({}) TO STDOUT (FORMAT binary)").format(
        sql.SQL(query).format(**{name: sql.Literal(value) for name, value in values.items()})
    )
    with connection.cursor() as cursor, cursor.copy(statement) as copy:
        data = b"".join(copy)
    layout: list[tuple[str, str]] = [("fields", ">i2")]
    for name, kind in fields:
        layout += [(f"{name}_size", ">i4"), (name, f">{kind}")]
    record = np.dtype(layout)
    rows = np.frombuffer(data, record, count=(len(data) - 21) // record.itemsize, offset=19)
    return {name: rows[name].astype(kind) for name, kind in fields}
