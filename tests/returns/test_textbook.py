"""Cases of textbooks and of the manuals of spreadsheets, with the figures printed there."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from tests.returns.calls import call, near
from tests.support.golden import SHARED, table

FOLDER = SHARED / "golden" / "peers" / "textbook"
METRICS = {"xirr", "twr_per_year", "mwr_per_year", "irr_per_year", "modified_dietz", "gain",
           "holding_period_return_year_1", "holding_period_return_year_2"}  # fmt: skip


@dataclass(frozen=True)
class Figure:
    case: str
    metric: str
    value: Decimal
    tolerance: float


def figures() -> Iterator[Figure]:
    if not FOLDER.exists():
        return
    for row in table(FOLDER / "expected.csv"):
        if row["metric"] in METRICS:
            tolerance = float(row["tolerance"] or "1e-12")
            yield Figure(row["case_id"], row["metric"], Decimal(row["value"]), tolerance)


FIGURES = list(figures())


def rows_of(case: str, name: str) -> list[dict[str, str]]:
    return [row for row in table(FOLDER / name) if row["case_id"] == case]


def cash_flows(case: str) -> list[tuple[Any, ...]]:
    """What was paid and received: a list for xirr()."""
    sign = {"CASHFLOW": 1, "BUY": -1, "SELL": 1, "DIVIDEND": 1}
    return [
        (1, date.fromisoformat(row["date"]), sign[row["type"]] * Decimal(row["amount"]))
        for row in rows_of(case, "activities.csv")
    ]


def valued_series(case: str) -> list[tuple[Any, ...]]:
    """Value and flow of each day: from valuations and deposits, or from trades in one share."""
    activities = rows_of(case, "activities.csv")
    prices = {row["date"]: Decimal(row["price"]) for row in rows_of(case, "prices.csv")}
    value: dict[str, Decimal | None] = {}
    flow: dict[str, Decimal] = {}
    units = Decimal(0)
    for row in activities:
        on_date, amount = row["date"], Decimal(row["amount"])
        flow.setdefault(on_date, Decimal(0))
        value.setdefault(on_date, None)
        match row["type"]:
            case "VALUATION":
                value[on_date] = amount
            case "DEPOSIT":
                flow[on_date] += amount
            case "WITHDRAWAL":
                flow[on_date] -= amount
            case "BUY":
                units += Decimal(row["quantity"])
                flow[on_date] += amount
            case "SELL":
                units -= Decimal(row["quantity"])
                flow[on_date] -= amount
            case "DIVIDEND":
                flow[on_date] -= amount
        if on_date in prices:
            value[on_date] = units * prices[on_date]
    return [(1, date.fromisoformat(each), value[each], flow[each]) for each in value]


@pytest.mark.skipif(not FIGURES, reason=f"{FOLDER} is absent; set ROLLFORWARD_SHARED")
def test_all_figures_of_the_textbook_are_read():
    assert len(FIGURES) == 14


@pytest.mark.skipif(not FIGURES, reason=f"{FOLDER} is absent; set ROLLFORWARD_SHARED")
@pytest.mark.parametrize("figure", FIGURES, ids=lambda figure: f"{figure.case}-{figure.metric}")
def test_the_textbook_has_the_same_figure(ledger, figure):
    match figure.metric:
        case "xirr" | "mwr_per_year" if figure.case.startswith(("xirr", "cfa")):
            (found,) = call(ledger, "xirr", cash_flows(figure.case))
            value = found.annual_return
        case "irr_per_year":
            (found,) = call(ledger, "money_weighted_returns", valued_series(figure.case))
            value = found.annual_return
        case "modified_dietz":
            (found,) = call(ledger, "modified_dietz_returns", valued_series(figure.case))
            value = found.period_return
        case "gain":
            (found,) = call(ledger, "modified_dietz_returns", valued_series(figure.case))
            value = found.gain
        case "twr_per_year":
            *_, last = call(ledger, "time_weighted_returns", valued_series(figure.case), flow_timing="end")
            value = ledger.value(
                "SELECT rollforward.annualised_return(%s, %s, %s)",
                last.cumulative_return,
                date(2020, 12, 31),
                last.on_date,
            )
        case metric:
            found = call(ledger, "time_weighted_returns", valued_series(figure.case), flow_timing="end")
            value = found[int(metric[-1])].daily_return
    assert near(value, figure.value, figure.tolerance)


def test_money_weighted_returns_of_the_cfa_case_is_the_same_as_the_rate_of_its_flows(ledger):
    series = [(1, "2020-12-31", 100, 100), (1, "2021-12-31", 240, 118), (1, "2022-12-31", 0, -264)]
    flows = [(1, "2020-12-31", -100), (1, "2021-12-31", -118), (1, "2022-12-31", 264)]
    (weighted,) = call(ledger, "money_weighted_returns", series)
    (rate,) = call(ledger, "xirr", flows)
    assert weighted == rate
    assert near(rate.annual_return, 0.1386, 1e-4)


def test_the_example_of_the_spreadsheet_manual(ledger):
    dates = ["2008-01-01", "2008-03-01", "2008-10-30", "2009-02-15", "2009-04-01"]
    amounts = [-10000, 2750, 4250, 3250, 2750]
    (found,) = call(ledger, "xirr", [(1, *each) for each in zip(dates, amounts, strict=True)])
    assert near(found.annual_return, 0.373362535, 1e-8)
    assert found.gain == 3000
    assert found.solutions == 1


# Rates that can be told without a solver: what 100 becomes in the time.
GROWN = [
    ("actual/365", "2025-01-01", "2026-01-01", "110", "0.1"),
    ("actual/365", "2024-01-01", "2025-01-01", "110", "0.099713581"),  # 366 days
    ("actual/actual", "2024-01-01", "2025-01-01", "110", "0.1"),
    ("actual/actual", "2023-07-02", "2024-07-02", "110", "0.0998566"),  # 183 / 365 + 183 / 366 of a year
    ("actual/360", "2025-01-01", "2025-12-27", "110", "0.1"),
    ("actual/365.25", "2021-01-01", "2025-01-01", "146.41", "0.1"),
    ("actual/365", "2025-01-01", "2027-01-01", "81", "-0.1"),
]


@pytest.mark.parametrize(("day_count", "start", "end", "value", "rate"), GROWN)
def test_a_day_count_says_what_a_year_is(ledger, day_count, start, end, value, rate):
    flows = [(1, start, -100), (1, end, Decimal(value))]
    series = [(1, start, 100, 0), (1, end, Decimal(value), 0)]
    found = [
        *call(ledger, "xirr", flows, day_count=day_count),
        *call(ledger, "money_weighted_returns", series, day_count=day_count),
        *call(ledger, "modified_dietz_returns", series, day_count=day_count),
    ]
    for each in found:
        assert near(each.annual_return, Decimal(rate), 5e-7)
        assert each.period_return == Decimal(value) / 100 - 1
