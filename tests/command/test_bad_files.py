"""Files that cannot be read as a statement, and oddities that can."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.command import ENVIRONMENT, CommandLine, deposit, few_rows, write
from tests.support.dump import content
from tests.support.ledger import Ledger
from tests.support.statements import HEADER

Lines = list[bytes]


@pytest.fixture
def lines(statement: Path) -> Lines:
    """The lines of a good statement: a header and four rows."""
    return statement.read_bytes().splitlines()


def refusal(command: CommandLine, file: Path, raw: bytes) -> tuple[object, ...]:
    """Why the file is refused: line, column, value, reason. Nothing is left of it."""
    file.write_bytes(raw)
    report = command.report(file)
    assert report["saved"] == 0
    assert command.json("accounts", "list") == []
    refused = report["refused"][0]
    assert refused["file"] == str(file)
    return refused["line"], refused["column"], refused["value"], refused["reason"]


def test_a_missing_column_is_named(command: CommandLine, statement: Path, lines: Lines):
    header = lines[0].replace(b"Quantity,", b"Amount,")
    found = refusal(command, statement, b"\n".join([header, *lines[1:]]))
    assert found == (1, "Quantity", "", "missing_column")


def test_a_doubled_column_is_named(command: CommandLine, statement: Path, lines: Lines):
    header = lines[0].replace(b"Commissions,", b"Fees,")
    statement.write_bytes(b"\n".join([header, *lines[1:]]))
    refused = command.report(statement)["refused"]
    assert {(r["line"], r["column"], r["reason"]) for r in refused} == {
        (1, "Fees", "doubled_column"),
        (1, "Commissions", "missing_column"),
    }


def test_another_kind_of_table_misses_its_columns(command: CommandLine, statement: Path):
    statement.write_text("symbol,date,close\nACME,2025-01-02,20\n")
    refused = command.report(statement)["refused"]
    expected = set(HEADER) - {"Symbol", "Date", "Total"}  # Total is younger than the layout
    assert {r["column"] for r in refused} == expected


@pytest.mark.parametrize("raw", [b"", b"\n\n", b"\xef\xbb\xbf"])
def test_an_empty_file_is_refused(command: CommandLine, statement: Path, raw: bytes):
    assert refusal(command, statement, raw) == (1, "", "", "empty_file")


@pytest.mark.parametrize("end", [b"", b"\n", b"\n\n\r\n"])
def test_a_header_without_rows_is_an_empty_file(
    command: CommandLine, statement: Path, lines: Lines, end: bytes
):
    line, _, _, reason = refusal(command, statement, lines[0] + end)
    assert (line, reason) == (None, "empty_file")


@pytest.mark.parametrize(
    ("change", "fields"), [(lambda row: row.removesuffix(b",USD"), 20), (lambda row: row + b",x", 22)]
)
def test_a_short_or_long_row_is_refused(command: CommandLine, statement: Path, lines: Lines, change, fields):
    lines[3] = change(lines[3])
    found = refusal(command, statement, b"\n".join(lines))
    assert found == (4, "", f"{fields} fields, not 21", "wrong_field_count")


def test_an_unterminated_quote_is_refused_where_it_begins(
    command: CommandLine, statement: Path, lines: Lines
):
    lines[2] = lines[2].replace(b",Trade,", b',"Trade,')
    line, _, _, reason = refusal(command, statement, b"\n".join(lines))
    assert (line, reason) == (3, "not_csv")


def test_latin_1_is_refused_at_the_first_line_that_is_not_utf_8(
    command: CommandLine, statement: Path, lines: Lines
):
    lines[2] = lines[2].replace(b"Buy to Open 10", "K\xe4ufe 10".encode("latin-1"))
    assert refusal(command, statement, b"\n".join(lines)) == (3, "", r"b'\xe4'", "not_utf8")


@pytest.mark.parametrize("encoding", ["utf-16", "utf-32"])
def test_other_encodings_are_refused(command: CommandLine, statement: Path, lines: Lines, encoding: str):
    raw = b"\n".join(lines).decode().encode(encoding)
    assert refusal(command, statement, raw)[3] == "not_utf8"


def test_utf_16_without_a_mark_has_none_of_the_columns(command: CommandLine, statement: Path, lines: Lines):
    raw = b"\n".join(lines).decode().encode("utf-16-le")
    assert refusal(command, statement, raw)[3] in ("missing_column", "not_csv")


def test_a_binary_is_refused(command: CommandLine, statement: Path):
    program = Path(sys.executable).resolve().read_bytes()[:100_000]
    assert refusal(command, statement, program)[3] in ("not_utf8", "missing_column", "not_csv")


def test_a_nul_is_refused(command: CommandLine, statement: Path, lines: Lines):
    lines[3] = lines[3].replace(b"ACME", b"AC\0ME", 1)
    line, _, _, reason = refusal(command, statement, b"\n".join(lines))
    assert line == 4
    assert reason in ("not_text", "not_csv")


def test_a_directory_is_refused(command: CommandLine, tmp_path: Path):
    done = command.book(tmp_path)
    assert done.code == 1
    assert f"statement rejected: {tmp_path} cannot be read: Is a directory" in done.out


def test_a_file_that_is_not_there_is_refused(command: CommandLine, tmp_path: Path):
    (refused,) = command.report(tmp_path / "none.csv")["refused"]
    assert (refused["line"], refused["value"]) == (None, "No such file or directory")
    assert refused["reason"] == "not_readable"


@pytest.mark.skipif(os.geteuid() != 0, reason="needs root, to become somebody who may not read the file")
def test_a_file_without_permission_is_refused(statement: Path):
    statement.chmod(0)
    script = (
        "import os, pathlib, sys; from rollforward.errors import StatementRefused;"
        "from rollforward.statement.layout import LAYOUTS;"
        "from rollforward.statement.reader import StatementReader;"
        "from rollforward.statement.source import Source\n"
        "os.setuid(65534)\n"
        "try: StatementReader(Source(pathlib.Path(sys.argv[1])), LAYOUTS['tastytrade']).columns()\n"
        "except StatementRefused as refused: print(refused.message)"
    )
    command = [sys.executable, "-c", script, str(statement)]
    done = subprocess.run(command, capture_output=True, text=True, env=ENVIRONMENT, timeout=30)
    assert "cannot be read: Permission denied" in done.stdout


@pytest.mark.parametrize(
    "change",
    [
        lambda raw: b"\xef\xbb\xbf" + raw,
        lambda raw: raw.replace(b"\n", b"\r\n"),
        lambda raw: raw.replace(b"\n", b"\n\n"),
        lambda raw: raw.rstrip(b"\n"),
        lambda raw: raw.replace(b"Sub Type", b" SUB TYPE "),
        lambda raw: raw.replace(b"\n", b",note\n", 1).replace(b"USD\n", b"USD,mine\n"),
    ],
    ids=["byte order mark", "CRLF", "blank lines", "no last newline", "spelling", "a column more"],
)  # fmt: skip
def test_what_spreadsheets_do_to_a_file_changes_nothing(
    command: CommandLine, statement: Path, ledger: Ledger, change
):
    assert command.report(statement)["saved"] == 4
    plain = content(ledger.connection)
    ledger.clear()
    statement.write_bytes(change(statement.read_bytes()))
    assert command.report(statement)["saved"] == 4
    assert content(ledger.connection) == plain


def test_columns_may_come_in_any_order_and_total_may_be_missing(
    command: CommandLine, tmp_path: Path, ledger: Ledger
):
    command.book(write(tmp_path / "plain.csv", few_rows()))
    plain = content(ledger.connection)
    ledger.clear()
    reordered = [{name: row[name] for name in sorted(row) if name != "Total"} for row in few_rows()]
    command.book(write(tmp_path / "reordered.csv", reordered))
    assert content(ledger.connection) == plain


def test_a_bad_file_does_not_list_more_than_a_hundred_rows(command: CommandLine, tmp_path: Path):
    rows = [deposit("2025-01-02", "x") for _ in range(500)]
    report = command.report(write(tmp_path / "bad.csv", rows))
    assert len(report["refused"]) == 100
    assert "500 of 500 rows" in report["reason"]
