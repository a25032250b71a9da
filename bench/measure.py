"""Timing: interleaved repetitions, medians with their spread, ratios from the same run."""

from __future__ import annotations

import gc
import math
import statistics
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from psycopg import Connection, sql
from psycopg.rows import TupleRow


class FiguresDiffer(Exception):
    """Contestants came to different figures, so their times cannot be compared."""


Work = Callable[[], object]


@dataclass(frozen=True)
class Spread:
    """What was measured in each repetition."""

    samples: tuple[float, ...]

    @property
    def median(self) -> float:
        return statistics.median(self.samples)

    @property
    def low(self) -> float:
        return min(self.samples)

    @property
    def high(self) -> float:
        return max(self.samples)

    def map(self, change: Callable[[float], float]) -> Spread:
        """The same repetitions in another unit."""
        return Spread(tuple(change(sample) for sample in self.samples))

    def over(self, other: Spread) -> Spread:
        """Ratio to another contestant, repetition by repetition."""
        return Spread(tuple(mine / theirs for mine, theirs in zip(self.samples, other.samples, strict=True)))


@dataclass(frozen=True)
class Contestant:
    """Something to be timed, and what must be done before each time, off the clock."""

    work: Work
    prepare: Work = lambda: None


def seconds(work: Work) -> float:
    """Wall-clock seconds of one call, the garbage collector at rest."""
    gc.collect()
    gc.disable()
    try:
        began = time.perf_counter()
        work()
        return time.perf_counter() - began
    finally:
        gc.enable()


def interleaved(contestants: Mapping[str, Contestant], repetitions: int) -> dict[str, Spread]:
    """Seconds of each contestant, taking turns, so that a slow spell of the machine hits all of them."""
    samples: dict[str, list[float]] = {name: [] for name in contestants}
    for _ in range(repetitions):
        for name, contestant in contestants.items():
            contestant.prepare()
            samples[name].append(seconds(contestant.work))
    return {name: Spread(tuple(values)) for name, values in samples.items()}


def growth_exponent(taken: Mapping[int, float]) -> float:
    """Slope of the straight line through the logarithms of sizes and seconds, by least squares.

    taken  seconds by size; two sizes at the least
    """
    slope, _ = statistics.linear_regression(
        [math.log(size) for size in taken], [math.log(spent) for spent in taken.values()]
    )
    return slope


def buffers(connection: Connection[TupleRow], query: str, values: Sequence[object]) -> int:
    """Shared buffers that executing a query touches, hit or read, by EXPLAIN; planning is not counted."""
    statement = sql.SQL("EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) ") + sql.SQL(query)
    row = connection.execute(statement, values).fetchone()
    assert row is not None
    plan: dict[str, Any] = row[0][0]["Plan"]
    return int(plan["Shared Hit Blocks"]) + int(plan["Shared Read Blocks"])
