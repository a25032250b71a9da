"""Bars and curves lie where they should."""

from __future__ import annotations

import pytest
from bench.claims import Place
from bench.report import charts
from bench.report.charts import BarChart, GrowthChart, Logarithmic

from tests.bench.made import line


def growth(*points: tuple[str, float, float]) -> GrowthChart:
    lines = [line(value, place=Place("growth", name, size)) for name, size, value in points]
    [chart] = charts.charts(lines)
    assert isinstance(chart, GrowthChart)
    return chart


def test_a_known_point_has_its_coordinates():
    chart = growth(("batch", 1_000, 0.1), ("batch", 10_000, 1.0), ("batch", 100_000, 10.0))
    [curve] = chart.curves
    middle = ((charts.LEFT + charts.RIGHT) / 2, (charts.TOP + charts.BOTTOM) / 2)
    assert [(point.x, point.y) for point in curve.points] == [
        pytest.approx((charts.LEFT, charts.BOTTOM)),
        pytest.approx(middle),
        pytest.approx((charts.RIGHT, charts.TOP)),
    ]
    assert curve.path == "52.0,226.0 230.0,120.0 408.0,14.0"


def test_what_grows_in_proportion_is_a_straight_line():
    [curve] = growth(*(("batch", 10.0**power, 3 * 10.0**power) for power in (1, 2, 3, 5))).curves
    slopes = {
        round((after.y - before.y) / (after.x - before.x), 9)
        for before, after in zip(curve.points, curve.points[1:], strict=False)
    }
    assert len(slopes) == 1


def test_ticks_are_powers_of_ten():
    chart = growth(("batch", 2_000, 0.03), ("floor", 90_000, 4.0))
    assert [tick.label for tick in chart.x_ticks] == ["1,000", "10⁴", "10⁵"]
    assert [tick.label for tick in chart.y_ticks] == ["0.01", "0.1", "1", "10"]
    assert chart.x_ticks[0].at == pytest.approx(charts.LEFT)
    assert chart.y_ticks[-1].at == pytest.approx(charts.TOP)


def test_one_point_alone_has_a_chart():
    [curve] = growth(("batch", 1_000, 1.0)).curves
    assert len(curve.points) == 1


def test_an_axis_puts_the_geometric_mean_into_the_middle():
    assert Logarithmic(1, 100, 0, 10).place(10) == pytest.approx(5)


def test_bars_are_as_long_as_their_medians_are_large():
    lines = [line(2.0, place=Place("bars", "batch")), line(6.0, 8.0, 10.0, place=Place("bars", "client"))]
    [chart] = charts.charts(lines)
    assert isinstance(chart, BarChart)
    short, long = chart.bars
    full = charts.BAR_RIGHT - charts.BAR_LEFT
    assert short.end - charts.BAR_LEFT == pytest.approx(full * 0.2)
    assert long.end - charts.BAR_LEFT == pytest.approx(full * 0.8)
    assert (long.low, long.high) == pytest.approx((charts.BAR_LEFT + full * 0.6, charts.BAR_RIGHT))
    assert (short.name, short.label, long.title) == ("batch", "2.00 s", "6.00 … 10.0")
    assert chart.height > long.y + charts.BAR_THICKNESS


def test_each_chart_has_its_lines_and_each_series_its_colour():
    lines = [
        line(1.0, place=Place("one", "batch")),
        line(1.0),
        line(1.0, place=Place("other", "client")),
        line(1.0, place=Place("one", "floor")),
        line(1.0, place=Place("one", "client")),
    ]
    one, other = charts.charts(lines)
    assert isinstance(one, BarChart)
    assert isinstance(other, BarChart)
    assert [(bar.name, bar.colour) for bar in one.bars] == [
        ("batch", "batch"),
        ("floor", "floor"),
        ("client", "other-1"),
    ]
    assert [(bar.name, bar.colour) for bar in other.bars] == [("client", "other-1")]
