"""Making and dropping the databases of tests."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
from psycopg import sql

from rollforward.embedded.server import Server

OWNER = "owner"
TEMPLATE = "deployed"

_numbers = itertools.count(1)


def create_owner(server: Server) -> None:
    """Create the ordinary role that owns every database of the tests."""
    with psycopg.connect(server.dsn(), autocommit=True) as admin:
        admin.execute("CREATE ROLE owner LOGIN CREATEROLE NOSUPERUSER")
        admin.execute("GRANT pg_read_all_stats TO owner")
        # to empty tables between tests without their triggers, and without losing what was planned
        admin.execute("GRANT SET ON PARAMETER session_replication_role TO owner")


def own(server: Server, name: str) -> None:
    """Hand a new database to the owner role, pg_stat_statements in it where the server has it."""
    with psycopg.connect(server.dsn(), autocommit=True) as admin:
        admin.execute(
            sql.SQL("ALTER DATABASE {} OWNER TO {}").format(sql.Identifier(name), sql.Identifier(OWNER))
        )
    with psycopg.connect(server.dsn(name), autocommit=True) as admin:
        admin.execute("CREATE EXTENSION IF NOT EXISTS pg_stat_statements")


@contextmanager
def fresh_database(server: Server, *, template: str = "template1") -> Iterator[str]:
    """A database of the owner role, copied from a template, dropped afterwards; its name."""
    name = f"test_{next(_numbers)}"
    # A copy of files: a template is small, and writing it through the log takes twice as long.
    create = sql.SQL("CREATE DATABASE {} OWNER {} TEMPLATE {} STRATEGY file_copy")
    drop = sql.SQL("DROP DATABASE {} WITH (FORCE)")
    with psycopg.connect(server.dsn(), autocommit=True) as admin:
        admin.execute(create.format(*(sql.Identifier(part) for part in (name, OWNER, template))))
        try:
            yield name
        finally:
            admin.execute(drop.format(sql.Identifier(name)))
