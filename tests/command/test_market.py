"""``prices``, ``fx``, ``splits``, ``profiles``, ``calendar load``: what lands, what is kept aside."""

from __future__ import annotations

import signal
import time
from pathlib import Path

import psycopg
import pytest

import rollforward
from rollforward import MarketLoad, StatementRefused
from tests.command.test_terminal import PROMPT, Terminal, terminal  # noqa: F401
from tests.embedded.commands import eventually
from tests.support.command import CommandLine, few_rows, finish, spawn, write
from tests.support.dump import everything
from tests.support.ledger import Ledger

PRICES = "symbol,date,close,currency\n"
GOOD = f"{PRICES}ACME,2025-01-02,20.40,USD\nACME,2025-01-03,20.50,USD\n"
BAD = f"{PRICES}ACME,2025-01-02,20.40,USD\nXQZ,2025-01-02,1,USD\nACME,2025-01-04,0,EUR\n"
KINDS = {
    "prices": GOOD,
    "fx": "currency,quote_currency,date,rate\nEUR,USD,2025-01-02,1.03\nEUR,USD,2025-01-03,1.04\n",
    "splits": "symbol,date,ratio\nACME,2025-01-02,10/1\nACME,2025-06-02,1/2\n",
    "profiles": (
        "symbol,kind,sector,industry,beta,is_etf,multiplier,underlying,expiration,strike,option_right\n"
        "ACME C50,option,,,,,100,ACME,2025-12-19,50,call\nVTI,etf,,,1.0,true,,,,,\n"
    ),
    "calendar": "calendar,date\nXNYS,2025-01-02\nXNYS,2025-01-03\n",
}


@pytest.fixture
def acme(ledger: Ledger) -> int:
    return ledger.instrument("ACME")


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "file.csv"


@pytest.mark.parametrize("kind", KINDS)
def test_a_file_lands_and_again_changes_nothing(
    command: CommandLine, acme: int, file: Path, kind: str, ledger: Ledger
):
    file.write_text(KINDS[kind])
    done = command.succeed(kind, "load", file)
    assert done.out == f"{file}: 2 rows read, 2 saved, 0 corrected, 0 unchanged, 0 rejected\n"
    assert done.err == ""
    before = everything(ledger.connection)
    done = command.succeed(kind, "load", file, "--strict")
    assert done.out == f"{file}: 2 rows read, 0 saved, 0 corrected, 2 unchanged, 0 rejected\n"
    assert everything(ledger.connection) == before


def test_rejects_are_listed_and_the_rest_lands(command: CommandLine, acme: int, file: Path, ledger: Ledger):
    file.write_text(BAD)
    lines = command.succeed("prices", "load", file).out.splitlines()
    assert lines[0] == f"{file}: 3 rows read, 1 saved, 0 corrected, 0 unchanged, 2 rejected"
    assert [line.split() for line in lines[1:2] + lines[3:]] == [
        ["line", "column", "value", "reason"],
        ["3", "symbol", "XQZ", "unknown_symbol"],
        ["4", "date", "2025-01-04", "not_a_trading_day"],
        ["4", "close", "0", "not_positive"],
        ["4", "currency", "EUR", "other_currency"],
    ]
    kept = ledger.rows("SELECT source, line, reason FROM rollforward.rejected_row ORDER BY line")
    assert [tuple(row) for row in kept] == [
        (str(file), 3, "unknown_symbol"),
        (str(file), 4, "not_a_trading_day"),
    ]


def test_json_is_one_document(command: CommandLine, acme: int, file: Path):
    file.write_text(BAD)
    assert command.json("prices", "load", file) == {
        "kind": "prices",
        "file": str(file),
        "rows_read": 3,
        "saved": 1,
        "corrected": 0,
        "unchanged": 0,
        "rejected": 2,
        "rejects": [
            {"line": 3, "column": "symbol", "value": "XQZ", "reason": "unknown_symbol"},
            {"line": 4, "column": "date", "value": "2025-01-04", "reason": "not_a_trading_day"},
            {"line": 4, "column": "close", "value": "0", "reason": "not_positive"},
            {"line": 4, "column": "currency", "value": "EUR", "reason": "other_currency"},
        ],
        "refused": None,
        "warnings": [],
    }


def test_strict_saves_all_or_nothing(command: CommandLine, acme: int, file: Path, ledger: Ledger):
    before = everything(ledger.connection)
    file.write_text(BAD)
    done = command("prices", "load", file, "--strict")
    assert done.code == 1
    assert done.out.startswith(
        f"{file}: batch rejected: 2 of 3 rows cannot be saved: nothing of it was saved\n"
    )
    assert "unknown_symbol" in done.out
    document = command("--json", "prices", "load", file, "--strict").document
    assert (document["saved"], [each["line"] for each in document["rejects"]]) == (0, [3, 4, 4, 4])
    assert document["refused"]
    assert everything(ledger.connection) == before


def test_a_correction_is_counted(command: CommandLine, acme: int, file: Path, ledger: Ledger):
    file.write_text(GOOD)
    command.succeed("prices", "load", file)
    file.write_text(GOOD.replace("20.50", "20.55"))
    assert (
        ": 2 rows read, 0 saved, 1 corrected, 1 unchanged, 0" in command.succeed("prices", "load", file).out
    )
    (kept,) = ledger.rows("SELECT former_close, close FROM rollforward.price_correction")
    assert [f"{value.normalize():f}" for value in kept] == ["20.5", "20.55"]


def test_more_rejects_than_are_listed_are_counted(command: CommandLine, acme: int, file: Path):
    file.write_text(PRICES + "ACME,2025-01-02,x,EUR\n" * 300)
    done = command.succeed("prices", "load", file)
    assert "300 rejected" in done.out
    assert done.out.splitlines()[-1] == "and more, up to 300 rows: see rollforward.rejected_row"


def test_profiles_come_first_then_prices_give_the_currency(command: CommandLine, file: Path, ledger: Ledger):
    file.write_text(KINDS["profiles"])
    command.succeed("profiles", "load", file)
    file.write_text("symbol,date,close,currency\nVTI,2025-01-02,290.1,USD\nACME C50,2025-01-02,1.5,USD\n")
    assert command.json("prices", "load", file)["saved"] == 2
    found = ledger.rows("SELECT symbol, currency, underlying FROM rollforward.instrument ORDER BY 1")
    assert [tuple(row) for row in found] == [("ACME C50", "USD", "ACME"), ("VTI", "USD", "VTI")]


def test_an_account_follows_a_calendar(command: CommandLine, file: Path):
    file.write_text(KINDS["calendar"])
    command.succeed("calendar", "load", file)
    command.succeed("accounts", "add", "U1", "--calendar", "XNYS")
    assert command.json("accounts", "list")[0]["calendar"] == "XNYS"
    command.succeed("accounts", "set", "U1", "calendar", "")
    assert command.json("accounts", "list")[0]["calendar"] is None
    command.succeed("accounts", "set", "U1", "calendar", "XNYS")
    assert command.json("accounts", "list")[0]["calendar"] == "XNYS"


# Files


@pytest.mark.parametrize(
    "change",
    [
        lambda text: "\ufeff" + text,
        lambda text: text.replace("\n", "\r\n"),
        lambda text: text.replace("\n", "\n\n"),
        lambda text: text.replace("symbol,date", " Symbol , DATE"),
        lambda text: text.replace(",", " , "),
        lambda text: text.rstrip("\n"),
        lambda text: "".join(",".join(line.split(",")[::-1]) + "\n" for line in text.splitlines()),
        lambda text: "".join(line.rpartition(",")[0] + "\n" for line in text.splitlines()),
    ],
    ids=[
        "mark",
        "CRLF",
        "blank lines",
        "spelling",
        "blanks",
        "no last newline",
        "other order",
        "no currency",
    ],
)
def test_what_spreadsheets_do_to_a_file_changes_nothing(command: CommandLine, acme: int, file: Path, change):
    file.write_bytes(change(GOOD).encode())
    assert command.json("prices", "load", file)["saved"] == 2


def test_a_column_more_is_ignored_with_a_warning(command: CommandLine, acme: int, file: Path):
    file.write_text("symbol,date,Volume,close,\nACME,2025-01-02,1000000,20.40,\n")
    done = command.succeed("prices", "load", file)
    assert "1 saved" in done.out
    assert done.err == f"warning: {file}: column Volume is ignored\n"
    assert command.json("prices", "load", file)["warnings"] == ["column Volume is ignored"]


@pytest.mark.parametrize(
    ("kind", "header", "missing"),
    [
        ("prices", "symbol,date,price", ["close"]),
        ("fx", "currency,rate", ["quote_currency", "date"]),
        ("splits", "symbol,date", ["ratio"]),
        ("profiles", "sector", ["symbol", "kind"]),
        ("calendar", "date", ["calendar"]),
    ],
)
def test_a_missing_column_is_named(
    command: CommandLine, file: Path, kind: str, header: str, missing: list[str]
):
    file.write_text(f"{header}\nx\n")
    done = command(kind, "load", file)
    assert done.code == 1
    assert f"{kind} rejected: {file} cannot be read as its layout says: nothing of it was saved" in done.out
    rejects = command("--json", kind, "load", file).document["rejects"]
    assert [(each["line"], each["column"], each["reason"]) for each in rejects] == [
        (1, name, "missing_column") for name in missing
    ]


def test_a_line_with_other_columns_than_the_header_is_a_reject(
    command: CommandLine, acme: int, file: Path, ledger: Ledger
):
    file.write_text(f"{GOOD}ACME,2025-01-06\nACME,2025-01-07,20,USD,x\nACME,2025-01-08,2\0,USD\n")
    document = command.json("prices", "load", file)
    assert (document["saved"], document["rejected"]) == (2, 3)
    assert [(each["line"], each["reason"]) for each in document["rejects"]] == [
        (4, "wrong_field_count"),
        (5, "wrong_field_count"),
        (6, "not_text"),
    ]
    (content,) = ledger.rows("SELECT content FROM rollforward.rejected_row WHERE line = 4")[0]
    assert content == {"symbol": "ACME", "date": "2025-01-06", "close": "", "currency": ""}


@pytest.mark.parametrize(
    ("raw", "line", "reason"),
    [
        (b"", 1, "empty_file"),
        (PRICES.encode(), None, "empty_file"),
        (GOOD.encode("utf-16"), 1, "not_utf8"),
        (GOOD.replace("ACME,2025-01-03", "K\xe4se,2025-01-03").encode("latin-1"), 3, "not_utf8"),
        (GOOD.encode() + b'ACME,"2025-01-06,1,USD\n', 4, "not_csv"),
    ],
)
def test_a_file_that_cannot_be_read_is_refused(
    command: CommandLine, acme: int, file: Path, ledger: Ledger, raw: bytes, line: int | None, reason: str
):
    before = everything(ledger.connection)
    file.write_bytes(raw)
    done = command("--json", "prices", "load", file)
    assert done.code == 1
    (reject,) = done.document["rejects"]
    assert (reject["line"], reject["reason"]) == (line, reason)
    assert everything(ledger.connection) == before


def test_a_file_that_is_not_there_is_an_error_that_says_so(command: CommandLine, tmp_path: Path):
    done = command("prices", "load", tmp_path / "none.csv")
    assert done.code == 1
    assert f"prices rejected: {tmp_path / 'none.csv'} cannot be read: No such file or directory" in done.out
    done = command("calendar", "load", tmp_path)
    assert done.code == 1
    assert f"calendar rejected: {tmp_path} cannot be read: Is a directory" in done.out


@pytest.mark.parametrize(
    "words", [["prices"], ["prices", "load"], ["fx", "load", "a", "b"], ["fx", "save", "a"]]
)
def test_a_wrong_command_line_is_a_usage_error(command: CommandLine, words: list[str]):
    done = command(*words)
    assert (done.code, done.out) == (2, "")


def test_an_empty_database_asks_for_a_deploy(empty_dsn: str, capsys: pytest.CaptureFixture[str], file: Path):
    file.write_text(GOOD)
    done = CommandLine(empty_dsn, capsys)("prices", "load", file)
    assert done.code == 1
    assert 'run "rollforward deploy" first' in done.err


def test_a_pipe_sees_no_progress(command: CommandLine, acme: int, file: Path):
    file.write_text(GOOD)
    done = finish(spawn(command.dsn, "prices", "load", file, TERM="xterm-256color"))
    assert (done.code, done.err) == (0, "")
    assert "\x1b" not in done.out


def test_a_terminal_sees_a_progress_bar(terminal: Terminal, acme: int, tmp_path: Path):  # noqa: F811
    file = tmp_path / "larger.csv"
    file.write_text(PRICES + "ACME,2025-01-02,20.40,USD\n" * 40_000)
    terminal.start("prices", "load", file)
    seen: list[str] = []

    def ended() -> bool:
        seen.append(terminal.screen("-J"))
        return PROMPT in seen[-1]

    assert eventually(ended, 60)
    assert any("━" in screen and "larger.csv" in screen for screen in seen[:-1])
    assert "━" not in seen[-1]
    assert "40000 rows read, 1 saved" in " ".join(seen[-1].split())


def test_loading_is_interrupted_at_once_and_leaves_nothing(
    command: CommandLine, acme: int, file: Path, ledger: Ledger
):
    file.write_text(GOOD)
    before = everything(ledger.connection)
    with psycopg.connect(command.dsn) as other:
        other.execute("LOCK TABLE rollforward_data.price")
        process = spawn(command.dsn, "prices", "load", file)
        try:
            assert eventually(lambda: ledger.value("SELECT count(*) FROM pg_locks WHERE NOT granted") > 0)
            begun = time.monotonic()
            process.send_signal(signal.SIGINT)
            done = finish(process, timeout=20)
        finally:
            process.kill()
        assert time.monotonic() - begun < 5
    assert (done.code, done.out, done.err) == (130, "", "interrupted\n")
    assert everything(ledger.connection) == before


# From Python


def test_a_session_loads_inside_the_callers_transaction(
    command: CommandLine, acme: int, file: Path, ledger: Ledger
):
    file.write_text(BAD)
    before = everything(ledger.connection)
    with psycopg.connect(command.dsn) as connection:
        session = rollforward.connect(connection)
        loaded = session.load_market("prices", file)
        assert isinstance(loaded, MarketLoad)
        assert (loaded.rows_read, loaded.saved, loaded.rejected) == (3, 1, 2)
        with pytest.raises(StatementRefused) as refused:
            session.load_market("prices", file, strict=True)
        assert refused.value.sqlstate == "23R01"
        assert refused.value.refusals[0].reason == "unknown_symbol"
        assert session.fetch("SELECT count(*) FROM rollforward.price") == [(1,)]
        connection.rollback()
    assert everything(ledger.connection) == before


def test_an_unknown_kind_is_refused_by_name(command: CommandLine, file: Path):
    with rollforward.connect(command.dsn) as session, pytest.raises(rollforward.BadArgument, match="bonds"):
        session.load_market("bonds", file)


def test_prices_of_what_was_imported_value_it(command: CommandLine, tmp_path: Path, file: Path):
    command.book(write(tmp_path / "statement.csv", few_rows()))
    file.write_text(f"{PRICES}ACME,2025-01-07,25,USD\n")
    assert command.json("prices", "load", file)["saved"] == 1
    command.succeed("process", "--from", "2025-01-01", "--to", "2025-01-31")
    (snapshot,) = command.json("latest")
    assert snapshot["market_value"] == "125.00000000"
