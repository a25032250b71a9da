"""The suites: who is measured against whom, on which data. Each yields lines of the report."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from psycopg import sql

from bench.claims import CLIENT_OVER_BATCH, Line
from bench.contestants import (
    analytics,
    backdated,
    batch,
    chatty_client,
    coordinator,
    fifo,
    growth,
    lookup,
    methods,
    reference,
    repository,
    statement,
    valuation,
)
from bench.counting import Cost
from bench.data import Ledger
from bench.database import BenchDatabase, BenchServer
from bench.measure import Contestant, FiguresDiffer, Spread, interleaved
from bench.settings import Scale

Suite = Callable[[BenchServer, Scale], Iterator[Line | Cost]]


def client(server: BenchServer, scale: Scale) -> Iterator[Line]:
    """The chatty client and the per-date reference against the batch, on the same accounts and dates.

    One account with two movements a date, and many accounts with 100 movements over 60 dates.
    """
    for dates in scale.one_account_dates:
        yield from _client_lines(server, Ledger(1, dates, 2 * dates), 1 + scale.repetitions // 2)
    yield from _client_lines(server, Ledger(scale.many_accounts, 60, 100), 1 + scale.repetitions // 2)


def _client_lines(server: BenchServer, ledger: Ledger, repetitions: int) -> Iterator[Line]:
    with server.database() as database:
        ledger.load(database.connection)
        _require_same_figures(database, ledger)
        taken = interleaved(
            {
                "client": Contestant(
                    lambda: chatty_client.run(database, ledger), lambda: chatty_client.prepare(database)
                ),
                "reference": Contestant(lambda: reference.run(database, ledger), database.clear),
                "batch": Contestant(lambda: batch.run(database, ledger), database.clear),
            },
            repetitions,
        )
    size = f"{ledger.accounts} account{'s' if ledger.accounts > 1 else ''} x {ledger.dates} dates"
    for name, spread in taken.items():
        yield Line("client", f"{name}, {size}", "ms", _milliseconds(spread))
    claim = CLIENT_OVER_BATCH if (ledger.accounts, ledger.dates) == (1, 365) else None
    yield Line("client", f"client ÷ batch, {size}", "x", taken["client"].over(taken["batch"]), claim)
    yield Line("client", f"reference ÷ batch, {size}", "x", taken["reference"].over(taken["batch"]))


def _require_same_figures(database: BenchDatabase, ledger: Ledger) -> None:
    """Compare the account snapshots of all contestants in every field the client computes."""
    chatty_client.prepare(database)
    chatty_client.run(database, ledger)
    by_client = _figures(database, "public", "client_snapshot")
    database.clear()
    reference.run(database, ledger)
    by_reference = _figures(database, "rollforward_data", "account_snapshot")
    database.clear()
    batch.run(database, ledger)
    by_batch = _figures(database, "rollforward_data", "account_snapshot")
    for name, figures in (("client", by_client), ("reference", by_reference)):
        _require_same(name, figures, by_batch)


def _require_same(name: str, figures: list[dict[str, Any]], expected: list[dict[str, Any]]) -> None:
    if not expected or len(figures) != len(expected):
        raise FiguresDiffer(f"{name} has {len(figures)} snapshots, the batch {len(expected)}")
    for mine, theirs in zip(figures, expected, strict=True):
        for field, value in mine.items():
            if value != theirs[field]:
                where = f"account {mine['account_id']} on {mine['snapshot_date']}"
                raise FiguresDiffer(f"{name} has {field} {value}, the batch {theirs[field]}, {where}")


def _figures(database: BenchDatabase, schema: str, table: str) -> list[dict[str, Any]]:
    names = ("account_id", "currency", "snapshot_date", *chatty_client.FIELDS)
    rows = database.connection.execute(
        sql.SQL("SELECT {} FROM {} ORDER BY account_id, currency, snapshot_date").format(
            sql.SQL(", ").join(map(sql.Identifier, names)), sql.Identifier(schema, table)
        )
    )
    return [dict(zip(names, row, strict=True)) for row in rows]


def _milliseconds(spread: Spread) -> Spread:
    return spread.map(lambda seconds: seconds * 1000)


SUITES: dict[str, Suite] = {
    "client": client,
    "batch": growth.measure,
    "fifo": fifo.measure,
    "methods": methods.measure,
    "lookup": lookup.measure,
    "backdated": backdated.measure,
    "valuation": valuation.measure,
    "repository": repository.measure,
    "coordinator": coordinator.measure,
    "statement": statement.measure,
    "analytics": analytics.measure,
}
