"""A ledger for each test: one database for the whole session, emptied before each use."""

from __future__ import annotations

from collections.abc import Iterator

import psycopg
import pytest

from rollforward.embedded.server import Server
from tests.support.databases import OWNER, fresh_database
from tests.support.ledger import Ledger


@pytest.fixture(scope="session")
def ledger_connection(server: Server, template: str) -> Iterator[psycopg.Connection]:
    with (
        fresh_database(server, template=template) as name,
        psycopg.connect(server.dsn(name, OWNER), autocommit=True) as connection,
    ):
        yield connection


@pytest.fixture
def ledger(ledger_connection: psycopg.Connection) -> Ledger:
    """An empty ledger."""
    ledger = Ledger(ledger_connection)
    ledger.clear()
    return ledger
