"""Runs of the analytics find what one call finds; what fails leaves analyses that are not whole."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import date
from typing import Any

import numpy as np
import psycopg
import pytest

from tests.analytics.world import DAYS, TODAY, Holding, World, walk
from tests.support.analytics import FINDINGS, analyse, differences, findings, stale_analyses
from tests.support.ledger import Ledger

FIRST_DAY, LAST_DAY = date(2025, 8, 27), TODAY


@pytest.fixture
def world(ledger: Ledger) -> World:
    rng = np.random.default_rng(9)
    world = World(ledger)
    world.factors(rng)
    for symbol in "ABCD":
        world.instrument(symbol, walk(rng))
    for number in range(5):
        world.account(
            f"account {number}", 50_000, *(Holding(symbol, 400 + number) for symbol in "ABCD"[number % 2 :])
        )
    world.process()
    return world


def of_one_call(world: World, start: date = FIRST_DAY, end: date = LAST_DAY) -> Any:
    with world.ledger.connection.transaction(force_rollback=True):
        analyse(world.ledger, world.accounts, start, end)
        return findings(world.ledger)


def started(ledger: Ledger, arguments: str) -> int:
    return ledger.value(f"SELECT rollforward.start_analysis({arguments})")


def worked(ledger: Ledger, run: int, workers: int = 1) -> Any:
    """Let workers do what there is to do; what became of the run."""
    dsn = ledger.connection.info.dsn

    def work() -> None:
        with psycopg.connect(dsn, autocommit=True) as connection:
            connection.execute("SELECT set_config('rollforward.today', %s, false)", [str(TODAY)])
            with suppress(psycopg.errors.QueryCanceled):  # a run that is cancelled says so
                connection.execute("CALL rollforward.work_on_run(%s)", [run])

    threads = [threading.Thread(target=work) for _ in range(workers)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(120)
    return ledger.row(
        "SELECT status, errors, scenario, start_date::text, end_date::text"
        " FROM rollforward.run WHERE run_id = %s",
        run,
    )


@contextmanager
def renamed(ledger: Ledger, function: str) -> Iterator[None]:
    """While it lasts, who calls the function finds none."""
    ledger.rows(f"ALTER FUNCTION rollforward.{function} RENAME TO {function}_away")
    try:
        yield
    finally:
        ledger.rows(f"ALTER FUNCTION rollforward.{function}_away RENAME TO {function}")


@pytest.mark.parametrize("workers", [1, 2])
def test_a_run_finds_what_one_call_finds(world, ledger, workers):
    run = worked(ledger, started(ledger, f"NULL, '{FIRST_DAY}', '{LAST_DAY}', chunk_size => 2"), workers)
    assert (run.status, run.errors, run.scenario) == ("succeeded", 0, "analytics")
    assert differences(findings(ledger), of_one_call(world)) == []
    assert stale_analyses(ledger) == set()


def test_accounts_are_analysed_on_their_own_days_however_they_are_divided(world, ledger):
    late = world.account("late", 1000, begins=LAST_DAY)
    world.process()
    found = []
    for chunk_size in (1, 10):
        arguments = f"NULL, '{FIRST_DAY}', '{LAST_DAY}', chunk_size => {chunk_size}"
        assert worked(ledger, started(ledger, arguments)).status == "succeeded"
        found.append(findings(ledger))
        for table in FINDINGS:
            ledger.rows(f"DELETE FROM rollforward_data.{table}")
    assert differences(found[0], found[1]) == []
    assert {key for key in found[0]["analysis"] if key[0] == str(late)} == {(str(late), str(LAST_DAY))}


def test_without_a_day_it_is_the_last_one(world, ledger):
    run = worked(ledger, started(ledger, "NULL"))
    assert (run.start_date, run.end_date) == (str(TODAY), str(TODAY))
    assert differences(findings(ledger), of_one_call(world, TODAY, TODAY)) == []


def test_an_engine_that_fails_leaves_analyses_that_are_not_whole(world, ledger):
    with renamed(ledger, "find_sectors"):
        run = worked(ledger, started(ledger, f"NULL, '{LAST_DAY}', '{LAST_DAY}'"))
    assert run.status == "failed"
    assert run.errors >= 1
    assert ledger.rows("SELECT FROM rollforward.portfolio_risk WHERE is_whole") == []
    assert stale_analyses(ledger) == {(account, str(LAST_DAY)) for account in world.accounts}

    again = worked(ledger, started(ledger, "NULL, only_stale => true"))
    assert again.status == "succeeded"
    assert differences(findings(ledger), of_one_call(world, LAST_DAY, LAST_DAY)) == []
    assert stale_analyses(ledger) == set()


def test_only_what_is_stale_is_made_anew(world, ledger):
    analyse(ledger, world.accounts, FIRST_DAY, LAST_DAY)
    world.close("A", {LAST_DAY: 77.0})
    ledger.process_stale()
    before = {row.account_id for row in ledger.rows("SELECT account_id FROM rollforward.stale_analysis")}
    assert before == {account for account in world.accounts if account % 2}
    worked(ledger, started(ledger, "NULL, only_stale => true"))
    assert stale_analyses(ledger) == set()
    assert differences(findings(ledger), of_one_call(world)) == []


def test_a_run_that_was_cancelled_is_resumed(world, ledger):
    run = started(ledger, f"NULL, '{FIRST_DAY}', '{LAST_DAY}', chunk_size => 2")
    for _ in range(3):
        assert ledger.value("SELECT rollforward.perform_next_step(%s)", run) == "done"
    ledger.rows("SELECT rollforward.request_cancel(%s)", run)
    assert worked(ledger, run).status == "cancelled"
    assert not any(row.is_whole for row in ledger.rows("SELECT is_whole FROM rollforward.portfolio_risk"))
    ledger.rows("SELECT rollforward.resume_run(%s)", run)
    assert worked(ledger, run).status == "succeeded"
    assert differences(findings(ledger), of_one_call(world)) == []


@pytest.mark.parametrize("setting", ["on", "off"])
def test_nights_analyse_their_last_day_when_they_are_set_to(world, ledger, setting):
    with_analytics = setting == "on"
    ledger.rows("SELECT rollforward.set_setting('nightly_analytics', %s)", setting)
    run = ledger.value("SELECT rollforward.start_run(NULL, %s, %s, NULL, 'nightly')", DAYS[-5], TODAY)
    assert worked(ledger, run).status == "succeeded"
    found = findings(ledger)
    assert {key[1] for key in found["analysis"]} == ({str(TODAY)} if with_analytics else set())
    if with_analytics:
        assert differences(found, of_one_call(world, TODAY, TODAY)) == []
