"""Facts out of the database and finished rows back into it, in bulk: what both tools outside share.

Both ways are binary COPY, read and written as numpy records: the server loads it no slower than text, and
no text is made or parsed. Exact numbers are whole ones: amounts in 10^-8, quantities in 10^-12, dates in days
since 2000, as PostgreSQL sends them. An account in which 46 billion or 4.6 million units move is refused.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import IntEnum
from typing import Any

import numpy as np
from psycopg import Connection, sql
from psycopg.rows import TupleRow

from bench.contestants.binary import read_columns
from bench.contestants.tables import TABLES

FOR_EVER = 2**31 - 1  # the date infinity
UNKNOWN = -(2**63)  # NULL, where a column has both

Array = np.ndarray[Any, Any]
Columns = Mapping[str, Any]  # arrays; a figure or a text for all rows; None for a column of NULLs


class Kind(IntEnum):
    """The kinds of movement that the data has."""

    DEPOSIT = 1
    WITHDRAWAL = 2
    FEE = 3
    INTEREST = 4
    DIVIDEND = 5
    BUY = 6
    SELL = 7
    EXPIRATION = 8


class Effect(IntEnum):
    """What a movement does to its position; 0 where there is none."""

    OPEN = 1
    AUTO = 2
    CLOSE = 3


@dataclass(frozen=True)
class Facts:
    """All that is read, column by column, and the trading days to be valued."""

    movements: dict[str, Array]
    instruments: dict[str, Array]
    accounts: dict[str, Array]
    currency: str
    days: Array


_MOVEMENTS = """
SELECT account_id, movement_id, occurred_at, accounting_date AS on_date,
       coalesce(array_position({kinds}::rollforward_data.movement_kind[], kind), 0)::int2 AS kind,
       CASE effect WHEN 'open' THEN 1 WHEN 'auto' THEN 2 WHEN 'close' THEN 3 ELSE 0 END::int2 AS effect,
       coalesce(side = 'short', false) AS on_short,
       coalesce(instrument_id, 0),
       coalesce(quantity * 1000000000000, 0)::int8 AS quantity,
       (amount * 100000000)::int8 AS amount,
       (commission * 100000000)::int8 AS commission,
       (fee * 100000000)::int8 AS fee,
       (tax * 100000000)::int8 AS tax
FROM rollforward_data.movement
WHERE account_id = ANY ({accounts}::bigint[])
  AND accounting_date BETWEEN {first} AND {last}
"""
_MOVEMENT_FIELDS = [
    ("account_id", "i8"), ("movement_id", "i8"), ("occurred_at", "i8"), ("on_date", "i4"), ("kind", "i2"),
    ("effect", "i2"), ("on_short", "?"), ("instrument_id", "i8"), ("quantity", "i8"), ("amount", "i8"),
    ("commission", "i8"), ("fee", "i8"), ("tax", "i8"),
]  # fmt: skip
_INSTRUMENTS = "SELECT instrument_id, kind IN ('option', 'future_option') FROM rollforward_data.instrument"
_ACCOUNTS = """
SELECT account_id, costs_in_lot FROM rollforward_data.account WHERE account_id = ANY ({accounts}::bigint[])
"""
_CURRENCY = "SELECT DISTINCT base_currency FROM rollforward_data.account WHERE account_id = ANY (%s)"


def prepare(connection: Connection[TupleRow], schema: str) -> None:
    """Make the tables that the rows are copied into, with the columns, keys, constraints and indexes."""
    connection.execute(sql.SQL("CREATE SCHEMA {}").format(sql.Identifier(schema)))
    for table in TABLES:
        connection.execute(
            sql.SQL("CREATE TABLE {} (LIKE {} INCLUDING ALL)").format(
                sql.Identifier(schema, table), sql.Identifier("rollforward_data", table)
            )
        )


def clear(connection: Connection[TupleRow], schema: str) -> None:
    """Empty these tables."""
    tables = sql.SQL(", ").join(sql.Identifier(schema, table) for table in TABLES)
    connection.execute(sql.SQL("TRUNCATE {}").format(tables))


def read(connection: Connection[TupleRow], account_ids: Sequence[int], first: date, last: date) -> Facts:
    """Fetch what the figures of the accounts between two dates rest on."""
    accounts = list(account_ids)
    kinds = [kind.name.lower() for kind in Kind]
    movements = read_columns(
        connection, _MOVEMENTS, _MOVEMENT_FIELDS, accounts=accounts, first=first, last=last, kinds=kinds
    )
    if not movements["kind"].all():
        raise NotImplementedError("a kind of movement that the data of the benchmark does not have")
    _require_room(movements)
    [currency] = connection.execute(_CURRENCY, (accounts,)).fetchall()
    return Facts(
        movements,
        read_columns(connection, _INSTRUMENTS, [("instrument_id", "i8"), ("is_option", "?")]),
        read_columns(connection, _ACCOUNTS, [("account_id", "i8"), ("costs_in_lot", "?")], accounts=accounts),
        currency[0],
        _weekdays(first, last),
    )


def _require_room(movements: dict[str, Array]) -> None:
    """Refuse accounts in which sums of amounts, costs or quantities may not fit in 64 bits."""
    _, account = np.unique(movements["account_id"], return_inverse=True)
    for names in (("quantity",), ("amount", "commission", "fee", "tax")):
        sizes = sum(np.abs(movements[name].astype(float)) for name in names)
        if np.bincount(account, weights=sizes).max(initial=0) > 2**62:
            raise OverflowError(f"{' and '.join(names)} of an account may not add up in 64 bits")


def _weekdays(first: date, last: date) -> Array:
    days = [first + timedelta(days=number) for number in range((last - first).days + 1)]
    return np.array([(day - date(2000, 1, 1)).days for day in days if day.weekday() < 5], dtype=np.int32)


_DIGITS = 5  # to the base of 10,000: enough for 64 bits
_ROWS_AT_ONCE = 20_000
_SCALES = {"rollforward_data.exact_money": 8, "rollforward_data.exact_quantity": 12}
_WHOLE = {"bigint": ">i8", "integer": ">i4", "date": ">i4"}


def write(connection: Connection[TupleRow], schema: str, table: str, columns: Columns) -> None:
    """Copy rows into a table, in their order but for those with other NULLs or sides, which come apart."""
    types: dict[str, str] = dict(
        connection.execute(
            "SELECT attname, atttypid::regtype::text FROM pg_attribute WHERE attrelid = %s::regclass",
            (f"{schema}.{table}",),
        ).fetchall()
    )
    statement = sql.SQL("COPY {} ({}) FROM STDIN (FORMAT binary)").format(
        sql.Identifier(schema, table), sql.SQL(", ").join(map(sql.Identifier, columns))
    )
    rows = max(len(column) for column in columns.values() if isinstance(column, np.ndarray))
    with connection.cursor() as cursor, cursor.copy(statement) as copy:
        copy.write(b"PGCOPY\n\xff\r\n\0" + bytes(8))
        for chosen, alike in _groups(columns, rows):
            for begin in range(0, chosen, _ROWS_AT_ONCE):
                part = {name: _part(column, begin) for name, column in alike.items()}
                copy.write(_records(part, types, min(_ROWS_AT_ONCE, chosen - begin)))
        copy.write(b"\xff\xff")


def _part(column: Any, begin: int) -> Any:
    return column[begin : begin + _ROWS_AT_ONCE] if isinstance(column, np.ndarray) else column


def _groups(columns: Columns, rows: int) -> Iterator[tuple[int, Columns]]:
    """Rows whose fields have the same sizes, and how many they are."""
    marks = _marks(columns)
    kind = np.zeros(rows, dtype=np.int64)
    for place, mark in enumerate(marks.values()):
        kind |= mark.astype(np.int64) << place
    for number in np.unique(kind):
        chosen = np.flatnonzero(kind == number)
        alike = {
            name: column[chosen] if isinstance(column, np.ndarray) else column
            for name, column in columns.items()
        }
        for place, name in enumerate(marks):
            is_marked = bool(number >> place & 1)
            if name == "side":
                alike[name] = "short" if is_marked else "long"
            elif is_marked:
                alike[name] = None
        yield chosen.size, alike


def _marks(columns: Columns) -> dict[str, Array]:
    """What makes sizes differ: which rows are of the short side, and where a column is NULL."""
    marks = {}
    for name, column in columns.items():
        if name == "side":
            marks[name] = column == 1
        elif isinstance(column, np.ndarray) and (unknown := column == UNKNOWN).any():
            marks[name] = unknown
    return marks


def _records(columns: Columns, types: Mapping[str, str], rows: int) -> bytes:
    """Rows whose fields have the same sizes, in binary."""
    layout: list[Any] = [("fields", ">i2")]
    for name, column in columns.items():
        layout.append((f"{name}_size", ">i4"))
        if column is not None:
            layout.append((name, _field(column, types[name])))
    record = np.empty(rows, dtype=layout)
    record["fields"] = len(columns)
    for name, column in columns.items():
        record[f"{name}_size"] = -1 if column is None else record.dtype[name].itemsize
        if isinstance(column, str):
            record[name] = column.encode()
        elif column is not None and types[name] in _SCALES:
            _put_numeric(record[name], np.broadcast_to(column, rows), _SCALES[types[name]])
        elif column is not None:
            record[name] = column
    return record.tobytes()


def _field(column: Any, kind: str) -> Any:
    if isinstance(column, str):
        return f"S{len(column)}"
    if kind in _SCALES:
        head = [(name, ">i2") for name in ("count", "weight", "sign", "scale")]
        return [*head, ("digits", ">i2", (_DIGITS,))]
    return _WHOLE[kind]


def _put_numeric(field: Array, units: Array, scale: int) -> None:
    """numeric in binary: digits to the base of 10,000; leading zeros are allowed."""
    field["count"], field["weight"], field["scale"] = _DIGITS, _DIGITS - 1 - scale // 4, scale
    field["sign"] = np.where(units < 0, 0x4000, 0)
    rest = np.abs(units)
    for place in range(_DIGITS - 1, 0, -1):
        above = rest // 10_000
        field["digits"][:, place] = rest - above * 10_000
        rest = above
    field["digits"][:, 0] = rest
