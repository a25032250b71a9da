"""What a piece of work costs beside time, counted in a run of its own that is not timed.

Statements, buffers and write-ahead log are what ``pg_stat_statements`` saw in the database, over all its
connections. Memory is the most that processes had for themselves (``RssAnon``; shared buffers are not in it),
looked up every 2 ms: of the server's processes that came since, together, and of the process that calls.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from bench.database import BenchDatabase

_INTERVAL = 0.002  # seconds
_COUNTED = """
SELECT coalesce(sum(calls) FILTER (WHERE toplevel), 0), coalesce(sum(calls), 0),
       coalesce(sum(shared_blks_hit + shared_blks_read) FILTER (WHERE toplevel), 0),
       coalesce(sum(wal_bytes) FILTER (WHERE toplevel), 0)
FROM pg_stat_statements
JOIN pg_database AS database ON database.oid = dbid
WHERE datname = %s
"""


@dataclass(frozen=True)
class Cost:
    """What a contestant of a suite took on some data."""

    suite: str
    what: str
    sent: int  # statements that the client sent
    executed: int  # statements, those inside functions included
    buffers: int  # shared ones, hit or read
    wal_bytes: int
    server_bytes: int | None  # None where the kernel does not tell
    driver_bytes: int | None


def cost(suite: str, what: str, database: BenchDatabase, work: Callable[[BenchDatabase], object]) -> Cost:
    """Do the work once, on a new session, and count."""
    name = database.connection.info.dbname
    with database.owner.administrator() as admin:
        admin.execute(f"ALTER DATABASE {name} SET pg_stat_statements.track = 'all'".encode())
        try:
            admin.execute("SELECT pg_stat_statements_reset()")
            with _memory(database.owner.server.pid) as peak, database.another_session() as session:
                work(session)
            row = admin.execute(_COUNTED, [name]).fetchone()
        finally:
            admin.execute(f"ALTER DATABASE {name} RESET pg_stat_statements.track".encode())
    assert row is not None
    return Cost(suite, what, *map(int, row), peak.server, peak.driver)


@dataclass
class _Peak:
    server: int | None = None
    driver: int | None = None


@contextmanager
def _memory(postmaster: int) -> Iterator[_Peak]:
    """The peak while the block runs."""
    peak, before, done = _Peak(), _children(postmaster), threading.Event()

    def watch() -> None:
        while not done.wait(_INTERVAL):
            came = [_private_bytes(pid) for pid in _children(postmaster) - before]
            peak.server = _larger(peak.server, sum(filter(None, came)) or None)
            peak.driver = _larger(peak.driver, _private_bytes("self"))

    watcher = threading.Thread(target=watch, daemon=True)
    watcher.start()
    try:
        yield peak
    finally:
        done.set()
        watcher.join()


def _larger(one: int | None, other: int | None) -> int | None:
    return max((value for value in (one, other) if value is not None), default=None)


def _children(pid: int) -> set[str]:
    try:
        return set(Path(f"/proc/{pid}/task/{pid}/children").read_text().split())
    except OSError:
        return set()


def _private_bytes(pid: str) -> int | None:
    try:
        lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    except OSError:
        return None  # gone, or not Linux
    return next((int(line.split()[1]) * 1024 for line in lines if line.startswith("RssAnon:")), None)
