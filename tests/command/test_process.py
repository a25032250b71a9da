"""``process``: ranges, modes, workers, and what is refused."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.command import CommandLine, few_rows, many_rows, write
from tests.support.dump import content, everything
from tests.support.ledger import Ledger


@pytest.fixture
def booked(command: CommandLine, statement: Path) -> CommandLine:
    """Accounts a and b with movements, nothing computed."""
    for account in ("a", "b"):
        command.book(statement, account=account, options=["--no-process"])
    return command


def dates(command: CommandLine, account: str) -> list[str]:
    """The day of the latest snapshot of an account, if it has one."""
    return [snapshot["snapshot_date"] for snapshot in command.json("latest", "--account", account)]


def test_without_a_range_it_computes_what_is_stale_and_says_how_much(booked: CommandLine):
    done = booked.succeed("process")
    assert done.out.startswith("processed 2 accounts, 8 movements: ")
    assert booked.succeed("process").out.startswith("processed 0 accounts, 0 movements: 0 snapshots written")


def test_the_document_has_the_totals(booked: CommandLine):
    document = booked.json("process")
    assert document.pop("snapshots_saved") > 0
    assert document.pop("equity_saved") > 0
    assert float(document.pop("total_ms")) > 0
    assert document == {
        "run_id": 1,
        "accounts": 2,
        "success": True,
        "mode": "batch",
        "fell_back": False,
        "movements_processed": 8,
        "dates_processed": 4,
        "errors": [],
        "warnings": [],
    }


def test_only_the_named_accounts_are_computed(booked: CommandLine, ledger: Ledger):
    booked.succeed("process", "--account", "b")
    assert dates(booked, "a") == []
    assert dates(booked, "b") == ["2025-01-07"]
    assert len(ledger.stale()) == 1


def test_a_range_ends_where_it_says_and_the_rest_stays_stale(booked: CommandLine, ledger: Ledger):
    booked.succeed("process", "--account", "a", "--from", "2025-01-02", "--to", "2025-01-03")
    assert dates(booked, "a") == ["2025-01-03"]
    assert len(ledger.stale()) == 2
    booked.succeed("process")
    assert dates(booked, "a") == ["2025-01-07"]


@pytest.mark.parametrize("range_", [["--from", "2025-01-02"], ["--to", "2025-12-31"], ["--stale"]])
def test_an_open_range_computes_all_there_is(booked: CommandLine, range_: list[str]):
    booked.succeed("process", *range_)
    assert dates(booked, "a") == dates(booked, "b") == ["2025-01-07"]


@pytest.mark.parametrize("mode", ["auto", "batch", "per-date", "shadow"])
def test_every_mode_gives_what_importing_gives(
    command: CommandLine, statement: Path, ledger: Ledger, mode: str
):
    command.book(statement)
    expected = content(ledger.connection)
    ledger.clear()
    command.book(statement, options=["--no-process"])
    command.succeed("process", "--mode", mode, "--from", "2025-01-01")
    assert content(ledger.connection) == expected


def test_two_workers_give_what_one_gives(command: CommandLine, tmp_path: Path, ledger: Ledger):
    file = write(tmp_path / "many.csv", many_rows(60))
    dumps = []
    for workers in (1, 2):
        ledger.clear()
        for account in "abcde":
            command.book(file, account=account, options=["--no-process"])
        document = command.json("process", "--workers", workers, "--chunk-size", 1)
        assert (document["accounts"], document["movements_processed"]) == (5, 300)
        dumps.append(content(ledger.connection))
    assert dumps[0] == dumps[1]


def test_start_after_end_is_an_error_with_both_values(booked: CommandLine, ledger: Ledger):
    before = everything(ledger.connection)
    done = booked("--json", "process", "--from", "2025-02-01", "--to", "2025-01-01")
    error = done.document["error"]
    assert (done.code, error["sqlstate"]) == (1, "22R01")
    assert {(offence["argument"], offence["value"]) for offence in error["detail"]} == {
        ("start_date", "2025-02-01"),
        ("end_date", "2025-01-01"),
    }
    assert everything(ledger.connection) == before


def test_an_unknown_account_is_an_error_that_names_it(booked: CommandLine, ledger: Ledger):
    done = booked("process", "--account", "a", "--account", "nobody")
    assert done.code == 1
    assert "unknown account: nobody  (SQLSTATE 22R01)" in done.err
    assert dates(booked, "a") == []


@pytest.mark.parametrize(
    "words",
    [
        ["--from", "yesterday"],
        ["--to", "2025-02-30"],
        ["--mode", "fast"],
        ["--scenario", "x"],
        ["--workers", "0"],
        ["--workers", "two"],
    ],
)
def test_an_option_that_makes_no_sense_is_a_usage_error(booked: CommandLine, words: list[str]):
    done = booked("process", *words)
    assert (done.code, done.out) == (2, "")
    assert words[1] in done.err


def test_an_account_that_fails_both_ways_is_reported_and_the_others_stand(
    booked: CommandLine, ledger: Ledger
):
    ledger.rows(
        "ALTER TABLE rollforward_data.account_snapshot ADD CONSTRAINT poison CHECK (account_id <> "
        f"{ledger.value('SELECT account_id FROM rollforward.account WHERE account_number = %s', 'a')})"
    )
    try:
        done = booked("--json", "process")
    finally:
        ledger.rows("ALTER TABLE rollforward_data.account_snapshot DROP CONSTRAINT poison")
    document = done.document
    assert (done.code, document["success"], document["fell_back"]) == (1, False, True)
    assert {error["sqlstate"] for error in document["errors"]} == {"23514"}
    assert "error: account " in done.err
    assert (dates(booked, "a"), dates(booked, "b")) == ([], ["2025-01-07"])


def test_a_late_row_recomputes_from_its_day_on(command: CommandLine, tmp_path: Path, ledger: Ledger):
    late = few_rows()
    command.book(write(tmp_path / "early.csv", [late[0], *late[2:]]))
    command.book(write(tmp_path / "late.csv", late))
    in_two_goes = content(ledger.connection)
    ledger.clear()
    command.book(write(tmp_path / "all.csv", late))
    assert content(ledger.connection) == in_two_goes
