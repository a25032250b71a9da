"""Letting migrations pass where views and functions of ours stand on the tables that they change."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

import psycopg
from psycopg import Connection
from psycopg.rows import TupleRow

from rollforward.deploy import catalogue, code, migrations, security
from rollforward.deploy.bookkeeping import DeployedFile
from rollforward.deploy.code import SetAside
from rollforward.deploy.errors import BadSource
from rollforward.deploy.migrations import Migration

# A column that a view uses can neither be dropped (2BP01) nor change its type (0A000).
_MIGRATION_MEETS_CODE = frozenset({"2BP01", "0A000"})

_USERS_OF_TABLES = """
SELECT 'pg_class'::regclass::oid, rule.ev_class
FROM pg_class AS stored
JOIN pg_depend AS depend ON depend.refclassid = 'pg_class'::regclass AND depend.refobjid = stored.oid
JOIN pg_rewrite AS rule
  ON depend.classid = 'pg_rewrite'::regclass AND rule.oid = depend.objid
WHERE stored.relnamespace = 'rollforward_data'::regnamespace
  AND stored.relname = ANY (%(words)s)
UNION
SELECT depend.classid, depend.objid
FROM pg_class AS stored
JOIN pg_type AS type ON type.typrelid = stored.oid
JOIN pg_depend AS depend
  ON (depend.refclassid = 'pg_class'::regclass AND depend.refobjid = stored.oid)
  OR (depend.refclassid = 'pg_type'::regclass AND depend.refobjid IN (type.oid, type.typarray))
WHERE depend.classid = 'pg_proc'::regclass
  AND stored.relnamespace = 'rollforward_data'::regnamespace
  AND stored.relname = ANY (%(words)s)
"""


def apply_migrations(
    connection: Connection[TupleRow], pending: Sequence[Migration], deployed: Mapping[str, DeployedFile]
) -> list[SetAside]:
    """Apply the pending migrations; returns the objects that had to be dropped to let them pass.

    Where PostgreSQL refuses to change what a view uses, our views and functions on the tables that the
    migrations name are dropped first; their files create them again.

    Raises ``BadSource`` with the name of the migration that failed, and ``ObjectsInUse`` when a user's object
    stands on something that has to be dropped.
    """
    try:
        with connection.transaction():
            migrations.apply(connection, pending)
        return []
    except psycopg.Error as error:
        if error.sqlstate not in _MIGRATION_MEETS_CODE:
            raise _explained(error) from error
        refusal = error
    aside = _set_aside_users(connection, pending, deployed)
    if not aside:
        raise _explained(refusal) from refusal
    try:
        migrations.apply(connection, pending)
    except psycopg.Error as error:
        raise _explained(error) from error
    return aside


def _set_aside_users(
    connection: Connection[TupleRow], pending: Sequence[Migration], deployed: Mapping[str, DeployedFile]
) -> list[SetAside]:
    """Drop our views and functions on every table whose name occurs in one of the migrations."""
    words = {word for migration in pending for word in re.findall(r"\w+", migration.file.text)}
    users = {(row[0], row[1]) for row in connection.execute(_USERS_OF_TABLES, {"words": sorted(words)})}
    own = code.own_objects(catalogue.objects(connection), deployed)
    roots = [found for found in own.values() if found.address in users]
    return code.set_aside(connection, roots, own, deployed)


def _explained(error: psycopg.Error) -> psycopg.Error | BadSource:
    """The error with the name of its migration; one that another try can cure stays as it is."""
    if security.is_race(error):
        return error
    path = next(iter(getattr(error, "__notes__", ())), "migrations")
    return BadSource(
        f"{path}: {error.diag.message_primary or error}",
        sqlstate=error.sqlstate,
        detail=error.diag.message_detail,
        hint=error.diag.message_hint,
    )
