"""The words between a keeper and those who use its server.

A user connects to the keeper's socket, sends one word and reads one JSON line. As long as the connection is
open the user counts; the kernel closes it however the user ends.
"""

from __future__ import annotations

import contextlib
import json
import socket
from pathlib import Path
from typing import Any

USE = "use"  # answer when the server is ready; I use it while I am connected
KEEP = "keep"  # the same, and let it run when nobody uses it any more
STOP = "stop"  # stop the server; the end of the connection says that it is gone
STATUS = "status"  # answer at once

READY = "ready"
FAILED = "failed"

_LONGEST_LINE = 65536


def connect(path: Path) -> socket.socket | None:
    """A connection to the keeper, or None when nobody listens there."""
    connection = socket.socket(socket.AF_UNIX)
    try:
        connection.connect(str(path))
    except (FileNotFoundError, ConnectionRefusedError):
        connection.close()
        return None
    except BaseException:
        connection.close()
        raise
    return connection


def ask(connection: socket.socket, word: str, timeout: float) -> dict[str, Any] | None:
    """Send a word and return the answer; None when the keeper went away. Raises TimeoutError."""
    connection.settimeout(timeout)
    try:
        with contextlib.suppress(ConnectionError):  # a keeper that failed answers unasked, then ends
            connection.sendall(f"{word}\n".encode())
        line = _read_line(connection)
    except ConnectionError:
        return None
    finally:
        connection.settimeout(None)
    return json.loads(line) if line else None


def answer(connection: socket.socket, document: dict[str, Any]) -> None:
    """Send an answer; a user who has left needs none."""
    with contextlib.suppress(OSError):
        connection.sendall(json.dumps(document).encode() + b"\n")


def await_end(connection: socket.socket, timeout: float) -> None:
    """Wait until the keeper has ended. Raises TimeoutError."""
    connection.settimeout(timeout)
    with contextlib.suppress(ConnectionError):
        while connection.recv(_LONGEST_LINE):
            pass


def _read_line(connection: socket.socket) -> bytes:
    received = b""
    while not received.endswith(b"\n"):
        part = connection.recv(_LONGEST_LINE)
        if not part:
            return b""
        received += part
    return received
