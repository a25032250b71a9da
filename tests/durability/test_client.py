"""A client that dies in the midst of its call leaves nothing of it, and the call can be repeated."""

from __future__ import annotations

from pathlib import Path

import psycopg
import pytest

from tests.embedded.commands import eventually
from tests.support.command import CommandLine, few_rows, spawn, write
from tests.support.dump import content, everything
from tests.support.fixtures import ledger, ledger_connection  # noqa: F401
from tests.support.ledger import Ledger

CLIENTS = (
    "SELECT count(*) FILTER (WHERE wait_event_type = 'Lock' OR NOT %s) FROM pg_stat_activity"
    " WHERE datname = current_database() AND application_name = 'rollforward'"
)


@pytest.mark.parametrize("words", [("import",), ("process",)], ids=" ".join)
def test_killed_while_it_waits_for_a_lock(
    ledger: Ledger,  # noqa: F811
    capsys: pytest.CaptureFixture[str],
    tmp_path: Path,
    words: tuple[object, ...],
):
    command = CommandLine(ledger.connection.info.dsn, capsys)
    part, whole = write(tmp_path / "part.csv", few_rows()[:2]), write(tmp_path / "whole.csv", few_rows())
    if words == ("import",):
        words = ("import", whole, "--broker", "tastytrade", "--account", "a")
    command.book(part, options=["--no-process"])
    before = everything(ledger.connection)

    with psycopg.connect(command.dsn) as other:
        other.execute("SELECT FROM rollforward_data.account FOR UPDATE")
        process = spawn(command.dsn, *words)
        assert eventually(lambda: ledger.value(CLIENTS, True) > 0)
        process.kill()
        process.communicate()
        if words == ("process",):  # its sessions would go on, if they did not find out
            assert eventually(lambda: ledger.value(CLIENTS, False) == 0)
    assert eventually(lambda: ledger.value(CLIENTS, False) == 0)
    assert everything(ledger.connection) == before

    command.succeed(*words)
    repeated = content(ledger.connection)
    ledger.clear()
    command.book(part, options=["--no-process"])
    command.succeed(*words)
    assert content(ledger.connection) == repeated
