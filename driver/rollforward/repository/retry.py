"""Doing something again that failed because of others, exactly once in the end."""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from typing import TypeVar

from rollforward.errors import ConnectionFailed, RetryLater

Result = TypeVar("Result")

ATTEMPTS = 6
FIRST_PAUSE = 0.05  # seconds; each further one may be twice as long
LONGEST_PAUSE = 5.0


def retried(
    call: Callable[[], Result],
    reconnect: Callable[[], None],
    *,
    attempts: int = ATTEMPTS,
    sleep: Callable[[float], None] = time.sleep,
) -> Result:
    """The result of a call, made again after a conflict with other transactions or a lost connection.

    What it does must be one transaction, which has an idempotency key: whether it was committed before the
    connection was lost, nobody knows. Pauses grow exponentially, and are drawn at random up to that, so that
    those who met do not meet again.
    """
    for attempt in range(1, attempts + 1):
        try:
            return call()
        except (RetryLater, ConnectionFailed) as error:
            if attempt == attempts:
                raise
            sleep(random.uniform(0, min(LONGEST_PAUSE, FIRST_PAUSE * 2**attempt)))
            if isinstance(error, ConnectionFailed):
                _until_connected(reconnect)
    raise AssertionError("unreachable")


def _until_connected(reconnect: Callable[[], None]) -> None:
    try:
        reconnect()
    except ConnectionFailed:
        return  # the next attempt fails for want of a connection, and waits longer
