"""Streams, exit codes and errors: what scripts rely on."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.command import ENVIRONMENT, CommandLine, finish, spawn

NOBODY_LISTENS = "host=/nonexistent dbname=x"


def test_an_error_is_one_document_on_stdout_and_lines_on_stderr(command: CommandLine):
    done = command("--json", "latest", "--account", "x")
    assert done.document == {
        "error": {
            "message": "unknown account: x",
            "sqlstate": "22R01",
            "detail": [{"argument": "account_number", "value": "x"}],
            "hint": "The view rollforward.account lists the accounts that exist.",
            "constraint": None,
        }
    }
    assert done.err.splitlines() == [
        "error: unknown account: x  (SQLSTATE 22R01)",
        'detail: {"value": "x", "argument": "account_number"}',
        "hint: The view rollforward.account lists the accounts that exist.",
    ]


def test_without_json_an_error_leaves_stdout_empty(command: CommandLine):
    done = command("latest", "--account", "x")
    assert (done.code, done.out) == (1, "")


IMPORT = ["import", "x", "--broker", "tastytrade", "--account", "a"]


@pytest.mark.parametrize("words", [["accounts", "list"], ["latest"], ["process"], ["verify"], IMPORT])
def test_an_empty_database_asks_for_a_deploy(
    empty_dsn: str, capsys: pytest.CaptureFixture[str], words: list[str], statement: Path
):
    done = CommandLine(empty_dsn, capsys)("--json", *(statement if word == "x" else word for word in words))
    assert done.code == 1
    assert done.document["error"]["sqlstate"] in ("3F000", "42P01", "42883")
    assert 'run "rollforward deploy" first' in done.err


@pytest.mark.parametrize("words", [["latest"], ["process"], ["verify"], ["accounts", "list"], ["deploy"]])
def test_no_connection_is_exit_code_3(capsys: pytest.CaptureFixture[str], words: list[str]):
    done = CommandLine(NOBODY_LISTENS, capsys)("--json", *words)
    assert done.code == 3
    assert "/nonexistent" in done.document["error"]["message"]


@pytest.mark.parametrize(
    "words",
    [
        [],
        ["fly"],
        ["latest", "--colour"],
        ["latest", "extra"],
        ["import", "file.csv"],
        ["import", "--broker", "tastytrade", "--account", "a"],
        ["import", "file.csv", "--broker", "none", "--account", "a"],
        ["accounts"],
        ["accounts", "add"],
        ["latest", "--before", "31/12/2025"],
        ["-q", "-v", "latest"],
    ],
)
def test_a_wrong_command_line_is_exit_code_2_and_names_the_help(
    capsys: pytest.CaptureFixture[str], words: list[str]
):
    done = CommandLine(NOBODY_LISTENS, capsys)(*words)
    assert (done.code, done.out) == (2, "")
    assert done.err.startswith("error: ")
    assert "--help" in done.err


def test_a_wrong_command_line_is_a_document_too(capsys: pytest.CaptureFixture[str]):
    done = CommandLine(NOBODY_LISTENS, capsys)("--json", "fly")
    assert done.code == 2
    assert done.document["error"]["sqlstate"] is None
    assert "fly" in done.document["error"]["message"]


def test_options_may_come_before_or_after_the_command(command: CommandLine):
    assert command("--json", "latest").document == command("latest", "--json").document == []


def test_a_pipe_gets_data_on_stdout_only_and_no_escape_codes(command: CommandLine, statement: Path):
    words = ("import", statement, "--broker", "tastytrade", "--account", "a")
    booked = finish(spawn(command.dsn, *words, FORCE_COLOR="", TERM="xterm-256color"))
    assert (booked.code, booked.err) == (0, "")
    assert booked.out.endswith("(account a, a new account)\n")
    latest = finish(spawn(command.dsn, "latest", TERM="xterm-256color"))
    assert (latest.code, latest.err) == (0, "")
    assert "913.48" in latest.out
    assert "\x1b" not in booked.out + latest.out


def test_help_is_data_and_needs_no_database():
    command = [sys.executable, "-m", "rollforward", "import", "--help"]
    done = subprocess.run(command, capture_output=True, text=True, env=ENVIRONMENT, timeout=30)
    assert (done.returncode, done.stderr) == (0, "")
    assert "--no-process" in done.stdout


def test_a_reader_that_leaves_early_is_no_error_of_ours(command: CommandLine):
    for number in range(20):
        command.succeed("accounts", "add", f"account {number}")
    process = spawn(command.dsn, "--json", "accounts", "list")
    assert process.stdout is not None
    process.stdout.close()
    _, err = process.communicate(timeout=30)
    assert "Traceback" not in err
    assert process.returncode in (0, 1)


def test_texts_outside_ascii_survive_a_plain_locale(command: CommandLine):
    command.succeed("accounts", "add", "größe 1")
    done = finish(spawn(command.dsn, "--json", "accounts", "list", LC_ALL="C", PYTHONIOENCODING="utf-8"))
    assert [account["account_number"] for account in json.loads(done.out)] == ["größe 1"]


def test_markup_in_a_name_is_printed_as_it_is(command: CommandLine, statement: Path):
    done = command.book(statement, account="[bold]x[/bold]")
    assert "(account [bold]x[/bold], a new account)" in done.out
    assert "[bold]x[/bold]" in command.succeed("latest").out
    assert "[bold]x[/bold]" in command.succeed("accounts", "list").out
