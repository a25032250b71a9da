"""What was committed is there again, whatever ended the server, and whatever it left behind."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time

import pytest

from tests.embedded.commands import Home, accepts, eventually, is_zombie, kill


def test_data_survives_the_death_of_the_server(made_home: Home):
    made_home.start()
    made_home.sql("CREATE TABLE kept AS SELECT generate_series(1, 1000) AS n")
    os.kill(made_home.postmaster(), signal.SIGKILL)
    assert made_home.sql("SELECT count(*) FROM kept") == "1000"


@pytest.mark.long
def test_data_survives_the_death_of_the_server_amid_work(made_home: Home):
    made_home.start()
    made_home.sql("CREATE TABLE kept_amid_work AS SELECT 1 AS n")
    busy = made_home.user()
    os.kill(made_home.postmaster(), signal.SIGKILL)
    assert made_home.sql("SELECT count(*) FROM kept_amid_work") == "1"
    kill(busy)


def test_a_pid_that_belongs_to_a_stranger_does_not_matter(made_home: Home):
    _leave_files_behind(made_home, os.getpid())
    assert made_home.sql("SELECT 1") == "1"


def test_the_pid_of_a_zombie_does_not_matter(made_home: Home):
    child = subprocess.Popen([sys.executable, "-c", ""])  # not waited for: it stays a zombie
    assert eventually(lambda: is_zombie(child.pid))
    _leave_files_behind(made_home, child.pid)
    assert made_home.sql("SELECT 1") == "1"
    child.wait()


def test_sockets_of_a_dead_server_do_not_matter(made_home: Home):
    dsn = made_home.start()
    for pid in made_home.processes():
        os.kill(pid, signal.SIGKILL)
    assert eventually(lambda: not accepts(dsn))
    assert any(path.is_socket() for path in made_home.directory.iterdir())
    assert made_home.status()["running"] is False
    assert made_home.sql("SELECT 1") == "1"


@pytest.mark.long
@pytest.mark.parametrize("delay", [0.2, 0.4, 0.6, 0.8, 1.0, 1.2])
def test_making_a_cluster_may_be_killed_at_any_moment(home: Home, delay: float):
    command = [sys.executable, "-m", "rollforward", "--data-dir", str(home.directory), "db", "start"]
    starter = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL)
    time.sleep(delay)
    for pid in home.processes():
        os.kill(pid, signal.SIGKILL)
    starter.kill()
    starter.wait()
    assert home.sql("SELECT 1") == "1"
    assert home.sql("SELECT 1") == "1"  # a killed initdb may go on for a moment: this one clears the rest
    assert sorted(path.name for path in home.directory.glob("initdb-*")) == []


def _leave_files_behind(home: Home, pid: int) -> None:
    """As after a power cut: the files of a running server, with a pid that now is somebody else's."""
    pgdata = home.directory / "pgdata"
    lines = [
        str(pid),
        str(pgdata),
        "1700000000",
        "5432",
        str(home.directory),
        "",
        "  1234567   42",
        "ready   ",
    ]
    (pgdata / "postmaster.pid").write_text("\n".join(lines) + "\n")
    (home.directory / ".s.PGSQL.5432.lock").write_text("\n".join(lines[:5]) + "\n")
