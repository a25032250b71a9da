"""Time-weighted returns: what a day returns, and how days link."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.returns.calls import call, day, near, per_series, without_series
from tests.returns.oracle import time_weighted
from tests.support.property import quick

TIMINGS = ["start", "end", "inflow_start"]
RETURNS = st.lists(st.integers(-50, 80), min_size=1, max_size=8)  # per cent

amounts = st.one_of(
    st.sampled_from([Decimal(0), Decimal(100), Decimal(-100)]),
    st.decimals(-1000, 1000, places=2),
    st.decimals(1, 1000, places=8),
)
days = st.tuples(st.integers(0, 400), amounts, amounts)
wild_series = st.lists(days, max_size=8, unique_by=lambda row: row[0])


def dated(series_id, rows):
    return [(series_id, day(number), value, flow) for number, value, flow in rows]


def last(rows):
    return rows[-1]


@quick(60)
@given(
    many=st.lists(wild_series, max_size=4),
    timing=st.sampled_from(TIMINGS),
    first=st.sampled_from(["base", "counted"]),
)
def test_every_day_returns_what_its_definition_says(ledger, many, timing, first):
    rows = [row for series_id, series in enumerate(many) for row in dated(series_id, series)]
    found = per_series(call(ledger, "time_weighted_returns", rows, flow_timing=timing, first_day=first))
    for series_id, series in enumerate(many):
        expected = time_weighted([row[1:] for row in dated(series_id, series)], timing, first)
        days = found.get(series_id, [])
        assert [each.on_date for each in days] == sorted(day(row[0]) for row in series)
        measured = unmeasured = 0
        for each, wanted in zip(days, expected, strict=True):
            measured += wanted.value is not None
            unmeasured += wanted.reason in ("no_base", "negative_base")
            assert (each.base, each.gain, each.reason) == (wanted.base, wanted.gain, wanted.reason)
            assert (each.daily_return is None) == (wanted.value is None)
            assert each.daily_return is None or near(each.daily_return, wanted.value, 1e-12)
            assert near(each.growth, wanted.growth, 1e-13)
            assert (each.cumulative_return is None) == (measured == 0)
            assert each.cumulative_return is None or near(each.cumulative_return, wanted.growth - 1)
            assert each.unmeasured_days == unmeasured


@quick(40)
@given(many=st.lists(wild_series, min_size=1, max_size=4), timing=st.sampled_from(TIMINGS), data=st.data())
def test_neither_the_order_of_rows_nor_other_series_change_anything(ledger, many, timing, data):
    rows = [row for series_id, series in enumerate(many) for row in dated(series_id, series)]
    together = call(ledger, "time_weighted_returns", rows, flow_timing=timing)
    shuffled = data.draw(st.permutations(rows))
    assert call(ledger, "time_weighted_returns", shuffled, flow_timing=timing) == together
    for series_id, found in per_series(together).items():
        alone = call(ledger, "time_weighted_returns", dated(9, many[series_id]), flow_timing=timing)
        assert without_series(alone) == without_series(found)


@quick(40)
@given(series=wild_series, timing=st.sampled_from(TIMINGS), data=st.data())
def test_sub_periods_link_to_the_whole(ledger, series, timing, data):
    """Any cut will do, through days without a base or after a loss of everything too."""
    rows = sorted(dated(1, series), key=lambda row: row[1])
    if len(rows) < 2:
        return
    cut = data.draw(st.integers(0, len(rows) - 1))
    whole = last(call(ledger, "time_weighted_returns", rows, flow_timing=timing))
    first = last(call(ledger, "time_weighted_returns", rows[: cut + 1], flow_timing=timing))
    second = last(call(ledger, "time_weighted_returns", rows[cut:], flow_timing=timing))
    assert near(first.growth * second.growth, Fraction(whole.growth), 1e-13)
    assert first.unmeasured_days + second.unmeasured_days == whole.unmeasured_days


def grown(percents, flows, timing):
    """A series that makes these returns with flows that are these parts of its value."""
    value = Decimal(100)
    rows = [(1, day(0), value, Decimal(0))]
    for number, percent in enumerate(percents):
        flow = value * flows.get(number, Decimal(0))
        growth = 1 + Decimal(percent) / 100
        early = timing == "start" or (timing == "inflow_start" and flow > 0)
        value = (value + flow) * growth if early else value * growth + flow
        rows.append((1, day(number + 1), value, flow))
    return rows


@quick(40)
@given(
    percents=RETURNS,
    timing=st.sampled_from(TIMINGS),
    at=st.integers(0, 7),
    part=st.integers(-4, 9),
    factor=st.integers(0, 10),
)
def test_the_size_of_a_flow_does_not_change_the_return(ledger, percents, timing, at, part, factor):
    at %= len(percents)
    small = grown(percents, {at: Decimal(part) / 10}, timing)
    large = grown(percents, {at: Decimal(part) * factor / 100}, timing)
    expected = Fraction(1)
    for percent in percents:
        expected *= 1 + Fraction(percent, 100)
    for series in (small, large):
        found = last(call(ledger, "time_weighted_returns", series, flow_timing=timing))
        assert near(found.cumulative_return, expected - 1)
        assert found.unmeasured_days == 0


@quick(20)
@given(series=wild_series, timing=st.sampled_from(TIMINGS), factor=st.sampled_from(["0.01", "3", "1e6"]))
def test_the_unit_of_money_does_not_change_the_return(ledger, series, timing, factor):
    scale = Decimal(factor)
    rows = dated(1, series)
    scaled = [(series_id, on_date, value * scale, flow * scale) for series_id, on_date, value, flow in rows]
    found = call(ledger, "time_weighted_returns", rows, flow_timing=timing)
    again = call(ledger, "time_weighted_returns", scaled, flow_timing=timing)
    assert [(each.growth, each.reason) for each in again] == [(each.growth, each.reason) for each in found]


def test_three_conventions_of_one_day(ledger):
    """100 in the morning, 50 come in, 165 in the evening."""
    series = [(1, day(0), 100, 0), (1, day(1), 165, 50)]
    by_timing = {
        timing: last(call(ledger, "time_weighted_returns", series, flow_timing=timing)) for timing in TIMINGS
    }
    assert {timing: (found.base, found.daily_return) for timing, found in by_timing.items()} == {
        "start": (150, Decimal("0.1")),
        "end": (100, Decimal("0.15")),
        "inflow_start": (150, Decimal("0.1")),
    }
    assert {found.gain for found in by_timing.values()} == {15}


def test_money_that_goes_out_is_there_until_the_evening(ledger):
    series = [(1, day(0), 100, 0), (1, day(1), 0, -110)]
    found = {
        timing: last(call(ledger, "time_weighted_returns", series, flow_timing=timing)) for timing in TIMINGS
    }
    assert found["inflow_start"].daily_return == found["end"].daily_return == Decimal("0.1")
    assert (found["start"].daily_return, found["start"].reason) == (None, "negative_base")
    assert found["start"].unmeasured_days == 1


def test_an_account_that_begins_with_its_first_day_counts_it(ledger):
    series = [(1, day(0), 99, 100), (1, day(1), 108, 0)]
    first, second = call(ledger, "time_weighted_returns", series, first_day="counted")
    assert (first.base, first.gain, first.daily_return) == (100, -1, Decimal("-0.01"))
    assert near(second.cumulative_return, 0.08)


def test_an_account_that_was_empty_for_a_year_goes_on(ledger):
    series = [(1, day(0), 100, 0), (1, day(1), 0, -110), (1, day(200), 0, 0), (1, day(400), 220, 200)]
    *_, idle, back = call(ledger, "time_weighted_returns", series)
    assert (idle.daily_return, idle.reason, idle.unmeasured_days) == (None, "nothing_invested", 0)
    assert near(idle.cumulative_return, 0.1)
    assert near(back.cumulative_return, 0.21)


def test_what_is_lost_is_lost(ledger):
    """The return of the day says how much; money that comes later cannot bring the old back."""
    series = [(1, day(0), 100, 0), (1, day(1), -20, 0), (1, day(2), 88, 100), (1, day(3), Decimal("96.8"), 0)]
    _, lost, paid_in, later = call(ledger, "time_weighted_returns", series)
    assert (lost.daily_return, lost.growth, lost.cumulative_return) == (Decimal("-1.2"), 0, -1)
    assert paid_in.daily_return == later.daily_return == Decimal("0.1")
    assert (later.growth, later.cumulative_return) == (0, -1)


def test_nothing_is_no_return_of_zero(ledger):
    series = [(1, day(0), 0, 0), (1, day(1), 0, 0), (1, day(2), 5, 0)]
    found = call(ledger, "time_weighted_returns", series)
    assert [(each.daily_return, each.cumulative_return, each.reason) for each in found] == [
        (None, None, "first_day"),
        (None, None, "nothing_invested"),
        (None, None, "no_base"),
    ]
    assert last(found).unmeasured_days == 1


def test_growth_of_any_size_is_no_error(ledger):
    small, large = Decimal("1e-20"), Decimal("1e20")
    by_turns = [(1, day(number), large if number % 2 else small, 0) for number in range(24)]
    refunded = [(2, day(number), 1, large) for number in range(30)]
    paid_out = [(3, day(number), small, -large) for number in range(30)]
    found = per_series(call(ledger, "time_weighted_returns", by_turns + refunded + paid_out))
    assert near(found[1][-1].growth / Decimal("1e40"), 1)
    assert near(found[1][1].growth / Decimal("1e40"), 1)
    assert near(found[2][1].growth / small, 1)
    assert found[2][-1].growth == 0
    assert found[3][-1].growth == Decimal("Infinity")


@pytest.mark.parametrize("rows", [[], [(1, day(0), 100, 5)]])
def test_series_of_no_length(ledger, rows):
    found = call(ledger, "time_weighted_returns", rows)
    assert [(each.reason, each.growth) for each in found] == [("first_day", 1)] * len(rows)


# A return over a period, the period, and the rate a year.
ANNUALISED = [
    ("0.21", "2025-01-01", "2027-01-01", "0.1"),
    ("0.1", "2025-01-01", "2025-07-02", "0.2106"),
    ("-1", "2025-01-01", "2026-01-01", "-1"),
    ("-1.2", "2025-01-01", "2026-01-01", None),
    (None, "2025-01-01", "2026-01-01", None),
    ("0.1", "2025-01-01", "2025-01-01", None),
    ("0.1", "2025-01-02", "2025-01-01", None),
    ("5", "2025-01-01", "2025-01-02", None),
    ("NaN", "2025-01-01", "2026-01-01", None),
    ("Infinity", "2025-01-01", "2026-01-01", None),
]


@pytest.mark.parametrize(("period", "start", "end", "expected"), ANNUALISED)
def test_a_return_as_a_rate_a_year(ledger, period, start, end, expected):
    found = ledger.value("SELECT rollforward.annualised_return(%s, %s, %s)", period, start, end)
    assert found is None if expected is None else near(found, Decimal(expected), 5e-5)
