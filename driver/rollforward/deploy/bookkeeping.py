"""What the database remembers of its deploys: which files, which objects, which version.

The tables are made here and not by a migration, because the first thing a deploy asks is what they hold.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from psycopg import Connection
from psycopg.rows import TupleRow

from rollforward.deploy.source import SourceFile

_BOOTSTRAP = b"""
CREATE SCHEMA IF NOT EXISTS rollforward_data;
CREATE SCHEMA IF NOT EXISTS rollforward;
COMMENT ON SCHEMA rollforward_data IS 'What rollforward stores; private';
COMMENT ON SCHEMA rollforward IS 'What rollforward offers: functions, procedures, views and types';

CREATE TABLE rollforward_data.deployed_file (
    path text NOT NULL,
    sha256 text NOT NULL,
    object text,
    deployed_at timestamptz NOT NULL DEFAULT transaction_timestamp(),
    CONSTRAINT deployed_file_pkey PRIMARY KEY (path)
);
COMMENT ON TABLE rollforward_data.deployed_file IS 'The SQL files this database was deployed from';
COMMENT ON COLUMN rollforward_data.deployed_file.object IS
    'Kind and identity of the object the file defines, if any';

CREATE TABLE rollforward_data.deployment (
    deployment_id bigint GENERATED ALWAYS AS IDENTITY,
    version text NOT NULL,
    role_oids oid[] NOT NULL,
    deployed_at timestamptz NOT NULL DEFAULT transaction_timestamp(),
    CONSTRAINT deployment_pkey PRIMARY KEY (deployment_id)
);
COMMENT ON TABLE rollforward_data.deployment IS
    'One row per deploy that changed something; the last one is in force';
COMMENT ON COLUMN rollforward_data.deployment.role_oids IS
    'The roles of rollforward that existed and so were given their privileges';
"""

_IS_BOOTSTRAPPED = "SELECT to_regclass('rollforward_data.deployment') IS NOT NULL"

_FILES = "SELECT path, sha256, object FROM rollforward_data.deployed_file"

_LAST_DEPLOYMENT = """
SELECT version, role_oids
FROM rollforward_data.deployment
ORDER BY deployment_id DESC
LIMIT 1
"""

_SAVE_FILE = """
INSERT INTO rollforward_data.deployed_file (path, sha256, object)
VALUES (%s, %s, %s)
ON CONFLICT ON CONSTRAINT deployed_file_pkey
DO UPDATE SET sha256 = excluded.sha256, object = excluded.object, deployed_at = excluded.deployed_at
"""


@dataclass(frozen=True, slots=True)
class DeployedFile:
    """A file as this database knows it; ``object`` is the key of what it defines, if it defines anything."""

    path: str
    sha256: str
    object: str | None


@dataclass(frozen=True, slots=True)
class Deployment:
    """The deploy in force: the program's version and the roles that were given their privileges."""

    version: str
    role_oids: tuple[int, ...]


def bootstrap(connection: Connection[TupleRow]) -> None:
    """Make schemas and bookkeeping tables; writes nothing where they are."""
    found = connection.execute(_IS_BOOTSTRAPPED).fetchone()
    if found != (True,):
        connection.execute(_BOOTSTRAP)


def deployed_files(connection: Connection[TupleRow]) -> dict[str, DeployedFile]:
    """The deployed files by path."""
    return {row[0]: DeployedFile(*row) for row in connection.execute(_FILES)}


def last_deployment(connection: Connection[TupleRow]) -> Deployment | None:
    """The deploy in force; none in a database that was never deployed to."""
    row = connection.execute(_LAST_DEPLOYMENT).fetchone()
    return None if row is None else Deployment(row[0], tuple(row[1]))


def save_file(connection: Connection[TupleRow], file: SourceFile, defined: str | None = None) -> None:
    """Remember a file as deployed, with the key of the object it defines."""
    connection.execute(_SAVE_FILE, [file.path, file.sha256, defined])


def forget_files(connection: Connection[TupleRow], paths: Collection[str]) -> None:
    """Forget files that are gone."""
    if paths:
        connection.execute("DELETE FROM rollforward_data.deployed_file WHERE path = ANY (%s)", [list(paths)])


def save_deployment(connection: Connection[TupleRow], deployment: Deployment) -> None:
    """Put a deploy in force."""
    connection.execute(
        "INSERT INTO rollforward_data.deployment (version, role_oids) VALUES (%s, %s::oid[])",
        [deployment.version, list(deployment.role_oids)],
    )
