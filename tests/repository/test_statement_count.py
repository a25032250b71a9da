"""An operation is a constant number of statements, whatever the number of rows."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import psycopg
import pytest

from rollforward import Session
from rollforward.embedded.server import Server
from rollforward.errors import BatchRejected
from tests.support.batches import ENTITIES, KEYS, furnish, good_rows, session_of
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


@pytest.mark.parametrize("entity", ENTITIES)
def test_what_can_be_saved_as_it_is_is_not_staged(counted, entity):
    """Nothing is looked for unless the table refuses something, or something has to be decided."""
    session = session_of(counted)
    session.save(entity, good_rows(entity, 5))
    assert statements(counted, lambda: session.save(entity, good_rows(entity, 50, first=5))) <= 26
    assert counted.value(f"SELECT to_regclass('pg_temp.batch_{entity}') IS NULL")

    with pytest.raises(BatchRejected) as refused:
        session.save(entity, good_rows(entity, 52, first=5))
    assert {offence["code"] for offence in refused.value.detail} == {"already_exists"}
    assert len(refused.value.detail) == 50


@pytest.mark.parametrize("entity", ENTITIES)
def test_what_is_saved_as_it_is_has_the_versions_and_the_log_of_what_is_staged(counted, entity):
    session = session_of(counted)
    rows = good_rows(entity, 6)
    straight = session.save(entity, rows[:3])
    staged = session.save(entity, rows[3:], on_conflict="skip")
    assert [outcome.version for outcome in straight + staged] == [1] * 6

    keys = [outcome.key for outcome in straight + staged]
    session.delete(entity, keys)
    counted.rows("TRUNCATE rollforward_data.deleted_movement")
    given = [row | dict(zip(KEYS[entity], key, strict=True)) for row, key in zip(rows, keys, strict=True)]
    again = session.save(entity, given[:3]) + session.save(entity, given[3:], on_conflict="skip")
    assert [outcome.key for outcome in again] == keys
    assert [outcome.version for outcome in again] == [2] * 6
    unlogged = counted.value(
        f"SELECT count(*) FROM rollforward_data.{entity} AS known"
        " LEFT JOIN rollforward_data.audit_log AS log USING (log_id)"
        " WHERE known.version = 2 AND (log.log_id IS NULL OR known.recorded_at < log.began_at)"
    )
    assert unlogged == 0
