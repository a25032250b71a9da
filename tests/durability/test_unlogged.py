"""An unlogged table in the making does not keep a killed server from starting again."""

from __future__ import annotations

import os
import signal

import psycopg
import pytest

from tests.durability.victim import Victim
from tests.embedded.commands import eventually


@pytest.mark.long
def test_a_server_starts_whose_backend_was_removing_an_unlogged_table(victim: Victim):
    dsn = victim.create("attempt")
    with psycopg.connect(dsn, autocommit=True) as other:
        creating = psycopg.connect(dsn)
        creating.execute("CREATE UNLOGGED TABLE short_lived (n integer)")
        backend = creating.info.backend_pid
        other.execute("CREATE TABLE lasting AS SELECT 1 AS n")  # its commit flushes the log of both

        # the server dies, and all who could write the log; the backend sees it and removes its table's files
        os.kill(victim.server.pid, signal.SIGSTOP)
        family = [pid for pid in victim.family() if pid != backend]
        for pid in family:
            os.kill(pid, signal.SIGKILL)
        assert eventually(lambda: all(victim.is_gone(pid) for pid in [backend, *family]))

    victim.start()
    with psycopg.connect(victim.dsn("attempt")) as connection:
        assert connection.execute("SELECT n FROM lasting").fetchall() == [(1,)]
        assert connection.execute("SELECT to_regclass('short_lived')").fetchall() == [(None,)]
    log = (victim.directory / "server.log").read_text()
    assert log.count("startup process (PID") == 1, "recovery did not fail: the test no longer tests anything"
