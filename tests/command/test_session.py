"""``rollforward.connect``: the same from Python, in the caller's transaction when there is one."""

from __future__ import annotations

import dataclasses
from datetime import date
from decimal import Decimal
from pathlib import Path

import psycopg
import pytest
from psycopg.rows import dict_row

import rollforward
from rollforward import AccountSnapshot, BadArgument, BatchResult, ImportResult, StatementRefused
from tests.support.command import deposit, write
from tests.support.dump import everything
from tests.support.ledger import Ledger


@pytest.fixture
def dsn(ledger: Ledger) -> str:
    return ledger.connection.info.dsn


def test_with_a_dsn_every_call_is_committed(dsn: str, statement: Path, ledger: Ledger):
    with rollforward.connect(dsn) as session:
        session.import_statement(statement, account="a", broker="tastytrade")
        assert len(ledger.stale()) == 1
        session.process_stale()
        assert ledger.stale() == []
        own = session.connection
    assert own.closed


def test_with_a_connection_the_callers_rollback_undoes_everything(dsn: str, statement: Path, ledger: Ledger):
    before = everything(ledger.connection)
    with psycopg.connect(dsn) as connection:
        with rollforward.connect(connection) as session:
            session.import_statement(statement, account="a", broker="tastytrade")
            session.process_stale()
            assert session.latest()[0].movement_counter == 4
        assert not connection.closed
        connection.rollback()
    assert everything(ledger.connection) == before


def test_the_rows_of_a_callers_connection_may_be_anything(dsn: str, statement: Path):
    with psycopg.connect(dsn, row_factory=dict_row) as connection:
        session = rollforward.connect(connection)
        account = session.import_statement(statement, account="a", broker="tastytrade").account_id
        assert session.account_ids(["a"]) == [account]
        session.process_stale()
        assert [snapshot.account_id for snapshot in session.latest()] == [account]
        assert session.verify() == []
        connection.rollback()


def test_a_refused_statement_leaves_the_callers_transaction_usable(
    dsn: str, statement: Path, tmp_path: Path, ledger: Ledger
):
    bad = write(tmp_path / "bad.csv", [deposit("2025-01-02", "x")])
    with psycopg.connect(dsn) as connection:
        session = rollforward.connect(connection)
        session.import_statement(statement, account="a", broker="tastytrade")
        with pytest.raises(StatementRefused):
            session.import_statement(bad, account="a", broker="tastytrade")
        connection.commit()
    assert ledger.value("SELECT count(*) FROM rollforward.movement") == 4


def test_results_are_dataclasses_with_exact_figures(dsn: str, statement: Path):
    with rollforward.connect(dsn) as session:
        imported = session.import_statement(str(statement), account="a", broker="tastytrade")
        assert imported == ImportResult(
            imported.account_id, True, 4, 4, 0, date(2025, 1, 2), date(2025, 1, 7), 1
        )
        processed = session.process([imported.account_id], date(2025, 1, 1), date(2025, 12, 31))
        assert isinstance(processed, BatchResult)
        assert (processed.success, processed.fell_back, processed.errors) == (True, False, [])
        (snapshot,) = session.latest([imported.account_id], as_of=date(2025, 1, 6))
    assert isinstance(snapshot, AccountSnapshot)
    assert snapshot.realized_gains == Decimal("9.985")
    assert snapshot.snapshot_date == date(2025, 1, 6)
    with pytest.raises(dataclasses.FrozenInstanceError):
        snapshot.currency = "EUR"  # type: ignore[misc]


def test_batch_per_date_and_stale_agree_and_verify_finds_nothing(dsn: str, statement: Path):
    with rollforward.connect(dsn) as session:
        account = session.import_statement(statement, account="a", broker="tastytrade").account_id
        batch = session.process_batch([account], date(2025, 1, 1), date(2025, 12, 31))
        reference = session.process_per_date(account, date(2025, 1, 1), date(2025, 12, 31))
        assert (batch.mode, reference.mode) == ("batch", "per_date")
        assert session.process_stale().snapshots_saved == 0
        assert session.verify() == []
        assert session.check_ties([account]) == []


def test_a_database_error_keeps_sqlstate_detail_and_hint(dsn: str):
    with rollforward.connect(dsn) as session, pytest.raises(BadArgument) as raised:
        session.process([4711], date(2025, 1, 1), date(2025, 12, 31))
    error = raised.value
    assert error.sqlstate == "22R01"
    assert error.detail == [{"argument": "account_id", "value": 4711}]
    assert error.hint == "The view rollforward.account lists the accounts that exist."
    assert isinstance(error.__cause__, psycopg.Error)


def test_a_refused_statement_lists_its_refusals(dsn: str, tmp_path: Path):
    bad = write(tmp_path / "bad.csv", [deposit("2025-01-02", "x")])
    with rollforward.connect(dsn) as session, pytest.raises(StatementRefused) as raised:
        session.import_statement(bad, account="a", broker="tastytrade")
    error = raised.value
    assert error.sqlstate == "23R01"
    (refusal,) = error.refusals
    assert (
        dataclasses.asdict(refusal)
        == error.detail[0]
        == {
            "file": str(bad),
            "line": 2,
            "column": "Value",
            "value": "x",
            "reason": "not_a_number",
        }
    )


def test_an_unknown_broker_and_a_blank_account_are_bad_arguments(dsn: str, statement: Path):
    with rollforward.connect(dsn) as session:
        with pytest.raises(BadArgument, match="unknown broker: acme"):
            session.import_statement(statement, account="a", broker="acme")
        with pytest.raises(BadArgument, match="account_number must not be NULL or blank"):
            session.import_statement(statement, account=" ", broker="tastytrade")


def test_before_and_as_of_exclude_each_other(dsn: str):
    with rollforward.connect(dsn) as session, pytest.raises(ValueError, match="exclude"):
        session.latest(before=date(2025, 1, 1), as_of=date(2025, 1, 1))


def test_no_connection_is_connection_failed():
    with pytest.raises(rollforward.ConnectionFailed):
        rollforward.connect("host=/nonexistent")
