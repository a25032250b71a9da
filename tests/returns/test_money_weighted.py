"""Money-weighted returns: the rate at which amounts are worth nothing, and which one if there are several."""

from __future__ import annotations

import math
from datetime import timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.returns.calls import call, day, near, per_series, without_series
from tests.returns.oracle import present_value, rates, years
from tests.support.property import quick, thorough

DAY_COUNTS = ["actual/365", "actual/365.25", "actual/360", "actual/actual"]
YEAR = 365

round_amounts = st.sampled_from([Decimal(0), Decimal(-100), Decimal(100)])
amounts = st.one_of(round_amounts, st.decimals(-1000, 1000, places=2))
lists = st.lists(st.tuples(st.integers(0, 2000).map(day), amounts), min_size=1, max_size=12)


@st.composite
def savings(draw):
    """What a saver pays in, and has in the end."""
    payment = st.tuples(st.integers(0, 1500), st.decimals(1, 1000, places=2))
    paid = draw(st.lists(payment, min_size=1, max_size=8))
    end = draw(st.integers(1900, 3000))
    value = draw(st.decimals(1, 20000, places=2))
    return [(day(number), -amount) for number, amount in paid] + [(day(end), value)]


def xirr(ledger, *many, **options):
    rows = [(series_id, *flow) for series_id, flows in enumerate(many) for flow in flows]
    return call(ledger, "xirr", rows, **options)


def from_rates(*growths, first=-1000):
    """Amounts a year apart that are worth nothing at these yearly growths: the product of (x - growth)."""
    amounts = [Decimal(first)]
    for growth in growths:
        amounts = [
            left - Decimal(growth) * right
            for left, right in zip([*amounts, Decimal(0)], [Decimal(0), *amounts], strict=True)
        ]
    return [(day(YEAR * number), amount) for number, amount in enumerate(amounts)]


@quick(60)
@given(many=st.lists(savings(), min_size=1, max_size=4), day_count=st.sampled_from(DAY_COUNTS))
def test_what_a_saver_has_grows_at_one_rate(ledger, many, day_count):
    for found, flows in zip(xirr(ledger, *many, day_count=day_count), many, strict=True):
        assert (found.solutions, found.reason) == (1, None)
        assert abs(present_value(flows, float(found.annual_return), day_count)) < 1e-11
        assert found.gain == sum(amount for _, amount in flows)
        span = years(found.start_date, found.end_date, day_count)
        assert near(found.period_return, (1 + float(found.annual_return)) ** span - 1, 1e-9)


def check_lists(ledger, many, day_count):
    for found, flows in zip(xirr(ledger, *many, day_count=day_count), many, strict=True):
        days = {each: sum(amount for on, amount in flows if on == each) for each, _ in flows}
        signs = {amount > 0 for amount in days.values() if amount}
        wanted = rates(flows, day_count)
        if found.annual_return is not None:
            growth = 1 + float(found.annual_return)
            rounding = 1e-12 / growth * years(found.start_date, found.end_date, day_count)
            assert abs(present_value(flows, growth - 1, day_count)) < 1e-10 + rounding
            assert found.solutions >= len(wanted)
            others = [abs(math.log1p(rate)) for rate in wanted]
            assert not others or abs(math.log1p(float(found.annual_return))) <= min(others) + 1e-6
        elif len(days) == 1 or sum(map(bool, days.values())) == 1:
            assert found.reason == "one_day"
        elif not signs:
            assert found.reason == "nothing_invested"
        elif len(signs) == 1:
            assert found.reason == "one_sign"
        else:
            assert found.reason in ("no_solution", "out_of_range")
            assert wanted == [] or found.solutions > 0


@quick(60)
@given(many=st.lists(lists, min_size=1, max_size=4), day_count=st.sampled_from(DAY_COUNTS))
def test_a_rate_solves_the_list_and_is_the_nearest_to_zero(ledger, many, day_count):
    check_lists(ledger, many, day_count)


@pytest.mark.long
@thorough(400)
@given(many=st.lists(lists, min_size=1, max_size=4), day_count=st.sampled_from(DAY_COUNTS))
def test_many_lists_are_solved_and_nearest_to_zero(ledger, many, day_count):
    check_lists(ledger, many, day_count)


@quick(40)
@given(many=st.lists(lists, min_size=1, max_size=4), data=st.data())
def test_neither_the_order_of_amounts_nor_other_series_change_anything(ledger, many, data):
    rows = [(series_id, *flow) for series_id, flows in enumerate(many) for flow in flows]
    together = call(ledger, "xirr", rows)
    assert call(ledger, "xirr", data.draw(st.permutations(rows))) == together
    for series_id, found in per_series(together).items():
        alone = xirr(ledger, many[series_id])
        assert without_series(alone) == without_series(found)


@quick(40)
@given(flows=lists, factor=st.sampled_from(["-1", "0.000001", "3", "1e12", "-7.5"]))
def test_neither_the_unit_nor_the_sign_of_money_changes_the_rate(ledger, flows, factor):
    scaled = [(on_date, amount * Decimal(factor)) for on_date, amount in flows]
    found, again = xirr(ledger, flows, scaled)
    assert (found.solutions, found.reason) == (again.solutions, again.reason)
    if found.annual_return is not None:
        assert near(again.annual_return, found.annual_return, 1e-7)


@quick(30)
@given(flows=savings(), shift=st.integers(-5000, 5000))
def test_a_later_beginning_changes_nothing_where_all_days_are_equal(ledger, flows, shift):
    later = [(on_date + timedelta(days=shift), amount) for on_date, amount in flows]
    found, again = xirr(ledger, flows, later)
    assert near(again.annual_return, found.annual_return, 1e-11)


# Growths of a year that solve a list, and the one that is taken.
SEVERAL = [
    (("1.1",), "1.1", 1),
    (("1.1", "1.3"), "1.1", 2),
    (("0.8", "1.1", "1.3"), "1.1", 3),
    (("0.95", "1.2"), "0.95", 2),
    (("1.1", "1.2", "1.3", "1.4"), "1.1", 4),
    (("0.5", "0.9", "1.05", "2", "8"), "1.05", 5),
    (("1.1", "1.1001"), "1.1", 2),
    (("1", "1.2"), "1", 2),
    (("0.9", "1", "1.2"), "1", 3),
    (("1", "1"), "1", 1),
]


@pytest.mark.parametrize(("growths", "taken", "solutions"), SEVERAL)
@pytest.mark.parametrize("first", [-1000, 1000])
def test_of_several_rates_that_nearest_to_zero_is_taken(ledger, growths, taken, solutions, first):
    (found,) = xirr(ledger, from_rates(*growths, first=first))
    assert near(found.annual_return, Decimal(taken) - 1, 1e-10)
    assert found.solutions == solutions


@quick(60)
@given(percents=st.sets(st.integers(50, 200), min_size=1, max_size=5), first=st.sampled_from([-1000, 1000]))
def test_all_rates_are_found(ledger, percents, first):
    (found,) = xirr(ledger, from_rates(*(Decimal(each) / 100 for each in percents), first=first))
    assert found.solutions == len(percents)
    distances = {each: abs(math.log(each / 100)) for each in percents}
    nearest = [each for each in percents if distances[each] < min(distances.values()) + 1e-9]
    assert any(near(found.annual_return, Decimal(each) / 100 - 1, 1e-4) for each in nearest)


def test_what_is_owed_may_change_its_side_at_the_very_end(ledger):
    """One rate is found where nothing is owed the other way for long; there are two more."""
    amounts = [-1000, 551, -2396, 5781, -3587, 614]
    flows = [(day(YEAR * year), amount) for year, amount in zip([0, 6, 7, 8, 9, 10], amounts, strict=True)]
    (found,) = xirr(ledger, flows)
    assert near(found.annual_return, -0.00545944890386695, 1e-9)
    assert found.solutions == 3


@pytest.mark.parametrize("first", [-1000, 1000])
def test_a_rate_at_which_the_value_only_touches_zero_is_found(ledger, first):
    """x = 1.1 twice: the value has its extreme there; no sign changes."""
    (found,) = xirr(ledger, from_rates("1.1", "1.1", first=first))
    assert near(found.annual_return, 0.1, 1e-6)
    assert found.solutions == 1


def test_a_value_that_stops_short_of_zero_has_no_rate(ledger):
    near_miss = [(day(0), -1000), (day(YEAR), 2200), (day(2 * YEAR), Decimal("-1210.0001"))]
    (found,) = xirr(ledger, near_miss)
    assert (found.annual_return, found.solutions, found.reason) == (None, 0, "no_solution")


NO_RATE = {
    "nothing_invested": [(day(0), 0), (day(9), 0)],
    "one_day": [(day(0), -100), (day(0), 110), (day(9), 0)],
    "one_sign": [(day(0), -100), (day(9), 0), (day(10), -5)],
    "no_solution": [(day(0), 100), (day(YEAR), -100), (day(2 * YEAR), 100)],
}


@pytest.mark.parametrize(("reason", "flows"), NO_RATE.items(), ids=NO_RATE)
def test_where_there_is_no_rate_the_reason_is_said(ledger, reason, flows):
    (found,) = xirr(ledger, flows)
    assert found.reason == reason
    assert (found.period_return, found.annual_return, found.solutions) == (None, None, 0)
    assert found.gain == sum(amount for _, amount in flows)


def test_a_rate_too_large_for_a_year_is_still_a_return_of_the_period(ledger):
    found = xirr(ledger, [(day(0), -1), (day(1), 2)], [(day(0), -2), (day(1), 1)])
    assert [each.period_return for each in found] == [1, Decimal("-0.5")]
    assert {(each.annual_return, each.reason) for each in found} == {(None, "out_of_range")}


def test_amounts_of_one_day_add_up(ledger):
    split = [(day(0), -60), (day(0), -40), (day(YEAR), 100), (day(YEAR), 10)]
    whole = [(day(0), -100), (day(YEAR), 110)]
    found, again = xirr(ledger, split, whole)
    assert tuple(found)[1:] == tuple(again)[1:]


def test_amounts_of_any_size_are_no_error(ledger):
    """The search goes to rates at which these differ by 300 orders of magnitude."""
    least, most = Decimal("1e-50"), Decimal("9e29")
    lists = [
        [(day(0), -least), (day(9), most)],
        [(day(0), -most), (day(9), least)],
        [(day(0), -least), (day(5), most), (day(10), -least)],
        [(day(0), most), (day(1), -least), (day(9), most)],
    ]
    found = xirr(ledger, *lists)
    assert [each.solutions for each in found] == [1, 1, 2, 0]


def test_a_mortgage_of_thirty_years(ledger):
    """360 months at 0.5 % a month; every month is a twelfth of a year of 360 days."""
    payment = Decimal("599.5505251527569")
    flows = [(day(0), 100000)] + [(day(30 * month), -payment) for month in range(1, 361)]
    (found,) = xirr(ledger, flows, day_count="actual/360")
    assert near(found.annual_return, 1.005**12 - 1, 1e-11)


def test_long_lists_with_amounts_of_every_size(ledger):
    sizes = [Decimal(number % 7 - 3) * Decimal(10) ** (number % 25 - 12) for number in range(4000)]
    flows = [(day(number), size) for number, size in enumerate(sizes)] + [(day(4000), -2 * sum(sizes))]
    (found,) = xirr(ledger, flows)
    assert abs(present_value(flows, float(found.annual_return))) < 1e-9


TIMED = {
    # opening value, flow and closing value of one day, and its return
    "start": (100, 50, 165, "0.1"),
    "end": (100, 50, 160, "0.1"),
    "inflow_start": (100, -50, 60, "0.1"),
}


@pytest.mark.parametrize("timing", TIMED)
def test_over_one_day_all_methods_agree(ledger, timing):
    opening, flow, closing, expected = TIMED[timing]
    series = [(1, day(0), opening, 0), (1, day(1), closing, flow)]
    *_, linked = call(ledger, "time_weighted_returns", series, flow_timing=timing)
    (money,) = call(ledger, "money_weighted_returns", series, flow_timing=timing)
    (dietz,) = call(ledger, "modified_dietz_returns", series, flow_timing=timing)
    assert linked.daily_return == money.period_return == dietz.period_return == Decimal(expected)


@quick(40)
@given(
    opening=st.decimals(1, 1000, places=2),
    flow=st.decimals(-1000, 1000, places=2),
    closing=st.decimals(0, 2000, places=2),
    timing=st.sampled_from(list(TIMED)),
)
def test_over_any_one_day_all_methods_agree(ledger, opening, flow, closing, timing):
    series = [(1, day(0), opening, 0), (1, day(1), closing, flow)]
    *_, linked = call(ledger, "time_weighted_returns", series, flow_timing=timing)
    (money,) = call(ledger, "money_weighted_returns", series, flow_timing=timing)
    (dietz,) = call(ledger, "modified_dietz_returns", series, flow_timing=timing)
    assert linked.daily_return == dietz.period_return
    if linked.daily_return is not None and linked.daily_return > -1:
        assert near(money.period_return, linked.daily_return, 1e-10)
    else:
        assert money.period_return is None
    assert linked.gain == money.gain == dietz.gain


@quick(40)
@given(
    rows=st.lists(
        st.tuples(st.integers(0, 900), st.decimals(0, 9000, places=2), amounts),
        min_size=1,
        max_size=8,
        unique_by=lambda row: row[0],
    ),
    timing=st.sampled_from(list(TIMED)),
    first=st.sampled_from(["base", "counted"]),
)
def test_a_series_has_the_rate_of_its_flows(ledger, rows, timing, first):
    rows = sorted(rows)
    flows = [(day(rows[0][0]), -rows[0][1])] if first == "base" else [(day(rows[0][0] - 1), Decimal(0))]
    for number, _, flow in rows[1:] if first == "base" else rows:
        early = timing == "start" or (timing == "inflow_start" and flow > 0)
        flows.append((day(number - early), -flow))
    flows.append((day(rows[-1][0]), rows[-1][1]))
    (expected,) = xirr(ledger, flows)
    series = [(1, day(number), value, flow) for number, value, flow in rows]
    (found,) = call(ledger, "money_weighted_returns", series, flow_timing=timing, first_day=first)
    assert tuple(found)[1:-1] == tuple(expected)[1:-1]
    if found.reason != expected.reason:
        assert {found.reason, expected.reason} == {"one_day", "nothing_invested"}


def test_values_between_are_not_needed(ledger):
    series = [(1, day(0), 100, 0), (1, day(10), None, 50), (1, day(20), 160, 0)]
    for function in ("money_weighted_returns", "modified_dietz_returns"):
        (found,) = call(ledger, function, series)
        assert (found.gain, found.reason) == (10, None)


def test_a_series_of_one_day_has_no_length(ledger):
    for function in ("money_weighted_returns", "modified_dietz_returns"):
        (found,) = call(ledger, function, [(1, day(0), 100, 50)])
        assert (found.period_return, found.annual_return, found.reason) == (None, None, "one_day")
        assert call(ledger, function, []) == []


@pytest.mark.long
def test_ten_thousand_series_of_fifty_flows_take_seconds(ledger):
    ledger.rows("SET statement_timeout = '60s'")
    found = ledger.row("""
        WITH flow AS (
            SELECT series_id, date '2020-01-01' + 20 * place AS on_date,
                   CASE place WHEN 1 THEN -10000 WHEN 50 THEN 9000 + series_id
                              ELSE (series_id * place) % 700 - 400 END AS amount
            FROM generate_series(1, 10000) AS series_id, generate_series(1, 50) AS place
        ),
        list AS (
            SELECT array_agg(series_id::bigint) AS series_ids, array_agg(on_date) AS dates,
                   array_agg(amount::numeric) AS amounts
            FROM flow
        )
        SELECT count(*), count(rate.annual_return) AS solved
        FROM list, rollforward.xirr(list.series_ids, list.dates, list.amounts) AS rate
    """)
    ledger.rows("RESET statement_timeout")
    assert found.count == found.solved == 10000
