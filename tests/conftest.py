"""The databases tests run on.

One throw-away server for the session, one template database deployed once, and for each test a clone of it.
``PG_BINDIR`` chooses another PostgreSQL than the embedded one.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from pytest_postgresql.janitor import DatabaseJanitor

from rollforward.embedded.server import Server, temporary_server
from tests.support.databases import OWNER, TEMPLATE, create_owner, fresh_database, own

TEST_SETTINGS = {
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "autovacuum": "off",
    "jit": "off",
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "shared_buffers": "128MB",
    "work_mem": "64MB",
    "max_connections": "50",
    "shared_preload_libraries": "pg_stat_statements",
}


def _fast_directory() -> Path:
    """Memory where there is plenty of it: every test copies a database."""
    memory = Path("/dev/shm")
    enough = memory.is_dir() and os.access(memory, os.W_OK) and shutil.disk_usage(memory).free > 4 << 30
    return memory if enough else Path("/tmp")


@pytest.fixture(scope="session")
def server() -> Iterator[Server]:
    """A server that dies with the test run, however that ends."""
    with temporary_server(TEST_SETTINGS, parent=_fast_directory()) as running:
        create_owner(running)
        yield running


@pytest.fixture(scope="session")
def template(server: Server) -> Iterator[str]:
    """The name of a database into which the schema was deployed by an ordinary role."""
    from rollforward.deploy import deploy

    janitor = DatabaseJanitor(
        user="postgres", host=server.host, port=server.port, dbname=TEMPLATE, as_template=True
    )
    with janitor:
        own(server, TEMPLATE)
        deploy(server.dsn(TEMPLATE, OWNER))
        yield TEMPLATE


@pytest.fixture
def dsn(server: Server, template: str) -> Iterator[str]:
    """The DSN, as the owner role, of a deployed database of the test's own."""
    with fresh_database(server, template=template) as name:
        yield server.dsn(name, OWNER)


@pytest.fixture
def db(dsn: str) -> Iterator[psycopg.Connection]:
    """A connection to that database, in autocommit mode."""
    with psycopg.connect(dsn, autocommit=True) as connection:
        yield connection


@pytest.fixture
def empty_dsn(server: Server) -> Iterator[str]:
    """The DSN, as the owner role, of an empty database of the test's own."""
    with fresh_database(server) as name:
        yield server.dsn(name, OWNER)
