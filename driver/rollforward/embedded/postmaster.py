"""One PostgreSQL server process: started, awaited, stopped; it never outlives the process that started it."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from rollforward.embedded.binaries import Binaries
from rollforward.embedded.cluster import environment
from rollforward.embedded.layout import PORT, Layout
from rollforward.embedded.run_as import RunAs, can_die_with_parent
from rollforward.errors import EmbeddedServerError

START_TIMEOUT = 300.0  # seconds: recovery after a crash replays up to max_wal_size
STOP_TIMEOUT = 300.0  # seconds: the checkpoint of a clean shutdown
PREDECESSOR_TIMEOUT = 30.0  # seconds: a server that lost its keeper, or backends that lost their postmaster
_POLL = 0.02
_SHARED_MEMORY_IN_USE = "pre-existing shared memory block"
# Once, this may be about an unlogged table that a backend was just removing when all was killed: a file is in
# the way of the one that PostgreSQL restores. The next recovery clears both.
_RECOVERY_FAILED = "startup process (PID"


@dataclass
class Postmaster:
    """A running server, a child of this process."""

    process: subprocess.Popen[bytes]
    watchdog: subprocess.Popen[bytes] | None

    @property
    def pid(self) -> int:
        return self.process.pid

    @property
    def running(self) -> bool:
        return self.process.poll() is None

    def stop(self, *, immediate: bool = False) -> None:
        """Stop the server and wait until it is gone.

        immediate  without writing anything: for data nobody keeps
        """
        if self.running:
            self.process.send_signal(signal.SIGQUIT if immediate else signal.SIGINT)
            for harder in (signal.SIGQUIT, signal.SIGKILL):
                try:
                    self.process.wait(STOP_TIMEOUT)
                    break
                except subprocess.TimeoutExpired:
                    self.process.send_signal(harder)
        self.release()

    def release(self) -> None:
        """Send the watchdog home; the server has ended."""
        self.process.wait()
        if self.watchdog is not None:
            self.watchdog.kill()
            self.watchdog.wait()


def start(layout: Layout, binaries: Binaries, way: RunAs, settings: Mapping[str, str]) -> Postmaster:
    """Start the server of a data directory and wait until it accepts connections.

    Call it from the main thread, holding the lock of the data directory; stderr is the server's log. What an
    earlier server left behind is cleared: it may still be shutting down, or have left its pid to a stranger.
    Raises EmbeddedServerError, with the end of the log as its detail, when the server does not come up.
    """
    deadline = time.monotonic() + PREDECESSOR_TIMEOUT
    _await_predecessor(layout.pgdata, deadline)
    may_recover_again = True
    while True:
        _clear_stale_files(layout)
        log_start = _size(layout.log)
        postmaster = _launch(layout, binaries, way, settings)
        if _await_ready(postmaster, layout.pgdata):
            return postmaster
        postmaster.stop(immediate=True)
        log = _tail(layout.log, log_start)
        if _SHARED_MEMORY_IN_USE in log and time.monotonic() < deadline:
            time.sleep(0.2)  # backends of a killed postmaster are still on their way out
        elif _RECOVERY_FAILED in log and may_recover_again:
            may_recover_again = False
        else:
            raise EmbeddedServerError(
                f"PostgreSQL {binaries.version} did not start in {layout.pgdata}",
                detail=log,
                hint=f"The whole log is in {layout.log}.",
            )


def running_pid(pgdata: Path) -> int | None:
    """The pid of the server that runs in a cluster, or None.

    The pid in postmaster.pid proves nothing: its process may be a zombie, or a stranger that got the number.
    """
    lines = _pid_file_lines(pgdata)
    if not lines or not lines[0].strip().isdigit():
        return None
    pid = int(lines[0])
    return pid if _works_in(pid, pgdata) else None


def _launch(layout: Layout, binaries: Binaries, way: RunAs, settings: Mapping[str, str]) -> Postmaster:
    # On the command line, as these belong to the launcher whatever a postgresql.conf says.
    own = {
        "unix_socket_directories": f'"{layout.socket_dir}"',
        "unix_socket_permissions": "0700",
        "listen_addresses": "",
        "port": str(PORT),
        "logging_collector": "off",
    }
    options = [part for name, value in {**settings, **own}.items() for part in ("-c", f"{name}={value}")]
    process = subprocess.Popen(
        way.command(binaries.bindir / "postgres", "-D", layout.pgdata, *options, dies_with_parent=True),
        stdin=subprocess.DEVNULL,
        stdout=2,  # where stderr goes: the log
        env=environment(),
        cwd="/",
        start_new_session=True,  # signals from a terminal are not for the server
    )
    return Postmaster(process, None if can_die_with_parent() else _watch(process.pid))


def _watch(pid: int) -> subprocess.Popen[bytes]:
    """Where the kernel cannot do it: a child that reads a pipe and stops the server at its end, our end."""
    return subprocess.Popen(
        ["/bin/sh", "-c", f"read line; kill -INT {pid}"], stdin=subprocess.PIPE, start_new_session=True
    )


def _await_ready(postmaster: Postmaster, pgdata: Path) -> bool:
    """Wait while the server says it is starting. False when it exited or took too long."""
    deadline = time.monotonic() + START_TIMEOUT
    while postmaster.running and time.monotonic() < deadline:
        lines = _pid_file_lines(pgdata)
        # the eighth line is the postmaster's own word on its state, as pg_ctl reads it
        if len(lines) >= 8 and lines[0] == str(postmaster.pid) and lines[7].strip() == "ready":
            return True
        time.sleep(_POLL)
    return False


def _await_predecessor(pgdata: Path, deadline: float) -> None:
    while (pid := running_pid(pgdata)) is not None:
        if time.monotonic() > deadline:
            raise EmbeddedServerError(
                f"PostgreSQL (process {pid}) already runs in {pgdata}, started by something else",
                hint=f"Stop it: pg_ctl -D '{pgdata}' stop",
            )
        time.sleep(_POLL)


def _clear_stale_files(layout: Layout) -> None:
    """Remove what would keep PostgreSQL from starting although no server runs here."""
    if running_pid(layout.pgdata) is not None:
        return
    lines = _pid_file_lines(layout.pgdata)
    if lines:
        # Not deleted: it names the shared memory, by which PostgreSQL finds backends that are still alive.
        # Our own pid in it means "stale" to the server we start, while a reused one would stop it.
        lines[0] = str(os.getpid())
        (layout.pgdata / "postmaster.pid").write_text("\n".join(lines) + "\n", encoding="utf-8")
    layout.server_socket.with_name(f"{layout.server_socket.name}.lock").unlink(missing_ok=True)


def _pid_file_lines(pgdata: Path) -> list[str]:
    try:
        return (pgdata / "postmaster.pid").read_text(encoding="utf-8").splitlines()
    except FileNotFoundError:
        return []


def _works_in(pid: int, pgdata: Path) -> bool:
    """Whether a process is alive and a server of this cluster: its working directory is the cluster's."""
    try:
        state = Path(f"/proc/{pid}/stat").read_text(encoding="ascii", errors="replace").rpartition(")")[2]
        return state.split()[0] not in "ZX" and Path(f"/proc/{pid}/cwd").samefile(pgdata)
    except OSError:
        if Path("/proc/self/stat").exists():
            return False  # gone, or another account's: this cluster is ours alone
    ps = subprocess.run(["ps", "-o", "stat=,args=", "-p", str(pid)], capture_output=True, text=True)
    return not ps.stdout.startswith("Z") and str(pgdata) in ps.stdout


def _size(path: Path) -> int:
    with contextlib.suppress(FileNotFoundError):
        return path.stat().st_size
    return 0


def _tail(path: Path, start: int) -> str:
    """The last lines of a log from a position on."""
    with contextlib.suppress(FileNotFoundError), path.open("rb") as file:
        file.seek(start)
        return "\n".join(file.read().decode(errors="replace").splitlines()[-15:])
    return ""
