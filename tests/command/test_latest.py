"""``latest``: which snapshot it finds, and every column of it."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.command import CommandLine, deposit, few_rows, write

COLUMNS = """
    account_id account_number currency snapshot_date movement_counter deposited withdrawn invested
    realized_gains realized_percentage unrealized_gains unrealized_percentage commissions fees
    options_income dividends_received other_income net_cash_flow cash_balance open_trades
    dividend_taxes market_value
"""


@pytest.fixture
def booked(command: CommandLine, tmp_path: Path) -> CommandLine:
    """Account a with dollars and euros, account b with dollars."""
    euros = deposit("2025-01-05", "7.00", Currency="EUR")
    command.book(write(tmp_path / "a.csv", [*few_rows(), euros]), account="a")
    command.book(write(tmp_path / "b.csv", few_rows()[:2]), account="b")
    return command


def found(command: CommandLine, *words: str) -> list[tuple[str, str, str]]:
    return [
        (snapshot["account_number"], snapshot["currency"], snapshot["snapshot_date"])
        for snapshot in command.json("latest", *words)
    ]


def test_the_latest_of_every_account_and_currency(booked: CommandLine):
    assert found(booked) == [
        ("a", "EUR", "2025-01-05"),
        ("a", "USD", "2025-01-07"),
        ("b", "USD", "2025-01-03"),
    ]


def test_before_is_strict_and_as_of_is_not(booked: CommandLine):
    assert found(booked, "--account", "b", "--before", "2025-01-03") == [("b", "USD", "2025-01-02")]
    assert found(booked, "--account", "b", "--as-of", "2025-01-03") == [("b", "USD", "2025-01-03")]
    assert found(booked, "--before", "2025-01-02") == []
    assert found(booked, "--as-of", "2025-01-02") == [("a", "USD", "2025-01-02"), ("b", "USD", "2025-01-02")]


def test_the_document_has_every_column_and_money_as_text(booked: CommandLine):
    snapshot = booked.json("latest", "--account", "a")[1]
    assert list(snapshot) == COLUMNS.split()
    assert snapshot | {"account_id": 0} == {
        "account_id": 0,
        "account_number": "a",
        "currency": "USD",
        "snapshot_date": "2025-01-07",
        "movement_counter": 4,
        "deposited": "1000.00000000",
        "withdrawn": "0.00000000",
        "invested": "100.00500000",
        "realized_gains": "9.98500000",
        "realized_percentage": snapshot["realized_percentage"],
        "unrealized_gains": "0.00000000",
        "unrealized_percentage": snapshot["unrealized_percentage"],
        "commissions": "0.00000000",
        "fees": "0.02000000",
        "options_income": "0.00000000",
        "dividends_received": "3.50000000",
        "other_income": "0.00000000",
        "net_cash_flow": "1003.48000000",
        "cash_balance": "913.48000000",
        "open_trades": True,
        "dividend_taxes": "0.00000000",
        "market_value": "100.00500000",
    }
    assert float(snapshot["realized_percentage"]) == pytest.approx(100 * 9.985 / 1003.48, abs=1e-4)


def test_the_table_shows_the_figures_people_look_for(booked: CommandLine):
    lines = booked.succeed("latest", "--account", "a").out.splitlines()
    assert lines[0].split() == [
        "account", "date", "ccy", "net", "flow", "invested", "realized", "unrealized", "cash", "open",
    ]  # fmt: skip
    assert lines[3].split() == [
        "a", "2025-01-07", "USD", "1,003.48", "100.005", "9.985", "0.00", "913.48", "yes",
    ]  # fmt: skip


def test_an_account_without_snapshots_has_no_row(command: CommandLine):
    command.succeed("accounts", "add", "new")
    assert command.json("latest") == []
    assert command.json("latest", "--account", "new") == []


def test_an_unknown_account_is_an_error(booked: CommandLine):
    done = booked("--json", "latest", "--account", "a", "--account", "x", "--account", "y")
    assert done.code == 1
    assert done.document["error"]["sqlstate"] == "22R01"
    assert [offence["value"] for offence in done.document["error"]["detail"]] == ["x", "y"]


def test_before_and_as_of_exclude_each_other(booked: CommandLine):
    done = booked("latest", "--before", "2025-01-01", "--as-of", "2025-01-01")
    assert (done.code, done.out) == (2, "")
    assert "--as-of" in done.err
