"""What analyses must find, by numpy and scipy alone: one day, one account and one figure after the other.

Nothing here is taken from the SQL but the names of columns and reasons. A ``Market`` has closes and what
instruments are; an ``Account`` what it holds on a day, in its base currency.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

import numpy as np
from scipy import stats

YEAR = math.sqrt(252)
OPTIONS = ("option", "future_option")
UNCLASSIFIED = ("private", "future", *OPTIONS)
STILL = 1e-24  # squared deviations that are rounding
STILL_SUMS = 1e-15

Levels = dict[date, float]
Row = dict[str, Any]
Key = tuple[str, ...]


@dataclass(frozen=True)
class Factor:
    factor_id: int
    name: str
    method: str
    symbol: str | None
    short_symbol: str | None
    window_days: int
    minimum_returns: int
    covers_options: bool
    is_shocked: bool
    unit_return: float


@dataclass(frozen=True)
class Scenario:
    scenario_id: int
    shocks: dict[str, float]  # by the name of the factor


@dataclass
class Instrument:
    instrument_id: int
    symbol: str
    kind: str = "stock"
    underlying: str | None = None
    beta: float | None = None
    sector: str | None = None
    is_etf: bool = False


@dataclass
class Account:
    """What is held on a day: values in the base currency; None where a rate is missing."""

    account_id: int
    equity: float | None
    values: dict[str, float | None]
    is_valued: bool = True
    tags: dict[str, str] = field(default_factory=dict)

    @property
    def held(self) -> dict[str, float]:
        return {symbol: value for symbol, value in self.values.items() if value is not None}

    @property
    def nothing_held(self) -> str:
        return "rate_missing" if self.values else "no_positions"

    @property
    def reason(self) -> str | None:
        if not self.is_valued:
            return "not_valued"
        if self.equity is None:
            return "rate_missing"
        return "no_equity" if self.equity <= 0 else None


@dataclass
class Market:
    instruments: dict[str, Instrument]
    closes: dict[str, dict[date, float]]
    splits: list[tuple[str, date, float]]
    factors: list[Factor]
    scenarios: list[Scenario]

    def levels(self, symbol: str | None, day: date, days: int) -> Levels:
        """Closes of the days before, in units of the day."""
        if symbol is None:
            return {}
        first = day - timedelta(days)
        return {
            on: close
            * math.prod(
                ratio for split, since, ratio in self.splits if split == symbol and first < since <= on
            )
            for on, close in sorted(self.closes.get(symbol, {}).items())
            if first <= on <= day
        }

    def series(self, symbol: str, day: date) -> str:
        """By whose closes its volatility is told."""
        instrument = self.instruments[symbol]
        underlying = instrument.underlying
        is_priced = any(on <= day for on in self.closes.get(underlying or "", {}))
        if instrument.kind in OPTIONS and underlying in self.instruments and is_priced:
            return underlying
        return symbol


def simple_returns(levels: Levels, days: Iterable[date]) -> Levels:
    return {later: levels[later] / levels[earlier] - 1 for earlier, later in itertools.pairwise(sorted(days))}


def clipped(figure: float, bound: float) -> float:
    return max(-bound, min(bound, figure))


def squares(values: Sequence[float]) -> float:
    return float(((np.asarray(values) - np.mean(values)) ** 2).sum()) if len(values) else 0.0


# Instruments


def factor_betas(market: Market, symbol: str, day: date) -> dict[str, Row]:
    """By factor; those without closes in their window are not there."""
    return {
        **{
            factor.name: line(market, symbol, day, factor)
            for factor in market.factors
            if factor.method in ("single", "spread") and _has_closes(market, factor, day)
        },
        **styles(market, symbol, day),
    }


def _has_closes(market: Market, factor: Factor, day: date) -> bool:
    symbols = [factor.symbol] if factor.short_symbol is None else [factor.symbol, factor.short_symbol]
    return all(market.levels(symbol, day, factor.window_days) for symbol in symbols)


def line(market: Market, symbol: str, day: date, factor: Factor) -> Row:
    own = market.levels(symbol, day, factor.window_days)
    bought = market.levels(factor.symbol, day, factor.window_days)
    if factor.method == "single":
        common = own.keys() & bought.keys()
        moves, responses = simple_returns(bought, common), simple_returns(own, common)
    else:
        sold = market.levels(factor.short_symbol, day, factor.window_days)
        common = bought.keys() & sold.keys()
        one, other = simple_returns(bought, common), simple_returns(sold, common)
        moves = {on: one[on] - other[on] for on in one}
        responses = simple_returns(own, own)
    days = sorted(moves.keys() & responses.keys())
    x, y = [moves[on] for on in days], [responses[on] for on in days]
    row: Row = {"slope": None, "intercept": None, "r_squared": None, "std_error": None}
    row |= {"observations": len(days), "reason": None}
    if len(days) < factor.minimum_returns:
        row["reason"] = "too_few_observations"
    elif squares(y) < STILL:
        row["reason"] = "constant_prices"
    elif squares(x) < STILL:
        row["reason"] = "constant_factor"
    else:
        fit = stats.linregress(x, y)
        row |= {"slope": fit.slope, "intercept": fit.intercept, "r_squared": fit.rvalue**2}
        row |= {"std_error": fit.stderr if fit.rvalue**2 <= 1 - 1e-13 else 0.0}
    return row


def styles(market: Market, symbol: str, day: date) -> dict[str, Row]:
    factors = [
        factor
        for factor in market.factors
        if factor.method == "style" and market.levels(factor.symbol, day, factor.window_days)
    ]
    if not factors:
        return {}
    window = max(factor.window_days for factor in factors)
    levels = [market.levels(factor.symbol, day, window) for factor in factors]
    common = set.intersection(*(set(each) for each in levels))
    moves = [simple_returns(each, common) for each in levels]
    own = market.levels(symbol, day, window)
    responses = simple_returns(own, own)
    days = sorted(moves[0].keys() & responses.keys())
    x = np.array([[each[on] for each in moves] for on in days])
    y = np.array([responses[on] for on in days])
    reason = None
    if len(days) < max(factor.minimum_returns for factor in factors):
        reason = "too_few_observations"
    elif squares(y) < STILL:
        reason = "constant_prices"
    if reason:
        empty = {"slope": None, "intercept": None, "r_squared": None, "std_error": None}
        return {factor.name: {**empty, "observations": len(days), "reason": reason} for factor in factors}
    moving = [squares(x[:, place]) >= STILL for place in range(len(factors))]
    slopes, intercept, r_squared = ridge(x[:, moving], y, 1)
    found = iter(slopes)
    rows = {}
    for factor, moves_at_all in zip(factors, moving, strict=True):
        rows[factor.name] = {
            "slope": next(found) if moves_at_all else None,
            "intercept": intercept,
            "r_squared": r_squared,
            "std_error": None,
            "observations": len(days),
            "reason": None if moves_at_all else "constant_factor",
        }
    return rows


def ridge(x: Any, y: Any, alpha: float) -> tuple[list[float], float, float]:
    """Slopes, intercept and R²: predictors by their population deviation, the response centred."""
    centred = y - y.mean()
    if x.shape[1] == 0:
        return [], float(y.mean()), 0.0
    z = (x - x.mean(0)) / x.std(0)
    b = np.linalg.solve(z.T @ z + alpha * np.eye(x.shape[1]), z.T @ centred)
    residuals = centred - z @ b
    slopes = b / x.std(0)
    return (
        list(slopes),
        float(y.mean() - slopes @ x.mean(0)),
        float(1 - residuals @ residuals / (centred @ centred)),
    )


NO_VOLATILITY: Row = dict.fromkeys(
    [
        "realized_21d",
        "realized_63d",
        "daily",
        "weekly",
        "monthly",
        "expected_21d",
        "model_r_squared",
        "trend",
        "trend_strength",
        "percentile",
    ]
)


def deviation(values: Any) -> float:
    """Sample standard deviation of some returns, a year."""
    if squares(values) <= STILL_SUMS:
        return 0.0
    return float(np.std(values, ddof=1)) * YEAR


def volatility(returns: Levels, since: Mapping[date, date], day: date) -> Row:
    """Of returns by their days; ``since`` is the day before each."""
    long = [on for on in sorted(returns) if since[on] >= day - timedelta(400)]
    year = [on for on in long if since[on] >= day - timedelta(365)]
    r = np.array([returns[on] for on in year])
    if not year:
        return {**NO_VOLATILITY, "observations": 0, "reason": "no_prices"}
    row: Row = {**NO_VOLATILITY, "observations": len(r), "reason": None}
    if len(r) < 63:
        return {**row, "reason": "too_few_observations"}
    if squares(r) < STILL:
        return {**row, "reason": "constant_prices"}
    row |= {
        "realized_21d": float(np.std(r[-21:], ddof=1)) * YEAR,
        "realized_63d": float(np.std(r[-63:], ddof=1)) * YEAR,
        "daily": abs(r[-1]) * YEAR,
        "weekly": deviation(r[-5:]),
        "monthly": deviation(r[-21:]),
    }
    months = [deviation(r[end - 21 : end]) for end in range(21, len(r) + 1)]
    weeks = [deviation(r[end - 5 : end]) for end in range(21, len(r) + 1)]
    moved = np.abs(r[20:]) * YEAR
    predictors = np.array([moved, weeks, months]).T
    if len(r) - 21 >= 30:
        row |= forecast(predictors, moved)
    last = np.array(months[-21:])
    if np.ptp(last) <= 1e-12:
        row |= {"trend": "stable", "trend_strength": None}
    else:
        fit = stats.linregress(range(21), last)
        turns = abs(fit.slope) > 0.001 and fit.rvalue**2 > 0.3
        row["trend"] = "stable" if not turns else "increasing" if fit.slope > 0 else "decreasing"
        row["trend_strength"] = fit.rvalue**2
    if len(long) >= 252:
        all_months = [
            deviation([returns[on] for on in long[end - 21 : end]]) for end in range(21, len(long) + 1)
        ]
        row["percentile"] = float(np.mean([month < all_months[-1] for month in all_months]))
    return row


def forecast(predictors: Any, moved: Any) -> Row:
    """Tomorrow's move by least squares on today's, and on weekly and monthly volatility (Corsi 2009)."""
    x, y = predictors[:-1], moved[1:]
    moving = [squares(x[:, place]) >= STILL for place in range(3)]
    if squares(y) < STILL or np.linalg.matrix_rank(x[:, moving] - x[:, moving].mean(0)) < sum(moving):
        return {}
    slopes, intercept, r_squared = ridge(x[:, moving], y, 0)
    return {
        "expected_21d": intercept + float(np.dot(slopes, predictors[-1][moving])),
        "model_r_squared": r_squared,
    }


def series_volatility(market: Market, symbol: str, day: date) -> Row:
    levels = market.levels(symbol, day, 400)
    since = {later: earlier for earlier, later in itertools.pairwise(sorted(levels))}
    return volatility(simple_returns(levels, levels), since, day)


def correlation(market: Market, one: str, other: str, day: date) -> Row:
    first, second = market.levels(one, day, 90), market.levels(other, day, 90)
    days = sorted(first.keys() & second.keys())
    x = np.diff(np.log([first[on] for on in days]))
    y = np.diff(np.log([second[on] for on in days]))
    known = len(x) >= 30 and squares(x) >= STILL and squares(y) >= STILL
    return {
        "correlation": float(np.corrcoef(x, y)[0, 1]) if known else None,
        "observations": max(len(days) - 1, 0),
    }


def factor_correlations(market: Market, day: date) -> dict[tuple[int, int], Row]:
    levels = {
        factor.factor_id: market.levels(factor.symbol, day, 282)
        for factor in market.factors
        if factor.is_shocked
    }
    rows = {}
    for one, other in itertools.product(levels, repeat=2):
        days = levels[one].keys() & levels[other].keys()
        x, y = (
            np.array([move for _, move in sorted(simple_returns(levels[each], days).items())])
            for each in (one, other)
        )
        if len(x):
            rows[one, other] = {
                "correlation": 1.0 if (rho := _recent(x, y)) is not None and one == other else rho,
                "observations": len(x),
            }
    return rows


def _recent(x: Any, y: Any) -> float | None:
    """Correlation of returns that weigh less and less, the further they are away."""
    if len(x) < 30 or squares(x) < STILL or squares(y) < STILL:
        return None
    weights = 0.94 ** np.arange(len(x) - 1, -1, -1)
    x, y = (values - weights @ values / weights.sum() for values in (x, y))
    return clipped(float(weights @ (x * y) / math.sqrt((weights @ x**2) * (weights @ y**2))), 0.95)


# Accounts


def account_factors(market: Market, account: Account, day: date) -> dict[str, Row]:
    betas = {symbol: factor_betas(market, symbol, day) for symbol in account.held}
    rows = {}
    for factor in market.factors:
        known = []
        for symbol, value in account.held.items():
            instrument = market.instruments[symbol]
            if instrument.kind in OPTIONS and not factor.covers_options:
                continue
            said = instrument.beta if factor.method == "provider" else None
            estimate = betas[symbol].get("Market" if factor.method == "provider" else factor.name, {})
            if instrument.kind == "private":
                estimate = {}
            beta = said or estimate.get("slope")
            if beta is not None:
                r_squared, observations = (
                    (None, None) if said else (estimate["r_squared"], estimate["observations"])
                )
                known.append((value, clipped(beta, 5), r_squared, observations))
        rows[factor.name] = _exposure(account, known)
    return rows


def _exposure(account: Account, known: list[tuple[float, float, float | None, int | None]]) -> Row:
    gross = sum(map(abs, account.held.values()))
    explained = [(abs(value), r2) for value, _, r2, _ in known if r2 is not None]
    weight = sum(value for value, _ in explained)
    amount = sum(value * beta for value, beta, _, _ in known) if known or not account.values else None
    counts = [observations for *_, observations in known if observations is not None]
    is_part = amount is not None and account.reason is None
    return {
        "exposure_amount": amount,
        "exposure": amount / account.equity if is_part and amount is not None and account.equity else None,
        "r_squared": sum(value * r2 for value, r2 in explained) / weight if weight else None,
        "observations": min(counts, default=None),
        "coverage": sum(abs(value) for value, *_ in known) / gross if gross else None,
        "reason": account.reason if amount is not None else "no_betas" if account.held else "rate_missing",
    }


def account_volatility(market: Market, account: Account, day: date) -> Row:
    empty: Row = {**NO_VOLATILITY, "observations": 0, "coverage": None}
    coverage, returns, since = None, {}, {}
    if account.reason is None and account.held and account.equity:
        weights: dict[str, float] = {}
        grosses: dict[str, float] = {}
        for symbol, value in account.held.items():
            series = market.series(symbol, day)
            weights[series] = weights.get(series, 0.0) + value / account.equity
            grosses[series] = grosses.get(series, 0.0) + abs(value)
        steps = {}
        for series in weights:
            levels = market.levels(series, day, 400)
            before = {later: earlier for earlier, later in itertools.pairwise(sorted(levels))}
            enough = sum(earlier >= day - timedelta(365) for earlier in before.values()) >= 63
            if enough and market.instruments[series].kind != "private":
                steps[series] = (simple_returns(levels, levels), before)
        gross = sum(grosses.values())
        coverage = sum(grosses[series] for series in steps) / gross if gross else None
        if steps:
            first = max(min(moves) for moves, _ in steps.values())
            days = sorted({on for moves, _ in steps.values() for on in moves if on >= first})
            returns = {
                on: sum(weights[series] * moves.get(on, 0.0) for series, (moves, _) in steps.items())
                for on in days
            }
            earliest = max(before[on] for moves, before in steps.values() for on in moves if on == first)
            since = dict(zip(days, [earliest, *days], strict=False))
    if not account.held:
        return {**empty, "reason": account.nothing_held}
    if account.reason:
        return {**empty, "reason": account.reason}
    if (coverage or 0) < 0.8:
        return {**empty, "coverage": coverage, "reason": "low_coverage"}
    return {**volatility(returns, since, day), "coverage": coverage}


def correlated(market: Market, account: Account, least: float = 10000, part: float = 0.01) -> list[str]:
    """Instruments that are large enough to be correlated."""
    gross = sum(map(abs, account.held.values()))
    return [
        symbol
        for symbol, value in account.held.items()
        if market.instruments[symbol].kind != "private" and abs(value) >= max(least, part * gross)
    ]


def account_correlation(market: Market, account: Account, day: date) -> Row:
    held = correlated(market, account)
    known = [
        found
        for one, other in itertools.combinations(held, 2)
        if (found := correlation(market, one, other, day)["correlation"]) is not None
    ]
    n = len(held)
    mean = float(np.mean(known)) if known else None
    spread = 1 + (n - 1) * mean if mean is not None else 0
    return {
        "overall_correlation": float(np.mean(np.abs(known))) if known else None,
        "effective_positions": n / spread if spread > 1e-9 else None,
        "positions_included": n,
        "positions_excluded": len(account.held) - n,
        "reason": "too_few_positions" if n < 2 else None if known else "no_correlations",
    }


RENAMED = {
    "Financial Services": "Financials",
    "Consumer Cyclical": "Consumer Discretionary",
    "Consumer Defensive": "Consumer Staples",
    "Basic Materials": "Materials",
}


def sector(market: Market, account: Account, symbol: str) -> str:
    instrument = market.instruments[symbol]
    if symbol in account.tags:
        return account.tags[symbol]
    if instrument.kind in UNCLASSIFIED:
        return "Unclassified"
    if instrument.kind == "etf" or instrument.is_etf:
        return "ETFs"
    return RENAMED.get(instrument.sector or "", instrument.sector or "Unclassified")


def account_sectors(market: Market, account: Account) -> dict[str, Row]:
    rows: dict[str, Row] = {}
    for symbol, value in account.held.items():
        row = rows.setdefault(
            sector(market, account, symbol), {"gross_value": 0.0, "net_value": 0.0, "positions": 0}
        )
        row["gross_value"] += abs(value)
        row["net_value"] += value
        row["positions"] += 1
    return rows


def account_concentration(account: Account) -> Row:
    values = sorted(map(abs, account.held.values()), reverse=True)
    if not sum(values):
        empty = dict.fromkeys(("herfindahl", "effective_number", "top_3", "top_10"))
        return {**empty, "reason": "no_value" if values else account.nothing_held}
    weights = np.array(values) / sum(values)
    herfindahl = float(10000 * (weights**2).sum())
    return {
        "herfindahl": herfindahl,
        "effective_number": 10000 / herfindahl,
        "top_3": float(weights[:3].sum()),
        "top_10": float(weights[:10].sum()),
        "reason": None,
    }


def account_stress(market: Market, account: Account, day: date) -> dict[int, Row]:
    exposed = {name: row["exposure_amount"] for name, row in account_factors(market, account, day).items()}
    shocked = {factor.name: factor for factor in market.factors if factor.is_shocked}
    rhos = factor_correlations(market, day)
    floor = None
    if all(value >= 0 for value in account.held.values()):
        floor = -sum(account.held.values())
    rows = {}
    for scenario in market.scenarios:
        shocks = {name: shock * shocked[name].unit_return for name, shock in scenario.shocks.items()}
        impacts = {
            name: None if exposed[name] is None else exposed[name] * shock for name, shock in shocks.items()
        }
        if any(impact is None for impact in impacts.values()):
            rows[scenario.scenario_id] = {
                "direct_pnl": None,
                "correlated_pnl": None,
                "impacts": impacts,
                "is_floored": False,
                "reason": "no_exposure",
            }
            continue
        direct = sum(impacts.values())
        moving = 0.0
        for reached, factor in shocked.items():
            for name, shock in shocks.items():
                found = rhos.get((shocked[name].factor_id, factor.factor_id), {}).get("correlation")
                moving += (exposed[reached] or 0) * shock * (1 if name == reached else found or 0)
        rows[scenario.scenario_id] = {
            "direct_pnl": direct if floor is None else max(direct, floor),
            "correlated_pnl": moving if floor is None else max(moving, floor),
            "impacts": impacts,
            "is_floored": floor is not None and min(direct, moving) < floor * (1 + 1e-9),
            "reason": None,
        }
    return rows


# Everything


def analyses(market: Market, accounts: Iterable[Account], day: date) -> dict[str, dict[Key, Row]]:
    """All findings of a day, by table and key."""
    accounts = list(accounts)
    found: dict[str, dict[Key, Row]] = {}
    ids = {symbol: instrument.instrument_id for symbol, instrument in market.instruments.items()}
    factor_ids = {factor.name: factor.factor_id for factor in market.factors}
    public = {
        symbol
        for account in accounts
        for symbol in account.held
        if market.instruments[symbol].kind != "private"
    }
    proxies = {
        symbol
        for factor in market.factors
        for symbol in (factor.symbol, factor.short_symbol)
        if symbol in market.instruments
    }
    anything = any(account.held for account in accounts)
    on = str(day)

    found["factor_beta"] = {
        (on, str(ids[symbol]), str(factor_ids[name])): row
        for symbol in public | (proxies if anything else set())
        for name, row in factor_betas(market, symbol, day).items()
    }
    found["series_volatility"] = {
        (on, str(ids[symbol])): series_volatility(market, symbol, day)
        for symbol in {market.series(symbol, day) for symbol in public}
    }
    found["instrument_correlation"] = {}
    for account in accounts:
        for pair in itertools.combinations(correlated(market, account), 2):
            one, other = sorted(pair, key=ids.__getitem__)
            found["instrument_correlation"][on, str(ids[one]), str(ids[other])] = correlation(
                market, one, other, day
            )
    found["factor_correlation"] = {
        (on, str(one), str(other)): row for (one, other), row in factor_correlations(market, day).items()
    }
    for table in ("account_factor", "account_volatility", "account_correlation"):
        found[table] = {}
    for table in ("account_sector", "account_concentration", "account_stress", "analysed_position"):
        found[table] = {}
    for account in accounts:
        key = (str(account.account_id), on)
        chosen = correlated(market, account)
        for symbol, value in account.held.items():
            found["analysed_position"][*key, str(ids[symbol])] = {
                "series_id": ids[market.series(symbol, day)],
                "value": value,
                "is_correlated": symbol in chosen,
            }
        for name, row in account_factors(market, account, day).items():
            found["account_factor"][*key, str(factor_ids[name])] = row
        found["account_volatility"][key] = account_volatility(market, account, day)
        found["account_correlation"][key] = account_correlation(market, account, day)
        for name, row in account_sectors(market, account).items():
            found["account_sector"][*key, name] = row
        found["account_concentration"][key] = account_concentration(account)
        for number, row in account_stress(market, account, day).items():
            found["account_stress"][*key, str(number)] = row
    return found
