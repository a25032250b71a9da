"""Daily equity: many days of all accounts at once, and one more day of all accounts.

``backfill``: nothing is computed yet; timed is one ``rollforward.process_batch`` over the whole range,
commit included. ``end of day``: everything is computed and clean, a close of every share arrives for the
next trading day and is committed; timed is ``rollforward.process_stale``, which also finds out whom the
closes concern.
"""

from __future__ import annotations

from collections.abc import Iterator

from bench.claims import BACKFILL_SECONDS, END_OF_DAY_SECONDS, Line
from bench.data import Holdings
from bench.database import BenchDatabase, BenchServer
from bench.measure import Spread, seconds
from bench.settings import Scale

_POSITIONS = 15
_DATES = 120
_BATCH = "SELECT * FROM rollforward.process_batch(%s::bigint[], %s, %s)"
_STALE = "SELECT * FROM rollforward.process_stale()"


def measure(server: BenchServer, scale: Scale) -> Iterator[Line]:
    """Seconds of both, rows a second, and bytes of write-ahead log for a row."""
    full = scale.name == "full"
    backfill = Holdings(scale.backfill_accounts, _POSITIONS, _DATES)
    size = f"{backfill.accounts:,} accounts x {_POSITIONS} positions"
    with server.database() as database:
        backfill.load(database.connection)
        taken, log = _backfill(database, backfill, scale.repetitions)
    rows = backfill.accounts * _DATES
    yield Line("valuation", f"{_DATES} days, {size}", "s", taken, BACKFILL_SECONDS.judged_if(full))
    yield Line("valuation", "equity rows a second", "/s", taken.map(lambda second: rows / second))
    yield Line("valuation", "write-ahead log for a row", "bytes", log.map(lambda size: size / rows))

    holdings = Holdings(scale.end_of_day_accounts, _POSITIONS, 5)
    with server.database() as database:
        holdings.load(database.connection)
        _compute(database, holdings, holdings.dates)
        database.connection.execute("VACUUM (ANALYZE)")
        with database.another_session() as session:
            taken = _end_of_day(session, holdings, scale.repetitions)
    size = f"{holdings.accounts:,} accounts x {_POSITIONS} positions"
    claim = END_OF_DAY_SECONDS.judged_if(full)
    yield Line("valuation", f"end of day, {size}", "s", taken, claim)


def _compute(database: BenchDatabase, holdings: Holdings, dates: int) -> None:
    values = (holdings.account_ids, holdings.day(0), holdings.day(dates - 1))
    database.connection.execute(_BATCH, values)


def _backfill(database: BenchDatabase, holdings: Holdings, repetitions: int) -> tuple[Spread, Spread]:
    taken, logged = [], []
    for _ in range(repetitions):
        database.clear()
        before = _log_position(database)
        taken.append(seconds(lambda: _compute(database, holdings, holdings.dates)))
        logged.append(_log_position(database) - before)
    return Spread(tuple(taken)), Spread(tuple(logged))


def _end_of_day(database: BenchDatabase, holdings: Holdings, repetitions: int) -> Spread:
    """The first day is left out: its plans are made anew."""
    taken = []
    for number in range(repetitions + 1):
        day = holdings.dates + number
        holdings.load_prices(database.connection, day, day)
        taken.append(seconds(lambda: database.connection.execute(_STALE)))
        row = database.connection.execute(
            "SELECT count(*) FROM rollforward.equity_snapshot WHERE snapshot_date = %s", (holdings.day(day),)
        ).fetchone()
        assert row is not None
        assert row[0] == holdings.accounts
    return Spread(tuple(taken[1:]))


def _log_position(database: BenchDatabase) -> float:
    row = database.connection.execute("SELECT pg_current_wal_insert_lsn() - '0/0'").fetchone()
    assert row is not None
    return float(row[0])
