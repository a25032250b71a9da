"""Modified Dietz returns: gain over average capital."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.returns.calls import call, day, near, per_series, without_series
from tests.returns.oracle import dietz, years
from tests.support.property import quick

TIMINGS = ["start", "end", "inflow_start"]
round_amounts = st.sampled_from([Decimal(0), Decimal(100), Decimal(-100)])
amounts = st.one_of(round_amounts, st.decimals(-1000, 1000, places=2))
series = st.lists(
    st.tuples(st.integers(0, 700), amounts, amounts), min_size=1, max_size=8, unique_by=lambda row: row[0]
)


@quick(60)
@given(
    many=st.lists(series, min_size=1, max_size=4),
    timing=st.sampled_from(TIMINGS),
    first=st.sampled_from(["base", "counted"]),
    data=st.data(),
)
def test_every_period_returns_what_its_definition_says(ledger, many, timing, first, data):
    rows = [(number, day(at), value, flow) for number, each in enumerate(many) for at, value, flow in each]
    options = {"flow_timing": timing, "first_day": first}
    found = call(ledger, "modified_dietz_returns", data.draw(st.permutations(rows)), **options)
    for number, (one,) in per_series(found).items():
        own = [row[1:] for row in rows if row[0] == number]
        alone = call(ledger, "modified_dietz_returns", [(9, *row) for row in own], **options)
        assert without_series(alone) == without_series([one])
        if one.reason == "one_day":
            assert first == "base"
            assert len(own) == 1
            continue
        gain, capital = dietz(own, timing, first)
        assert one.gain == gain
        assert near(one.average_capital, capital, 1e-8)
        if capital > 0:
            assert one.reason is None
            assert near(one.period_return, gain / capital, 1e-12)
            growth, span = 1 + float(gain / capital), years(one.start_date, one.end_date)
            if one.annual_return is not None:
                assert near(one.annual_return, growth ** (1 / span) - 1, 1e-8)
        else:
            assert (one.period_return, one.annual_return) == (None, None)
            wanted = "negative_base" if capital < 0 else "no_base" if gain else "nothing_invested"
            assert one.reason == wanted


# When the flow of 20 on day 45 of 90 counts from.
WEIGHTS = {"end": Fraction(45, 90), "start": Fraction(46, 90), "inflow_start": Fraction(46, 90)}


@pytest.mark.parametrize("timing", TIMINGS)
def test_a_flow_weighs_for_the_days_it_is_there(ledger, timing):
    rows = [(1, day(0), 100, 77), (1, day(45), None, 20), (1, day(90), 135, 0)]
    (found,) = call(ledger, "modified_dietz_returns", rows, flow_timing=timing)
    assert (found.opening_value, found.closing_value, found.net_flow, found.gain) == (100, 135, 20, 15)
    assert near(found.period_return, 15 / (100 + 20 * WEIGHTS[timing]), 1e-12)


def test_an_account_counts_its_first_day(ledger):
    (found,) = call(
        ledger, "modified_dietz_returns", [(1, day(0), 101, 100)], flow_timing="start", first_day="counted"
    )
    assert (found.start_date, found.end_date, found.period_return) == (day(-1), day(0), Decimal("0.01"))


def test_nothing_is_no_return_of_zero(ledger):
    nothing, from_nothing = call(
        ledger,
        "modified_dietz_returns",
        [(1, day(0), 0, 0), (1, day(9), 0, 0), (2, day(0), 0, 0), (2, day(9), 5, 0)],
    )
    assert (nothing.period_return, nothing.reason) == (None, "nothing_invested")
    assert (from_nothing.period_return, from_nothing.reason) == (None, "no_base")


def test_more_than_all_is_lost(ledger):
    (found,) = call(ledger, "modified_dietz_returns", [(1, day(0), 100, 0), (1, day(9), -20, 0)])
    assert (found.period_return, found.annual_return) == (Decimal("-1.2"), None)
