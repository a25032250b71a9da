"""What the analytics find about accounts, as plain dataclasses: one for each view, fields are its columns."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, ClassVar


@dataclass(frozen=True)
class Finding:
    """Something found about an account, as of the day it was analysed.

    A figure that is None could not be told: a field named ``reason`` says why. ``is_stale``: what it rests on
    has changed since.
    """

    view: ClassVar[str]
    order: ClassVar[tuple[str, ...]] = ()  # of the findings about an account

    account_id: int
    account_number: str
    calculation_date: date
    is_stale: bool


@dataclass(frozen=True)
class PortfolioRisk(Finding):
    """An account, and the figures found for the whole of it. There is one for every analysis."""

    view: ClassVar[str] = "portfolio_risk"

    currency: str
    equity: Decimal | None
    long_value: Decimal
    short_value: Decimal
    gross_exposure: Decimal
    net_exposure: Decimal
    positions: int
    unvalued: int
    market_beta: float | None
    market_beta_r_squared: float | None
    market_beta_observations: int | None
    market_beta_reason: str | None
    provider_beta: float | None
    interest_rate_beta: float | None
    interest_rate_beta_reason: str | None
    realized_volatility_21d: float | None
    realized_volatility_63d: float | None
    expected_volatility_21d: float | None
    model_r_squared: float | None
    volatility_trend: str | None
    volatility_trend_strength: float | None
    volatility_percentile: float | None
    volatility_observations: int | None
    volatility_coverage: float | None
    volatility_reason: str | None
    overall_correlation: float | None
    effective_positions: float | None
    positions_included: int | None
    positions_excluded: int | None
    correlation_reason: str | None
    hhi: float | None
    effective_num_positions: float | None
    top_3_concentration: float | None
    top_10_concentration: float | None
    concentration_reason: str | None
    reason: str | None
    is_whole: bool


@dataclass(frozen=True)
class PositionBeta(Finding):
    """What a position's closes have to do with the market's, and with those of a rate."""

    view: ClassVar[str] = "position_beta"
    order: ClassVar[tuple[str, ...]] = ("symbol",)

    instrument_id: int
    symbol: str
    value: Decimal
    beta: float | None
    alpha: float | None
    r_squared: float | None
    std_error: float | None
    p_value: float | None
    observations: int | None
    window_days: int
    reason: str | None
    ir_beta: float | None
    ir_r_squared: float | None
    ir_observations: int | None
    ir_reason: str | None
    provider_beta: float | None


@dataclass(frozen=True)
class PositionFactor(Finding):
    """What a position's closes have to do with a factor."""

    view: ClassVar[str] = "position_factor"
    order: ClassVar[tuple[str, ...]] = ("symbol", "method", "factor")

    instrument_id: int
    symbol: str
    factor: str
    method: str
    value: Decimal
    beta: float | None
    alpha: float | None
    r_squared: float | None
    std_error: float | None
    p_value: float | None
    observations: int | None
    window_days: int
    reason: str | None


@dataclass(frozen=True)
class FactorExposure(Finding):
    """What an account is exposed to a factor with: a part of its equity, and an amount."""

    view: ClassVar[str] = "factor_exposure"
    order: ClassVar[tuple[str, ...]] = ("method", "factor")

    factor: str
    method: str
    exposure: float | None
    exposure_amount: float | None
    currency: str
    r_squared: float | None
    observations: int | None
    coverage: float | None
    window_days: int | None
    reason: str | None


@dataclass(frozen=True)
class PositionVolatility(Finding):
    """How much the closes move by which a position's volatility is told."""

    view: ClassVar[str] = "position_volatility"
    order: ClassVar[tuple[str, ...]] = ("symbol",)

    instrument_id: int
    symbol: str
    series: str
    realized_vol_21d: float | None
    realized_vol_63d: float | None
    vol_daily: float | None
    vol_weekly: float | None
    vol_monthly: float | None
    expected_vol_21d: float | None
    vol_trend: str | None
    vol_trend_strength: float | None
    vol_percentile: float | None
    observations: int | None
    model_r_squared: float | None
    window_days: int
    reason: str | None


@dataclass(frozen=True)
class PairwiseCorrelation(Finding):
    """How much two positions of an account move alike."""

    view: ClassVar[str] = "pairwise_correlation"
    order: ClassVar[tuple[str, ...]] = ("symbol_1", "symbol_2")

    symbol_1: str
    symbol_2: str
    correlation: float | None
    observations: int | None
    significance: float | None
    window_days: int
    reason: str | None


@dataclass(frozen=True)
class SectorExposure(Finding):
    """What an account held of a sector, beside a benchmark if there is one."""

    view: ClassVar[str] = "sector_exposure"
    order: ClassVar[tuple[str, ...]] = ("benchmark", "sector")

    sector: str
    gross_value: Decimal
    net_value: Decimal
    positions: int
    weight_of_equity: float | None
    weight_of_gross: float | None
    benchmark: str | None
    benchmark_as_of: date | None
    benchmark_weight: float | None
    active_weight: float | None


@dataclass(frozen=True)
class StressResult(Finding):
    """What a scenario would do to an account."""

    view: ClassVar[str] = "stress_result"
    order: ClassVar[tuple[str, ...]] = ("category", "scenario")

    scenario: str
    category: str | None
    severity: str | None
    direct_pnl: float | None
    correlated_pnl: float | None
    correlation_effect: float | None
    part_of_equity: float | None
    currency: str
    impacts: dict[str, float] | None
    is_floored: bool
    reason: str | None


@dataclass(frozen=True)
class StaleAnalysis:
    """An analysis that waits to be made anew."""

    account_id: int
    account_number: str
    calculation_date: date


@dataclass(frozen=True)
class Scenario:
    """What might happen to factors."""

    name: str
    category: str | None
    severity: str | None
    is_active: bool
    shocks: dict[str, float] | None


@dataclass(frozen=True)
class AnalysisResult:
    """What an analysis did; ``run_id`` is None where it was part of a transaction.

    days       on which accounts were analysed, at most of any step of the run
    findings   rows written, because they were new or have changed
    """

    run_id: int | None
    success: bool
    days: int
    findings: int
    total_ms: Decimal
    errors: list[dict[str, Any]]


@dataclass(frozen=True)
class AccountStatistics:
    """Statistics of the daily returns of an account, as ``account_statistics`` tells them.

    ``reasons`` names each figure that is None; ``reason`` says why all are.
    """

    account_id: int
    observations: int | None
    cumulative_return: float | None
    annual_return: float | None
    volatility: float | None
    downside_deviation: float | None
    sharpe: float | None
    sortino: float | None
    calmar: float | None
    omega: float | None
    tail_ratio: float | None
    stability: float | None
    value_at_risk: float | None
    expected_shortfall: float | None
    max_drawdown: float | None
    peak_date: date | None
    trough_date: date | None
    recovery_date: date | None
    common_observations: int | None
    alpha: float | None
    beta: float | None
    correlation: float | None
    r_squared: float | None
    up_capture: float | None
    down_capture: float | None
    up_down_capture: float | None
    tracking_error: float | None
    information_ratio: float | None
    unmeasured_days: int | None
    reason: str | None
    reasons: dict[str, str] | None


@dataclass(frozen=True)
class DefinitionsLoad:
    """What loading a file of definitions did: rows read, and what they define, all of it saved."""

    rows_read: int
    saved: int
