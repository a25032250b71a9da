"""The bulk repository: rows of an entity are saved, loaded, changed and deleted, many at once."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import ExitStack
from functools import partial
from typing import Any

from rollforward.connection import open_connection
from rollforward.repository import operations
from rollforward.repository.stream import save_chunks
from rollforward.results import Offence, Outcome, SavedChunk
from rollforward.session.connected import Connected


class Repository(Connected):
    """Operations on many rows of an entity."""

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

        Up to 20,000 rows go as arrays, more by COPY. A session with a connection of its own tries again
        after a conflict with other transactions or a lost connection: they are saved once.

        Raises BatchRejected (23R01) listing ordinal, code, field, value and message of the first hundred
        offences, BadArgument (22R01) for a column or entity that does not exist.
        """
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
        if workers > 1 and self._dsn is None:
            raise ValueError("several workers need a session that was opened with a DSN")
        with ExitStack() as opened:
            others = [opened.enter_context(_opened(self._dsn or "")) for _ in range(workers - 1)]
            savers = [
                partial(session._save_and_count, entity, on_conflict=on_conflict)
                for session in (self, *others)
            ]
            yield from save_chunks(rows, chunk_size, savers, continue_on_error=continue_on_error)

    def _save_and_count(self, entity: str, rows: list[Any], on_conflict: str) -> dict[str, int]:
        return self._once(
            lambda connection, key: operations.save_and_count(connection, entity, rows, on_conflict, key),
            None,
        )

    def load(self, entity: str, keys: Iterable[Any]) -> list[dict[str, Any] | None]:
        """The rows of these keys, in their order; None for what does not exist.

        keys  values of the key, tuples of values where it has several columns, or mappings
        """
        return self._translated(lambda: operations.load(self.connection, entity, keys))

    def update(
        self, entity: str, rows: Iterable[Any], *, idempotency_key: str | None = None
    ) -> list[Outcome]:
        """Change columns of rows, all of them or none; what became of each, in their order.

        rows  mappings with the key and the columns to change, all rows the same ones. With ``version``, as
              ``load`` returns it, a row is changed only if nobody else has changed it since

        Raises StaleVersion (23R02) when somebody has, BatchRejected (23R01) for all other offences.
        """
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
        given = list(keys)
        return self._once(
            lambda connection, key: operations.delete(connection, entity, given, unknown, key),
            idempotency_key,
        )

    def exists(self, entity: str, keys: Iterable[Any]) -> list[bool]:
        """Whether there are rows of these keys, in their order."""
        return self._translated(lambda: operations.exists(self.connection, entity, keys))

    def validate(self, entity: str, rows: Iterable[Any], *, on_conflict: str = "error") -> list[Offence]:
        """Everything that ``save`` would refuse the rows for; nothing when they can be saved."""
        return self._translated(lambda: operations.validate(self.connection, entity, rows, on_conflict))


def _opened(dsn: str) -> Repository:
    return Repository(open_connection(dsn, autocommit=True), dsn=dsn)
