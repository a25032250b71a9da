"""A statement cut between timestamps into overlapping files, in any order and repeated, is one statement."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.statement.test_ibkr import a_year
from tests.support.activity import Activity, import_activity
from tests.support.dump import content
from tests.support.golden import shared_case
from tests.support.statements import OWN, import_rows, read

CUT_UNTIL_THERE_ARE_NO_TIMES = ("Cash Report", "Open Positions")


def cut(moments: Sequence[str], rng: random.Random) -> list[set[str]]:
    """Windows of moments that overlap and leave none out, in any order, some of them twice."""
    ordered = sorted(set(moments))
    places = sorted(rng.sample(range(len(ordered) + 1), k=min(rng.randint(0, 4), len(ordered) + 1)))
    bounds = [0, *places, len(ordered)]
    windows = [
        set(ordered[max(0, first - rng.randint(0, 3)) : last + rng.randint(0, 3)])
        for first, last in pairwise(bounds)
    ]
    windows = [window for window in windows if window]
    windows += rng.sample(windows, k=rng.randint(0, len(windows)))
    rng.shuffle(windows)
    return windows


def tastytrade(rows: list[dict[str, str]]) -> tuple[list[str], Callable[[Any, set[str]], Any]]:
    def import_part(ledger: Any, window: set[str]) -> Any:
        return import_rows(ledger, [row for row in rows if row["Date"] in window], "7")

    return [row["Date"] for row in rows], import_part


def ibkr() -> tuple[list[str], Callable[[Any, set[str]], Any]]:
    whole = a_year()
    # without the reports: they are of a whole period, and cannot be cut
    timed = [row for row in whole.rows if row[0] not in CUT_UNTIL_THERE_ARE_NO_TIMES]
    moments = {
        str(row): moment for row in timed for moment in row if moment[:5] == "2024-" and len(moment) < 21
    }

    def import_part(ledger: Any, window: set[str]) -> Any:
        part = Activity()
        part.rows = [row for row in timed if str(row) not in moments or moments[str(row)] in window]
        return import_activity(ledger, part)

    return list(moments.values()), import_part


def own(name: str) -> Callable[[], tuple[list[str], Callable[[Any, set[str]], Any]]]:
    return lambda: tastytrade(read(OWN / f"{name}.csv"))


def shared(name: str) -> Callable[[], tuple[list[str], Callable[[Any, set[str]], Any]]]:
    return lambda: tastytrade(read(shared_case(name) / "input.csv"))


CASES = {
    "harbour": own("harbour"),
    "tidewater": own("tidewater"),
    "options": shared("options"),
    "ibkr": ibkr,
}
LONG_CASES = {**CASES, "mpw": shared("mpw"), "deposits": shared("deposits"), "pfizer": shared("pfizer")}


def in_parts(ledger: Any, case: Callable[[], Any], seed: int) -> tuple[Any, Any]:
    """What is there after importing the parts, and after importing the whole."""
    rng = random.Random(seed)
    moments, import_part = case()
    found = []
    for windows in (cut(moments, rng), [set(moments)]):
        ledger.clear()
        ledger.account("7")  # else its base currency is that of the first movement of the first file
        for window in windows:
            account = import_part(ledger, window).account_id
            if rng.random() < 0.5:
                ledger.process([account])
        ledger.process_stale()
        assert ledger.verify([account]) == []
        found.append(content(ledger.connection))
    return found[0], found[1]


@pytest.mark.parametrize("case", CASES.values(), ids=CASES.keys())
@settings(max_examples=3, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(seed=st.integers(0, 2**32))
def test_parts_in_any_order_give_the_whole(ledger, case, seed):
    parts, whole = in_parts(ledger, case, seed)
    assert parts == whole


@pytest.mark.long
@pytest.mark.parametrize("case", LONG_CASES.values(), ids=LONG_CASES.keys())
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(seed=st.integers(0, 2**32))
def test_many_parts_in_any_order_give_the_whole(ledger, case, seed):
    parts, whole = in_parts(ledger, case, seed)
    assert parts == whole
