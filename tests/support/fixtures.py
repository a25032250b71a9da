"""A ledger for each test: one database for the whole session, emptied before each use."""

from __future__ import annotations

from collections.abc import Iterator

import psycopg
import pytest

from rollforward.embedded.server import Server
from tests.support.databases import OWNER, fresh_database
from tests.support.ledger import UNFIT_FACTS, Ledger


@pytest.fixture(scope="session")
def ledger_connection(server: Server, template: str) -> Iterator[psycopg.Connection]:
    with (
        fresh_database(server, template=template) as name,
        psycopg.connect(server.dsn(name, OWNER), autocommit=True) as connection,
    ):
        # no equity behind the last fact of a test, whatever range it computes
        connection.execute("SELECT set_config('rollforward.today', '2000-01-01', false)")
        yield connection


@pytest.fixture
def ledger(ledger_connection: psycopg.Connection, request: pytest.FixtureRequest) -> Iterator[Ledger]:
    """An empty ledger. When the test is over, its figures must tie, unless they were broken on purpose."""
    ledger = Ledger(ledger_connection)
    ledger.clear()
    yield ledger
    if not request.node.get_closest_marker("breaks_figures"):
        broken = [
            tie
            for tie in ledger.rows("SELECT * FROM rollforward.check_ties()")
            if tie.identity not in UNFIT_FACTS
        ]
        assert not broken, broken[:20]
