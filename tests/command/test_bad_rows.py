"""Rows that cannot be booked: file, line, column, value and reason; nothing of the file is saved."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.command import CommandLine, deposit, few_rows, share, write
from tests.support.dump import everything
from tests.support.ledger import Ledger
from tests.support.statements import Printed, printed

OPTION = printed(
    "2025-01-06", "Trade", "Buy to Open", Action="BUY_TO_OPEN", Symbol="ACME  250117C00020000",
    Instrument_Type="Equity Option", Value="-100.00", Quantity="1", Multiplier="100",
    Root_Symbol="ACME", Underlying_Symbol="ACME", Expiration_Date="1/17/25", Strike_Price="20",
    Call_or_Put="CALL",
)  # fmt: skip
SHARE = share("2025-01-06", "Buy to Open", "10", "20.00", "-200.00")
DEPOSIT = deposit("2025-01-06", "10.00")
CASES: list[tuple[Printed, str, str, str]] = [
    (DEPOSIT, "Value", "ten", "not_a_number"),
    (DEPOSIT, "Value", "NaN", "not_a_number"),
    (DEPOSIT, "Value", "Infinity", "not_a_number"),
    (DEPOSIT, "Value", "1e3", "not_a_number"),
    (DEPOSIT, "Value", "1.000,50", "not_a_number"),
    (DEPOSIT, "Value", "$10", "not_a_number"),
    (DEPOSIT, "Value", "1" * 19, "not_a_number"),
    (DEPOSIT, "Date", "2025-02-30T10:00:00+0100", "not_a_time"),
    (DEPOSIT, "Date", "2025-02-20T25:00:00+0100", "not_a_time"),
    (DEPOSIT, "Date", "2025-02-20", "not_a_time"),
    (DEPOSIT, "Date", "20/02/2025", "not_a_time"),
    (DEPOSIT, "Date", "", "not_a_time"),
    (DEPOSIT, "Date", "infinity", "not_a_time"),
    (DEPOSIT, "Currency", "", "unknown_currency"),
    (DEPOSIT, "Currency", "$", "unknown_currency"),
    (SHARE, "Quantity", "-10", "not_positive"),
    (SHARE, "Quantity", "0", "not_positive"),
    (SHARE, "Quantity", "", "not_positive"),
    (SHARE, "Quantity", "NaN", "not_a_number"),
    (SHARE, "Average Price", "?", "not_a_number"),
    (SHARE, "Commissions", "free", "not_a_number"),
    (SHARE, "Fees", "0.1.2", "not_a_number"),
    (SHARE, "Symbol", "", "missing"),
    (OPTION, "Multiplier", "0", "not_positive"),
    (OPTION, "Expiration Date", "2/30/25", "not_a_date"),
    (OPTION, "Expiration Date", "", "not_a_date"),
    (OPTION, "Strike Price", "0", "not_positive"),
    (OPTION, "Call or Put", "", "missing"),
]


def test_every_value_that_cannot_be_booked_is_named(command: CommandLine, tmp_path: Path):
    rows = [row | {column: value} for row, column, value, _ in CASES]
    file = write(tmp_path / "bad.csv", [DEPOSIT, *rows])
    report = command.report(file)
    assert report["refused"] == [
        {"file": str(file), "line": line, "column": column, "value": value, "reason": reason}
        for line, (_, column, value, reason) in enumerate(CASES, 3)
    ]
    assert (report["saved"], report["account_id"], report["processed"]) == (0, None, {})


KINDS: list[tuple[str, str, dict[str, str], str]] = [
    ("Money Movement", "Lottery", {}, "unknown_row_kind"),
    ("Gift", "", {}, "unknown_row_kind"),
    ("", "", {}, "unknown_row_kind"),
    ("trade", "Buy to Open", {}, "unknown_row_kind"),
    ("Trade", "Buy to Open", {"Instrument_Type": "Warrant"}, "unknown_row_kind"),
    ("Receive Deliver", "Exercise", {"Instrument_Type": "Equity"}, "unknown_row_kind"),
    ("Receive Deliver", "Forward Split", {"Instrument_Type": "Equity"}, "unknown_row_kind"),
    ("Trade", "Buy", {"Instrument_Type": "Bond"}, "unknown_row_kind"),
]


def test_every_row_kind_that_cannot_be_booked_is_named(command: CommandLine, tmp_path: Path):
    rows = [printed("2025-01-02", type_, sub_type, **columns) for type_, sub_type, columns, _ in KINDS]
    refused = command.report(write(tmp_path / "bad.csv", [DEPOSIT, *rows]))["refused"]
    assert [(r["line"], r["value"], r["reason"]) for r in refused if r["column"] == "Type"] == [
        (line, " / ".join(text for text in (type_, sub_type, *columns.values()) if text), reason)
        for line, (type_, sub_type, columns, reason) in enumerate(KINDS, 3)
    ]


def test_one_bad_row_among_good_ones_leaves_the_database_as_it_was(
    command: CommandLine, tmp_path: Path, ledger: Ledger
):
    command.book(write(tmp_path / "before.csv", few_rows()[:1]))
    before = everything(ledger.connection)
    done = command.book(write(tmp_path / "bad.csv", [*few_rows(), DEPOSIT | {"Value": "ten"}]))
    assert done.code == 1
    assert everything(ledger.connection) == before


def test_every_bad_row_is_listed_with_every_fault_it_has(command: CommandLine, tmp_path: Path):
    rows = [SHARE | {"Quantity": "x", "Fees": "y"}, DEPOSIT, DEPOSIT | {"Date": "z"}]
    report = command.report(write(tmp_path / "bad.csv", rows))
    assert report["reason"].endswith("statement rejected: 2 of 3 rows cannot be booked")
    assert {(r["line"], r["column"], r["value"]) for r in report["refused"]} == {
        (2, "Quantity", "x"),
        (2, "Fees", "y"),
        (4, "Date", "z"),
    }


def test_the_line_is_that_of_the_file_even_after_quoted_line_breaks_and_blank_lines(
    command: CommandLine, tmp_path: Path
):
    file = write(
        tmp_path / "bad.csv", [DEPOSIT | {"Description": "one\ntwo\nthree"}, DEPOSIT | {"Value": "x"}]
    )
    file.write_text(file.read_text().replace("three,", "three,", 1).replace("\n2025", "\n\n2025", 1))
    assert [r["line"] for r in command.report(file)["refused"]] == [6]


@pytest.mark.parametrize(
    ("columns", "message", "refusal"),
    [
        (
            {"Value": "-" + "9" * 18, "Quantity": "0.000000000001"},
            "1 of 1 rows cannot be booked",
            (2, "price", "out_of_range"),
        ),
        (
            {"Symbol": "".join(chr(0x4E00 + 7 * place) for place in range(2_900))},
            "cannot be booked",
            (None, "", "too_long"),
        ),
    ],
)
def test_what_no_column_can_hold_refuses_that_file_alone(
    command: CommandLine,
    tmp_path: Path,
    statement: Path,
    columns: Printed,
    message: str,
    refusal: tuple[int | None, str, str],
):
    huge = write(tmp_path / "huge.csv", [SHARE | columns])
    done = command.book(huge, statement)
    assert done.code == 1
    assert str(huge) in done.out
    assert message in done.out
    assert "4 rows read, 4 saved" in done.out
    (refused,) = command.report(huge)["refused"]
    assert (refused["line"], refused["column"], refused["reason"]) == refusal


def test_a_long_value_is_shortened_in_the_table_and_whole_in_the_document(
    command: CommandLine, tmp_path: Path
):
    file = write(tmp_path / "bad.csv", [DEPOSIT | {"Value": "x" * 3_000}])
    table = command.book(file).out
    assert "x" * 39 + "…" in table
    assert "not_a_number" in table
    assert command.report(file)["refused"][0]["value"] == "x" * 3_000
