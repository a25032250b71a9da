"""Killing a server, or its client, at a random moment of a call; and what must be true afterwards."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psycopg
from psycopg import sql

from rollforward.embedded.server import Server, keep_running, stop_server
from tests.embedded.commands import eventually, is_zombie
from tests.support.command import spawn
from tests.support.databases import OWNER

Look = Callable[[psycopg.Connection[Any]], Any]
_DATABASE = "attempt"


@dataclass
class Victim:
    """A kept server with durable settings."""

    directory: Path
    server: Server = field(init=False)

    def __post_init__(self) -> None:
        self.start()
        with self.admin() as admin:
            admin.execute("CREATE ROLE owner LOGIN CREATEROLE NOSUPERUSER")
            durable = admin.execute("SELECT current_setting('fsync'), current_setting('synchronous_commit')")
            assert durable.fetchone() == ("on", "on")

    def start(self) -> None:
        self.server = keep_running(self.directory)

    def stop(self) -> None:
        stop_server(self.directory)

    def admin(self) -> psycopg.Connection[Any]:
        return psycopg.connect(self.server.dsn(), autocommit=True)

    def dsn(self, name: str) -> str:
        return self.server.dsn(name, OWNER)

    def create(self, name: str, template: str = "template1") -> str:
        """A database of the owner role, the copy of another; its DSN."""
        names = [sql.Identifier(part) for part in (name, OWNER, template)]
        with self.admin() as admin:
            self.drop(name)
            admin.execute(sql.SQL("CREATE DATABASE {} OWNER {} TEMPLATE {}").format(*names))
        return self.dsn(name)

    def drop(self, name: str) -> None:
        with self.admin() as admin:
            admin.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))

    def look(self, look: Look, name: str) -> Any:
        with psycopg.connect(self.dsn(name)) as connection:
            return look(connection)

    def kill_server(self) -> None:
        """``kill -9`` of the postmaster and every child of it, as in a power cut."""
        os.kill(self.server.pid, signal.SIGSTOP)  # it starts nobody anew meanwhile
        family = self.family()
        for member in family:
            os.kill(member, signal.SIGKILL)
        assert eventually(lambda: all(self.is_gone(member) for member in family))

    def family(self) -> list[int]:
        """The postmaster and its children."""
        pid = self.server.pid
        children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
        return [pid, *map(int, children)]

    @staticmethod
    def is_gone(pid: int) -> bool:
        return not Path(f"/proc/{pid}").exists() or is_zombie(pid)

    def is_busy(self, admin: psycopg.Connection[Any], name: str) -> bool:
        """Whether a client of the database is connected."""
        found = admin.execute("SELECT FROM pg_stat_activity WHERE datname = %s", [name])
        return found.rowcount > 0


@dataclass(frozen=True)
class Tally:
    """How the kills of one kind of call went."""

    in_flight: int  # the client lost its server, or its life, before it was done
    nothing: int  # nothing of the call was there afterwards
    everything: int  # everything of it was

    def __str__(self) -> str:
        kills = self.nothing + self.everything
        return (
            f"{kills} kills, {self.in_flight} in flight: nothing was left of {self.nothing} calls,"
            f" everything of {self.everything}"
        )


def kill_often(
    victim: Victim, words: tuple[object, ...], look: Look, template: str, *, kills: int, client: bool = False
) -> Tally:
    """Kill the server, or the client, during a call, over and over; check what it leaves each time.

    After a kill either nothing or everything of the call is there, and the call, run again, ends in the same
    state as one that nobody disturbed.

    words     the command
    look      what is compared
    template  the database that each attempt starts from
    """
    chance = random.Random(f"{words[0]} {kills} {client}")
    victim.create(_DATABASE, template)
    before = victim.look(look, _DATABASE)
    duration = _undisturbed(victim, words)
    after = victim.look(look, _DATABASE)
    assert after != before

    in_flight = nothing = everything = 0
    for kill in range(kills):
        victim.create(_DATABASE, template)
        # one moment in each part of the call, at a random place; not in its end, when the client tidies up
        moment = 0.85 * duration * (kill + chance.random()) / kills
        process = _begin(victim, words)
        time.sleep(moment)
        if client:
            process.kill()
        else:
            victim.kill_server()
        process.communicate(timeout=60)
        in_flight += process.returncode != 0
        if not client:
            victim.start()
        found = _settled(victim, look, client=client)
        assert found in (before, after), f"half of {words[0]} was left when killed after {moment:.3f} s"
        nothing += found == before
        everything += found == after
        _undisturbed(victim, words)
        again = victim.look(look, _DATABASE)
        assert again == after, f"{words[0]} after a kill gives something else"
    return Tally(in_flight, nothing, everything)


def _begin(victim: Victim, words: tuple[object, ...]) -> subprocess.Popen[str]:
    """Start the call, and return when it has connected to its database."""
    with victim.admin() as admin:
        process = spawn(victim.dsn(_DATABASE), *words)
        assert eventually(lambda: victim.is_busy(admin, _DATABASE) or process.poll() is not None)
    return process


def _undisturbed(victim: Victim, words: tuple[object, ...]) -> float:
    """Run the call to its end; seconds from its connection on."""
    process = _begin(victim, words)
    begun = time.monotonic()
    _, err = process.communicate(timeout=120)
    assert process.returncode == 0, err
    return time.monotonic() - begun


def _settled(victim: Victim, look: Look, *, client: bool) -> Any:
    """The state of the database when nobody works on it any more."""
    if client:
        with victim.admin() as admin:
            assert eventually(lambda: not victim.is_busy(admin, _DATABASE), 30)
    return victim.look(look, _DATABASE)
