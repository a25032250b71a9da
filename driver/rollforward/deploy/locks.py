"""The lock between deploys, and who is in the way when a lock cannot be had."""

from __future__ import annotations

import threading
from types import TracebackType

import psycopg
from psycopg import Connection
from psycopg.rows import TupleRow, dict_row

DEPLOY_LOCK = int.from_bytes(b"rollfwd\0", "big")
"""The advisory lock that a deploy holds until its transaction ends. Advisory locks are per database."""

_BLOCKERS = """
SELECT activity.pid, activity.usename AS user, activity.application_name AS application,
       activity.state, activity.query
FROM unnest(pg_blocking_pids(%s)) AS blocking (pid)
JOIN pg_stat_activity AS activity USING (pid)
ORDER BY activity.pid
"""


def take_deploy_lock(connection: Connection[TupleRow]) -> None:
    """Wait until no other deploy works on this database.

    The lock belongs to the transaction, so that neither a killed process nor a connection pooler can leave it
    behind. It makes yoyo's own lock, a row that outlives a killed process, superfluous.
    """
    connection.execute("SELECT pg_advisory_xact_lock(%s)", [DEPLOY_LOCK])


class BlockerWatch:
    """Looks, from a connection of its own, at who blocks another one; remembers the last that did.

    PostgreSQL does not say who held the lock after the wait is over, so one must look while it lasts. A
    deploy that is done within the first interval opens no second connection.
    """

    def __init__(self, dsn: str, watched_pid: int, interval: float) -> None:
        self._dsn = dsn
        self._watched_pid = watched_pid
        self._interval = interval
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._watch, name="rollforward-blockers", daemon=True)
        self.blockers: list[dict[str, object]] = []

    def __enter__(self) -> BlockerWatch:
        self._thread.start()
        return self

    def __exit__(
        self,
        exc_type: type[BaseException] | None,
        exc: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._stop.set()
        self._thread.join()

    def _watch(self) -> None:
        if self._stop.wait(self._interval):
            return
        try:
            with psycopg.connect(self._dsn, autocommit=True, connect_timeout=5) as connection:
                cursor = connection.cursor(row_factory=dict_row)
                while not self._stop.is_set():
                    self.blockers = cursor.execute(_BLOCKERS, [self._watched_pid]).fetchall() or self.blockers
                    self._stop.wait(self._interval)
        except psycopg.Error:
            # Names in an error message are a courtesy; the deploy itself does not depend on them.
            return
