"""``verify``: exit code 4 and the difference where a stored figure is wrong."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.command import CommandLine
from tests.support.ledger import Ledger
from tests.support.movements import buy, deposit


@pytest.fixture
def booked(command: CommandLine, statement: Path) -> CommandLine:
    for account in ("a", "b"):
        command.book(statement, account=account)
    return command


def tamper(ledger: Ledger, assignment: str = "cash_balance = cash_balance + 0.01") -> None:
    """Change account b's figures of 6 January behind rollforward's back."""
    ledger.rows(
        f"UPDATE rollforward_data.account_snapshot SET {assignment} WHERE snapshot_date = '2025-01-06'"
        " AND account_id = (SELECT account_id FROM rollforward.account WHERE account_number = 'b')"
    )


def test_what_was_computed_has_no_difference(booked: CommandLine):
    done = booked("verify")
    assert (done.code, done.out, done.err) == (0, "verified 2 accounts: no difference\n", "")
    assert booked.json("verify") == {"accounts": 2, "differences": []}


def test_a_figure_that_was_tampered_with_is_shown(booked: CommandLine, ledger: Ledger):
    tamper(ledger)
    done = booked("verify")
    assert done.code == 4
    lines = done.out.splitlines()
    assert lines[0].split() == ["account_id", "object", "key", "field", "stored", "expected"]
    assert len(lines) == 3
    assert lines[2].split()[-3:] == ["cash_balance", "909.99000000", "909.98000000"]
    assert "2025-01-06" in lines[2]


def test_the_document_has_every_difference(booked: CommandLine, ledger: Ledger):
    tamper(ledger)
    done = booked("--json", "verify")
    assert done.code == 4
    (difference,) = done.document["differences"]
    assert difference == {
        "account_id": ledger.value("SELECT account_id FROM rollforward.account WHERE account_number = 'b'"),
        "object": "account_snapshot",
        "key": {"currency": "USD", "snapshot_date": "2025-01-06"},
        "field": "cash_balance",
        "stored": "909.99000000",
        "expected": "909.98000000",
    }


def test_only_the_named_accounts_and_days_are_verified(booked: CommandLine, ledger: Ledger):
    tamper(ledger)
    assert booked("verify", "--account", "a").code == 0
    assert booked("verify", "--account", "b").code == 4
    assert booked("verify", "--to", "2025-01-05").code == 0
    assert booked("verify", "--from", "2025-01-07").code == 0
    assert booked("verify", "--from", "2025-01-06", "--to", "2025-01-06").code == 4


def test_a_row_that_is_missing_and_one_too_many_are_differences(booked: CommandLine, ledger: Ledger):
    tamper(ledger, "snapshot_date = '2025-01-05'")
    fields = booked("--json", "verify").document["differences"]
    assert {d["key"]["snapshot_date"]: d["stored"] is None for d in fields if d["field"] == "fees"} == {
        "2025-01-05": False,
        "2025-01-06": True,
    }


def test_facts_that_were_not_processed_are_a_difference(command: CommandLine, statement: Path):
    command.book(statement, options=["--no-process"])
    assert command("verify").code == 4
    command.succeed("process")
    assert command("verify").code == 0


def test_verifying_changes_nothing_and_processing_again_mends_it(booked: CommandLine, ledger: Ledger):
    tamper(ledger)
    assert booked("verify").code == 4
    assert booked("verify").code == 4
    booked.succeed("process", "--from", "2025-01-01")
    assert booked("verify").code == 0


def test_an_unknown_account_and_a_range_upside_down_are_errors(booked: CommandLine):
    for words in (["--account", "x"], ["--from", "2025-02-01", "--to", "2025-01-01"]):
        done = booked("verify", *words)
        assert done.code == 1
        assert "SQLSTATE 22R01" in done.err


def test_an_account_that_cannot_be_recomputed_is_a_row_among_the_others(booked: CommandLine, ledger: Ledger):
    """Of three accounts one holds more than an amount can be; the tampered one is found all the same."""
    tamper(ledger)
    ledger.instruments["ACME"] = ledger.value(
        "SELECT instrument_id FROM rollforward.instrument WHERE symbol = 'ACME'"
    )
    too_much = ledger.account("too much")
    ledger.record(too_much, buy("2024-01-02", "ACME", "1e15", 1, price=1))
    last = ledger.account("z")
    ledger.record(last, deposit("2024-01-02", 5))
    ledger.process([last])
    ledger.price("ACME", "2024-01-02", "1e15")
    differences = booked("--json", "verify").document["differences"]
    assert {row["object"] for row in differences if row["account_id"] == too_much} == {"account"}
    (failed,) = (row for row in differences if row["account_id"] == too_much)
    assert (failed["field"], failed["stored"], failed["key"]) == ("error", None, {})
    assert failed["expected"].startswith("22003: ")
    assert "cash_balance" in {row["field"] for row in differences}
    assert last not in {row["account_id"] for row in differences}
