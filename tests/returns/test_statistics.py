"""Statistics of returns: against numpy and scipy, by hand, and where nothing can be told."""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

import numpy as np
import psycopg
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from tests.returns.calls import day, per_series
from tests.support.ledger import Ledger
from tests.support.property import quick

Row = tuple[int, date, float | None, float | None]
TYPES = {
    "series_ids": "bigint[]",
    "dates": "date[]",
    "returns": "double precision[]",
    "benchmark_returns": "double precision[]",
}
SERIES_NAMES = tuple(TYPES)[:3]
FUNCTIONS = {
    "return_statistics": {},
    "cumulative_returns": {},
    "aggregated_returns": {"period": "month"},
    "rolling_sharpe": {"window_size": 2},
}
OWN = (
    "cumulative_return", "annual_return", "volatility", "downside_deviation", "sharpe", "sortino", "calmar",
    "omega", "tail_ratio", "stability", "value_at_risk", "expected_shortfall", "max_drawdown",
)  # fmt: skip
COMPARED = (
    "alpha", "beta", "correlation", "r_squared", "up_capture", "down_capture", "up_down_capture",
    "tracking_error", "information_ratio",
)  # fmt: skip
STILL = {"sharpe": "no_variance", "stability": "no_variance", "tail_ratio": "no_tail"}
NO_FALL = {"sortino": "no_loss", "omega": "no_loss", "calmar": "no_drawdown"}
ALONE = dict.fromkeys(COMPARED, "no_benchmark")


def call_with(ledger: Ledger, function: str, arrays: dict[str, Any], **options: Any) -> list[Any]:
    given_ = [f"{name} => %s::{TYPES[name]}" for name in arrays] + [f"{name} => %s" for name in options]
    return ledger.rows(
        f"SELECT * FROM rollforward.{function}({', '.join(given_)})", *arrays.values(), *options.values()
    )


def statistics(ledger: Ledger, rows: Sequence[Row], **options: Any) -> list[Any]:
    columns = [list(column) for column in zip(*rows, strict=True)] or [[], [], [], []]
    return call_with(ledger, "return_statistics", dict(zip(TYPES, columns, strict=True)), **options)


def of_returns(ledger: Ledger, returns: Iterable[float | None], **options: Any) -> Any:
    """The statistics of one series, without a benchmark."""
    listed = list(returns)
    arrays = dict(
        zip(
            SERIES_NAMES, ([1] * len(listed), [day(each) for each in range(len(listed))], listed), strict=True
        )
    )
    (row,) = call_with(ledger, "return_statistics", arrays, **options)
    return row


def against(
    ledger: Ledger, returns: Sequence[float | None], benchmark: Sequence[float | None], **options: Any
) -> Any:
    rows = [(1, day(at), *pair) for at, pair in enumerate(zip(returns, benchmark, strict=True))]
    (row,) = statistics(ledger, rows, **options)
    return row


# The same once more, by numpy and scipy.


def ratio(above: float, below: float) -> float | None:
    return above / below if below else None


def spread(values: np.ndarray) -> float | None:
    """Standard deviation; what differs by rounding does not."""
    if len(values) < 2:
        return None
    return 0.0 if np.ptp(values) < 1e-12 else float(np.std(values, ddof=1))


def yearly(values: np.ndarray, rows: int, year: int) -> float:
    return float(np.prod(np.maximum(1 + values, 0)) ** (year / rows) - 1)


def expected_own(returns: Sequence[float | None], year: int, free: float, required: float, confidence: float):
    seen = np.array([each for each in returns if each is not None])
    count, root = len(seen), math.sqrt(year)
    wealth = np.concatenate([[1.0], np.cumprod(np.maximum(1 + seen, 0))])
    drawdown = float(np.min(wealth / np.maximum.accumulate(wealth)) - 1)
    deviation = spread(seen)
    downside = math.sqrt(np.mean(np.minimum(seen - required, 0) ** 2))
    excess = seen - (free + required)
    low, high, risk = np.quantile(seen, [0.05, 0.95, 1 - confidence])
    fits = count > 1 and np.all(seen > -1) and np.ptp(np.cumsum(np.log1p(seen))) > 1e-12
    return {
        "cumulative_return": wealth[-1] - 1,
        "annual_return": yearly(seen, len(returns), year),
        "volatility": None if deviation is None else deviation * root,
        "downside_deviation": downside * root,
        "sharpe": ratio((seen.mean() - free) * root, deviation) if deviation else None,
        "sortino": ratio((seen.mean() - required) * root, downside),
        "calmar": ratio(yearly(seen, len(returns), year), -drawdown) if drawdown < -1e-12 else None,
        "omega": ratio(excess[excess > 0].sum(), -excess[excess < 0].sum()),
        "tail_ratio": ratio(abs(high), abs(low)),
        "stability": stats.linregress(np.arange(count), np.cumsum(np.log1p(seen))).rvalue ** 2
        if fits
        else None,
        "value_at_risk": risk,
        "expected_shortfall": np.mean(seen[seen <= risk + 1e-15]),
        "max_drawdown": drawdown,
    }


def expected_compared(pairs: Sequence[tuple[float, float]], year: int, free: float):
    own, other = (np.array(each) for each in zip(*pairs, strict=True)) if pairs else (np.array([]),) * 2
    found: dict[str, float | None] = dict.fromkeys(COMPARED)
    captures = []
    for side in (other > 0, other < 0):
        rows = int(side.sum())
        captures.append(
            ratio(yearly(own[side], rows, year), yearly(other[side], rows, year)) if rows else None
        )
    found["up_capture"], found["down_capture"] = captures
    if None not in captures:
        found["up_down_capture"] = ratio(*captures)
    active = spread(own - other)
    if active is not None:
        found["tracking_error"] = active * math.sqrt(year)
    if active:
        found["information_ratio"] = (own - other).mean() / active * math.sqrt(year)
    if spread(other):
        found["beta"] = beta = np.cov(own, other)[0, 1] / np.var(other, ddof=1)
        compounded = 1 + np.mean(own - free - beta * (other - free))
        is_told = compounded > 0 and year * math.log(compounded) <= 300  # beyond, ratios of it would overflow
        found["alpha"] = compounded**year - 1 if is_told else None
        if spread(own):
            found["correlation"] = stats.pearsonr(own, other).statistic
            found["r_squared"] = found["correlation"] ** 2
    return found


some_return = st.one_of(
    st.none(),
    st.sampled_from([0.0, 0.01, -0.01, -1.0, -1.5]),
    st.integers(-3000, 3000).map(lambda n: n / 10000),
)
calm_return = st.integers(-300, 300).map(lambda n: n / 10000)
some_series = st.one_of(
    st.lists(st.tuples(some_return, some_return), min_size=1, max_size=12),
    st.lists(st.tuples(calm_return, calm_return), min_size=2, max_size=30),
)


@quick(120)
@given(
    many=st.lists(some_series, min_size=1, max_size=4),
    year=st.sampled_from([12, 52, 252]),
    free=st.sampled_from([0.0, 0.0001, -0.02]),
    required=st.sampled_from([0.0, 0.0005, 0.05]),
    confidence=st.sampled_from([0.95, 0.9, 0.5, 0.99]),
    data=st.data(),
)
def test_every_figure_is_that_of_numpy_and_scipy(ledger, many, year, free, required, confidence, data):
    rows = [(number, day(at), *pair) for number, series in enumerate(many) for at, pair in enumerate(series)]
    found = statistics(
        ledger,
        data.draw(st.permutations(rows)),
        periods_per_year=year, risk_free=free, required_return=required, confidence=confidence,
    )  # fmt: skip
    assert [row.series_id for row in found] == list(range(len(many)))
    for series, row in zip(many, found, strict=True):
        returns = [own for own, _ in series]
        pairs = [(own, other) for own, other in series if own is not None and other is not None]
        assert (row.observations, row.common_observations) == (
            sum(each is not None for each in returns),
            len(pairs),
        )
        if not row.observations:
            assert row.reason == "no_observation"
            assert {getattr(row, name) for name in (*OWN, *COMPARED)} == {None}
            assert row.reasons is None
            continue
        expected = expected_own(returns, year, free, required, confidence) | expected_compared(
            pairs, year, free
        )
        for name, wanted in expected.items():
            figure = getattr(row, name)
            if wanted is None or not math.isfinite(wanted):
                assert figure is None, name
            else:
                assert figure == pytest.approx(wanted, rel=1e-7, abs=1e-10), name
        lacking = {name for name in (*OWN, *COMPARED) if getattr(row, name) is None}
        assert lacking == set(row.reasons or {})


@quick(60)
@given(
    many=st.lists(
        st.lists(
            st.tuples(*[st.one_of(st.none(), st.floats(-1e49, 1e49), st.floats(-2, 2))] * 2),
            min_size=1,
            max_size=8,
        ),
        min_size=1,
        max_size=3,
    ),
    free=st.floats(-1, 1),
)
def test_no_return_is_wild_enough_for_an_error(ledger, many, free):
    rows = [(number, day(at), *pair) for number, series in enumerate(many) for at, pair in enumerate(series)]
    for row in statistics(ledger, rows, risk_free=free, required_return=free):
        figures = {name: getattr(row, name) for name in (*OWN, *COMPARED)}
        assert all(figure is None or math.isfinite(figure) for figure in figures.values())
        lacking = {name for name, figure in figures.items() if figure is None}
        assert lacking == (set(figures) if row.reason else set(row.reasons or {}))


# What a series lacks, and what remains.
DEGENERATE = {
    "one": ([0.01], dict.fromkeys(["volatility", "sharpe", "stability"], "one_observation") | NO_FALL),
    "equal": ([0.1] * 7, {"sharpe": "no_variance"} | NO_FALL),
    "nothing": ([0.0] * 5, STILL | NO_FALL),
    "no loss": ([0.01, 0.02, 0.01], NO_FALL),
    "loss": ([0.01, -0.02, 0.01], {}),
    "everything": ([0.01, -1.0, 0.5], {"stability": "total_loss"}),
    "more than everything": ([0.01, -1.5, 0.5], {"stability": "total_loss"}),
    "tiny": ([1e-200, 2e-200, -1e-300], STILL | NO_FALL),
    "a hundredfold a day": ([99.0, 98.0, -0.5], {"annual_return": "out_of_range", "calmar": "out_of_range"}),
    "beyond all": ([1e40] * 2 + [1e45] * 2, {
        **dict.fromkeys(["cumulative_return", "annual_return", "max_drawdown", "calmar"], "out_of_range"),
        "sortino": "no_loss", "omega": "no_loss"}),
}  # fmt: skip


@pytest.mark.parametrize(("returns", "lacking"), DEGENERATE.values(), ids=DEGENERATE)
def test_what_cannot_be_told_is_null_with_its_reason(ledger, returns, lacking):
    found = of_returns(ledger, returns)
    assert found.reason is None
    assert found.reasons == lacking | ALONE
    assert {name for name in (*OWN, *COMPARED) if getattr(found, name) is None} == set(found.reasons)


def test_equal_returns_do_not_vary_whatever_the_rounding(ledger):
    found = of_returns(ledger, [0.1] * 5000)
    assert (found.volatility, found.sharpe) == (0, None)


def test_what_cannot_be_told_of_one_series_is_told_of_others(ledger):
    rows = [(1, day(0), None, None), (2, day(0), -1.0, 0.1), (3, day(0), 0.1, 0.1), (3, day(1), 0.2, -0.1)]
    lost, total, fine = statistics(ledger, rows)
    assert (lost.reason, total.cumulative_return) == ("no_observation", -1)
    assert fine.cumulative_return == pytest.approx(0.32)
    assert fine.beta == pytest.approx(-0.5)


BENCHMARKS = {
    "none on those days": ([0.1, None], [None, 0.2], dict.fromkeys(COMPARED, "no_overlap")),
    "one day in common": ([0.1, 0.2], [None, 0.2], {
        **dict.fromkeys(COMPARED, "one_observation"), "up_capture": None,
        "down_capture": "no_down_day", "up_down_capture": "no_down_day"}),
    "flat": ([0.1, -0.2, 0.1], [0.01] * 3, {
        **dict.fromkeys(["alpha", "beta", "correlation", "r_squared"], "flat_benchmark"),
        "down_capture": "no_down_day", "up_down_capture": "no_down_day"}),
    "falling": ([0.1, -0.2, 0.1], [-0.01, -0.02, 0.0], {
        "up_capture": "no_up_day", "up_down_capture": "no_up_day"}),
    "itself": ([0.01, -0.02, 0.01], [0.01, -0.02, 0.01], {"information_ratio": "no_variance"}),
    "of cash": ([0.0, 0.0, 0.0], [0.01, -0.02, 0.01], {
        "correlation": "no_variance", "r_squared": "no_variance", "up_down_capture": "no_capture"}),
    "lost against": ([-3.0, -3.1, -2.9], [0.01, -0.02, 0.01], {"alpha": "out_of_range"}),
}  # fmt: skip


@pytest.mark.parametrize(("returns", "benchmark", "lacking"), BENCHMARKS.values(), ids=BENCHMARKS)
def test_what_a_benchmark_does_not_tell(ledger, returns, benchmark, lacking):
    found = against(ledger, returns, benchmark)
    reasons = {name: why for name, why in (found.reasons or {}).items() if name in COMPARED}
    assert reasons == {name: why for name, why in lacking.items() if why}


def test_a_benchmark_followed_twice_over(ledger):
    """Twice the benchmark and a tenth of a percent a day."""
    benchmark = [0.01, -0.02, 0.015, 0.0, -0.005]
    found = against(ledger, [0.001 + 2 * each for each in benchmark], benchmark)
    assert (found.beta, found.correlation) == (pytest.approx(2), pytest.approx(1))
    assert found.alpha == pytest.approx(1.001**252 - 1)


def test_a_drawdown_has_its_days(ledger):
    """It begins with the day before the first."""
    found = of_returns(ledger, [-0.1, None, 1 / 9, -0.05, 0.2])
    assert found.max_drawdown == pytest.approx(-0.1)
    assert (found.peak_date, found.trough_date, found.recovery_date) == (day(-1), day(0), day(2))


def test_losses_are_negative(ledger):
    returns = [each / 100 for each in range(-5, 16)]
    found = of_returns(ledger, returns, confidence=0.9)
    assert found.value_at_risk == pytest.approx(-0.03)
    assert found.expected_shortfall == pytest.approx((-0.05 - 0.04 - 0.03) / 3)


def test_a_missing_return_is_time_that_passed(ledger):
    found = of_returns(ledger, [0.1, None], periods_per_year=2)
    assert (found.observations, found.annual_return) == (1, pytest.approx(0.1))


def test_no_series_has_no_statistics(ledger):
    for function, options in FUNCTIONS.items():
        assert call_with(ledger, function, {name: [] for name in SERIES_NAMES}, **options) == []


# The small ones.


@quick(40)
@given(many=st.lists(st.lists(some_return, min_size=1, max_size=12), min_size=1, max_size=3))
def test_returns_link_and_roll_as_by_hand(ledger, many):
    rows = [(number, day(at), each) for number, series in enumerate(many) for at, each in enumerate(series)]
    arrays = dict(zip(SERIES_NAMES, map(list, zip(*rows, strict=True)), strict=True))
    linked = per_series(call_with(ledger, "cumulative_returns", arrays))
    rolled = per_series(call_with(ledger, "rolling_sharpe", arrays, window_size=3, risk_free=0.001))
    for number, series in enumerate(many):
        for at in range(len(series)):
            seen = [each for each in series[: at + 1] if each is not None]
            growth = np.prod([max(1 + each, 0) for each in seen])
            assert linked[number][at].growth == pytest.approx(growth, abs=1e-14)
            assert (linked[number][at].cumulative_return is None) == (not seen)
            latest = np.array([each for each in series[max(at - 2, 0) : at + 1] if each is not None])
            row = rolled[number][at]
            deviation = spread(latest)
            assert row.observations == len(latest)
            if at < 2:
                assert (row.sharpe, row.reason) == (None, "short_window")
            elif not deviation:
                reasons = {0: "no_observation", 1: "one_observation"}
                assert (row.sharpe, row.reason) == (None, reasons.get(len(latest), "no_variance"))
            else:
                assert row.reason is None
                assert row.sharpe == pytest.approx(
                    (latest.mean() - 0.001) / deviation * math.sqrt(252), rel=1e-9
                )


AGGREGATED = {
    "week": [("2024-12-30", "2025-01-05"), ("2025-03-31", "2025-04-06")],
    "month": [("2025-01-01", "2025-01-31"), ("2025-03-01", "2025-03-31"), ("2025-04-01", "2025-04-30")],
    "quarter": [("2025-01-01", "2025-03-31"), ("2025-04-01", "2025-06-30")],
    "year": [("2025-01-01", "2025-12-31")],
}


@pytest.mark.parametrize(("period", "expected"), AGGREGATED.items())
def test_returns_are_linked_by_the_calendar(ledger, period, expected):
    arrays = {
        "series_ids": [1, 1, 1],
        "dates": [date(2025, 4, 1), date(2025, 1, 1), date(2025, 3, 31)],
        "returns": [0.1, 0.2, -0.5],
    }
    found = call_with(ledger, "aggregated_returns", arrays, period=period)
    assert [(str(row.period_start), str(row.period_end)) for row in found] == expected
    assert math.prod(1 + row.period_return for row in found) == pytest.approx(1.1 * 1.2 * 0.5)
    assert sum(row.observations for row in found) == 3


def test_a_period_that_has_no_return_says_so(ledger):
    arrays = {"series_ids": [1, 2, 2], "dates": [day(0), day(0), day(1)], "returns": [None, 1e40, -2.0]}
    nothing, everything = call_with(ledger, "aggregated_returns", arrays, period="week")
    assert (nothing.observations, nothing.period_return, nothing.reason) == (0, None, "no_observation")
    assert (everything.period_return, everything.reason) == (-1, None)
    many = {"series_ids": [2] * 4, "dates": [day(each) for each in range(4)], "returns": [1e40] * 4}
    (beyond,) = call_with(ledger, "aggregated_returns", many, period="month")
    assert (beyond.period_return, beyond.reason) == (None, "out_of_range")
    assert call_with(ledger, "cumulative_returns", many)[-1].growth is None


# What is refused.


def refusal(ledger: Ledger, function: str, arrays: dict[str, Any], **options: Any) -> tuple[str, list[Any]]:
    with pytest.raises(psycopg.Error) as refused:
        call_with(ledger, function, arrays, **options)
    assert refused.value.sqlstate == "22R01"
    assert refused.value.diag.message_hint
    return refused.value.diag.message_primary, json.loads(refused.value.diag.message_detail)


def three_days() -> dict[str, Any]:
    return {"series_ids": [7, 7, 8], "dates": [day(0), day(1), day(0)], "returns": [0.1, None, 0.2]}


@pytest.mark.parametrize("value", ["NaN", "Infinity", "-Infinity", "1e50", "-1e300"])
@pytest.mark.parametrize(
    ("function", "name"),
    [*((function, "returns") for function in FUNCTIONS), ("return_statistics", "benchmark_returns")],
)
def test_what_is_no_return_is_refused(ledger, function, name, value):
    arrays = three_days() | {name: [0.1, float(value), None]}
    message, (offence,) = refusal(ledger, function, arrays, **FUNCTIONS[function])
    assert message.startswith(f"{name}[2] is no return: ")
    assert repr(float(offence.pop("value"))) == repr(float(value))
    assert offence == {"argument": name, "position": 2, "series_id": 7, "date": str(day(1))}


@pytest.mark.parametrize("function", FUNCTIONS)
def test_what_makes_no_series_is_refused(ledger, function):
    for name in SERIES_NAMES:
        _, offences = refusal(ledger, function, three_days() | {name: None}, **FUNCTIONS[function])
        assert offences == [{"argument": name, "value": None}]
        shorter = three_days()
        shorter[name] = shorter[name][:2]
        _, offences = refusal(ledger, function, shorter, **FUNCTIONS[function])
        assert sorted(each["value"] for each in offences) == [2, 3]
    _, (offence,) = refusal(ledger, function, three_days() | {"series_ids": [7, 7, 7]}, **FUNCTIONS[function])
    assert (offence["series_id"], offence["rows"]) == (7, 2)


@pytest.mark.parametrize(
    ("function", "name", "value"),
    [
        ("return_statistics", "periods_per_year", 0),
        ("return_statistics", "risk_free", math.nan),
        ("return_statistics", "required_return", math.inf),
        ("return_statistics", "confidence", 0),
        ("return_statistics", "confidence", 1),
        ("return_statistics", "confidence", 95),
        ("rolling_sharpe", "window_size", 1),
        ("rolling_sharpe", "periods_per_year", -252),
        ("rolling_sharpe", "risk_free", -math.inf),
        ("aggregated_returns", "period", "decade"),
    ],
)
def test_an_option_that_cannot_be_is_refused(ledger, function, name, value):
    options = {**FUNCTIONS[function], name: value}
    _, (offence,) = refusal(ledger, function, three_days(), **options)
    assert offence["argument"] == name
    assert repr(offence["value"]).strip("'").lower()[:3] == repr(value).strip("'").lower()[:3]


def test_a_reader_may_call_them_all(ledger):
    ledger.rows("GRANT rollforward_reader TO CURRENT_USER")
    ledger.rows("SET ROLE rollforward_reader")
    try:
        for function, options in FUNCTIONS.items():
            assert call_with(ledger, function, three_days(), **options)
    finally:
        ledger.rows("RESET ROLE")
