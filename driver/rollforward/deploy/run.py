"""The deploy itself: one connection, one transaction, tried again when deploys meet."""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from importlib import metadata
from pathlib import Path

import psycopg
from psycopg import Connection, IsolationLevel
from psycopg.rows import TupleRow

from rollforward import resources
from rollforward.connection import open_connection
from rollforward.deploy import bookkeeping, code, grants, locks, migrations, passage, security
from rollforward.deploy.bookkeeping import Deployment
from rollforward.deploy.errors import BadSource, DeployBlocked, DeployError
from rollforward.deploy.migrations import Migration
from rollforward.deploy.report import DeployReport
from rollforward.deploy.source import SECURITY_FOLDER, CodeSource, read_code

Progress = Callable[[str], None]

_ATTEMPTS = 10

# A deploy must not depend on what a role or a database has been configured to. Waiting for the deploy lock
# may take as long as another deploy does, so lock_timeout is set only after it.
_SETTINGS = b"""
SET LOCAL client_min_messages = warning;
SET LOCAL client_encoding = 'UTF8';
SET LOCAL check_function_bodies = on;
SET LOCAL quote_all_identifiers = off;
SET LOCAL statement_timeout = 0;
SET LOCAL idle_in_transaction_session_timeout = 0;
SET LOCAL lock_timeout = 0;
"""

_OWNER = """
SELECT owner.rolname, owner.rolname = current_user, pg_has_role(current_user, owner.oid, 'MEMBER')
FROM pg_namespace AS namespace
JOIN pg_roles AS owner ON owner.oid = namespace.nspowner
WHERE namespace.nspname = 'rollforward_data'
"""


@dataclass(frozen=True)
class _Source:
    """All that is to be deployed."""

    version: str
    migrations: Sequence[Migration]
    code: CodeSource


def deploy(
    dsn: str,
    *,
    dry_run: bool = False,
    sql_root: Path | None = None,
    lock_timeout: float = 30.0,
    progress: Progress | None = None,
) -> DeployReport:
    """Bring a database to what the SQL files say: migrations, functions, views and types, privileges.

    One transaction: it lands whole or leaves no trace, also when this process or the server is killed. A
    second deploy of the same files writes nothing. Deploys of one database wait for each other.

    dry_run       do everything, report it, and roll it back
    sql_root      the directory with ``migrations/`` and ``functions/``; the package's own by default
    lock_timeout  seconds to wait for a lock on an object; waiting for another deploy is not limited
    progress      is told each step in a few words

    Raises ``MigrationEdited``, ``DatabaseIsNewer``, ``ObjectsInUse``, ``DeployBlocked`` or ``BadSource``, and
    ``ConnectionFailed`` when there is no connection.
    """
    root = resources.sql_root() if sql_root is None else sql_root
    source = _Source(_version(), migrations.read_all(root), read_code(root))
    say = progress or (lambda step: None)
    for attempt in range(1, _ATTEMPTS + 1):
        try:
            return _deploy_once(dsn, source, dry_run=dry_run, lock_timeout=lock_timeout, say=say)
        except (psycopg.Error, security.RolesChangedMeanwhile) as error:
            if attempt == _ATTEMPTS or (isinstance(error, psycopg.Error) and not security.is_race(error)):
                raise
            say("another deploy was in the way, trying again")
            # Those that have met must not meet again.
            time.sleep(random.uniform(0.02, 0.1) * attempt)
    raise AssertionError("the last attempt returns or raises")


def _deploy_once(
    dsn: str, source: _Source, *, dry_run: bool, lock_timeout: float, say: Progress
) -> DeployReport:
    warnings: list[str] = []
    connection = open_connection(dsn)
    try:
        connection.isolation_level = IsolationLevel.READ_COMMITTED
        connection.read_only = False
        connection.prepare_threshold = None
        connection.add_notice_handler(lambda notice: _collect_warning(notice, warnings))
        watch = locks.BlockerWatch(dsn, connection.info.backend_pid, interval=min(1.0, lock_timeout / 3))
        try:
            with watch, connection.transaction(force_rollback=dry_run):
                connection.execute(_SETTINGS)
                _set_search_path(connection)
                report = _deploy_in_transaction(connection, source, lock_timeout, say)
        except (psycopg.Error, BadSource) as error:
            if error.sqlstate == "55P03":
                raise DeployBlocked(lock_timeout, watch.blockers) from error
            raise
        return replace(report, dry_run=dry_run, warnings=(*warnings, *report.warnings))
    finally:
        connection.close()


def _deploy_in_transaction(
    connection: Connection[TupleRow], source: _Source, lock_timeout: float, say: Progress
) -> DeployReport:
    say("waiting for the deploy lock")
    locks.take_deploy_lock(connection)
    connection.execute("SELECT set_config('lock_timeout', %s, true)", [f"{round(lock_timeout * 1000)}ms"])
    owner = _owner_to_act_as(connection)
    _set_role(connection, owner)
    bookkeeping.bootstrap(connection)
    deployed = bookkeeping.deployed_files(connection)
    with_object = {path: file for path, file in deployed.items() if file.object is not None}

    pending = migrations.pending(source.migrations, migrations.applied_ids(connection), deployed)
    for migration in pending:
        say(f"migration {migration.id}")
    aside = passage.apply_migrations(connection, pending, with_object)
    _set_search_path(connection)
    say("functions, views and types")
    changes = code.deploy_code(connection, source.code.objects, with_object, aside)

    known_security = [path for path in deployed if path.startswith(f"functions/{SECURITY_FOLDER}/")]
    before = bookkeeping.last_deployment(connection)
    security_is_due = (
        bool(pending)
        or bool(changes)
        or {path: deployed[path].sha256 for path in known_security}
        != {file.path: file.sha256 for file in source.code.security}
        or before is None
        or before.role_oids != security.role_oids(connection)
    )
    if security_is_due:
        say("privileges")
        grants.revoke_from_public(connection)
        # Roles are made by whoever deploys: the owner of the schemas may not be allowed to.
        _set_role(connection, None)
        security.run(connection, source.code.security)
        _set_role(connection, owner)
        security.remember(connection, source.code.security, known_security)
    if security_is_due or before is None or before.version != source.version:
        in_force = Deployment(source.version, security.role_oids(connection))
        bookkeeping.save_deployment(connection, in_force)
    return DeployReport(
        version=source.version,
        migrations=tuple(migration.id for migration in pending),
        created=changes.created,
        replaced=changes.replaced,
        recreated=changes.recreated,
        removed=changes.removed,
        grants_kept=changes.grants_kept,
        security=tuple(file.path for file in source.code.security) if security_is_due else (),
        warnings=changes.warnings + (() if security_is_due else security.missing_roles(connection)),
    )


def _owner_to_act_as(connection: Connection[TupleRow]) -> str | None:
    """The role that owns the schemas, when it is another one than ours.

    Objects of two owners could not be kept up by either. Raises ``DeployError`` when we may not act as it.
    """
    row = connection.execute(_OWNER).fetchone()
    if row is None or row[1]:
        return None
    owner, _, is_member = row
    if not is_member:
        raise DeployError(
            f"this database was deployed by role {owner}",
            sqlstate="42501",
            hint=f"Deploy as {owner} or as a member of that role.",
        )
    return str(owner)


def _set_search_path(connection: Connection[TupleRow]) -> None:
    """An unqualified name in a file is to be an error, not an object in the wrong schema."""
    connection.execute("SET LOCAL search_path = pg_catalog, pg_temp")


def _set_role(connection: Connection[TupleRow], role: str | None) -> None:
    connection.execute("SELECT set_config('role', %s, true)", [role or "none"])


def _collect_warning(notice: psycopg.errors.Diagnostic, warnings: list[str]) -> None:
    if notice.severity_nonlocalized == "WARNING" and notice.message_primary:
        hint = f" ({notice.message_hint})" if notice.message_hint else ""
        warnings.append(notice.message_primary + hint)


def _version() -> str:
    try:
        return metadata.version("rollforward")
    except metadata.PackageNotFoundError:
        return "unknown"
