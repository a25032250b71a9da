"""Running the real command line, and looking at the processes it leaves."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import psycopg

from rollforward.embedded.server import find_server

_ENVIRONMENT = {
    name: value
    for name, value in os.environ.items()
    if not name.startswith(("PG", "ROLLFORWARD_")) or name == "PG_BINDIR"
}


@dataclass(frozen=True)
class Home:
    """A data directory, and the command line that works on it."""

    directory: Path

    def run(self, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
        """Run a command to its end."""
        return subprocess.run(
            self._command(arguments),
            capture_output=True,
            text=True,
            timeout=60,
            stdin=subprocess.DEVNULL,
            env=_ENVIRONMENT | environment,
        )

    def sql(self, statement: str) -> str:
        """What psql prints for a statement; it must succeed."""
        done = self.run("db", "psql", "-XAtq", "-v", "ON_ERROR_STOP=1", "-c", statement)
        assert done.returncode == 0, done.stderr
        return done.stdout.strip()

    def start(self) -> str:
        """``db start``; the DSN it prints."""
        done = self.run("db", "start")
        assert done.returncode == 0, done.stderr
        return done.stdout.splitlines()[-1]

    def stop(self) -> None:
        """``db stop``."""
        assert self.run("db", "stop").returncode == 0

    def status(self) -> dict[str, object]:
        """``--json db status``."""
        return dict(json.loads(self.run("--json", "db", "status").stdout))

    def user(self, seconds: int = 60) -> subprocess.Popen[str]:
        """A command that goes on using the server for a while, already connected."""
        statement = f"DO $$ BEGIN RAISE WARNING 'connected'; PERFORM pg_sleep({seconds}); END $$"
        process = subprocess.Popen(
            self._command(("db", "psql", "-Xq", "-c", statement)),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
            env=_ENVIRONMENT,
        )
        assert process.stderr is not None
        for line in process.stderr:
            if "connected" in line:
                return process
        raise AssertionError("no connection")

    def processes(self) -> list[int]:
        """The servers and keepers of this directory that are alive."""
        return [pid for pid in _pids() if str(self.directory) in _arguments(pid) and not is_zombie(pid)]

    def postmaster(self) -> int:
        """The pid of the running server."""
        server = find_server(self.directory)
        assert server is not None
        return server.pid

    def _command(self, arguments: tuple[str, ...]) -> list[str]:
        return [sys.executable, "-m", "rollforward", "--data-dir", str(self.directory), *arguments]


def eventually(fact: Callable[[], object], seconds: float = 10) -> bool:
    """Whether something becomes true in time."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if fact():
            return True
        time.sleep(0.02)
    return False


def accepts(dsn: str) -> bool:
    """Whether a server answers."""
    try:
        psycopg.connect(dsn).close()
    except psycopg.OperationalError:
        return False
    return True


def kill(process: subprocess.Popen[str]) -> None:
    """kill -9, and wait."""
    process.send_signal(signal.SIGKILL)
    process.wait()
    if process.stderr is not None:
        process.stderr.close()


def is_zombie(pid: int) -> bool:
    """Whether a process has ended and waits for its parent to notice."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "Z"
    except FileNotFoundError:
        return False


def _pids() -> list[int]:
    return [int(path.name) for path in Path("/proc").iterdir() if path.name.isdigit()]


def _arguments(pid: int) -> str:
    """The command line of a keeper or a postmaster, else nothing."""
    try:
        words = Path(f"/proc/{pid}/cmdline").read_bytes().decode(errors="replace").split("\0")
    except OSError:
        return ""
    is_ours = words[0].endswith("/postgres") or "rollforward.embedded.keeper" in words
    return " ".join(words) if is_ours else ""
