"""Rows without end: saved chunk by chunk, over one connection or several, in memory that does not grow."""

from __future__ import annotations

import itertools
import time
from collections import Counter, deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any

from rollforward.errors import BadArgument, RollforwardError
from rollforward.results import SavedChunk

Save = Callable[[list[Any]], Mapping[str, int]]  # how many rows of a chunk have which status


def chunks(rows: Iterable[Any], chunk_size: int) -> Iterator[list[Any]]:
    """The rows in lists of chunk_size, the last one as long as it is."""
    if chunk_size < 1:
        raise BadArgument(
            f"chunk_size must be positive: {chunk_size}",
            sqlstate="22R01",
            detail=[{"argument": "chunk_size", "value": chunk_size}],
        )
    rest = iter(rows)
    while chunk := list(itertools.islice(rest, chunk_size)):
        yield chunk


def save_chunks(
    rows: Iterable[Any], chunk_size: int, savers: Sequence[Save], *, continue_on_error: bool
) -> Iterator[SavedChunk]:
    """What became of each chunk, in the order of the rows. Each saver has a chunk, and one is waiting."""
    numbered = enumerate(chunks(rows, chunk_size))
    free: deque[Save] = deque(savers)
    working: deque[Future[SavedChunk]] = deque()

    def work(number: int, chunk: list[Any]) -> SavedChunk:
        save = free.popleft()  # there is one: no more chunks are in work than there are savers
        try:
            return _saved(save, number, number * chunk_size + 1, chunk)
        finally:
            free.append(save)

    with ThreadPoolExecutor(max_workers=len(savers), thread_name_prefix="rollforward-save") as pool:
        for number, chunk in numbered:
            working.append(pool.submit(work, number, chunk))
            if len(working) > len(savers):
                yield _reported(working, continue_on_error)
        while working:
            yield _reported(working, continue_on_error)


def _reported(working: deque[Future[SavedChunk]], continue_on_error: bool) -> SavedChunk:
    report = working.popleft().result()
    if report.error is not None and not continue_on_error:
        for waiting in working:
            waiting.cancel()
        raise report.error
    return report


def _saved(save: Save, number: int, first_ordinal: int, chunk: list[Any]) -> SavedChunk:
    began = time.perf_counter()
    counts: Counter[str] = Counter()
    failure = None
    try:
        counts.update(save(chunk))
    except RollforwardError as error:
        failure = error
    return SavedChunk(
        chunk=number + 1,
        first_ordinal=first_ordinal,
        rows=len(chunk),
        inserted=counts["inserted"],
        updated=counts["updated"],
        unchanged=counts["unchanged"],
        skipped=counts["skipped"],
        seconds=time.perf_counter() - began,
        error=failure,
    )
