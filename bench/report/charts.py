"""Charts: where bars, curves and their labels lie. The template draws them.

Coordinates are units of a drawing 420 wide, which a phone shows at about its own size.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from bench.claims import Line
from bench.report.numbers import between, median, number

WIDTH = 420.0
LEFT, RIGHT, TOP, BOTTOM = 52.0, 408.0, 14.0, 226.0  # of the area of a growth chart
GROWTH_HEIGHT = 262.0
BAR_LEFT, BAR_RIGHT = 2.0, 418.0
BAR_STEP, BAR_THICKNESS = 38.0, 12.0

_PALETTE = 5  # colours of the page for series that have none of their own
_OWN_COLOURS = {
    **dict.fromkeys(
        ("batch", "matching", "save", "database", "generic file to facts", "run, 1 worker"), "batch"
    ),
    **dict.fromkeys(("floor", "INSERT of the finished rows", "bare calls"), "floor"),
}


@dataclass(frozen=True)
class Tick:
    at: float
    label: str


@dataclass(frozen=True)
class Point:
    x: float
    y: float
    title: str


@dataclass(frozen=True)
class Curve:
    name: str
    colour: str
    points: tuple[Point, ...]

    @property
    def path(self) -> str:
        return " ".join(f"{point.x:.1f},{point.y:.1f}" for point in self.points)


@dataclass(frozen=True)
class GrowthChart:
    """Curves over sizes, both axes logarithmic."""

    title: str
    unit: str
    curves: tuple[Curve, ...]
    x_ticks: tuple[Tick, ...]
    y_ticks: tuple[Tick, ...]


@dataclass(frozen=True)
class Bar:
    name: str
    colour: str
    label: str  # the median
    title: str
    y: float  # of its top
    end: float
    low: float  # ends of the whisker
    high: float


@dataclass(frozen=True)
class BarChart:
    """Bars from nothing to the median, with whiskers from the lowest to the highest."""

    title: str
    height: float
    bars: tuple[Bar, ...]


@dataclass(frozen=True)
class Logarithmic:
    """An axis from one value to another."""

    lowest: float
    highest: float
    begin: float
    end: float

    def place(self, value: float) -> float:
        share = math.log(value / self.lowest) / math.log(self.highest / self.lowest)
        return self.begin + share * (self.end - self.begin)

    def ticks(self) -> tuple[Tick, ...]:
        """At every power of ten."""
        first, last = math.ceil(math.log10(self.lowest) - 1e-9), math.floor(math.log10(self.highest) + 1e-9)
        return tuple(Tick(self.place(10.0**power), _power_label(power)) for power in range(first, last + 1))


def charts(lines: Sequence[Line]) -> list[BarChart | GrowthChart]:
    """Those that the lines of a suite have a place in, in order; a series has one colour in all."""
    placed = [line for line in lines if line.place]
    colours = _colours([_series(line) for line in placed])
    of_chart: dict[str, list[Line]] = {}
    for line in placed:
        of_chart.setdefault(_title(line), []).append(line)
    return [_chart(title, of_title, colours) for title, of_title in of_chart.items()]


def _chart(title: str, lines: list[Line], colours: dict[str, str]) -> BarChart | GrowthChart:
    sized = all(line.place and line.place.size is not None for line in lines)
    return _growth_chart(title, lines, colours) if sized else _bar_chart(title, lines, colours)


def _bar_chart(title: str, lines: list[Line], colours: dict[str, str]) -> BarChart:
    longest = max(line.measured.high for line in lines)

    def place(value: float) -> float:
        return BAR_LEFT + value / longest * (BAR_RIGHT - BAR_LEFT)

    bars = tuple(
        Bar(
            _series(line),
            colours[_series(line)],
            median(line.measured, line.unit),
            between(line.measured),
            20 + number_of_bar * BAR_STEP,
            place(line.measured.median),
            place(line.measured.low),
            place(line.measured.high),
        )
        for number_of_bar, line in enumerate(lines)
    )
    return BarChart(title, BAR_STEP * len(bars) + 4, bars)


def _growth_chart(title: str, lines: list[Line], colours: dict[str, str]) -> GrowthChart:
    sizes = [_size(line) for line in lines]
    values = [line.measured.median for line in lines]
    across = Logarithmic(*_decades(sizes), LEFT, RIGHT)
    upwards = Logarithmic(*_decades(values), BOTTOM, TOP)

    def curve(name: str) -> Curve:
        points = (
            Point(
                across.place(_size(line)),
                upwards.place(line.measured.median),
                f"{name}, {_size(line):,.0f}: {median(line.measured, line.unit)}",
            )
            for line in lines
            if _series(line) == name
        )
        return Curve(name, colours[name], tuple(points))

    curves = tuple(curve(name) for name in dict.fromkeys(map(_series, lines)))
    return GrowthChart(title, lines[0].unit, curves, across.ticks(), upwards.ticks())


def _decades(values: Sequence[float]) -> tuple[float, float]:
    """The powers of ten around the values, one apart at the least."""
    lowest = math.floor(math.log10(min(values)) + 1e-9)
    highest = math.ceil(math.log10(max(values)) - 1e-9)
    return 10.0**lowest, 10.0 ** max(highest, lowest + 1)


def _colours(names: Sequence[str]) -> dict[str, str]:
    """A colour of the page for each series: the batch and the floor have theirs everywhere."""
    found: dict[str, str] = {}
    for name in dict.fromkeys(names):
        others = sum(colour.startswith("other") for colour in found.values())
        found[name] = _OWN_COLOURS.get(name, f"other-{others % _PALETTE + 1}")
    return found


def _title(line: Line) -> str:
    assert line.place is not None
    return line.place.chart


def _series(line: Line) -> str:
    assert line.place is not None
    return line.place.series


def _size(line: Line) -> float:
    assert line.place is not None
    assert line.place.size is not None
    return line.place.size


def _power_label(power: int) -> str:
    if -2 <= power <= 3:
        return number(10.0**power).rstrip("0").rstrip(".") if power < 0 else f"{10**power:,}"
    return f"10{str(power).translate(str.maketrans('-0123456789', '⁻⁰¹²³⁴⁵⁶⁷⁸⁹'))}"
