"""Deploys that meet, wait, and die."""

from __future__ import annotations

import contextlib
import os
import random
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import psycopg
import pytest

from rollforward.deploy import DeployBlocked
from rollforward.embedded.server import Server, temporary_server
from tests.deploy.conftest import ACCOUNT_VIEW, FACTS, House
from tests.support.databases import OWNER, create_owner, fresh_database

DEPLOY = """
import sys
from pathlib import Path
from rollforward.deploy import deploy
report = deploy(sys.argv[1], sql_root=Path(sys.argv[2]))
print("nothing" if report.nothing_to_do else "something")
"""

MEETING = """
DO $$
BEGIN
    IF NOT EXISTS (SELECT FROM pg_catalog.pg_roles WHERE rolname = 'deploys_meet_here') THEN
        PERFORM pg_catalog.pg_sleep(2);
        CREATE ROLE deploys_meet_here;
    END IF;
END
$$;
"""

OTHER_SESSIONS = """
SELECT pid FROM pg_stat_activity
WHERE datname = current_database() AND backend_type = 'client backend' AND pid <> pg_backend_pid()
"""

SLOW_VIEW = """
-- Slow.
CREATE OR REPLACE VIEW rollforward.slow AS SELECT a FROM rollforward_data.slow;
"""


def deploy_process(house: House) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", DEPLOY, house.dsn, str(house.root)],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def test_ten_deploys_at_once_leave_one_clean_result(house: House) -> None:
    processes = [deploy_process(house) for _ in range(10)]
    outcomes = [process.communicate(timeout=120) for process in processes]
    assert [error for _, error in outcomes if error] == []
    assert sorted(output.strip() for output, _ in outcomes) == ["nothing"] * 9 + ["something"]
    assert house.one("SELECT count(*) FROM rollforward_data.deployment") == 1
    assert house.deploy().nothing_to_do


def test_deploys_of_many_databases_meet_at_the_roles(house: House, server: Server) -> None:
    """Roles are shared by all databases of a cluster: every deploy tries to make the same one."""
    house.code("security/roles", MEETING)
    with ExitStack() as stack:
        stack.callback(house.sql, "DROP ROLE IF EXISTS deploys_meet_here")
        names = [stack.enter_context(fresh_database(server)) for _ in range(10)]
        houses = [House(house.root, server.dsn(name, OWNER)) for name in names]
        processes = [deploy_process(each) for each in houses]
        outcomes = [process.communicate(timeout=120) for process in processes]
        assert outcomes == [("something\n", "")] * 10
        assert all(each.deploy().nothing_to_do for each in houses)


def test_a_lock_that_cannot_be_had_is_an_error_that_names_who_holds_it(house: House) -> None:
    house.deploy()
    house.code("account/account", ACCOUNT_VIEW.replace("name FROM", "name, 1 AS extra FROM"))
    with psycopg.connect(house.dsn, application_name="slow report") as reader:
        reader.execute("SELECT * FROM rollforward.account")
        with pytest.raises(DeployBlocked, match=f"pid {reader.info.backend_pid}") as caught:
            house.deploy(lock_timeout=0.6)
    assert caught.value.sqlstate == "55P03"
    assert caught.value.detail[0]["application"] == "slow report"
    assert house.deploy().replaced


def test_a_call_beside_a_deploy_sees_the_old_or_the_new_but_no_mix(house: House) -> None:
    texts = {
        number: tuple(
            f"-- {name}.\nCREATE OR REPLACE FUNCTION rollforward.{name}() RETURNS int\n"
            f"LANGUAGE plpgsql STABLE PARALLEL SAFE AS $$ BEGIN RETURN {number}; END $$;"
            for name in ("first", "second")
        )
        for number in (1, 2)
    }

    def write(number: int) -> None:
        house.code("account/first", texts[number][0])
        house.code("account/second", texts[number][1])

    write(1)
    house.deploy()
    seen: set[tuple[int, int]] = set()
    done = threading.Event()

    def call() -> None:
        with psycopg.connect(house.dsn, autocommit=True) as connection:
            while not done.is_set():
                seen.update(connection.execute("SELECT rollforward.first(), rollforward.second()"))

    caller = threading.Thread(target=call)
    caller.start()
    for number in (2, 1, 2):
        write(number)
        house.deploy()
    done.set()
    caller.join()
    assert seen <= {(1, 1), (2, 2)}


@pytest.mark.long
@pytest.mark.parametrize("victim", ["client", "backend"])
def test_a_killed_deploy_leaves_nothing_or_all(house: House, victim: str) -> None:
    house.migration("0002.slow", "SELECT pg_sleep(0.1);\nCREATE TABLE rollforward_data.slow (a int);")
    house.code("account/slow", SLOW_VIEW)
    house.code("security/slow", "SELECT pg_sleep(0.1);")
    for _ in range(20):
        process = deploy_process(house)
        time.sleep(random.uniform(0.1, 1.2))
        if victim == "client":
            process.send_signal(signal.SIGKILL)
        else:
            house.sql(f"SELECT pg_terminate_backend(pid) FROM ({OTHER_SESSIONS}) AS other")
        process.communicate(timeout=60)
        assert len(present(house)) == 1
        house.deploy()
        assert house.deploy().nothing_to_do
        house.sql("DROP SCHEMA rollforward, rollforward_data CASCADE")


@pytest.fixture
def house_of_its_own(tmp_path: Path) -> Iterator[House]:
    """A house on a server of its own: killing a backend ends the sessions of the whole server."""
    with temporary_server({}) as server:
        create_owner(server)
        with psycopg.connect(server.dsn(), autocommit=True) as admin:
            admin.execute("CREATE DATABASE kills OWNER owner")
        house = House(tmp_path, server.dsn("kills", OWNER))
        house.migration("0001.facts", FACTS)
        house.migration("0002.slow", "SELECT pg_sleep(0.2);\nCREATE TABLE rollforward_data.slow (a int);")
        house.code("account/account", ACCOUNT_VIEW)
        yield house


@pytest.mark.long
def test_a_killed_server_process_leaves_nothing_or_all(house_of_its_own: House) -> None:
    house = house_of_its_own
    for _ in range(20):
        process = deploy_process(house)
        time.sleep(random.uniform(0.3, 0.9))
        for (pid,) in house.sql(OTHER_SESSIONS):
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        process.communicate(timeout=60)
        wait_until_up(house)
        assert len(present(house)) == 1
        house.deploy()
        assert house.deploy().nothing_to_do
        house.sql("DROP SCHEMA rollforward, rollforward_data CASCADE")


def present(house: House) -> set[bool]:
    """Whether the parts of a deploy are there; two answers mean that it landed in part."""
    parts = ("rollforward_data.deployment", "rollforward_data.slow", "rollforward.account")
    return {house.one("SELECT to_regclass(%s) IS NOT NULL", part) for part in parts}


def wait_until_up(house: House) -> None:
    for _ in range(200):
        with contextlib.suppress(psycopg.OperationalError):
            house.sql("SELECT 1")
            return
        time.sleep(0.05)
    pytest.fail("the server did not recover")
