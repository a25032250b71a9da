"""The stages of a calculation: temporary tables of the session, empty again when a transaction ends."""

from __future__ import annotations

import psycopg
import pytest
from psycopg import sql

from tests.support.databases import OWNER, fresh_database
from tests.support.ledger import Ledger
from tests.support.movements import buy

STAGES = """
    SELECT stage.stage, made.oid IS NOT NULL AS is_made, made.reltoastrelid <> 0 AS holds_long_values,
           (SELECT count(*) FROM pg_attribute WHERE attrelid = stage.model AND attnum > 0) = made.relnatts
               AS is_current,
           made.oid
    FROM rollforward.stage
    LEFT JOIN pg_class AS made ON made.oid = to_regclass('pg_temp.' || stage.stage)
    ORDER BY stage.stage
"""


@pytest.fixture
def account(ledger) -> int:
    ledger.instrument("ACME")
    account = ledger.account()
    ledger.record(account, buy("2025-01-02", "ACME", 10, 1000))
    return account


def test_stages_are_made_once_in_a_session_and_are_empty_between_calculations(ledger, account):
    ledger.rows("DISCARD TEMP")
    assert not any(row.is_made for row in ledger.rows(STAGES))
    ledger.process([account])
    made = ledger.rows(STAGES)
    assert all(row.is_made and row.is_current for row in made)
    assert not any(ledger.value(f"SELECT count(*) FROM pg_temp.{row.stage}") for row in made)
    ledger.process([account])
    assert ledger.rows(STAGES) == made


def test_no_stage_but_that_of_events_has_a_table_for_long_values(ledger, account):
    """Each would be emptied at every commit; a reference to lots may be as long as its writer likes."""
    ledger.process([account])
    assert [row.stage for row in ledger.rows(STAGES) if row.holds_long_values] == ["stage_event"]


CHANGES = {
    "a type": ["ALTER TYPE rollforward.staged_changed ADD ATTRIBUTE reason text"],
    "a table": ["ALTER TABLE rollforward_data.account_snapshot ADD COLUMN noted text"],
    "the type of a column": [
        "DROP VIEW rollforward.equity_snapshot CASCADE",
        "DROP TYPE rollforward.reference_state CASCADE",
        "DROP FUNCTION rollforward.tie_equity",
        "ALTER TABLE rollforward_data.equity_snapshot ALTER COLUMN rates_missing TYPE bigint",
    ],
}


@pytest.mark.parametrize("what", CHANGES)
def test_a_stage_whose_model_has_changed_is_made_anew(server, template, what):
    """A session that has computed before a deploy goes on behind it."""
    with (
        fresh_database(server, template=template) as name,
        psycopg.connect(server.dsn(name), autocommit=True) as connection,
    ):
        own = Ledger(connection)
        own.instrument("ACME")
        account = own.account()
        own.record(account, buy("2025-01-02", "ACME", 10, 1000))
        own.process([account])
        before = {row.oid for row in own.rows(STAGES)}
        for change in CHANGES[what]:
            own.rows(change)
        own.record(account, buy("2025-01-03", "ACME", 10, 1000))
        own.rows("SELECT rollforward.process_batch(%s, '2025-01-01', '2025-12-31')", account)
        after = own.rows(STAGES)
        assert all(row.is_current for row in after)
        assert not {row.oid for row in after} & before


def test_a_calculation_after_another_in_one_transaction_begins_with_empty_stages(ledger, account):
    with ledger.connection.transaction():
        ledger.process([account])
        assert ledger.value("SELECT count(*) FROM pg_temp.stage_event") == 1
        ledger.process([account])
        assert ledger.value("SELECT count(*) FROM pg_temp.stage_event") == 1
        assert ledger.process([]).snapshots_saved == 0


LONG_REF = ",".join(f"lot {number}" for number in range(5_000))


def test_a_reference_to_lots_may_be_long(ledger, account):
    ledger.record(account, buy("2025-01-03", "ACME", 10, 900, lot_ref="lot 4711"))
    ledger.rows(
        "INSERT INTO rollforward_data.movement (account_id, occurred_at, accounting_date, kind, effect,"
        " currency, instrument_id, quantity, amount, lot_ref)"
        " SELECT %s, '2025-01-06 12:00+00', '2025-01-06', 'sell', 'close', 'USD', instrument_id, 10, 1200, %s"
        " FROM rollforward_data.instrument",
        account,
        LONG_REF,
    )
    ledger.process([account])
    assert [row.gain for row in ledger.rows("SELECT gain FROM rollforward.lot_match")] == [300]


def test_where_nothing_is_stale_nothing_is_prepared(ledger, account):
    """Whoever asks every second whether something is stale does not pay for a calculation."""
    ledger.process_stale()
    ledger.rows("DISCARD TEMP")
    result = ledger.process_stale()
    assert (result.success, result.snapshots_saved, result.movements_processed) == (True, 0, 0)
    assert not any(row.is_made for row in ledger.rows(STAGES))


@pytest.mark.parametrize("name", ["The Owner", "Owner", 'odd "owner'])
def test_the_owner_of_stages_may_have_any_name(server, ledger, account, name):
    rename = sql.SQL("ALTER ROLE {} RENAME TO {}")
    with psycopg.connect(server.dsn(), autocommit=True) as admin:
        admin.execute(rename.format(sql.Identifier(OWNER), sql.Identifier(name)))
        try:
            ledger.rows("DISCARD TEMP")
            assert ledger.process([account]).snapshots_saved == 1
            assert ledger.process([account]).snapshots_saved == 0
            assert len(ledger.rows("SELECT rollforward.open_batch('price')")) == 1
            assert len(ledger.rows("SELECT rollforward.open_batch('price')")) == 1
        finally:
            admin.execute(rename.format(sql.Identifier(name), sql.Identifier(OWNER)))
