"""Daily equity: many days of all accounts at once, and one more day of all accounts.

``backfill``: nothing is computed yet; timed is one ``rollforward.process_batch`` over the whole range,
commit included. ``end of day``: everything is computed and clean, a close of every share arrives for the
next trading day and is committed; timed is ``rollforward.process_stale``, which also finds out whom the
closes concern.
"""

from __future__ import annotations

from collections.abc import Iterator

from bench.claims import BACKFILL_SECONDS, END_OF_DAY_SECONDS, Claim, Line
from bench.counting import Cost, cost
from bench.data import Holdings
from bench.database import BenchDatabase, BenchServer
from bench.measure import Spread, seconds
from bench.settings import Scale

_POSITIONS = 15
_DATES = 120
_REPETITIONS = 3
_CLAIMED_ACCOUNTS = 10_000  # at the end of a day
_BATCH = "SELECT * FROM rollforward.process_batch(%s::bigint[], %s, %s)"
_STALE = "SELECT * FROM rollforward.process_stale()"


def measure(server: BenchServer, scale: Scale) -> Iterator[Line | Cost]:
    """Seconds of both, rows a second, bytes of write-ahead log for a row, and what both take beside time."""
    yield from _backfill_lines(server, scale)
    for accounts in scale.end_of_day_accounts:
        is_largest = accounts == max(scale.end_of_day_accounts)
        claim = END_OF_DAY_SECONDS.judged_if(accounts == _CLAIMED_ACCOUNTS) if is_largest else None
        yield from _end_of_day_lines(server, accounts, claim)


def _backfill_lines(server: BenchServer, scale: Scale) -> Iterator[Line | Cost]:
    holdings = Holdings(scale.backfill_accounts, _POSITIONS, _DATES)
    what = f"{_DATES} days, {holdings.accounts:,} accounts x {_POSITIONS} positions"
    with server.database() as database:
        holdings.load(database.connection)
        taken, log = _backfill(database, holdings)
        database.clear()
        yield cost("valuation", what, database, lambda session: _compute(session, holdings, _DATES))
    rows = holdings.accounts * _DATES
    claim = BACKFILL_SECONDS.judged_if(scale.name == "full")
    yield Line("valuation", what, "s", taken, claim)
    yield Line("valuation", f"{what}, equity rows a second", "/s", taken.map(lambda second: rows / second))
    yield Line("valuation", f"{what}, write-ahead log for a row", "bytes", log.map(lambda size: size / rows))


def _end_of_day_lines(server: BenchServer, accounts: int, claim: Claim | None) -> Iterator[Line | Cost]:
    holdings = Holdings(accounts, _POSITIONS, 5)
    what = f"end of day, {accounts:,} accounts x {_POSITIONS} positions"
    with server.database() as database:
        holdings.load(database.connection)
        _compute(database, holdings, holdings.dates)
        database.connection.execute("VACUUM (ANALYZE)")
        with database.another_session() as session:
            taken = _end_of_day(session, holdings)
        day = holdings.dates + len(taken.samples) + 1
        holdings.load_prices(database.connection, day, day)
        yield cost("valuation", what, database, lambda session: session.connection.execute(_STALE))
    yield Line("valuation", what, "s", taken, claim)


def _compute(database: BenchDatabase, holdings: Holdings, dates: int) -> None:
    values = (holdings.account_ids, holdings.day(0), holdings.day(dates - 1))
    database.connection.execute(_BATCH, values)


def _backfill(database: BenchDatabase, holdings: Holdings) -> tuple[Spread, Spread]:
    taken, logged = [], []
    for _ in range(_REPETITIONS):
        database.clear()
        before = _log_position(database)
        taken.append(seconds(lambda: _compute(database, holdings, holdings.dates)))
        logged.append(_log_position(database) - before)
    return Spread(tuple(taken)), Spread(tuple(logged))


def _end_of_day(database: BenchDatabase, holdings: Holdings) -> Spread:
    """The first day is left out: its plans are made anew."""
    taken = []
    for number in range(_REPETITIONS + 1):
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
