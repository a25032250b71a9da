"""A server lives exactly as long as somebody uses it, or until it is stopped."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.embedded.commands import Home, accepts, eventually, kill


def test_killing_the_command_ends_its_server(made_home: Home):
    user = made_home.user()
    assert made_home.processes()
    kill(user)
    assert eventually(lambda: made_home.processes() == [])


def test_killing_the_keeper_ends_the_server(made_home: Home):
    dsn = made_home.start()
    keepers = [pid for pid in made_home.processes() if pid != made_home.postmaster()]
    assert len(keepers) == 1
    os.kill(keepers[0], signal.SIGKILL)
    assert made_home.sql("SELECT 1") == "1"  # at once: waits until the old server is gone
    assert eventually(lambda: made_home.processes() == [])
    assert not accepts(dsn)


def test_the_one_who_started_it_may_leave_first(made_home: Home):
    first = made_home.user()
    server = made_home.postmaster()
    second = made_home.user()
    kill(first)
    assert made_home.postmaster() == server
    assert made_home.sql("SELECT 1") == "1"
    kill(second)
    assert eventually(lambda: made_home.processes() == [])


def test_start_keeps_a_server_that_was_started_on_demand(made_home: Home):
    user = made_home.user()
    server = made_home.postmaster()
    dsn = made_home.start()
    kill(user)
    assert made_home.postmaster() == server
    assert accepts(dsn)


def test_stop_ends_a_server_that_is_in_use(made_home: Home):
    user = made_home.user()
    made_home.stop()
    assert user.wait(10) != 0
    kill(user)
    assert eventually(lambda: made_home.processes() == [])


def test_ten_at_once_share_one_server(made_home: Home):
    with ThreadPoolExecutor(10) as pool:
        # the first must not be done before the last has come, which takes seconds on a busy machine
        query = "SELECT pg_postmaster_start_time() FROM pg_sleep(6)"
        begun = list(pool.map(lambda _: made_home.sql(query), range(10)))
    assert len(set(begun)) == 1
    assert eventually(lambda: made_home.processes() == [])


@pytest.mark.long
def test_ten_at_once_make_one_cluster(home: Home):
    with ThreadPoolExecutor(10) as pool:
        dsns = list(pool.map(lambda _: home.start(), range(10)))
    assert len(set(dsns)) == 1
    assert len(home.processes()) == 2


@pytest.mark.long
def test_starting_and_stopping_in_a_race_leaves_a_working_server(made_home: Home):
    with ThreadPoolExecutor(6) as pool:
        for _ in range(5):
            jobs = [pool.submit(made_home.start) for _ in range(3)]
            jobs += [pool.submit(made_home.stop) for _ in range(2)]
            for job in jobs:
                job.result()
    assert made_home.sql("SELECT 1") == "1"


def test_a_temporary_server_vanishes_with_its_process(made_home: Home):
    script = (
        "import time\n"
        "from rollforward.embedded.server import temporary_server\n"
        "with temporary_server({'fsync': 'off', 'work_mem': '5MB'}) as server:\n"
        "    print(server.host, server.dsn(), flush=True)\n"
        "    time.sleep(60)\n"
    )
    process = subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    directory, dsn = process.stdout.readline().split()
    assert accepts(dsn)
    kill(process)
    process.stdout.close()
    assert eventually(lambda: not os.path.exists(directory))  # noqa: PTH110
    assert not accepts(dsn)
