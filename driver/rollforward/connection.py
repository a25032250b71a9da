"""Which database a command works on, and the connections to it.

The first that is given decides: ``--dsn`` or ``--data-dir``, ``ROLLFORWARD_DSN``, ``rollforward.toml`` in the
working directory, the PG* variables, and last the embedded server in the user's data directory.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rollforward.configuration import CONFIG_FILE, read_config_file
from rollforward.errors import ConnectionFailed, UsageError, from_psycopg

if TYPE_CHECKING:
    import psycopg

APPLICATION_NAME = "rollforward"
PG_VARIABLES = ("PGHOST", "PGSERVICE", "PGDATABASE")


@dataclass(frozen=True)
class Target:
    """Where to connect: to a DSN, or to the embedded server of a data directory (exactly one is set)."""

    origin: str  # what decided, in words: "--dsn", "ROLLFORWARD_DSN", …
    dsn: str | None = None
    data_dir: Path | None = None


@dataclass(frozen=True)
class Database:
    """A database that can be connected to."""

    dsn: str
    origin: str

    @contextmanager
    def connect(self, *, autocommit: bool = False) -> Iterator[psycopg.Connection[tuple[Any, ...]]]:
        """A connection: committed when the block ends well, rolled back when it raises, then closed.

        It is closed at once when the block is interrupted: psycopg would warn of what it cannot roll back.
        """
        with open_connection(self.dsn, autocommit=autocommit) as connection:
            try:
                yield connection
            except Exception:
                raise
            except BaseException:
                connection.close()
                raise


@contextmanager
def transaction(connection: psycopg.Connection[Any]) -> Iterator[psycopg.Transaction]:
    """A transaction of psycopg, or a savepoint, that ends also where an interruption comes amid a command.

    The connection takes no other command then, not even ``ROLLBACK``, and psycopg may wait for its own lock
    for ever: as when Ctrl-C comes behind the beginning of a COPY. It is closed, which rolls back as well.
    """
    from psycopg.pq import TransactionStatus

    with connection.transaction() as begun:
        try:
            yield begun
        except Exception:
            raise
        except BaseException:
            if connection.info.transaction_status == TransactionStatus.ACTIVE:
                connection.close()
            raise


def open_connection(dsn: str, *, autocommit: bool = False) -> psycopg.Connection[tuple[Any, ...]]:
    """Open a connection that names itself ``rollforward`` unless the DSN or PGAPPNAME says otherwise.

    Raises ConnectionFailed when there is none to be had, with libpq's own words.
    """
    import psycopg

    try:
        return psycopg.connect(dsn, autocommit=autocommit, fallback_application_name=APPLICATION_NAME)
    except psycopg.Error as error:
        known = from_psycopg(error)
        raise ConnectionFailed(
            known.message, sqlstate=known.sqlstate, detail=known.detail, hint=known.hint
        ) from error


def resolve(
    dsn: str | None = None,
    data_dir: Path | None = None,
    *,
    environ: Mapping[str, str] | None = None,
    directory: Path | None = None,
) -> Target:
    """Decide where to connect; opens nothing. Raises UsageError when the configuration contradicts itself.

    environ    the environment; the process's own by default
    directory  where ``rollforward.toml`` is looked for; the working directory by default
    """
    environ = os.environ if environ is None else environ
    if dsn is not None and data_dir is not None:
        raise UsageError("--dsn and --data-dir exclude each other")
    if dsn is not None:
        return Target("--dsn", dsn=dsn)
    if data_dir is not None:
        return Target("--data-dir", data_dir=data_dir)
    if environ.get("ROLLFORWARD_DSN"):
        return Target("ROLLFORWARD_DSN", dsn=environ["ROLLFORWARD_DSN"])
    return _from_config_file(directory or Path()) or _from_pg_variables(environ) or _users_own(environ)


def resolve_data_dir(
    data_dir: Path | None = None,
    *,
    environ: Mapping[str, str] | None = None,
    directory: Path | None = None,
) -> Path:
    """The data directory of the embedded server, whatever database is configured besides it."""
    if data_dir is not None:
        return data_dir
    configured = _from_config_file(directory or Path())
    if configured is not None and configured.data_dir is not None:
        return configured.data_dir
    return _default_data_dir(os.environ if environ is None else environ)


@contextmanager
def database(target: Target) -> Iterator[Database]:
    """The database of a target; an embedded server is started when needed and runs until the block ends.

    Raises EmbeddedServerError when the embedded server cannot run; connects to nothing else.
    """
    if target.dsn is not None:
        yield Database(target.dsn, target.origin)
        return
    assert target.data_dir is not None
    from rollforward.embedded.server import use_server

    with use_server(target.data_dir) as server:
        yield Database(server.owner_dsn, target.origin)


def _from_config_file(directory: Path) -> Target | None:
    given = read_config_file(directory)
    if "dsn" in given:
        return Target(CONFIG_FILE, dsn=given["dsn"])
    if "data_dir" in given:
        # relative to the file, so that it means the same from wherever it is read
        return Target(CONFIG_FILE, data_dir=directory.absolute() / Path(given["data_dir"]).expanduser())
    return None


def _from_pg_variables(environ: Mapping[str, str]) -> Target | None:
    if not any(environ.get(name) for name in PG_VARIABLES):
        return None
    # libpq fills in whatever a DSN leaves open from the PG* variables, the service file and the password file
    return Target("PG* variables", dsn=f"fallback_application_name={APPLICATION_NAME}")


def _users_own(environ: Mapping[str, str]) -> Target:
    return Target("embedded server", data_dir=_default_data_dir(environ))


def _default_data_dir(environ: Mapping[str, str]) -> Path:
    """``$XDG_DATA_HOME/rollforward/postgres``, by default below ``~/.local/share``."""
    data_home = environ.get("XDG_DATA_HOME", "")
    # the XDG specification: a relative path is to be ignored
    base = Path(data_home) if data_home.startswith("/") else Path.home() / ".local" / "share"
    return base / "rollforward" / "postgres"
