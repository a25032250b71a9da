"""Runs: several connections compute one, and whoever looks on sees how far it has come."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import FIRST_EXCEPTION, Future, ThreadPoolExecutor, wait
from contextlib import suppress
from datetime import date
from typing import Any, LiteralString

import psycopg
from psycopg.abc import Buffer
from psycopg.rows import class_row
from psycopg.types.datetime import DateLoader

from rollforward.connection import open_connection
from rollforward.errors import RollforwardError, RunCancelled, from_psycopg
from rollforward.repository.retry import retried
from rollforward.results import Run

Report = Callable[[Run], None]

LOOKED_AT_EVERY = 0.2  # seconds

_WORK = "CALL rollforward.work_on_run(%s)"


def work_on(dsn: str, run_id: int, *, workers: int = 1, report: Report | None = None) -> None:
    """Compute what is left of a run over as many connections as there are workers; returns when it is over.

    A connection that is lost is opened again: what it was at, another worker or itself takes over. When the
    caller is interrupted, by Ctrl-C say, the run is cancelled first, and may be resumed.

    report  is told of the run again and again while it lasts, and once when it is over

    Raises RunCancelled (57014) when somebody cancelled it.
    """
    with ThreadPoolExecutor(workers, thread_name_prefix="rollforward-run") as pool:
        working = [pool.submit(_Worker(dsn, run_id).work) for _ in range(workers)]
        try:
            _watch_over(dsn, run_id, working, report)
        except BaseException:
            cancel(dsn, run_id, until=lambda: all(future.done() for future in working))
            raise
    for future in working:
        future.result()


def cancel(dsn: str, run_id: int, *, until: Callable[[], bool] = lambda: True) -> bool:
    """Cancel a run, again and again until what is asked for holds; whether there was something to cancel."""
    with open_connection(dsn, autocommit=True) as connection:
        try:
            row = connection.execute("SELECT rollforward.cancel_run(%s)", [run_id]).fetchone()
            while not until():
                threading.Event().wait(0.05)  # a worker that had not begun is cancelled the next time
                connection.execute("SELECT rollforward.cancel_run(%s)", [run_id])
        except psycopg.Error as error:
            raise from_psycopg(error) from error
    return bool(row and row[0])


def watch(dsn: str, run_id: int, report: Report) -> Run | None:
    """Report on a run until nobody computes it any more; what became of it, None if there is no such run."""
    with open_connection(dsn, autocommit=True) as connection:
        while run := look_at(connection, run_id):
            report(run)
            if run.status != "running":
                break
            threading.Event().wait(LOOKED_AT_EVERY)
        return run


def look_at(connection: psycopg.Connection[Any], run_id: int) -> Run | None:
    """The run as it is now."""
    return next(iter(selected(connection, "WHERE run_id = %s", run_id)), None)


def selected(connection: psycopg.Connection[Any], clause: LiteralString, *parameters: Any) -> list[Run]:
    """Runs as they are now; dates without end are the last, or the first, date that Python has."""
    with connection.cursor(row_factory=class_row(Run)) as cursor:
        cursor.adapters.register_loader("date", _EndlessDates)
        return cursor.execute(f"SELECT * FROM rollforward.run {clause}", parameters).fetchall()


class _EndlessDates(DateLoader):
    def load(self, data: Buffer) -> date:
        return _ENDLESS.get(bytes(data)) or super().load(data)


_ENDLESS = {b"infinity": date.max, b"-infinity": date.min}


def _watch_over(dsn: str, run_id: int, working: list[Future[None]], report: Report | None) -> None:
    """Wait for the workers, and report meanwhile. A report that cannot be had stops nobody."""
    if report is None:
        wait(working, return_when=FIRST_EXCEPTION)
        return
    with open_connection(dsn, autocommit=True) as connection:
        unfinished = set(working)
        while unfinished:
            unfinished = wait(unfinished, timeout=LOOKED_AT_EVERY).not_done
            with suppress(psycopg.Error):
                if run := look_at(connection, run_id):
                    report(run)


class _Worker:
    """A connection that computes steps of a run until there are none."""

    def __init__(self, dsn: str, run_id: int) -> None:
        self.dsn = dsn
        self.run_id = run_id
        self.connection: psycopg.Connection[Any] | None = None

    def work(self) -> None:
        try:
            retried(self._call, self._connect)
        finally:
            if self.connection is not None:
                self.connection.close()

    def _connect(self) -> None:
        if self.connection is not None:
            self.connection.close()
        self.connection = open_connection(self.dsn, autocommit=True)
        # a run takes as long as it takes; cancelling is what ends it
        self.connection.execute("SET statement_timeout = 0; SET lock_timeout = 0")
        with suppress(psycopg.Error):  # where servers cannot find out, a run goes on that nobody waits for
            self.connection.execute("SET client_connection_check_interval = '1s'")

    def _call(self) -> None:
        if self.connection is None or self.connection.closed:
            self._connect()
        assert self.connection is not None
        try:
            self.connection.execute(_WORK, [self.run_id])
        except psycopg.errors.QueryCanceled as error:
            raise _cancelled(self.run_id, error) from error
        except psycopg.Error as error:
            raise from_psycopg(error) from error


def _cancelled(run_id: int, error: psycopg.Error) -> RollforwardError:
    known = from_psycopg(error)
    return RunCancelled(
        f"run {run_id} was cancelled",
        sqlstate=known.sqlstate,
        hint=f'What is done stays; "rollforward runs resume {run_id}" does the rest.',
    )
