"""Runs that are disturbed at random moments: nothing is lost or doubled, and resuming gives the same bytes.

Of a hundred accounts the batch fails for one, and both ways fail for another. Each round starts a run of
two workers and kills a worker, the driver or the server, or cancels it.
``pytest -m long -s`` prints what was hit.
"""

from __future__ import annotations

import os
import random
import signal
import subprocess
import time
from collections import Counter
from contextlib import suppress
from pathlib import Path

import psycopg
import pytest

from rollforward.deploy import deploy
from tests.durability.victim import Victim
from tests.embedded.commands import eventually
from tests.support.command import finish, spawn
from tests.support.dump import content
from tests.support.faults import Faults
from tests.support.ledger import Ledger
from tests.support.movements import buy, deposit, sell

ROUNDS = 50
ACCOUNTS = 100
RUN = ("process", "--from", "2025-01-01", "--to", "2025-03-31", "--chunk-size", "10", "--workers", "2")

pytestmark = [
    pytest.mark.long,
    pytest.mark.skipif(
        not Path("/proc/self/task").exists(), reason="needs /proc, to find the children of a server"
    ),
]


def furnished(victim: Victim) -> str:
    """The name of a database with a hundred accounts, two of which are broken."""
    dsn = victim.create("furnished")
    deploy(dsn)
    with psycopg.connect(dsn, autocommit=True) as connection:
        ledger = Ledger(connection)
        ledger.instrument("ACME")
        for day in range(2, 32, 3):
            ledger.price("ACME", f"2025-01-{day:02}", 90 + day)
        accounts = [ledger.account(f"account {number}") for number in range(ACCOUNTS)]
        ledger.record_all(
            (account, movement)
            for account in accounts
            for movement in (
                deposit("2025-01-02", 10_000),
                buy("2025-01-03", "ACME", 5 + account % 7, 500),
                buy("2025-02-04", "ACME", 3, 300, fee=1),
                sell("2025-03-05", "ACME", 4, 410, commission=2),
            )
        )
        faults = Faults(ledger)
        faults.fail(accounts[29:30], "batch")
        faults.fail(accounts[59:60], "both")
    return "furnished"


def test_a_run_survives_whatever_disturbs_it(victim: Victim):
    template = furnished(victim)
    chance = random.Random(50)

    victim.create("attempt", template)
    begun = time.monotonic()
    assert finish(spawn(victim.dsn("attempt"), *RUN), timeout=60).code == 1  # an account fails
    duration = time.monotonic() - begun
    undisturbed = victim.look(content, "attempt")
    assert len(undisturbed["account_snapshot"]) == 4 * (ACCOUNTS - 1)

    hits: Counter[str] = Counter()
    for round_ in range(ROUNDS):
        victim.create("attempt", template)
        disturbance = _DISTURBANCES[round_ % len(_DISTURBANCES)]
        process = spawn(victim.dsn("attempt"), *RUN)
        time.sleep(chance.uniform(0.2, 1.0) * duration)
        in_flight = process.poll() is None
        disturbance(victim, process)
        with suppress(subprocess.TimeoutExpired):
            process.communicate(timeout=60)
        assert process.poll() is not None, f"{disturbance.__name__}: the driver hangs"
        hits[f"{disturbance.__name__} {'in flight' if in_flight else 'too late'}"] += 1
        judge(victim, undisturbed, disturbance.__name__)
    print(dict(hits))
    assert sum(count for name, count in hits.items() if name.endswith("in flight")) >= ROUNDS / 2


def judge(victim: Victim, undisturbed: dict[str, list[str]], what: str) -> None:
    dsn = victim.dsn("attempt")
    with psycopg.connect(dsn, autocommit=True) as connection:
        ledger = Ledger(connection)
        alone = (
            "SELECT count(*) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )
        assert eventually(lambda: ledger.value(alone) == 0, 30), f"{what}: somebody works on"
        assert ledger.value("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory'") == 0, what
        running = "SELECT count(*) FROM rollforward.run WHERE status = 'running'"
        assert eventually(lambda: ledger.value(running) == 0, 10), f"{what}: a run is left running"
        runs = ledger.rows("SELECT run_id, status FROM rollforward.run ORDER BY run_id")
        if not runs:  # it had not begun
            assert finish(spawn(dsn, *RUN), timeout=60).code == 1
        for run in runs:
            resumed = finish(spawn(dsn, "runs", "resume", run.run_id), timeout=60)
            assert resumed.code == 1, (what, run, resumed)  # the broken account
        found = content(connection)
        for table, rows in undisturbed.items():
            assert found[table] == rows, (what, runs, table)
        errors = ledger.rows(
            "SELECT DISTINCT account_id, path FROM rollforward.run_error ORDER BY account_id, path"
        )
        assert errors == [(30, "batch"), (60, "batch"), (60, "per_date")], what


def kill_worker(victim: Victim, process: subprocess.Popen[str]) -> None:
    """The driver opens another connection, and the run goes on."""
    with psycopg.connect(victim.server.dsn("attempt"), autocommit=True) as admin:
        admin.execute("SELECT pg_terminate_backend(pid) FROM rollforward.run_worker LIMIT 1")


def kill_driver(victim: Victim, process: subprocess.Popen[str]) -> None:
    process.kill()


def kill_server(victim: Victim, process: subprocess.Popen[str]) -> None:
    victim.kill_server()
    process.communicate(timeout=60)
    victim.start()


def crash_backend(victim: Victim, process: subprocess.Popen[str]) -> None:
    """``kill -9`` of one backend: the server ends all others and recovers."""
    with psycopg.connect(victim.server.dsn("attempt"), autocommit=True) as admin:
        found = admin.execute("SELECT pid FROM rollforward.run_worker LIMIT 1").fetchone()
    if found:
        os.kill(found[0], signal.SIGKILL)
        process.communicate(timeout=60)
        assert eventually(lambda: _answers(victim), 30)


def press_control_c(victim: Victim, process: subprocess.Popen[str]) -> None:
    process.send_signal(signal.SIGINT)


def cancel_run(victim: Victim, process: subprocess.Popen[str]) -> None:
    with psycopg.connect(victim.dsn("attempt"), autocommit=True) as other:
        other.execute("SELECT rollforward.cancel_run(run_id) FROM rollforward.run")


def cancel_backend(victim: Victim, process: subprocess.Popen[str]) -> None:
    with psycopg.connect(victim.server.dsn("attempt"), autocommit=True) as admin:
        admin.execute("SELECT pg_cancel_backend(pid) FROM rollforward.run_worker LIMIT 1")


_DISTURBANCES = (
    kill_worker,
    kill_driver,
    kill_server,
    crash_backend,
    press_control_c,
    cancel_run,
    cancel_backend,
)


def _answers(victim: Victim) -> bool:
    try:
        with victim.admin() as admin:
            admin.execute("SELECT 1")
    except psycopg.OperationalError:
        return False
    return True
