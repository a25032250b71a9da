"""Maximum drawdowns: the deepest fall, where from, and until when."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.returns.calls import call, day, near, per_series, without_series
from tests.returns.oracle import max_drawdown
from tests.support.property import quick

levels = st.one_of(st.integers(1, 5).map(Decimal), st.decimals("0.01", 1000, places=2))
days = st.tuples(st.integers(0, 60), levels)
series = st.lists(days, min_size=1, max_size=10, unique_by=lambda row: row[0])


@quick(80)
@given(many=st.lists(series, min_size=1, max_size=4), data=st.data())
def test_no_pair_of_days_falls_deeper(ledger, many, data):
    rows = [(number, day(at), level) for number, each in enumerate(many) for at, level in each]
    found = call(ledger, "max_drawdowns", data.draw(st.permutations(rows)))
    for number, (one,) in per_series(found).items():
        own = [row[1:] for row in rows if row[0] == number]
        alone = call(ledger, "max_drawdowns", [(9, *row) for row in own])
        assert without_series(alone) == without_series([one])
        expected = max_drawdown(own)
        if len(own) == 1:
            assert (one.drawdown, one.reason) == (None, "one_day")
        elif expected is None:
            assert (one.drawdown, one.peak_date, one.trough_date, one.recovery_date) == (0, None, None, None)
        else:
            depth, *dates = expected
            assert near(one.drawdown, depth, 1e-12)
            assert [one.peak_date, one.trough_date, one.recovery_date] == dates
            by_date = dict(own)
            assert (one.peak_level, one.trough_level) == (by_date[one.peak_date], by_date[one.trough_date])


CASES = {
    "none": ([1, 2, 2, 3], (0, None, None, None, None)),
    "not made good": ([5, 10, 8, 9], ("-0.2", 1, 2, None, None)),
    "made good": ([5, 10, 8, 10, 9], ("-0.2", 1, 2, 3, None)),
    "last day at the peak": ([10, 9, 10, 5], ("-0.5", 2, 3, None, None)),
    "first of equal troughs": ([10, 5, 6, 5, 11], ("-0.5", 0, 1, 4, None)),
    "everything": ([10, 0, 4], (-1, 0, 1, None, None)),
    "more than everything": ([10, -5, 20], ("-1.5", 0, 1, 2, None)),
    "from below 0": ([-5, -9, 4, 3], ("-0.25", 2, 3, None, None)),
    "below 0 only": ([-5, 0], (None, None, None, None, "no_peak")),
    "a peak at the end": ([-5, 3], (None, None, None, None, "peak_at_end")),
    "a peak at the end after 0": ([0, 5], (None, None, None, None, "peak_at_end")),
    "a peak at the end after a fall below 0": ([0, -5, 3], (None, None, None, None, "peak_at_end")),
    "one day below 0": ([-3], (None, None, None, None, "no_peak")),
    "one day": ([3], (None, None, None, None, "one_day")),
}


@pytest.mark.parametrize(("given_levels", "expected"), CASES.values(), ids=CASES)
def test_a_fall_has_a_depth_and_three_days(ledger, given_levels, expected):
    rows = [(1, day(number), level) for number, level in enumerate(given_levels)]
    (found,) = call(ledger, "max_drawdowns", rows)
    depth, *days, reason = expected
    assert found.drawdown == (None if depth is None else Decimal(depth))
    assert [found.peak_date, found.trough_date, found.recovery_date] == [
        None if each is None else day(each) for each in days
    ]
    assert found.reason == reason


def test_withdrawals_are_no_drawdown_of_growth(ledger):
    rows = [(1, day(0), 100, 0), (1, day(1), 55, -55), (1, day(2), 44, 0), (1, day(3), 66, 0)]
    growth = [(1, each.on_date, each.growth) for each in call(ledger, "time_weighted_returns", rows)]
    (found,) = call(ledger, "max_drawdowns", growth)
    assert near(found.drawdown, Decimal("-0.2"), 1e-12)
    assert (found.peak_date, found.recovery_date) == (day(1), day(3))


def test_no_series_has_no_drawdown(ledger):
    assert call(ledger, "max_drawdowns", []) == []
