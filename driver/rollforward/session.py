"""A session: Python names for the database's functions.

Most methods are one call of a function of the same name. Nothing is computed here.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from datetime import date
from functools import partial
from os import PathLike
from types import TracebackType
from typing import TYPE_CHECKING, Any, LiteralString, TypeVar
from uuid import uuid4

import psycopg
from psycopg import sql
from psycopg.pq import TransactionStatus
from psycopg.rows import class_row, tuple_row

from rollforward.connection import open_connection
from rollforward.errors import from_psycopg
from rollforward.results import (
    AccountSnapshot,
    BatchResult,
    Difference,
    Disagreement,
    ImportResult,
    MarketLoad,
    Offence,
    Outcome,
    Run,
    SavedChunk,
    Tie,
)

if TYPE_CHECKING:
    from rollforward.statement.source import Source

Row = TypeVar("Row")
Result = TypeVar("Result")

_BECAUSE = """
    SELECT set_config('rollforward.reason', %s, true)
    WHERE coalesce(current_setting('rollforward.reason', true), '') = ''
"""


def connect(dsn_or_connection: str | psycopg.Connection[Any]) -> Session:
    """Open a session.

    With a DSN the session has a connection of its own, each call is a transaction, and the session is to be
    closed (``with`` does). With a connection every call runs inside the caller's transaction, and committing
    is the caller's business.
    """
    if isinstance(dsn_or_connection, str):
        return Session(open_connection(dsn_or_connection, autocommit=True), dsn=dsn_or_connection)
    return Session(dsn_or_connection)


class Session:
    """The functions of schema ``rollforward``, called through one connection.

    Errors of the database are raised as ``RollforwardError`` with their SQLSTATE, detail and hint.
    """

    def __init__(self, connection: psycopg.Connection[Any], *, dsn: str | None = None) -> None:
        """With a DSN the connection is the session's own, which it may open again."""
        self.connection = connection
        self._dsn = dsn

    def __enter__(self) -> Session:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close the connection, if it is the session's own."""
        if self._dsn is not None:
            self.connection.close()

    @contextmanager
    def all_or_nothing(self, reason: str | None = None) -> Iterator[None]:
        """What happens in the block, happens or does not: a savepoint in the caller's transaction.

        As any statement would, it begins that transaction if there is none. In autocommit mode it is a
        transaction of its own. The reason goes into ``audit_log``, unless the caller has given one.
        """
        connection = self.connection
        if not connection.autocommit and connection.info.transaction_status == TransactionStatus.IDLE:
            connection.execute("SELECT")  # otherwise the block would be the whole transaction, and commit it
        with connection.transaction():
            if reason is not None:
                connection.execute(_BECAUSE, [reason])
            yield

    @contextmanager
    def transaction_or_its_own(self) -> Iterator[None]:
        """What happens in the block is committed at its end, unless the caller has a transaction."""
        if self.is_on_its_own:
            with self.connection.transaction():
                yield
        else:
            yield

    def save(
        self,
        entity: str,
        rows: Iterable[Any],
        *,
        on_conflict: str = "error",
        idempotency_key: str | None = None,
    ) -> list[Outcome]:
        """Save rows, all of them or none; what became of each, in their order.

        entity           ``person``, ``account``, ``instrument``, ``movement`` or ``price``
        rows             mappings from column to value, or dataclasses with the same fields; a column that a
                         row does not have is NULL, or what the table has for it
        on_conflict      of a row that is stored already: ``error`` refuses the batch, ``skip`` leaves it,
                         ``update`` makes it what is given
        idempotency_key  a call that has the key of an earlier one does nothing and returns what that returned

        Some thousands of rows go as arrays, more by COPY. A session with a connection of its own tries again
        after a conflict with other transactions or a lost connection: they are saved once.

        Raises BatchRejected (23R01) listing ordinal, code, field, value and message of the first hundred
        offences, BadArgument (22R01) for a column or entity that does not exist.
        """
        from rollforward.repository import operations

        given = list(rows)
        return self._once(
            lambda connection, key: operations.save(connection, entity, given, on_conflict, key),
            idempotency_key,
        )

    def save_stream(
        self,
        entity: str,
        rows: Iterable[Any],
        *,
        on_conflict: str = "error",
        chunk_size: int = 10_000,
        workers: int = 1,
        continue_on_error: bool = False,
    ) -> Iterator[SavedChunk]:
        """Save rows from an iterator, chunk by chunk, each chunk as ``save`` does; what became of each.

        In memory are as many chunks as there are workers, and one more. More than one worker have a
        connection each, for which the session must have been opened with a DSN; what refers to other rows of
        the stream must then be in the same chunk as those.

        continue_on_error  report chunks that are refused and go on; else the error of the first one is raised
                           and the chunks before it stand
        """
        from rollforward.repository.stream import save_chunks

        if workers > 1 and self._dsn is None:
            raise ValueError("several workers need a session that was opened with a DSN")
        with ExitStack() as opened:
            others = [opened.enter_context(connect(self._dsn or "")) for _ in range(workers - 1)]
            savers = [
                partial(session._save_and_count, entity, on_conflict=on_conflict)
                for session in (self, *others)
            ]
            yield from save_chunks(rows, chunk_size, savers, continue_on_error=continue_on_error)

    def _save_and_count(self, entity: str, rows: list[Any], on_conflict: str) -> dict[str, int]:
        from rollforward.repository import operations

        return self._once(
            lambda connection, key: operations.save_and_count(connection, entity, rows, on_conflict, key),
            None,
        )

    def load(self, entity: str, keys: Iterable[Any]) -> list[dict[str, Any] | None]:
        """The rows of these keys, in their order; None for what does not exist.

        keys  values of the key, tuples of values where it has several columns, or mappings
        """
        from rollforward.repository import operations

        return self._translated(lambda: operations.load(self.connection, entity, keys))

    def update(
        self, entity: str, rows: Iterable[Any], *, idempotency_key: str | None = None
    ) -> list[Outcome]:
        """Change columns of rows, all of them or none; what became of each, in their order.

        rows  mappings with the key and the columns to change, all rows the same ones. With ``version``, as
              ``load`` returns it, a row is changed only if nobody else has changed it since

        Raises StaleVersion (23R02) when somebody has, BatchRejected (23R01) for all other offences.
        """
        from rollforward.repository import operations

        given = list(rows)
        return self._once(
            lambda connection, key: operations.update(connection, entity, given, key), idempotency_key
        )

    def delete(
        self,
        entity: str,
        keys: Iterable[Any],
        *,
        unknown: str = "ignore",
        idempotency_key: str | None = None,
    ) -> list[Outcome]:
        """Delete the rows of these keys, all of them or none; what became of each. Their versions are kept.

        unknown  what becomes of a key that does not exist: ``ignore`` or ``error``
        """
        from rollforward.repository import operations

        given = list(keys)
        return self._once(
            lambda connection, key: operations.delete(connection, entity, given, unknown, key),
            idempotency_key,
        )

    def exists(self, entity: str, keys: Iterable[Any]) -> list[bool]:
        """Whether there are rows of these keys, in their order."""
        from rollforward.repository import operations

        return self._translated(lambda: operations.exists(self.connection, entity, keys))

    def validate(self, entity: str, rows: Iterable[Any], *, on_conflict: str = "error") -> list[Offence]:
        """Everything that ``save`` would refuse the rows for; nothing when they can be saved."""
        from rollforward.repository import operations

        return self._translated(lambda: operations.validate(self.connection, entity, rows, on_conflict))

    def import_statement(
        self,
        path: str | PathLike[str] | Source,
        *,
        account: str,
        broker: str,
        columns: str | PathLike[str] | None = None,
        progress: Callable[[int], None] | None = None,
    ) -> ImportResult:
        """Save the movements of a broker's statement, each once, all rows or none. Computes no snapshots.

        The view ``import_session`` shows how far it has come. With a connection of its own the session
        begins it in a transaction of its own, and makes the import again when others were in the way or the
        connection was lost; what is saved is saved once. ``start_import_run`` computes what it has changed.

        path      a CSV file, or what ``rollforward.statement.source.sources`` finds in an archive
        account   name of the account; created when it is new
        broker    whose layout it is: ``tastytrade``, ``ibkr``, or ``generic`` for rollforward's own
        columns   a column map in TOML, for files of the generic layout with other headers or words
        progress  called with the bytes read so far

        Raises StatementRefused, listing file, line, column, value and reason of what cannot be booked.
        """
        from rollforward.statement import import_statement

        return import_statement(
            self, path, account=account, broker=broker, columns=columns, progress=progress
        )

    def start_import_run(self, import_session_id: int) -> int | None:
        """The number of a run that computes what an import has changed; None when nothing is stale."""
        [(run_id,)] = self.fetch("SELECT rollforward.start_import_run(%s)", [import_session_id])
        return None if run_id is None else int(run_id)

    def reconcile(self, account: int) -> list[Disagreement]:
        """Where statements, or users, say something else of an account than what is computed."""
        return self._all(Disagreement, "reconcile", account)

    def load_market(
        self,
        kind: str,
        path: str | PathLike[str],
        *,
        strict: bool = False,
        progress: Callable[[int], None] | None = None,
        warn: Callable[[str], None] | None = None,
    ) -> MarketLoad:
        """Load a CSV file of market data: new rows are saved, known ones corrected where they differ.

        kind      ``prices``, ``fx``, ``splits``, ``profiles`` or ``calendar``
        strict    all rows or none; otherwise bad rows are kept aside in ``rejected_row``, and the rest lands
        progress  called with the bytes read so far
        warn      called with what is odd about the file, such as a column that is ignored

        Raises StatementRefused, listing line, column, value and reason, when nothing of the file was saved.
        """
        from rollforward.market import load_market

        return load_market(self, kind, path, strict=strict, progress=progress, warn=warn)

    def process(
        self,
        accounts: Sequence[int],
        start: date,
        end: date,
        *,
        scenario: str = "manual",
        mode: str | None = None,
        workers: int = 1,
    ) -> BatchResult:
        """Compute all snapshots of the accounts between two dates, both included; atomic per account.

        ``date.max`` means no end: as far as movements and prices go. An account that failed in every way is
        in ``result.errors``; the others stand.

        With a connection of its own the session begins a run, which other sessions can watch and cancel.
        Within a transaction it is one call of ``process`` in the mode set for the scenario: other modes, and
        more than one worker, need a run.
        """
        if self.is_on_its_own:
            run_id = self.start_run(accounts, start, end, scenario=scenario, mode=mode)
            return self.work_on_run(run_id, workers=workers)
        if mode is not None or workers > 1:
            raise ValueError("a mode, or several workers, need a session with a connection of its own")
        return self._one(BatchResult, "process", list(accounts), start, end, scenario)

    def start_run(
        self,
        accounts: Sequence[int] | None,
        start: date,
        end: date,
        *,
        chunk_size: int | None = None,
        scenario: str = "manual",
        mode: str | None = None,
        only_stale: bool = False,
    ) -> int:
        """Write down what is to be computed, in steps; the number of the run, which nobody computes yet."""
        wanted = None if accounts is None else list(accounts)
        arguments = [wanted, _unending(start), _unending(end), chunk_size, scenario, mode, only_stale]
        [(run_id,)] = self.fetch(
            "SELECT rollforward.start_run(%s::bigint[], %s, %s, %s, %s, %s, %s)", arguments
        )
        return int(run_id)

    def work_on_run(
        self, run_id: int, *, workers: int = 1, report: Callable[[Run], None] | None = None
    ) -> BatchResult:
        """Compute what is left of a run, over as many connections as there are workers.

        report  is told of the run again and again

        Raises RunCancelled (57014) when somebody cancelled it; what was done before stays.
        """
        from rollforward.runs import work_on

        if self._dsn is None:
            raise ValueError("a run commits: it needs a session that was opened with a DSN")
        work_on(self._dsn, run_id, workers=workers, report=report)
        return self.run_result(run_id)

    def reopen_run(self, run_id: int) -> None:
        """Make a run that was cancelled, interrupted or failed one that can be worked on again."""
        self.fetch("SELECT rollforward.reopen_run(%s)", [run_id])

    def cancel_run(self, run_id: int) -> bool:
        """Cancel a run; whether there was something to cancel. What is done stays."""
        [(cancelled,)] = self.fetch("SELECT rollforward.cancel_run(%s)", [run_id])
        return bool(cancelled)

    def run_result(self, run_id: int) -> BatchResult:
        """The outcome of a run as far as it has come."""
        return self._one(BatchResult, "run_result", run_id)

    def runs(self, limit: int = 20) -> list[Run]:
        """The latest runs, the last one first."""
        return self.runs_where("ORDER BY run_id DESC LIMIT %s", limit)

    def runs_where(self, clause: LiteralString, *parameters: Any) -> list[Run]:
        """The runs that a clause of SQL selects and orders."""
        from rollforward.runs import selected

        return self._translated(lambda: selected(self.connection, clause, *parameters))

    def process_batch(
        self, accounts: Sequence[int], start: date, end: date, *, force_recalculation: bool = False
    ) -> BatchResult:
        """Compute all snapshots of the accounts between two dates, both included; all accounts or none."""
        return self._one(BatchResult, "process_batch", list(accounts), start, end, force_recalculation)

    def process_per_date(self, account: int, start: date, end: date) -> BatchResult:
        """Compute one account by the independent reference, date by date."""
        return self._one(BatchResult, "process_per_date", account, start, end)

    def process_stale(self, max_accounts: int | None = None) -> BatchResult:
        """Compute what changed facts made stale, and nothing else."""
        return self._one(BatchResult, "process_stale", max_accounts)

    def latest(
        self, accounts: Sequence[int] | None = None, *, before: date | None = None, as_of: date | None = None
    ) -> list[AccountSnapshot]:
        """The latest snapshot of each account and currency, ordered by account number and currency.

        accounts  all of them by default
        before    only snapshots strictly before this date
        as_of     only snapshots on or before this date; neither means the latest there is
        """
        if before is not None and as_of is not None:
            raise ValueError("before and as_of exclude each other")
        wanted = self.account_ids() if accounts is None else list(accounts)
        if before is not None:
            found = self._all(AccountSnapshot, "latest_snapshots", wanted, before)
        else:
            found = self._all(AccountSnapshot, "snapshots_as_of", wanted, as_of or date.max)
        return sorted(found, key=lambda snapshot: (snapshot.account_number, snapshot.currency))

    def verify(
        self, accounts: Sequence[int] | None = None, start: date | None = None, end: date | None = None
    ) -> list[Difference]:
        """Recompute by the reference; every field that differs. An empty list means stored data is right."""
        return self._all(Difference, "verify", None if accounts is None else list(accounts), start, end)

    def check_ties(self, accounts: Sequence[int] | None = None) -> list[Tie]:
        """Broken identities between facts and figures, and orphan closings."""
        return self._all(Tie, "check_ties", None if accounts is None else list(accounts))

    def account_ids(self, names: Sequence[str] | None = None) -> list[int]:
        """The ids of all accounts, or of the named ones, in the order of the names given.

        Raises BadArgument (22R01) naming an account that does not exist.
        """
        return [row[0] for row in self.fetch("SELECT rollforward.account_ids(%s)", [names])]

    def fetch(self, query: str, parameters: Sequence[Any] | Mapping[str, Any] = ()) -> list[tuple[Any, ...]]:
        """Rows of a read-only view or function of schema ``rollforward``."""
        try:
            with self.connection.cursor(row_factory=tuple_row) as cursor:
                return cursor.execute(query, parameters).fetchall()
        except psycopg.Error as error:
            raise from_psycopg(error) from error

    def _once(
        self, call: Callable[[psycopg.Connection[Any], str | None], Result], idempotency_key: str | None
    ) -> Result:
        """The result of a call that writes: made again if it has to be, done once."""
        if not self.is_on_its_own:
            return self._translated(lambda: call(self.connection, idempotency_key))

        from rollforward.repository.retry import retried

        key = idempotency_key or str(uuid4())
        return retried(lambda: self._translated(lambda: call(self.connection, key)), self.reconnect)

    @property
    def has_no_transaction(self) -> bool:
        """Whether every call is a transaction by itself."""
        connection = self.connection
        return connection.autocommit and connection.info.transaction_status == TransactionStatus.IDLE

    @property
    def is_on_its_own(self) -> bool:
        """Whether a call would be a transaction, which the session may begin, commit and repeat."""
        return self._dsn is not None and self.connection.info.transaction_status == TransactionStatus.IDLE

    def reconnect(self) -> None:
        """Open the session's own connection again, if it is lost."""
        assert self._dsn is not None
        if self.connection.broken or self.connection.closed:
            self.connection = open_connection(self._dsn, autocommit=True)

    def _translated(self, call: Callable[[], Result]) -> Result:
        try:
            return call()
        except psycopg.Error as error:
            raise from_psycopg(error) from error

    def _one(self, row: type[Row], function: str, *arguments: Any) -> Row:
        (only,) = self._all(row, function, *arguments)
        return only

    def _all(self, row: type[Row], function: str, *arguments: Any) -> list[Row]:
        call = sql.SQL("SELECT * FROM {}({})").format(
            sql.Identifier("rollforward", function), sql.SQL(", ").join(sql.Placeholder() * len(arguments))
        )
        try:
            with self.connection.cursor(row_factory=class_row(row)) as cursor:
                return cursor.execute(call, [_unending(each) for each in arguments]).fetchall()
        except psycopg.Error as error:
            raise from_psycopg(error) from error


def _unending(argument: Any) -> Any:
    """The last day that Python knows stands for no end, and the first for no beginning."""
    if argument == date.max:
        return "infinity"
    return "-infinity" if argument == date.min else argument
