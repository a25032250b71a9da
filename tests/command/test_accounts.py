"""``accounts``: list, add and set, and what is refused."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.command import CommandLine
from tests.support.dump import everything
from tests.support.ledger import Ledger


def test_an_added_account_is_listed_with_its_settings(command: CommandLine):
    done = command.succeed(
        "accounts", "add", "U1", "--base-currency", "EUR", "--broker", "B", "--person", "P"
    )
    assert done.out.startswith("added account U1 (id ")
    (account,) = command.json("accounts", "list")
    del account["account_id"]
    assert account == {
        "account_number": "U1",
        "broker": "B",
        "person": "P",
        "base_currency": "EUR",
        "calendar": None,
        "cost_method": "fifo",
        "costs_in_lot": True,
        "premium_in_cost": False,
    }


def test_the_list_is_a_table_in_the_order_of_names(command: CommandLine):
    for name in ("b", "B", "a 1"):
        command.succeed("accounts", "add", name)
    lines = command.succeed("accounts", "list").out.splitlines()
    assert lines[0].split() == [
        "account", "broker", "person", "base_currency", "calendar", "cost_method", "costs_in_lot",
        "premium_in_cost",
    ]  # fmt: skip
    listed = [account["account_number"] for account in command.json("accounts", "list")]
    assert sorted(listed) == ["B", "a 1", "b"]
    assert len(lines) == 2 + 3


def test_no_account_is_an_empty_list(command: CommandLine):
    assert command.json("accounts", "list") == []


def test_a_cost_method_applies_from_a_day_on(command: CommandLine):
    command.succeed("accounts", "add", "U1")
    done = command.succeed("accounts", "set", "U1", "cost_method", "average", "--from", "2025-07-01")
    assert done.out == "U1: cost_method = average from 2025-07-01\n"
    (account,) = command.json("accounts", "list")
    assert account["cost_method"] == "average"
    refused = command("accounts", "set", "U1", "costs_in_lot", "true", "--from", "2025-07-01")
    assert refused.code == 1
    assert "no day" in refused.err


METHODS = "SELECT from_date::text, method FROM rollforward.account_cost_method ORDER BY from_date"


def test_a_method_without_a_day_takes_no_other_away(command: CommandLine, ledger: Ledger):
    command.succeed("accounts", "add", "U1")
    command.succeed("accounts", "set", "U1", "cost_method", "lifo")
    command.succeed("accounts", "set", "U1", "cost_method", "average", "--from", "2025-07-01")
    command.succeed("accounts", "set", "U1", "cost_method", "hifo by price", "--from", "2025-08-01")
    before = everything(ledger.connection)
    for method in ("fifo", "lifo", "average"):
        refused = command("--json", "accounts", "set", "U1", "cost_method", method)
        error = refused.document["error"]
        assert (refused.code, error["sqlstate"]) == (1, "22R01")
        assert "average from 2025-07-01, hifo from 2025-08-01" in error["message"]
        assert [each["from_date"] for each in error["detail"][0]["methods"]] == ["2025-07-01", "2025-08-01"]
        assert "0001-01-01" in error["hint"]
        assert everything(ledger.connection) == before
    # the beginning can be changed by its day
    command.succeed("accounts", "set", "U1", "cost_method", "fifo", "--from", "0001-01-01")
    assert [tuple(row) for row in ledger.rows(METHODS)] == [
        ("0001-01-01", "fifo"),
        ("2025-07-01", "average"),
        ("2025-08-01", "hifo"),
    ]


def test_a_method_is_taken_away_by_its_day(command: CommandLine, statement: Path, ledger: Ledger):
    command.book(statement)
    command.succeed("accounts", "set", "a", "cost_method", "lifo", "--from", "2025-01-03")
    command.succeed("accounts", "set", "a", "cost_method", "average", "--from", "2025-01-06")
    command.succeed("process")
    done = command.succeed("accounts", "set", "a", "cost_method", "", "--from", "2025-01-06")
    assert done.out == "a: no cost_method from 2025-01-06\n"
    assert [tuple(row) for row in ledger.rows(METHODS)] == [("2025-01-03", "lifo")]
    assert [str(row.from_date) for row in ledger.stale()] == ["2025-01-06"]
    assert command("accounts", "set", "a", "cost_method", "", "--from", "2025-01-06").code == 1
    assert command("accounts", "set", "a", "cost_method", "").code == 1
    ledger.rows("SELECT rollforward.set_account('a', 'cost_method', NULL, '2025-01-03')")
    assert ledger.rows(METHODS) == []
    # and now a method may be set without a day again
    command.succeed("accounts", "set", "a", "cost_method", "lofo")


@pytest.mark.parametrize(
    ("key", "value", "stored"),
    [
        ("base_currency", "CHF", "CHF"),
        ("costs_in_lot", "FALSE", False),
        ("premium_in_cost", "yes", True),
        ("cost_method", "hifo by price", "hifo"),
        ("broker", "B", "B"),
        ("person", "P", "P"),
    ],
)
def test_a_setting_is_changed(command: CommandLine, key: str, value: str, stored: object):
    command.succeed("accounts", "add", "U1")
    assert command.succeed("accounts", "set", "U1", key, value).out == f"U1: {key} = {value}\n"
    (account,) = command.json("accounts", "list")
    assert account[key] == stored


def test_a_setting_that_changes_figures_makes_the_account_stale(
    command: CommandLine, statement: Path, ledger: Ledger
):
    command.book(statement)
    command.succeed("accounts", "set", "a", "person", "P")
    assert ledger.stale() == []
    (with_costs,) = command.json("latest")
    command.succeed("accounts", "set", "a", "costs_in_lot", "false")
    assert len(ledger.stale()) == 1
    command.succeed("process")
    (without,) = command.json("latest")
    assert (with_costs["realized_gains"], without["realized_gains"]) == ("9.98500000", "10.00000000")


@pytest.mark.parametrize(
    ("words", "blamed"),
    [
        (("add", ""), "account_number"),
        (("add", "  "), "account_number"),
        (("add", "U2", "--base-currency", "euro"), "base_currency"),
        (("add", "U2", "--broker", ""), "broker"),
        (("set", "none", "person", "P"), "none"),
        (("set", "U1", "colour", "red"), "colour"),
        (("set", "U1", "costs_in_lot", "perhaps"), "perhaps"),
        (("set", "U1", "base_currency", "E"), "E"),
        (("set", "U1", "broker", " "), "broker"),
        (("set", "U1", "calendar", "XNYS"), "XNYS"),
        (("add", "U2", "--calendar", "XNYS"), "XNYS"),
    ],
)
def test_what_makes_no_sense_is_an_error_that_names_it_and_changes_nothing(
    command: CommandLine, ledger: Ledger, words: tuple[str, ...], blamed: str
):
    command.succeed("accounts", "add", "U1")
    before = everything(ledger.connection)
    done = command("--json", "accounts", *words)
    error = done.document["error"]
    assert (done.code, error["sqlstate"]) == (1, "22R01")
    assert blamed in str(error["detail"])
    assert "(SQLSTATE 22R01)" in done.err
    assert error["hint"]
    assert everything(ledger.connection) == before


def test_an_account_that_exists_is_not_added_again(command: CommandLine, ledger: Ledger):
    command.succeed("accounts", "add", "U1", "--base-currency", "CHF")
    before = everything(ledger.connection)
    done = command("--json", "accounts", "add", "U1")
    assert (done.code, done.document["error"]["sqlstate"]) == (1, "23505")
    assert "U1" in done.err
    assert everything(ledger.connection) == before
