"""The connection of a session: its transactions, and calls of functions over it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import date
from types import TracebackType
from typing import Any, Self, TypeVar
from uuid import uuid4

import psycopg
from psycopg import sql
from psycopg.pq import TransactionStatus
from psycopg.rows import class_row, tuple_row

from rollforward.connection import open_connection, transaction
from rollforward.errors import from_psycopg
from rollforward.repository.retry import retried

Row = TypeVar("Row")
Result = TypeVar("Result")

_BECAUSE = """
    SELECT set_config('rollforward.reason', %s, true)
    WHERE coalesce(current_setting('rollforward.reason', true), '') = ''
"""


class Connected:
    """What every part of a session has: the connection, and how functions are called over it."""

    def __init__(self, connection: psycopg.Connection[Any], *, dsn: str | None = None) -> None:
        """With a DSN the connection is the session's own, which it may open again."""
        self.connection = connection
        self._dsn = dsn

    def __enter__(self) -> Self:
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
        with transaction(connection):
            if reason is not None:
                connection.execute(_BECAUSE, [reason])
            yield

    @contextmanager
    def transaction_or_its_own(self) -> Iterator[None]:
        """What happens in the block is committed at its end, unless the caller has a transaction."""
        if self.is_on_its_own:
            with transaction(self.connection):
                yield
        else:
            yield

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

    def fetch(
        self, query: str | sql.Composed, parameters: Sequence[Any] | Mapping[str, Any] = ()
    ) -> list[tuple[Any, ...]]:
        """Rows of a view or function of schema ``rollforward``."""
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
        key = idempotency_key or str(uuid4())
        return retried(lambda: self._translated(lambda: call(self.connection, key)), self.reconnect)

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
        return self._rows(row, call, [unending(each) for each in arguments])

    def _rows(
        self, row: type[Row], query: str | sql.Composed, parameters: Sequence[Any] | Mapping[str, Any] = ()
    ) -> list[Row]:
        try:
            with self.connection.cursor(row_factory=class_row(row)) as cursor:
                return cursor.execute(query, parameters).fetchall()
        except psycopg.Error as error:
            raise from_psycopg(error) from error


def unending(argument: Any) -> Any:
    """The last day that Python knows stands for no end, and the first for no beginning."""
    if argument == date.max:
        return "infinity"
    return "-infinity" if argument == date.min else argument
