"""Empyrical: statistics of series of returns."""

from __future__ import annotations

from datetime import date
from typing import Any

from tests.golden.peers.cases import Case, Figure, Row
from tests.golden.peers.common import Answer, day_of
from tests.support.ledger import Ledger

PERIODS_PER_YEAR = {"daily": 252, "weekly": 52, "monthly": 12}
COLUMNS = {
    "annual_volatility": "volatility",
    "downside_risk": "downside_deviation",
    "stability_r2": "stability",
    "cagr": "annual_return",
}
SERIES = "%s::bigint[], %s::date[], %s::double precision[]"

Returns = dict[date, float | None]


def answers(ledger: Ledger, case: Case) -> Answer:
    return lambda figure: answer(ledger, case, figure)


def answer(ledger: Ledger, case: Case, figure: Figure) -> Any:
    said = dict(each.split("=") for each in figure.row["note"].split("; ") if "=" in each)
    returns = series(case, "RETURN")
    arrays = [[1] * len(returns), list(returns), list(returns.values())]
    if figure.metric in ("cum_returns", "cum_return_final"):
        linked = ledger.rows(f"SELECT growth FROM rollforward.cumulative_returns({SERIES})", *arrays)
        start = float(said["starting_value"])
        growth = linked[int(figure.key or -1)].growth
        return growth * start if start else growth - 1
    if figure.metric == "aggregate_returns":
        period = said["convert_to"].removesuffix("ly")
        found = ledger.rows(f"SELECT * FROM rollforward.aggregated_returns({SERIES}, %s)", *arrays, period)
        return found[int(figure.key)].period_return
    if figure.metric == "rolling_sharpe":
        found = ledger.rows(
            f"SELECT * FROM rollforward.rolling_sharpe({SERIES}, %s)", *arrays, int(said["window"])
        )
        return [row.sharpe for row in found if row.reason != "short_window"][int(figure.key)]
    return statistic(ledger, case, figure.metric, returns, said)


def statistic(ledger: Ledger, case: Case, metric: str, returns: Returns, said: dict[str, str]) -> Any:
    periods_per_year = PERIODS_PER_YEAR[said.get("period", "daily")]
    required = said.get("required_return", "0")
    required_returns = series(case, "REQUIRED_RETURN")
    if required_returns:
        returns = {on: less(value, required_returns[on]) for on, value in returns.items()}
        required = "0"
    if metric == "tail_ratio":
        returns = {on: value or 0.0 for on, value in returns.items()}
    benchmark = series(case, "BENCHMARK") or series(case, "FACTOR_RETURNS")
    row = ledger.row(
        f"SELECT * FROM rollforward.return_statistics({SERIES}, %s::double precision[],"
        " periods_per_year => %s, risk_free => %s, required_return => %s)",
        [1] * len(returns),
        list(returns),
        list(returns.values()),
        [benchmark[on] for on in returns] if benchmark else None,
        periods_per_year,
        float(said.get("risk_free", "0")),
        a_day(float(required)) if metric == "omega" else float(required),
    )
    return getattr(row, COLUMNS.get(metric, metric))


def a_day(rate: float) -> float:
    """What omega requires is said a year; a loss of more than everything has no daily rate."""
    return (1 + rate) ** (1 / 252) - 1 if rate > -1 else rate


def less(value: float | None, required: float | None) -> float | None:
    return None if value is None or required is None else value - required


def series(case: Case, symbol: str) -> Returns:
    return {day_of(row): value_of(row) for row in case.prices if row["symbol"] == symbol}


def value_of(row: Row) -> float | None:
    return float(row["price"]) if row["price"] else None
