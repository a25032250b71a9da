"""``import``: what a user reads when a statement is booked, and what is there afterwards."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.command import CommandLine, deposit, few_rows, share, write
from tests.support.dump import content, everything
from tests.support.ledger import Ledger
from tests.support.statements import printed


def test_it_says_how_many_rows_it_read_and_saved_and_that_the_account_is_new(
    command: CommandLine, statement: Path
):
    done = command.book(statement, account="growth")
    assert (done.code, done.err) == (0, "")
    assert done.out == f"{statement}: 4 rows read, 4 saved, 0 already known (account growth, a new account)\n"


def test_the_document_has_every_count_and_the_outcome_of_processing(command: CommandLine, statement: Path):
    document = command.json("import", statement, "--broker", "tastytrade", "--account", "growth")
    (report,) = document["files"]
    assert document["dry_run"] is False
    assert {name: report[name] for name in ("file", "account_number", "account_created", "rows_read")} == {
        "file": str(statement),
        "account_number": "growth",
        "account_created": True,
        "rows_read": 4,
    }
    assert (report["saved"], report["already_known"], report["refused"], report["warnings"]) == (4, 0, [], [])
    assert (report["first_date"], report["last_date"]) == ("2025-01-02", "2025-01-07")
    assert report["processed"]["success"] is True
    assert report["processed"]["movements_processed"] == 4


def test_the_new_account_has_the_currency_of_its_first_movement(command: CommandLine, tmp_path: Path):
    rows = [deposit("2025-01-03", "1.00", Currency="USD"), deposit("2025-01-02", "1.00", Currency="EUR")]
    command.book(write(tmp_path / "euro.csv", rows), account="euro")
    (account,) = command.json("accounts", "list")
    assert (account["account_number"], account["base_currency"]) == ("euro", "EUR")


def test_a_second_import_saves_nothing_and_changes_nothing(
    command: CommandLine, statement: Path, ledger: Ledger
):
    command.book(statement)
    before = everything(ledger.connection)
    done = command.book(statement)
    assert done.out == f"{statement}: 4 rows read, 0 saved, 4 already known (account a)\n"
    assert done.code == 0
    assert everything(ledger.connection) == before


def test_overlapping_statements_book_every_row_once(command: CommandLine, tmp_path: Path, ledger: Ledger):
    first = write(tmp_path / "first.csv", few_rows()[:3])
    second = write(tmp_path / "second.csv", few_rows()[1:])
    done = command.book(first, second)
    assert "3 rows read, 3 saved, 0 already known" in done.out
    assert "3 rows read, 1 saved, 2 already known" in done.out
    overlapped = content(ledger.connection)
    ledger.clear()
    command.book(write(tmp_path / "whole.csv", few_rows()))
    assert content(ledger.connection) == overlapped


def test_equal_rows_of_one_file_are_two_movements(command: CommandLine, tmp_path: Path):
    twice = write(tmp_path / "twice.csv", [deposit("2025-01-02", "10.00")] * 2)
    once = write(tmp_path / "once.csv", [deposit("2025-01-02", "10.00")])
    assert command.report(once)["saved"] == 1
    assert command.report(twice)["saved"] == 1
    assert command.report(once)["saved"] == 0
    assert command.report(twice)["already_known"] == 2
    (latest,) = command.json("latest")
    assert latest["cash_balance"] == "20.00000000"


def test_of_several_files_the_refused_one_is_named_and_the_others_land(command: CommandLine, tmp_path: Path):
    good = write(tmp_path / "good.csv", few_rows()[:2])
    bad = write(tmp_path / "bad.csv", [deposit("2025-01-04", "10.00"), deposit("2025-01-05", "ten")])
    also_good = write(tmp_path / "also_good.csv", few_rows()[2:])
    done = command.book(good, bad, also_good)
    assert done.code == 1
    assert f"{good}: 2 rows read, 2 saved" in done.out
    assert f"{bad}: statement rejected: 1 of 2 rows cannot be booked: nothing of it was saved" in done.out
    assert f"{also_good}: 2 rows read, 2 saved" in done.out
    row = next(line for line in done.out.splitlines() if "not_a_number" in line)
    assert row.split() == [str(bad), "3", "Value", "ten", "not_a_number"]
    (latest,) = command.json("latest")
    assert (latest["movement_counter"], latest["deposited"]) == (4, "1000.00000000")


def test_a_file_that_is_not_there_is_refused_and_the_others_land(command: CommandLine, statement: Path):
    done = command.book(statement, Path("/nonexistent.csv"), statement)
    assert done.code == 1
    assert "4 saved" in done.out
    assert "4 already known" in done.out
    assert "/nonexistent.csv cannot be read: No such file or directory" in done.out


@pytest.mark.parametrize("options", [[], ["--no-process"]])
def test_a_dry_run_changes_nothing_and_says_what_would_happen(
    command: CommandLine, statement: Path, ledger: Ledger, options: list[str]
):
    command.book(write(statement.with_name("before.csv"), few_rows()[:2]))
    before = everything(ledger.connection)
    done = command.book(statement, options=["--dry-run", *options])
    assert (done.code, done.err) == (0, "")
    assert done.out == f"{statement}: 4 rows read, 2 would be saved, 2 already known (account a)\n"
    assert everything(ledger.connection) == before
    again = command.book(statement, account="b", options=["--dry-run", *options])
    assert "4 would be saved, 0 already known (account b, a new account)" in again.out
    assert everything(ledger.connection) == before


def test_a_dry_run_refuses_what_an_import_would_refuse(command: CommandLine, tmp_path: Path):
    bad = write(tmp_path / "bad.csv", [deposit("2025-01-05", "ten")])
    assert command.report(bad, "--dry-run") == command.report(bad)
    assert command.book(bad, options=["--dry-run"]).code == 1


def test_without_processing_the_account_is_stale_until_process_computes_it(
    command: CommandLine, statement: Path, ledger: Ledger
):
    assert command.report(statement, "--no-process")["processed"] == {}
    assert command.json("latest") == []
    assert [str(row.from_date) for row in ledger.stale()] == ["2025-01-02"]
    assert "processed 1 accounts, 4 movements" in command.succeed("process").out
    assert ledger.stale() == []
    postponed = content(ledger.connection)
    ledger.clear()
    command.book(statement)
    assert content(ledger.connection) == postponed


def test_an_orphan_closing_is_a_warning_on_stderr(command: CommandLine, tmp_path: Path):
    orphan = write(tmp_path / "orphan.csv", [share("2025-01-06", "Sell to Close", "5", "22.00", "110.00")])
    done = command.book(orphan)
    assert done.code == 0
    assert "1 saved" in done.out
    assert "warning" not in done.out
    assert done.err == (
        f"warning: {orphan}: a: orphan closing on 2025-01-06: sell 5 ACME, of which 0 were open\n"
    )
    (latest,) = command.json("latest")
    assert (latest["realized_gains"], latest["cash_balance"]) == ("0.00000000", "109.99000000")


def test_an_option_open_past_its_expiration_is_a_warning(command: CommandLine, tmp_path: Path):
    option = printed(
        "2020-01-06", "Trade", "Sell to Open", Action="SELL_TO_OPEN", Symbol="ACME  200117P00020000",
        Instrument_Type="Equity Option", Value="100.00", Quantity="2", Multiplier="100",
        Root_Symbol="ACME", Underlying_Symbol="ACME", Expiration_Date="1/17/20", Strike_Price="20",
        Call_or_Put="PUT",
    )  # fmt: skip
    report = command.report(write(tmp_path / "option.csv", [option]))
    assert report["warnings"] == [
        "a: short 2 ACME  200117P00020000 is open past its expiration on 2020-01-17"
    ]


def test_quiet_prints_the_data_and_no_warning(command: CommandLine, tmp_path: Path):
    orphan = write(tmp_path / "orphan.csv", [share("2025-01-06", "Sell to Close", "5", "22.00", "110.00")])
    done = command.book(orphan, options=["-q"])
    assert (done.code, done.err) == (0, "")
    assert "1 saved" in done.out
