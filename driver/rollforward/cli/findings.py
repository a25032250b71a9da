"""What the analytics found, as tables for people: which figures of each subject, and how they are written.

A figure that could not be told is a dash, and its reason stands beside it or below the table.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from rollforward.cli.tables import NOT_KNOWN, Figure, amount, percent, plain_table, ratio
from rollforward.findings import (
    AccountStatistics,
    FactorExposure,
    Finding,
    PairwiseCorrelation,
    PortfolioRisk,
    PositionBeta,
    PositionVolatility,
    Scenario,
    SectorExposure,
    StressResult,
)

if TYPE_CHECKING:
    from rich.console import Console
    from rich.table import Table

Columns = Mapping[str, Callable[[Any], Any]]


@dataclass(frozen=True)
class Subject:
    """A subject that can be shown.

    columns   of its table, behind account and date
    reasons   what of it may lack, and why it does; told below the table
    """

    kind: type[Finding]
    meaning: str
    columns: Columns
    reasons: Columns = field(default_factory=dict)


def count(value: int | None) -> Figure:
    """A number of things."""
    return Figure(NOT_KNOWN if value is None else value)


def _signed(value: float | None) -> Figure:
    return percent(value, signed=True)


SUBJECTS: Mapping[str, Subject] = {
    "risk": Subject(
        PortfolioRisk,
        "an account as a whole",
        {
            "ccy": lambda found: found.currency,
            "equity": lambda found: amount(found.equity),
            "gross": lambda found: amount(found.gross_exposure),
            "net": lambda found: amount(found.net_exposure),
            "beta": lambda found: ratio(found.market_beta),
            "rates": lambda found: ratio(found.interest_rate_beta),
            "vol 21d": lambda found: percent(found.realized_volatility_21d),
            "expected": lambda found: percent(found.expected_volatility_21d),
            "corr": lambda found: ratio(found.overall_correlation),
            "eff n": lambda found: ratio(found.effective_positions, 1),
            "HHI": lambda found: amount(found.hhi),
            "top 3": lambda found: percent(found.top_3_concentration, digits=0),
        },
        {
            "equity": lambda found: found.reason,
            "beta": lambda found: None if found.reason else found.market_beta_reason,
            "rates": lambda found: None if found.reason else found.interest_rate_beta_reason,
            "volatility": lambda found: None if found.reason else found.volatility_reason,
            "correlation": lambda found: found.correlation_reason,
            "concentration": lambda found: found.concentration_reason,
        },
    ),
    "betas": Subject(
        PositionBeta,
        "positions against the market and rates",
        {
            "symbol": lambda found: found.symbol,
            "value": lambda found: amount(found.value),
            "beta": lambda found: ratio(found.beta),
            "R²": lambda found: ratio(found.r_squared),
            "p": lambda found: ratio(found.p_value, 3),
            "n": lambda found: count(found.observations),
            "rates": lambda found: ratio(found.ir_beta),
            "rates R²": lambda found: ratio(found.ir_r_squared),
            "provider": lambda found: ratio(found.provider_beta),
            "reason": lambda found: found.reason,
            "of rates": lambda found: found.ir_reason,
        },
    ),
    "factors": Subject(
        FactorExposure,
        "what accounts are exposed to factors with",
        {
            "factor": lambda found: found.factor,
            "method": lambda found: found.method,
            "of equity": lambda found: _signed(found.exposure),
            "amount": lambda found: amount(found.exposure_amount),
            "ccy": lambda found: found.currency,
            "R²": lambda found: ratio(found.r_squared),
            "n": lambda found: count(found.observations),
            "coverage": lambda found: percent(found.coverage, digits=0),
            "reason": lambda found: found.reason,
        },
    ),
    "volatility": Subject(
        PositionVolatility,
        "volatility of positions",
        {
            "symbol": lambda found: found.symbol,
            "by": lambda found: None if found.series == found.symbol else found.series,
            "21d": lambda found: percent(found.realized_vol_21d),
            "63d": lambda found: percent(found.realized_vol_63d),
            "expected": lambda found: percent(found.expected_vol_21d),
            "trend": lambda found: found.vol_trend,
            "pctl": lambda found: percent(found.vol_percentile, digits=0),
            "n": lambda found: count(found.observations),
            "reason": lambda found: found.reason,
        },
    ),
    "correlations": Subject(
        PairwiseCorrelation,
        "pairs of positions",
        {
            "symbol": lambda found: found.symbol_1,
            "and": lambda found: found.symbol_2,
            "correlation": lambda found: ratio(found.correlation),
            "n": lambda found: count(found.observations),
            "significance": lambda found: percent(found.significance),
            "reason": lambda found: found.reason,
        },
    ),
    "sectors": Subject(
        SectorExposure,
        "what accounts hold by sector, beside benchmarks",
        {
            "sector": lambda found: found.sector,
            "gross": lambda found: amount(found.gross_value),
            "net": lambda found: amount(found.net_value),
            "n": lambda found: found.positions,
            "of equity": lambda found: percent(found.weight_of_equity),
            "of gross": lambda found: percent(found.weight_of_gross),
            "benchmark": lambda found: found.benchmark,
            "weight": lambda found: found.benchmark and percent(found.benchmark_weight),
            "active": lambda found: found.benchmark and _signed(found.active_weight),
        },
    ),
    "stress": Subject(
        StressResult,
        "what scenarios would do",
        {
            "scenario": lambda found: found.scenario,
            "severity": lambda found: found.severity,
            "direct": lambda found: amount(found.direct_pnl),
            "correlated": lambda found: amount(found.correlated_pnl),
            "of equity": lambda found: _signed(found.part_of_equity),
            "floored": lambda found: found.is_floored,
            "reason": lambda found: found.reason,
        },
    ),
}

# Statistics: header, field, and how it is written.
_STATISTICS = (
    ("n", "observations", count),
    ("return", "cumulative_return", _signed),
    ("a year", "annual_return", _signed),
    ("volatility", "volatility", percent),
    ("Sharpe", "sharpe", ratio),
    ("Sortino", "sortino", ratio),
    ("VaR", "value_at_risk", _signed),
    ("drawdown", "max_drawdown", _signed),
)
_AGAINST = (
    ("alpha", "alpha", _signed),
    ("beta", "beta", ratio),
    ("corr", "correlation", ratio),
    ("tracking", "tracking_error", percent),
    ("info", "information_ratio", ratio),
)


def print_findings(
    console: Console, subject: Subject, found: Sequence[Finding], states: Sequence[str]
) -> None:
    """Print the table of a subject, and below it why figures are not known.

    states  of the analyses, one for each finding; a column where there is one that is not current
    """
    headers = ["account", "date", *subject.columns]
    rows = [
        [each.account_number, each.calculation_date, *(show(each) for show in subject.columns.values())]
        for each in found
    ]
    _print(console, headers, rows, states, keep=len(headers) - len(subject.columns))
    for each in found:
        _print_reasons(
            console, each.account_number, {figure: why(each) for figure, why in subject.reasons.items()}
        )


def _print(
    console: Console, headers: list[str], rows: list[list[Any]], states: Sequence[str], keep: int
) -> None:
    """Print a table, without the columns of words that no row has any of."""
    said = [
        place
        for place, _ in enumerate(headers)
        if place < keep or not rows or any(row[place] not in (None, "") for row in rows)
    ]
    headers = [headers[place] for place in said]
    rows = [[row[place] for place in said] for row in rows]
    if any(states):
        headers.append("state")
        rows = [[*row, state] for row, state in zip(rows, states, strict=True)]
    console.print(plain_table(headers, rows))


def _print_reasons(console: Console, account: str, reasons: Mapping[str, str | None]) -> None:
    """Print why figures of an account are not known, if some are not."""
    told = ", ".join(f"{figure} {NOT_KNOWN} {reason}" for figure, reason in reasons.items() if reason)
    if told:
        console.print(f"{account}: {told}", markup=False)


def scenario_table(scenarios: Sequence[Scenario]) -> Table:
    """Scenarios, and by how much they shock which factors."""
    return plain_table(
        ("scenario", "category", "severity", "active", "shocks"),
        (
            (
                each.name,
                each.category,
                each.severity,
                each.is_active,
                ", ".join(f"{factor} {100 * shock:+.4g}%" for factor, shock in (each.shocks or {}).items()),
            )
            for each in scenarios
        ),
        folded="shocks",
    )


def print_statistics(
    console: Console,
    found: Sequence[AccountStatistics],
    numbers: Mapping[int, str],
    against: bool,
) -> None:
    """Print statistics of accounts, and below them why figures are not known.

    against  whether there is a benchmark
    """
    columns = (*_STATISTICS, *(_AGAINST if against else ()))
    rows = [
        [numbers[each.account_id], *(write(getattr(each, name)) for _, name, write in columns)]
        for each in found
    ]
    console.print(plain_table(["account", *(header for header, _, _ in columns)], rows))
    for each in found:
        why = each.reasons or {}
        reasons = (
            {"all": each.reason} if each.reason else {header: why.get(name) for header, name, _ in columns}
        )
        _print_reasons(console, numbers[each.account_id], reasons)
