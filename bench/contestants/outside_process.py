"""A tool outside in a process of its own: started once, then told by lines of JSON what to compute.

The process answers each line with its peak of memory so far. What a contestant imports is there before the
first line.
"""

from __future__ import annotations

import json
import resource
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from importlib import import_module
from pathlib import Path

import psycopg

_ROOT = Path(__file__).parents[2]


class ProcessFailed(Exception):
    """The process ended instead of answering; it has said why on stderr."""


@dataclass
class OutsideProcess:
    """The process as seen by who tells it what to do."""

    running: subprocess.Popen[str]
    peak_megabytes: float = 0

    def run(self, account_ids: Sequence[int], first: date, last: date) -> None:
        """Have it fetch, compute and store, and wait for that."""
        assert self.running.stdin
        assert self.running.stdout
        order = {"account_ids": list(account_ids), "first": first.isoformat(), "last": last.isoformat()}
        print(json.dumps(order), file=self.running.stdin, flush=True)
        answer = self.running.stdout.readline()
        if not answer:
            raise ProcessFailed(f"{self.running.args!r} ended with {self.running.wait()}")
        self.peak_megabytes = json.loads(answer)["peak_megabytes"]


@contextmanager
def outside_process(module: str, dsn: str) -> Iterator[OutsideProcess]:
    """A process that runs a contestant, until it is no longer needed."""
    with subprocess.Popen(
        [sys.executable, "-m", __name__, module, dsn],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        cwd=_ROOT,
        text=True,
    ) as running:
        yield OutsideProcess(running)


def _peak_megabytes() -> float:
    """Of this process since its program began; getrusage on Linux would count what started it."""
    status = Path("/proc/self/status")
    if status.exists():
        [line] = [line for line in status.read_text().splitlines() if line.startswith("VmHWM:")]
        return int(line.split()[1]) / 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20  # bytes, elsewhere


def _serve(module: str, dsn: str) -> None:
    contestant = import_module(module)
    with psycopg.connect(dsn, autocommit=True) as connection:
        for line in sys.stdin:
            order = json.loads(line)
            first, last = date.fromisoformat(order["first"]), date.fromisoformat(order["last"])
            contestant.run(connection, order["account_ids"], first, last)
            print(json.dumps({"peak_megabytes": _peak_megabytes()}), flush=True)


if __name__ == "__main__":
    _serve(*sys.argv[1:])
