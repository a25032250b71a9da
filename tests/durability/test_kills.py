"""``kill -9`` of server and client: nothing or everything of a call is left, and it can be repeated.

``pytest -m long -s tests/durability`` prints how many kills hit in flight, and what they left.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import psycopg
import pytest

from rollforward.deploy import deploy
from tests.durability.victim import Tally, Victim, kill_often
from tests.support.command import finish, many_rows, spawn, write
from tests.support.dump import audit_rows, catalogue, content

KILLS = 20
FAIR_SHARE = 0.5  # of the kills hit a call in flight

pytestmark = [
    pytest.mark.long,
    pytest.mark.skipif(
        not Path("/proc/self/task").exists(), reason="needs /proc, to find the children of a server"
    ),
]


@pytest.fixture
def statement(tmp_path: Path) -> Path:
    return write(tmp_path / "statement.csv", many_rows(3_000))


def booked(victim: Victim, tmp_path: Path, rows: int, *options: str) -> str:
    """The name of a database with the first rows of the statement in it."""
    dsn = victim.create("booked")
    deploy(dsn)
    part = write(tmp_path / "part.csv", many_rows(rows))
    words = ("import", part, "--broker", "tastytrade", "--account", "a", *options)
    assert finish(spawn(dsn, *words)).code == 0
    method = ("accounts", "set", "a", "cost_method", "hifo", "--from", "2020-02-03")
    assert finish(spawn(dsn, *method)).code == 0
    price(dsn)
    return "booked"


def price(dsn: str) -> None:
    """Closes, once a week: what is processed is valued on every trading day."""
    with psycopg.connect(dsn) as connection:
        connection.execute(
            "INSERT INTO rollforward_data.price SELECT instrument_id, date '2020-01-03' + 7 * week,"
            " 10 + week % 5 FROM rollforward_data.instrument, generate_series(0, 60) AS week"
        )


def content_with_equity(connection: psycopg.Connection[Any]) -> tuple[dict[str, list[str]], dict[str, int]]:
    """What is compared holds equity wherever it holds snapshots: half of a call would show in it.

    So would a log of a call that left nothing else.
    """
    found = content(connection)
    assert bool(found["equity_snapshot"]) == bool(found["account_snapshot"])
    return found, audit_rows(connection)


def judge(tally: Tally, kills: int, what: str, fair_share: float = FAIR_SHARE) -> None:
    print(f"{what}: {tally}")
    assert tally.nothing + tally.everything == kills
    assert tally.in_flight >= fair_share * kills, f"too few kills hit {what} in flight: {tally}"
    assert tally.nothing > 0


@pytest.mark.parametrize("client", [False, True], ids=["server", "client"])
def test_killed_during_deploy(victim: Victim, client: bool):
    tally = kill_often(victim, ("deploy",), catalogue, "template1", kills=KILLS, client=client)
    judge(tally, KILLS, "deploy")


@pytest.mark.parametrize("client", [False, True], ids=["server", "client"])
def test_killed_during_import(victim: Victim, tmp_path: Path, statement: Path, client: bool):
    words = ("import", statement, "--broker", "tastytrade", "--account", "a")
    template = booked(victim, tmp_path, 500)
    judge(
        kill_often(victim, words, content_with_equity, template, kills=KILLS, client=client), KILLS, "import"
    )


@pytest.mark.parametrize("client", [False, True], ids=["server", "client"])
def test_killed_during_process(victim: Victim, tmp_path: Path, client: bool):
    template = booked(victim, tmp_path, 3_000, "--no-process")
    words = ("process", "--mode", "batch")
    judge(
        kill_often(victim, words, content_with_equity, template, kills=KILLS, client=client), KILLS, "process"
    )


def test_killed_during_process_by_the_reference(victim: Victim, tmp_path: Path):
    template = booked(victim, tmp_path, 150, "--no-process")
    words = ("process", "--mode", "per-date", "--from", "2020-01-01")
    judge(
        kill_often(victim, words, content_with_equity, template, kills=5), 5, "process by the reference", 0.2
    )
