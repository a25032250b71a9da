"""Ctrl-C: exit code 130, soon, and nothing half-written."""

from __future__ import annotations

import signal
import time
from pathlib import Path

import psycopg
import pytest

import rollforward
from tests.embedded.commands import eventually
from tests.support.command import CommandLine, few_rows, finish, spawn, write
from tests.support.dump import everything
from tests.support.ledger import Ledger

WAITING = (
    "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()"
    " AND application_name = 'rollforward' AND wait_event_type = 'Lock'"
)

CONNECTED = (
    "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()"
    " AND application_name = 'rollforward'"
)


@pytest.fixture
def booked(command: CommandLine, tmp_path: Path) -> CommandLine:
    """Two accounts that are stale."""
    for account in ("a", "b"):
        file = write(tmp_path / f"{account}.csv", few_rows())
        command.book(file, account=account, options=["--no-process"])
    return command


@pytest.mark.parametrize(
    "words",
    [
        ("process",),
        ("process", "--workers", "2"),
    ],
    ids=" ".join,
)
def test_processing_is_interrupted_at_once_and_leaves_nothing(
    booked: CommandLine, ledger: Ledger, words: tuple[str, ...]
):
    interrupt_while_locked(booked, ledger, *words)


def test_importing_is_interrupted_at_once_and_leaves_nothing(
    booked: CommandLine, ledger: Ledger, tmp_path: Path
):
    file = write(tmp_path / "more.csv", few_rows()[::-1] * 2)
    interrupt_while_locked(booked, ledger, "import", file, "--broker", "tastytrade", "--account", "a")


@pytest.mark.parametrize("place", ["__enter__", "__exit__"])
@pytest.mark.parametrize("what", ["import", "prices"])
def test_an_interruption_at_either_end_of_copy_is_quiet_and_leaves_nothing(
    booked: CommandLine,
    ledger: Ledger,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    what: str,
    place: str,
):
    """The connection is amid COPY and takes no other command: psycopg would warn that it cannot roll back."""
    file = tmp_path / "more.csv"
    if what == "import":
        write(file, few_rows()[::-1] * 2)
        words = ["import", file, "--broker", "tastytrade", "--account", "a"]
    else:
        file.write_text("symbol,date,close,currency\nACME,2025-01-02,20.40,USD\n")
        words = ["prices", "load", file]
    before = everything(ledger.connection)

    def interrupted(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(psycopg.Copy, place, interrupted)
    done = booked(*words)
    monkeypatch.undo()
    assert (done.code, done.out, done.err) == (130, "", "interrupted\n")
    assert caplog.messages == []
    assert eventually(lambda: ledger.value(CONNECTED) == 0)
    assert everything(ledger.connection) == before


def test_a_transaction_interrupted_within_the_callers_own_is_rolled_back(
    booked: CommandLine, ledger: Ledger, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    file = write(tmp_path / "more.csv", few_rows()[::-1] * 2)
    before = everything(ledger.connection)

    def interrupted(*_: object) -> None:
        raise KeyboardInterrupt

    with psycopg.connect(booked.dsn) as connection:
        connection.execute("SELECT")
        monkeypatch.setattr(psycopg.Copy, "__enter__", interrupted)
        with pytest.raises(KeyboardInterrupt):
            rollforward.connect(connection).import_statement(file, broker="tastytrade", account="a")
        monkeypatch.undo()
        assert connection.closed
    assert everything(ledger.connection) == before


def interrupt_while_locked(command: CommandLine, ledger: Ledger, *words: object) -> None:
    """Let a command wait for the accounts' locks, in the midst of its transaction, and press Ctrl-C."""
    before = everything(ledger.connection)
    with psycopg.connect(command.dsn) as other:
        other.execute("SELECT FROM rollforward_data.account FOR UPDATE")
        process = spawn(command.dsn, *words)
        try:
            assert eventually(lambda: ledger.value(WAITING) > 0)
            begun = time.monotonic()
            process.send_signal(signal.SIGINT)
            done = finish(process, timeout=20)
        finally:
            process.kill()
        assert time.monotonic() - begun < 5
    assert done.code == 130
    assert done.out == ""
    assert done.err == "interrupted\n"
    assert ledger.value(WAITING) == 0
    assert everything(ledger.connection) == before
