"""The roles of rollforward and the files under ``sql/functions/security`` that give them their privileges."""

from __future__ import annotations

from collections.abc import Sequence

import psycopg
from psycopg import Connection
from psycopg.rows import TupleRow

from rollforward.deploy import bookkeeping, sqlfile
from rollforward.deploy.source import SourceFile

ROLES = ("rollforward_reader", "rollforward_writer", "rollforward_operator")

_ROLE_OIDS = "SELECT oid FROM pg_roles WHERE rolname = ANY (%s) ORDER BY oid"


class RolesChangedMeanwhile(Exception):
    """A deploy of another database of the cluster has created a role at the same moment; try again."""


def role_oids(connection: Connection[TupleRow]) -> tuple[int, ...]:
    """The roles of rollforward that exist. By oid: a role that was made anew has no privileges."""
    return tuple(row[0] for row in connection.execute(_ROLE_OIDS, [list(ROLES)]))


def missing_roles(connection: Connection[TupleRow]) -> tuple[str, ...]:
    """A warning for each role that is still missing; the security files warn by themselves when they run."""
    found = {row[0] for row in connection.execute("SELECT rolname::text FROM pg_roles")}
    return tuple(
        f"role {role} is still missing (as an administrator: CREATE ROLE {role} NOLOGIN; then deploy again)"
        for role in ROLES
        if role not in found
    )


def run(connection: Connection[TupleRow], files: Sequence[SourceFile]) -> None:
    """Run the security files and remember them. Raises ``BadSource`` for one that PostgreSQL refuses."""
    for file in files:
        try:
            sqlfile.run(connection, file)
        except psycopg.errors.DuplicateObject as error:
            raise RolesChangedMeanwhile from error
        except psycopg.Error as error:
            if is_race(error):
                raise
            raise sqlfile.explained(file, error) from error


def remember(connection: Connection[TupleRow], files: Sequence[SourceFile], known: Sequence[str]) -> None:
    """Remember the security files as deployed and forget those among ``known`` that are gone."""
    for file in files:
        bookkeeping.save_file(connection, file)
    bookkeeping.forget_files(connection, set(known) - {file.path for file in files})


def is_race(error: psycopg.Error) -> bool:
    """Whether a deploy that failed so succeeds when it is run again.

    Roles belong to the whole cluster: deploys of several databases meet there, and PostgreSQL reports that by
    an internal error or by a duplicate key in a system catalogue.
    """
    if error.sqlstate in ("40001", "40P01"):
        return True
    if error.sqlstate == "XX000":
        return "concurrently" in str(error)
    return error.sqlstate == "23505" and error.diag.schema_name == "pg_catalog"
