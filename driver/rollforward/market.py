"""Market data: from CSV files into the database's stage, and from there into prices, rates, splits and so on.

The driver reads CSV and moves text; what can be saved is decided by SQL functions, one per kind.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
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
    from_psycopg,
)
from rollforward.results import MarketLoad
from rollforward.statement.layout import Layout
from rollforward.statement.reader import StatementReader
from rollforward.statement.source import Source

if TYPE_CHECKING:
    from rollforward.session.connected import Connected

_NOTHING_STAGED = "22R02"


def _layout(kind: str, function: str, required: Iterable[str], optional: Iterable[str] = ()) -> Layout:
    names = (*required, *optional)
    return Layout(
        table="market_row",
        function=function,
        columns=dict(zip(names, names, strict=True)),
        optional=frozenset(optional),
        noun=kind,
    )


LAYOUTS: Mapping[str, Layout] = {
    "prices": _layout("prices", "load_prices", ("symbol", "date", "close"), ("currency",)),
    "fx": _layout("fx", "load_fx_rates", ("currency", "quote_currency", "date", "rate")),
    "splits": _layout("splits", "load_splits", ("symbol", "date", "ratio")),
    "profiles": _layout(
        "profiles",
        "load_profiles",
        ("symbol", "kind"),
        ("sector", "industry", "beta", "is_etf", "multiplier", "underlying", "expiration", "strike",
         "option_right"),
    ),
    "calendar": _layout("calendar", "load_calendar", ("calendar", "date")),
}  # fmt: skip


def load_market(
    session: Connected,
    kind: str,
    path: str | PathLike[str],
    *,
    strict: bool = False,
    progress: Callable[[int], None] | None = None,
    warn: Callable[[str], None] | None = None,
) -> MarketLoad:
    """Stage a file and load it; see ``Session.load_market``."""
    layout = LAYOUTS.get(kind)
    if layout is None:
        raise BadArgument(
            f"unknown kind of market data: {kind}",
            sqlstate="22R01",
            detail=[{"argument": "kind", "value": kind}],
            hint=f"Kinds that can be loaded: {', '.join(LAYOUTS)}.",
        )
    reader = StatementReader(Source(Path(path)), layout)
    columns = reader.columns()
    for name in reader.ignored():
        if warn is not None:
            warn(f"column {name} is ignored")
    with session.all_or_nothing(f"{kind} loaded from {Path(path).name}"):
        _stage(session.connection, reader, columns, progress)
        try:
            return session._one(MarketLoad, layout.function, str(path), strict)
        except BatchRejected as rejected:
            raise StatementRefused.of_rows(str(path), rejected) from rejected
        except RollforwardError as error:
            if error.sqlstate != _NOTHING_STAGED:
                raise
            raise StatementRefused.of_file(
                str(path),
                f"cannot be loaded: {error.message}",
                "empty_file",
                value=error.message,
                sqlstate=_NOTHING_STAGED,
                noun=layout.noun,
            ) from error


def _stage(
    connection: psycopg.Connection[Any],
    reader: StatementReader,
    columns: list[str],
    progress: Callable[[int], None] | None,
) -> None:
    copy = sql.SQL("COPY {} ({}) FROM STDIN").format(
        sql.Identifier("rollforward_data", reader.layout.table),
        sql.SQL(", ").join(sql.Identifier(column) for column in ("line", "unreadable", *columns)),
    )
    try:
        with connection.cursor() as cursor, cursor.copy(copy) as stage:
            for line, row, refusal in reader.lines(progress):
                stage.write_row((line, refusal and refusal.reason, *row))
    except psycopg.Error as error:
        raise from_psycopg(error) from error
