"""pg_dump, and restore into an empty server: the same figures, which ``verify`` finds right."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Any

import psycopg
import pytest

from rollforward.embedded.server import Server, temporary_server
from tests.conftest import TEST_SETTINGS
from tests.support.command import CommandLine, many_rows, write
from tests.support.databases import OWNER, create_owner, own
from tests.support.dump import catalogue, content, everything

FIGURES = ("lot_slice", "position_snapshot", "account_snapshot")
CHANGES = ("migrations", "created", "replaced", "recreated", "removed")
ROLES = ("rollforward_reader", "rollforward_writer", "rollforward_operator")


def test_a_restored_database_has_the_same_figures_and_goes_on_from_there(
    server: Server, dsn: str, capsys: pytest.CaptureFixture[str], tmp_path: Path
):
    command = CommandLine(dsn, capsys)
    file = write(tmp_path / "statement.csv", many_rows(200))
    command.book(file)
    command.book(file, account="stale", options=["--no-process"])
    enrich(dsn)
    command.succeed("process", "--account", "a")
    command.succeed("process", "--account", "stale", "--to", "2020-02-01")
    dump = run(server, "pg_dump", "--dbname", dsn)

    with temporary_server(TEST_SETTINGS) as other:
        restored = restore(server, other, dump, tmp_path)
        with psycopg.connect(dsn) as original, psycopg.connect(restored) as copy:
            assert everything(copy) == everything(original)
            assert objects(copy) == objects(original)
        there = CommandLine(restored, capsys)
        here_and_there = [each.json("deploy") for each in (command, there)]
        # roles of another server are given their privileges anew, and that is all
        assert len({str([report[what] for what in CHANGES]) for report in here_and_there}) == 1
        assert there.json("verify", "--account", "a")["differences"] == []

        written = versions(restored)
        result = there.json("process", "--account", "a", "--from", "2020-01-01")
        assert (result["snapshots_saved"], versions(restored)) == (0, written)
        assert there.report(file)["saved"] == 0
        assert there.json("process")["accounts"] == 1  # what was stale is stale there
        assert there.json("verify")["differences"] == []
        command.succeed("process")
        with psycopg.connect(dsn) as original, psycopg.connect(restored) as copy:
            assert content(copy) == content(original)


def enrich(dsn: str) -> None:
    """What a statement does not bring: a change of method, splits, rates, prices."""
    with psycopg.connect(dsn) as connection:
        connection.execute("SELECT rollforward.set_account('a', 'cost_method', 'hifo', '2020-03-02')")
        connection.execute("SELECT rollforward.save_splits('{S0,S1}', '{2020-02-03,2020-04-01}', '{2,1/3}')")
        connection.execute("SELECT rollforward.save_fx_rates('{EUR}', '{USD}', '{2020-01-02}', '{1.25}')")


def objects(connection: psycopg.Connection[Any]) -> list[tuple[Any, ...]]:
    """Objects and their privileges; a definition is spelled a little differently when it was restored."""
    return [(kind, name, *rest[1:]) for kind, name, *rest in catalogue(connection)]


def restore(server: Server, other: Server, dump: str, place: Path) -> str:
    """The dump in a new database of another server; the DSN of its owner."""
    create_owner(other)
    with psycopg.connect(other.dsn(), autocommit=True) as admin:
        admin.execute("CREATE DATABASE restored")
        for role in ROLES:  # roles belong to a cluster: pg_dumpall --roles-only carries them
            admin.execute(f"CREATE ROLE {role}")
            admin.execute(f"GRANT {role} TO {OWNER} WITH ADMIN OPTION")
    own(other, "restored")
    file = place / "dump.sql"
    file.write_text(dump)
    run(server, "psql", "-Xq", "-v", "ON_ERROR_STOP=1", "-d", other.dsn("restored"), "-f", str(file))
    return other.dsn("restored", OWNER)


def run(server: Server, program: str, *words: str) -> str:
    """Run a program of the server's own version; what it prints."""
    done = subprocess.run([server.bindir / program, *words], capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    return done.stdout


def versions(dsn: str) -> str:
    """Which transaction wrote each derived row."""
    with psycopg.connect(dsn) as connection:
        found = [
            connection.execute(f"SELECT ctid::text, xmin::text FROM rollforward_data.{table} ORDER BY 1")
            for table in FIGURES
        ]
        return json.dumps([cursor.fetchall() for cursor in found])
