"""The same returns once more, written down from their definitions, series by series.

Ratios are exact fractions; an internal rate of return is found by scanning for changes of sign and bisecting.
"""

from __future__ import annotations

import calendar
import itertools
import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction


@dataclass(frozen=True)
class DayReturn:
    base: Fraction | None
    gain: Fraction | None
    value: Fraction | None
    growth: Fraction
    reason: str | None


Valued = tuple[date, Decimal, Decimal]
Flow = tuple[date, Decimal]


def time_weighted(series: Sequence[Valued], flow_timing: str, first_day: str) -> list[DayReturn]:
    """One return per day; the growth stops for good at 0."""
    found = []
    growth = Fraction(1)
    opening = Fraction(0) if first_day == "counted" else None
    for _, value, flow in sorted(series):
        closing, flow = Fraction(value), Fraction(flow)
        if opening is None:
            found.append(DayReturn(None, None, None, growth, "first_day"))
        else:
            before = flow if flow_timing == "start" or (flow_timing == "inflow_start" and flow > 0) else 0
            base, gain = opening + before, closing - opening - flow
            if base > 0:
                growth *= max(0, 1 + gain / base)
                found.append(DayReturn(base, gain, gain / base, growth, None))
            else:
                reason = "negative_base" if base < 0 else "no_base" if gain else "nothing_invested"
                found.append(DayReturn(base, gain, None, growth, reason))
        opening = closing
    return found


def dietz(series: Sequence[Valued], flow_timing: str, first_day: str) -> tuple[Fraction, Fraction]:
    """Gain and average capital."""
    rows = sorted(series)
    start, opening = rows[0][0].toordinal(), Fraction(rows[0][1])
    flows = rows[1:]
    if first_day == "counted":
        start, opening, flows = start - 1, Fraction(0), rows
    days = rows[-1][0].toordinal() - start
    capital = opening
    for on_date, _, flow in flows:
        early = flow_timing == "start" or (flow_timing == "inflow_start" and flow > 0)
        capital += Fraction(flow) * Fraction(days - (on_date.toordinal() - start) + (1 if early else 0), days)
    net_flow = sum((Fraction(flow) for _, _, flow in flows), Fraction())
    return Fraction(rows[-1][1]) - opening - net_flow, capital


def years(start: date, end: date, day_count: str = "actual/365") -> float:
    """Days over the length of a year; actual/actual year by year."""
    if day_count != "actual/actual":
        return (end - start).days / float(day_count.partition("/")[2])
    total = Fraction()
    for year in range(start.year, end.year + 1):
        first, last = max(start, date(year, 1, 1)), min(end, date(year + 1, 1, 1))
        total += Fraction((last - first).days, 366 if calendar.isleap(year) else 365)
    return float(total)


def present_value(flows: Sequence[Flow], rate: float, day_count: str = "actual/365") -> float:
    """Net present value at a yearly rate, as a part of all amounts discounted."""
    start = min(on_date for on_date, _ in flows)
    terms = [float(amount) * (1 + rate) ** -years(start, on_date, day_count) for on_date, amount in flows]
    return math.fsum(terms) / math.fsum(map(abs, terms))


def rates(flows: Sequence[Flow], day_count: str = "actual/365") -> list[float]:
    """Every rate at which the present value changes its sign, on a fine grid of logarithmic growth."""
    start = min(on_date for on_date, _ in flows)
    times = [(years(start, on_date, day_count), float(amount)) for on_date, amount in flows]

    def value(log_growth: float) -> float:
        return math.fsum(amount * math.exp(-log_growth * time) for time, amount in times)

    found = []
    grid = [number / 50 for number in range(-500, 501)]
    for low, high in itertools.pairwise(grid):
        side = value(low) > 0
        if side != (value(high) > 0):
            for _ in range(80):
                middle = (low + high) / 2
                low, high = (middle, high) if (value(middle) > 0) == side else (low, middle)
            found.append(math.expm1(low))
    return found


def max_drawdown(series: Sequence[tuple[date, Decimal]]) -> tuple[Fraction, date, date, date | None] | None:
    """Depth, peak, trough and recovery, by comparing every pair of days; None when nothing falls."""
    rows = sorted(series)
    falls = [
        (Fraction(level) / Fraction(peak) - 1, trough_date, peak_date, peak)
        for number, (peak_date, peak) in enumerate(rows)
        for trough_date, level in rows[number + 1 :]
        if 0 < level < peak
    ]
    if not falls:
        return None
    depth = min(fall[0] for fall in falls)
    trough_date = min(fall[1] for fall in falls if fall[0] == depth)
    peak_date, peak = max(fall[2:] for fall in falls if fall[0] == depth and fall[1] == trough_date)
    recovered = [on_date for on_date, level in rows if on_date > trough_date and level >= peak]
    return depth, peak_date, trough_date, min(recovered, default=None)
