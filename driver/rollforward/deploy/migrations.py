"""The migrations under ``sql/migrations``, applied by yoyo inside the transaction of the deploy.

yoyo on its own applies a migration and marks it in two transactions on two connections, takes a lock that
outlives a killed process, and notices neither an edited migration nor one it does not know. Here it works on
the deploy's connection: a migration, its mark and its hash land together or not at all, and the deploy's
advisory lock takes the place of yoyo's lock row.
"""

from __future__ import annotations

import contextlib
import getpass
import glob
import io
import os
import socket
import uuid
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import psycopg
from psycopg import Connection
from psycopg.rows import TupleRow
from yoyo import internalmigrations, read_migrations  # type: ignore[import-untyped]
from yoyo.backends.core.postgresql import PostgresqlPsycopgBackend  # type: ignore[import-untyped]
from yoyo.connections import DatabaseURI  # type: ignore[import-untyped]
from yoyo.exceptions import BadMigration  # type: ignore[import-untyped]
from yoyo.migrations import topological_sort  # type: ignore[import-untyped]

from rollforward.deploy import bookkeeping
from rollforward.deploy.bookkeeping import DeployedFile
from rollforward.deploy.errors import BadSource, DatabaseIsNewer, MigrationEdited
from rollforward.deploy.source import SourceFile, read_file

_MIGRATION_TABLE = "_yoyo_migration"

_IS_YOYO_THERE = "SELECT to_regclass('rollforward_data._yoyo_migration') IS NOT NULL"
_APPLIED = "SELECT migration_id FROM rollforward_data._yoyo_migration"

_COMMENTS = b"""
COMMENT ON TABLE rollforward_data._yoyo_migration IS 'The migrations this database has applied (yoyo)';
COMMENT ON TABLE rollforward_data._yoyo_log IS 'When each migration was applied, and by whom (yoyo)';
COMMENT ON TABLE rollforward_data._yoyo_version IS 'The version of the tables of yoyo (yoyo)';
"""


@dataclass(frozen=True)
class Migration:
    """One migration: its file, and what yoyo has read from it."""

    file: SourceFile
    yoyo: Any

    @property
    def id(self) -> str:
        """The name by which yoyo remembers it: the file name without the ending."""
        return str(self.yoyo.id)


def read_all(sql_root: Path) -> list[Migration]:
    """All migrations in the order they apply.

    Raises ``BadSource`` for one that asks to run outside of a transaction.
    """
    folder = sql_root / "migrations"
    try:
        # yoyo takes a pattern, and a directory may well be called "data[1]"
        found = list(topological_sort(read_migrations(glob.escape(str(folder)))))
    except BadMigration as error:
        raise BadSource(f"migrations: {error}") from error
    migrations = [Migration(read_file(sql_root, Path(migration.path)), migration) for migration in found]
    for migration in migrations:
        migration.yoyo.load()
        if not migration.yoyo.use_transactions:
            raise BadSource(
                f"{migration.file.path}: a migration outside of a transaction is not supported",
                hint="A deploy is one transaction. Remove the line '-- transactional: false'.",
            )
    return migrations


def applied_ids(connection: Connection[TupleRow]) -> set[str]:
    """The migrations the database has applied; reads only."""
    if connection.execute(_IS_YOYO_THERE).fetchone() != (True,):
        return set()
    return {row[0] for row in connection.execute(_APPLIED)}


def pending(
    migrations: Sequence[Migration], applied: Collection[str], deployed: Mapping[str, DeployedFile]
) -> list[Migration]:
    """The migrations to apply. Raises ``DatabaseIsNewer`` or ``MigrationEdited`` if history differs."""
    unknown = sorted(set(applied) - {migration.id for migration in migrations})
    if unknown:
        raise DatabaseIsNewer(unknown)
    for migration in migrations:
        known = deployed.get(migration.file.path)
        if migration.id in applied and known is not None and known.sha256 != migration.file.sha256:
            raise MigrationEdited(migration.file.path)
    return [migration for migration in migrations if migration.id not in applied]


def apply(connection: Connection[TupleRow], migrations: Sequence[Migration]) -> None:
    """Apply migrations within the connection's transaction, and remember them.

    Raises psycopg's error when PostgreSQL refuses one, with the migration named in a note of the error.
    """
    if not migrations:
        return
    # yoyo finds its own tables by the search path
    connection.execute("SET LOCAL search_path = rollforward_data")
    backend = _DeployBackend(connection)
    backend.prepare()
    for migration in migrations:
        try:
            # yoyo prints what a SELECT in a migration returns; standard output belongs to the command
            with contextlib.redirect_stdout(io.StringIO()):
                migration.yoyo.process_steps(backend, "apply")
        except psycopg.Error as error:
            error.add_note(migration.file.path)
            raise
        backend.log_migration(migration.yoyo, "apply")
        backend.mark_one(migration.yoyo, log=False)
        bookkeeping.save_file(connection, migration.file)


class _DeployBackend(PostgresqlPsycopgBackend):  # type: ignore[misc]  # yoyo has no types
    """yoyo's backend on a connection and in a transaction that belong to the deploy."""

    def __init__(self, connection: Connection[TupleRow]) -> None:
        self._deploy_connection = connection
        nowhere = DatabaseURI("postgresql+psycopg", None, None, None, None, None, {})
        super().__init__(nowhere, _MIGRATION_TABLE)

    def connect(self, dburi: DatabaseURI) -> Connection[TupleRow]:
        return self._deploy_connection

    def transaction(self, rollback_on_exit: bool = False) -> Any:
        """A savepoint: the outer transaction is the deploy's."""
        return self._deploy_connection.transaction(force_rollback=rollback_on_exit)

    def prepare(self) -> None:
        """Make yoyo's own tables, or bring them up to date; without its lock table, which we do not need."""
        if internalmigrations.needs_upgrading(self):
            internalmigrations.upgrade(self)
            self._deploy_connection.execute(_COMMENTS)

    def get_log_data(self, migration: Any = None, operation: str = "apply") -> dict[str, Any]:
        """yoyo's own looks up the user and asks the network for the host's name, and either can fail."""
        return {
            "id": str(uuid.uuid4()),
            "migration_id": migration.id if migration else None,
            "migration_hash": migration.hash if migration else None,
            "username": _user_name(),
            "hostname": socket.gethostname(),
            "created_at_utc": datetime.now(UTC).replace(tzinfo=None),
            "operation": operation,
        }


def _user_name() -> str:
    """The user's name; in a container a user often has a number only."""
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return f"uid {os.getuid()}"
