"""The chatty client, the per-date reference and the batch on the same accounts and dates, and the floor.

Accounts have two movements a date. One account is computed over few and many dates, also by the client with a
round trip of a millisecond for each statement, as in a network; several are also computed by two workers. Of
many accounts, client and reference would only take so much longer: they are left out. Before a time counts,
account snapshots are compared in every field that the client computes.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from psycopg import sql

from bench.claims import CLIENT_OVER_BATCH, Line, Place
from bench.contestants import batch, chatty_client, floor, reference, workers
from bench.counting import Cost, cost
from bench.data import Ledger
from bench.database import BenchDatabase, BenchServer
from bench.measure import Contestant, FiguresDiffer, Spread, interleaved
from bench.settings import Scale

Way = Callable[[BenchDatabase, Ledger], object]

CLIENT, FAR_CLIENT = "client", "client, 1 ms round trip"
_ROUND_TRIP = 0.001  # seconds
_MANY_DATES = 120
_ROW_BY_ROW_UP_TO = 100  # accounts
_COUNTED = (1, 365)  # accounts and dates of what is counted, and claimed

_WAYS: dict[str, Way] = {
    CLIENT: chatty_client.run,
    FAR_CLIENT: lambda database, ledger: chatty_client.run(database, ledger, _ROUND_TRIP),
    "reference": reference.run,
    "floor": lambda database, _: floor.run(database),
    "batch, 2 workers": lambda database, ledger: workers.run(database, ledger, 2, (ledger.accounts + 1) // 2),
    "batch": batch.run,
}


def measure(server: BenchServer, scale: Scale) -> Iterator[Line | Cost]:
    """Milliseconds of each, and how many times as long as the batch the others take."""
    for dates in scale.one_account_dates:
        yield from _measure(server, Ledger(1, dates, 2 * dates), 3)
    for accounts in scale.many_accounts:
        yield from _measure(server, Ledger(accounts, _MANY_DATES, 2 * _MANY_DATES), 2)


def _measure(server: BenchServer, ledger: Ledger, repetitions: int) -> Iterator[Line | Cost]:
    ways = {name: way for name, way in _WAYS.items() if _takes_part(name, ledger)}
    with server.database() as database:
        ledger.load(database.connection)
        batch.run(database, ledger)
        floor.keep_copies(database)
        _require_same_figures(database, ledger, ways)
        taken = interleaved(
            {name: _contestant(database, ledger, name, way) for name, way in ways.items()}, repetitions
        )
        size = f"{ledger.accounts:,} account{'s' if ledger.accounts > 1 else ''} x {ledger.dates} dates"
        yield from _lines(size, taken, is_claimed=(ledger.accounts, ledger.dates) == _COUNTED)
        if (ledger.accounts, ledger.dates) == _COUNTED:
            yield from _costs(size, database, ledger, ways)


def _takes_part(name: str, ledger: Ledger) -> bool:
    if name == FAR_CLIENT:
        return ledger.accounts == 1
    if name in (CLIENT, "reference"):
        return ledger.accounts <= _ROW_BY_ROW_UP_TO
    return name != "batch, 2 workers" or ledger.accounts > 1


def _contestant(database: BenchDatabase, ledger: Ledger, name: str, way: Way) -> Contestant:
    return Contestant(lambda: way(database, ledger), lambda: _prepare(database, name))


def _prepare(database: BenchDatabase, name: str) -> None:
    if name in (CLIENT, FAR_CLIENT):
        chatty_client.prepare(database)
    else:
        database.clear()


def _lines(size: str, taken: dict[str, Spread], *, is_claimed: bool) -> Iterator[Line]:
    for name, spread in taken.items():
        place = Place(f"Milliseconds for {size}", name)
        yield Line("client", f"{name}, {size}", "ms", spread.map(lambda second: second * 1000), place=place)
    for name, spread in taken.items():
        if name != "batch":
            claim = CLIENT_OVER_BATCH if name == CLIENT and is_claimed else None
            yield Line("client", f"{name} ÷ batch, {size}", "x", spread.over(taken["batch"]), claim)
    if CLIENT in taken:
        # what a batch that computed in no time could reach
        yield Line("client", f"{CLIENT} ÷ floor, {size}", "x", taken[CLIENT].over(taken["floor"]))


def _costs(size: str, database: BenchDatabase, ledger: Ledger, ways: dict[str, Way]) -> Iterator[Cost]:
    for name, way in ways.items():
        if name != FAR_CLIENT:
            _prepare(database, name)
            yield cost("client", f"{name}, {size}", database, lambda session, way=way: way(session, ledger))


def _require_same_figures(database: BenchDatabase, ledger: Ledger, ways: dict[str, Way]) -> None:
    """Compare the account snapshots of all with those that the batch has just stored."""
    expected = _figures(database, "batch")
    for name, way in ways.items():
        if name == FAR_CLIENT:
            continue  # which is the client, only slower
        _prepare(database, name)
        way(database, ledger)
        _require_same(name, _figures(database, name), expected)


def _require_same(name: str, figures: list[dict[str, Any]], expected: list[dict[str, Any]]) -> None:
    if not expected or len(figures) != len(expected):
        raise FiguresDiffer(f"{name} has {len(figures)} snapshots, the batch {len(expected)}")
    for mine, theirs in zip(figures, expected, strict=True):
        for field, value in mine.items():
            if value != theirs[field]:
                where = f"account {mine['account_id']} on {mine['snapshot_date']}"
                raise FiguresDiffer(f"{name} has {field} {value}, the batch {theirs[field]}, {where}")


def _figures(database: BenchDatabase, name: str) -> list[dict[str, Any]]:
    """The account snapshots that a contestant stored: the client has a table of its own."""
    is_client = name in (CLIENT, FAR_CLIENT)
    table = ("public", "client_snapshot") if is_client else ("rollforward_data", "account_snapshot")
    names = ("account_id", "currency", "snapshot_date", *chatty_client.FIELDS)
    rows = database.connection.execute(
        sql.SQL("SELECT {} FROM {} ORDER BY account_id, currency, snapshot_date").format(
            sql.SQL(", ").join(map(sql.Identifier, names)), sql.Identifier(*table)
        )
    )
    return [dict(zip(names, row, strict=True)) for row in rows]
