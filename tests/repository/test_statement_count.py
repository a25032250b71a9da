"""An operation is a constant number of statements, whatever the number of rows."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import psycopg
import pytest

from rollforward import Session
from rollforward.embedded.server import Server
from tests.support.batches import ENTITIES, furnish, good_rows, session_of
from tests.support.databases import fresh_database
from tests.support.ledger import Ledger

# What foreign keys check and cascade is a statement a row, whoever writes it.
COUNTED = """
SELECT sum(calls)::bigint FROM pg_stat_statements
WHERE dbid = (SELECT oid FROM pg_database WHERE datname = current_database())
  AND query NOT LIKE '%%pg_stat_statements%%' AND query NOT LIKE '%%FROM ONLY %%'
"""


@pytest.fixture
def counted(server: Server, template: str) -> Iterator[Ledger]:
    with (
        fresh_database(server, template=template) as name,
        psycopg.connect(server.dsn(name), autocommit=True) as connection,
    ):
        connection.execute("SET pg_stat_statements.track = 'all'")
        connection.execute("SET pg_stat_statements.track_utility = off")
        ledger = Ledger(connection)
        furnish(ledger)
        yield ledger


def statements(ledger: Ledger, call: Callable[[], Any]) -> int:
    ledger.rows("SELECT pg_stat_statements_reset()")
    call()
    return ledger.value(COUNTED.replace("%%", "%"))


def operations(session: Session, entity: str, first: int, count: int) -> Iterator[Callable[[], Any]]:
    """Each operation on so many rows that no other one has seen."""
    rows = good_rows(entity, count, first=first)
    yield lambda: session.save(entity, rows)
    yield lambda: session.save(entity, rows, on_conflict="skip")
    yield lambda: session.save(entity, rows, on_conflict="update")
    yield lambda: session.validate(entity, rows)
    keys = [outcome.key for outcome in session.save(entity, rows, on_conflict="skip")]
    yield lambda: session.load(entity, keys)
    yield lambda: session.exists(entity, keys)
    yield lambda: session.update(entity, session.load(entity, keys))
    yield lambda: session.delete(entity, keys)


@pytest.mark.parametrize("entity", ENTITIES)
def test_many_rows_take_as_many_statements_as_one(counted, entity):
    session = session_of(counted)
    for call in operations(session, entity, 0, 2):  # the stage is made once a session
        call()
    few = [statements(counted, call) for call in operations(session, entity, 10, 1)]
    many = [statements(counted, call) for call in operations(session, entity, 100, 700)]
    assert many == few
    assert max(few) < 80
