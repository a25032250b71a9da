"""What readers and writers may do with rates, and that reading writes nothing."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
import pytest

from rollforward.embedded.server import Server
from tests.currency.rates import own, save
from tests.support.databases import fresh_database
from tests.support.ledger import Ledger
from tests.support.movements import buy, deposit, sell

VIEWS = ["account_snapshot_base", "fx_pair", "fx_rate", "lot_match_base", "person_account", "person_currency",
         "person_snapshot"]  # fmt: skip
READS = {
    "fx_rate_as_of": "SELECT * FROM rollforward.fx_rate_as_of('{EUR,GBP}', '{USD,USD}', '2025-01-10')",
    "fx_rate_at": "SELECT * FROM rollforward.fx_rate_at('GBP', 'USD', '2025-01-10')",
    "fx_rate_at, not inlined": "SELECT rollforward.fx_rate_at((SELECT 'GBP'), 'USD', '2025-01-10')",
    "person_snapshots": "SELECT * FROM rollforward.person_snapshots('2025-01-10', 'USD')",
}
UNRATED = "SELECT * FROM rollforward.unrated('2025-01-01', '2025-12-31')"
WRITES = {
    "save_fx_rates": "SELECT rollforward.save_fx_rates('{EUR}', '{USD}', '{2025-02-02}', '{1.1}')",
    "set_person_currency": "SELECT rollforward.set_person_currency('ann', 'EUR')",
}


@pytest.fixture(scope="module")
def house(server: Server, template: str) -> Iterator[Ledger]:
    """A person with an account in three currencies, seen by the administrator, who can be anybody."""
    with (
        fresh_database(server, template=template) as name,
        psycopg.connect(server.dsn(name), autocommit=True) as connection,
    ):
        ledger = Ledger(connection)
        account = ledger.account("7")
        own(ledger, "ann", ["7"])
        ledger.instrument("SAP", currency="EUR")
        ledger.record(
            account,
            deposit("2025-01-02", 5),
            deposit("2025-01-02", 5, currency="GBP"),
            buy("2025-01-02", "SAP", 1, 5, currency="EUR"),
            sell("2025-01-03", "SAP", 1, 6, currency="EUR"),
        )
        ledger.process([account])
        save(ledger, ("EUR", "USD", "2025-01-01", "1.1"), ("EUR", "GBP", "2025-01-01", "0.8"))
        connection.execute("CREATE ROLE onlooker NOLOGIN")
        yield ledger
        connection.execute("DROP ROLE onlooker")


@contextmanager
def acting_as(house: Ledger, role: str) -> Iterator[Ledger]:
    with house.connection.transaction(force_rollback=True):
        house.rows(f"SET LOCAL ROLE {role}")
        yield house


def denied(house: Ledger, role: str, statement: str) -> bool:
    with acting_as(house, role):
        try:
            house.rows(statement)
        except psycopg.errors.InsufficientPrivilege:
            return True
    return False


@pytest.mark.parametrize("role", ["reader", "writer", "operator"])
def test_every_role_reads(house, role):
    with acting_as(house, f"rollforward_{role}"):
        for view in VIEWS:
            assert house.rows(f"SELECT * FROM rollforward.{view}"), view
        for call in READS.values():
            assert house.rows(call)
        assert house.rows(UNRATED) == []


def test_a_reader_records_no_rates(house):
    for call in WRITES.values():
        assert denied(house, "rollforward_reader", call)
    assert denied(house, "rollforward_reader", "SELECT FROM rollforward_data.fx_rate")


def test_a_writer_does(house):
    with acting_as(house, "rollforward_writer"):
        for call in WRITES.values():
            house.rows(call)
        assert house.rows(
            "SELECT * FROM rollforward.fx_rate_offences('{x}', '{USD}', '{2025-02-02}', '{1.1}')"
        )


def test_the_public_may_do_nothing(house):
    for statement in [
        *(f"SELECT FROM rollforward.{view}" for view in VIEWS),
        *READS.values(),
        UNRATED,
        *WRITES.values(),
    ]:
        assert denied(house, "onlooker", statement), statement


def test_reading_runs_in_a_read_only_transaction_without_temporary_tables(house):
    house.rows("DISCARD TEMP")
    with house.connection.transaction(force_rollback=True):
        house.rows("SET TRANSACTION READ ONLY")
        house.rows("SET LOCAL ROLE rollforward_reader")
        for view in VIEWS:
            house.rows(f"SELECT * FROM rollforward.{view}")
        for call in [*READS.values(), UNRATED]:
            house.rows(call)
        house.rows("RESET ROLE")
        assert house.value("SELECT pg_current_xact_id_if_assigned()") is None
        assert (
            house.value(
                "SELECT count(*) FROM pg_class WHERE relpersistence = 't' AND pg_table_is_visible(oid)"
            )
            == 0
        )
