"""Using the embedded server: find the one that runs or start it, keep it, stop it, or have one to throw away.

Many processes may use one server. Each holds a connection to the keeper (see ``keeper``), and the server runs
until the last of them is gone, by whatever way. ``keep_running`` lets it run on until ``stop_server``.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rollforward.embedded import control
from rollforward.embedded.layout import OWNER, PORT, SUPERUSER, Layout
from rollforward.embedded.postmaster import PREDECESSOR_TIMEOUT, START_TIMEOUT, STOP_TIMEOUT
from rollforward.errors import EmbeddedServerError

_PATIENCE = START_TIMEOUT + STOP_TIMEOUT + PREDECESSOR_TIMEOUT  # a server that stops, then one that starts
_POLL = 0.05
_LARGEST_LOG = 10_000_000  # bytes


@dataclass(frozen=True)
class Server:
    """A running server."""

    layout: Layout
    version: str
    bindir: Path
    pid: int
    kept: bool  # runs until it is stopped
    users: int  # processes that use it now

    @property
    def host(self) -> str:
        """The directory of its socket, which libpq takes as a host."""
        return str(self.layout.socket_dir)

    @property
    def port(self) -> int:
        return PORT

    @property
    def owner_dsn(self) -> str:
        """The DSN to hand out: the ordinary role in its database."""
        return self.dsn(OWNER, OWNER)

    def dsn(self, dbname: str = "postgres", user: str = SUPERUSER) -> str:
        """The DSN of a database, by default as the superuser."""
        return self.layout.dsn(dbname, user)


@dataclass(frozen=True)
class Lease:
    """The right to a running server, held until it is closed or the process ends."""

    server: Server
    connection: socket.socket

    def keep_across_exec(self) -> None:
        """Hand the lease to the program that is about to replace this process."""
        self.connection.set_inheritable(True)

    def close(self) -> None:
        self.connection.close()


def lease_server(data_dir: Path, *, keep: bool = False) -> Lease:
    """Use the server of a data directory, starting it when it does not run.

    keep  let it run on when nobody uses it any more

    Raises EmbeddedServerError when it cannot be started.
    """
    layout = Layout.of(data_dir)
    layout.create()
    word = control.KEEP if keep else control.USE
    deadline = time.monotonic() + _PATIENCE
    while time.monotonic() < deadline:
        connection = control.connect(layout.keeper_socket)
        if connection is not None:
            lease = _ask_for_lease(layout, connection, word)
            if lease is not None:
                return lease
        else:
            with _lock(layout) as lock:
                if lock is not None:
                    return _first_lease(layout, lock, word)
        time.sleep(_POLL)  # a keeper is on its way up or down
    raise EmbeddedServerError(
        f"the server in {layout.directory} neither starts nor stops",
        hint=f"Its log is {layout.log}.",
    )


@contextlib.contextmanager
def use_server(data_dir: Path) -> Iterator[Server]:
    """The server of a data directory, started when needed; it runs at least until the block ends."""
    lease = lease_server(data_dir)
    try:
        yield lease.server
    finally:
        lease.close()


def keep_running(data_dir: Path) -> Server:
    """Start the server, or find the one that runs, and let it run until ``stop_server``."""
    lease = lease_server(data_dir, keep=True)
    lease.close()
    return lease.server


def find_server(data_dir: Path) -> Server | None:
    """The server of a data directory if it runs; starts nothing, creates nothing.

    Raises EmbeddedServerError when it is just starting, or recovering from a crash.
    """
    layout = Layout.of(data_dir)
    connection = _connect_to_existing(layout)
    if connection is None:
        return None
    with connection:
        try:
            state = control.ask(connection, control.STATUS, timeout=5)
        except TimeoutError:
            raise EmbeddedServerError(
                f"the server in {layout.directory} is still starting", hint=f"Its log is {layout.log}."
            ) from None
    return _server(layout, state) if state and state["state"] == control.READY else None


def stop_server(data_dir: Path) -> bool:
    """Stop the server, whoever uses it, and wait until it is gone. False when none was running.

    Raises EmbeddedServerError when it does not stop.
    """
    layout = Layout.of(data_dir)
    deadline = time.monotonic() + _PATIENCE
    while time.monotonic() < deadline:
        connection = _connect_to_existing(layout)
        if connection is not None:
            with connection:
                if _stop(connection):
                    return True
        elif not _is_locked(layout):
            return False
        time.sleep(_POLL)  # a keeper is on its way up or down
    raise EmbeddedServerError(
        f"the server in {layout.directory} does not stop",
        hint=f"Its log is {layout.log}.",
    )


@contextlib.contextmanager
def temporary_server(
    settings: Mapping[str, str] | None = None, *, parent: Path = Path("/tmp")
) -> Iterator[Server]:
    """A new server with nothing in it, gone without a trace when the block or the process ends.

    settings  PostgreSQL settings by name, such as ``{"fsync": "off"}``
    parent    where its directory is made; not TMPDIR, since the path of a socket must be short
    """
    layout = Layout.of(Path(tempfile.mkdtemp(prefix="rollforward-", dir=parent)))
    try:
        with _lock(layout) as lock:
            assert lock is not None  # nobody else knows this directory
            lease = _first_lease(layout, lock, control.USE, settings=settings or {}, temporary=True)
        try:
            yield lease.server
        finally:
            with lease.connection:
                _stop(lease.connection)
    finally:
        shutil.rmtree(layout.directory, ignore_errors=True)


def _first_lease(
    layout: Layout,
    lock: int,
    word: str,
    *,
    settings: Mapping[str, str] | None = None,
    temporary: bool = False,
) -> Lease:
    """Start a keeper and become its first user."""
    connection = _start_keeper(layout, lock, settings or {}, temporary=temporary)
    lease = _ask_for_lease(layout, connection, word)
    if lease is None:
        raise EmbeddedServerError(
            f"the process that keeps the server in {layout.directory} has ended",
            hint=f"Its log is {layout.log}.",
        )
    return lease


def _start_keeper(
    layout: Layout, lock: int, settings: Mapping[str, str], *, temporary: bool
) -> socket.socket:
    """Start the keeper, handing it the lock and one end of a connection, and nothing else of ours."""
    ours, theirs = socket.socketpair()
    command = [sys.executable, "-m", "rollforward.embedded.keeper", "--data-dir", str(layout.directory)]
    command += ["--lock-fd", str(lock), "--user-fd", str(theirs.fileno())]
    command += ["--temporary"] if temporary else []
    command += [f"--set={name}={value}" for name, value in settings.items()]
    with theirs, _open_log(layout) as log:
        # returns at once: the keeper detaches itself, so that it is nobody's child to wait for
        subprocess.run(
            command,
            check=False,  # what went wrong comes through the connection, or its end
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            cwd="/",
            start_new_session=True,
            pass_fds=(lock, theirs.fileno()),
        )
    return ours


def _ask_for_lease(layout: Layout, connection: socket.socket, word: str) -> Lease | None:
    """The lease; None when the keeper was just going. Raises EmbeddedServerError when it has no server."""
    try:
        state = control.ask(connection, word, timeout=_PATIENCE)
        if state is not None:
            return Lease(_server(layout, state), connection)
    except BaseException:
        connection.close()
        raise
    connection.close()
    return None


def _server(layout: Layout, state: dict[str, Any]) -> Server:
    if state["state"] == control.FAILED:
        raise EmbeddedServerError(state["message"], detail=state["detail"], hint=state["hint"])
    return Server(
        layout,
        version=state["version"],
        bindir=Path(state["bindir"]),
        pid=state["pid"],
        kept=state["kept"],
        users=state["users"],
    )


def _stop(connection: socket.socket) -> bool:
    """Stop the server and wait for its keeper to end. False when it went unheard or takes too long."""
    try:
        connection.sendall(f"{control.STOP}\n".encode())
        control.await_end(connection, STOP_TIMEOUT)
    except (ConnectionError, TimeoutError):
        return False
    return True


def _connect_to_existing(layout: Layout) -> socket.socket | None:
    try:
        return control.connect(layout.keeper_socket)
    except OSError as error:
        raise EmbeddedServerError(
            f"the server in {layout.directory} is out of reach: {error.strerror}"
        ) from error


def _is_locked(layout: Layout) -> bool:
    if not layout.lock.exists():
        return False
    with _lock(layout) as lock:
        return lock is None


@contextlib.contextmanager
def _lock(layout: Layout) -> Iterator[int | None]:
    """The data directory's lock, None when somebody has it. A keeper started inside goes on holding it."""
    descriptor = os.open(layout.lock, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            yield None
        else:
            yield descriptor
    finally:
        os.close(descriptor)


@contextlib.contextmanager
def _open_log(layout: Layout) -> Iterator[int]:
    """The log, to append to; one that has grown large is put aside, replacing the one put aside before."""
    with contextlib.suppress(FileNotFoundError):
        if layout.log.stat().st_size > _LARGEST_LOG:
            layout.log.replace(layout.log.with_name(f"{layout.log.name}.1"))
    descriptor = os.open(layout.log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    try:
        yield descriptor
    finally:
        os.close(descriptor)
