"""The keeper: the small process that owns an embedded server and ends it when nobody uses it any more.

It is started by the first user, holds the lock of the data directory for its whole life, makes and starts the
cluster, and counts the connections to its socket. It stops the server when the last one closes, unless it was
told to keep it. The server dies with the keeper. Standard error is the server's log.
"""

from __future__ import annotations

import argparse
import contextlib
import os
import selectors
import shutil
import signal
import socket
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from rollforward.embedded import control, postmaster
from rollforward.embedded.binaries import Binaries, find_binaries
from rollforward.embedded.cluster import ensure_cluster
from rollforward.embedded.layout import Layout
from rollforward.embedded.run_as import reachable, require_writable, run_as
from rollforward.errors import EmbeddedServerError

_BACKLOG = 128


class Keeper:
    """Serves the users of a running server until it is to be stopped."""

    def __init__(self, server: postmaster.Postmaster, binaries: Binaries, listener: socket.socket) -> None:
        self._server = server
        self._binaries = binaries
        self._listener = listener
        self._users: set[socket.socket] = set()
        self._kept = False
        self._stopping = False
        self._selector = selectors.DefaultSelector()
        self._selector.register(listener, selectors.EVENT_READ, self._welcome)
        self._listen_to_signals()

    def add(self, user: socket.socket) -> None:
        """Count a connection as a user until it closes."""
        self._users.add(user)
        self._selector.register(user, selectors.EVENT_READ, self._hear)

    def serve(self) -> None:
        """Return when the server is to be stopped, or has ended by itself."""
        while self._server.running and not self._stopping and (self._users or self._kept):
            for key, _ in self._selector.select():
                key.data(key.fileobj)

    def _welcome(self, listener: socket.socket) -> None:
        with contextlib.suppress(OSError):  # gone before it was accepted
            self.add(listener.accept()[0])

    def _hear(self, user: socket.socket) -> None:
        try:
            words = user.recv(4096).decode().split()
        except OSError:
            words = []
        if not words:
            self._users.discard(user)
            self._selector.unregister(user)
            user.close()
        for word in words:
            self._obey(word, user)

    def _obey(self, word: str, user: socket.socket) -> None:
        if word == control.STOP:
            self._stopping = True
            return
        if word == control.KEEP:
            self._kept = True
        control.answer(user, self._state(asked_by_user=word != control.STATUS))

    def _state(self, *, asked_by_user: bool) -> dict[str, Any]:
        return {
            "state": control.READY,
            "pid": self._server.pid,
            "version": self._binaries.version,
            "bindir": str(self._binaries.bindir),
            "kept": self._kept,
            "users": len(self._users) - (0 if asked_by_user else 1),
        }

    def _listen_to_signals(self) -> None:
        """Wake up when the server ends, or when this process is asked to."""
        reading, writing = socket.socketpair()
        writing.setblocking(False)
        signal.set_wakeup_fd(writing.fileno(), warn_on_full_buffer=False)
        self._wakers = (reading, writing)
        self._selector.register(reading, selectors.EVENT_READ, lambda waker: waker.recv(4096))
        signal.signal(signal.SIGCHLD, lambda *_: None)
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self._asked_to_end)

    def _asked_to_end(self, *_: object) -> None:
        self._stopping = True


def main(arguments: Sequence[str] | None = None) -> int:
    """Keep the server of a data directory. Exit code 1 when it did not start or ended by itself."""
    args = _parse(arguments)
    if os.fork():
        os._exit(0)  # the one who started us need not wait for us
    os.umask(0o077)
    signal.signal(signal.SIGHUP, signal.SIG_IGN)
    layout = Layout(args.data_dir)
    first = socket.socket(fileno=args.user_fd)
    first.set_inheritable(False)
    os.set_inheritable(args.lock_fd, False)  # held open, and so locked, until this process ends
    try:
        return _keep(layout, first, dict(args.set), temporary=args.temporary)
    finally:
        if args.temporary:
            shutil.rmtree(layout.directory, ignore_errors=True)


def _keep(layout: Layout, first: socket.socket, settings: dict[str, str], *, temporary: bool) -> int:
    listener: socket.socket | None = None
    try:
        way = run_as()
        layout.create_socket_dir(way.trusted)
        listener = _listen(layout)
        binaries = reachable(find_binaries(), way)
        for directory in {layout.directory, layout.socket_dir}:
            way.take(directory)
            require_writable(directory, way)
        ensure_cluster(layout, binaries, way, temporary=temporary)
        server = postmaster.start(layout, binaries, way, settings)
    except (EmbeddedServerError, OSError) as error:
        _refuse(error, first, listener, layout)
        return 1
    keeper = Keeper(server, binaries, listener)
    keeper.add(first)
    keeper.serve()
    died = not server.running
    # From here on a newcomer finds nobody and waits for the lock, then starts a keeper of its own.
    layout.keeper_socket.unlink(missing_ok=True)
    listener.close()
    server.stop(immediate=temporary)
    layout.remove_socket_dir()
    return 1 if died else 0


def _listen(layout: Layout) -> socket.socket:
    layout.keeper_socket.unlink(missing_ok=True)  # left by a keeper that was killed: we hold its lock
    listener = socket.socket(socket.AF_UNIX)
    listener.bind(str(layout.keeper_socket))
    listener.listen(_BACKLOG)
    return listener


def _refuse(
    error: EmbeddedServerError | OSError,
    first: socket.socket,
    listener: socket.socket | None,
    layout: Layout,
) -> None:
    """Tell everybody who waits why there is no server."""
    known = error if isinstance(error, EmbeddedServerError) else EmbeddedServerError(str(error))
    print(f"rollforward: {known.message}", file=sys.stderr)
    document = {"state": control.FAILED, **known.document()}
    control.answer(first, document)
    if listener is None:
        return
    layout.keeper_socket.unlink(missing_ok=True)
    listener.setblocking(False)
    with contextlib.suppress(BlockingIOError):
        while True:
            waiting = listener.accept()[0]
            waiting.settimeout(1)
            with contextlib.suppress(OSError):
                waiting.recv(4096)
            control.answer(waiting, document)


def _parse(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="rollforward-keeper", description=__doc__)
    parser.add_argument("--data-dir", type=Path, required=True)
    parser.add_argument("--lock-fd", type=int, required=True, help="the data directory's lock, held")
    parser.add_argument("--user-fd", type=int, required=True, help="the connection of the first user")
    parser.add_argument("--temporary", action="store_true", help="do not sync; delete all at the end")
    parser.add_argument("--set", type=_setting, action="append", default=[], metavar="NAME=VALUE")
    return parser.parse_args(arguments)


def _setting(text: str) -> tuple[str, str]:
    name, _, value = text.partition("=")
    return name, value


if __name__ == "__main__":
    sys.exit(main())
