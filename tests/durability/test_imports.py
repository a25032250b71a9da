"""Imports that are killed at any moment: nothing doubled, nothing half, and in the end as undisturbed."""

from __future__ import annotations

import random
import time
from pathlib import Path

import pytest

from tests.embedded.commands import eventually
from tests.statement.test_cuts import cut
from tests.support.command import CommandLine, spawn, write
from tests.support.dump import content
from tests.support.fixtures import ledger, ledger_connection  # noqa: F401
from tests.support.ledger import Ledger
from tests.support.statements import OWN, read

ROUNDS = 40
AT_WORK = "datname = current_database() AND application_name = 'rollforward'"


def importing(files: list[Path]) -> list[object]:
    return ["import", *files, "--broker", "tastytrade", "--account", "a"]


@pytest.mark.long
def test_files_that_overlap_and_are_killed_give_the_whole(
    ledger: Ledger,  # noqa: F811
    capsys: pytest.CaptureFixture[str],
    tmp_path: Path,
):
    command = CommandLine(ledger.connection.info.dsn, capsys)
    rows = read(OWN / "harbour.csv")
    command.succeed(*importing([write(tmp_path / "whole.csv", rows)]))
    whole = content(ledger.connection)
    begun = time.monotonic()
    command.succeed(*importing([tmp_path / "whole.csv"]))
    usual = time.monotonic() - begun

    rng = random.Random(7)
    hit = 0
    for number in range(ROUNDS):
        ledger.clear()
        windows = cut([row["Date"] for row in rows], rng)
        files = [
            write(tmp_path / f"{number}-{place}.csv", [row for row in rows if row["Date"] in window])
            for place, window in enumerate(windows)
        ]
        process = spawn(command.dsn, *importing(files))
        time.sleep(rng.uniform(0.2, 1) * usual * len(files))
        if rng.random() < 0.5:
            process.kill()
        else:
            ledger.rows(f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE {AT_WORK}")
        process.communicate()
        assert eventually(lambda: ledger.value(f"SELECT count(*) FROM pg_stat_activity WHERE {AT_WORK}") == 0)
        hit += ledger.value("SELECT count(*) FROM rollforward_data.movement") < len(rows)

        ledger.rows("UPDATE rollforward_data.import_session SET started_at = started_at - interval '6 s'"
                    " RETURNING 1")  # fmt: skip
        phases = {row.phase for row in ledger.rows("SELECT DISTINCT phase FROM rollforward.import_session")}
        assert phases <= {"interrupted", "saved", "completed", "failed", "processing"}
        assert ledger.value("SELECT count(*) FROM rollforward_data.tastytrade_row") == 0
        command.succeed(*importing(files))
        command.succeed("process")
        assert content(ledger.connection) == whole
        assert ledger.rows("SELECT * FROM rollforward.verify()") == []
    assert hit > ROUNDS / 4
