"""The analytics outside: what ``rollforward.analyse`` stores of a day, computed with numpy and copied back.

What a good quantitative developer writes against the same database: holdings, equity, closes and definitions
come out in bulk by binary COPY, everything is computed on matrices of days and instruments or of accounts and
instruments, and the findings go back by COPY into tables with the same columns, keys, constraints and
indexes, in one transaction. The rules are those of the functions: returns between days on which all concerned
have a close, so instruments are taken together by the days on which they have one; figures that cannot be
told are NULL with a reason.

Simpler than the database in what the data does not have: one currency, no options, no splits, nothing stored
of the day before, nobody else at work; money is floating point here, and exact there.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
from psycopg import Connection, sql
from psycopg.rows import TupleRow

from bench.contestants.binary import read_columns

TABLES = (
    "analysis",
    "analysed_position",
    "account_factor",
    "account_volatility",
    "account_correlation",
    "account_sector",
    "account_concentration",
    "account_stress",
    "factor_beta",
    "series_volatility",
    "instrument_correlation",
    "factor_correlation",
)
SCHEMA = "numpy_findings"

_EPOCH = date(2000, 1, 1)
_YEAR = 252
_LEAST_VALUE, _LEAST_PART = 10_000, 0.01
_STILL = 1e-24  # squared deviations of returns that do not move
_VOLATILITY = (
    "realized_21d", "realized_63d", "daily", "weekly", "monthly", "expected_21d", "model_r_squared", "trend",
    "trend_strength", "percentile", "observations",
)  # fmt: skip

Array = np.ndarray[Any, Any]


def prepare(connection: Connection[TupleRow]) -> None:
    """Make the tables that the findings are copied into."""
    connection.execute(sql.SQL("CREATE SCHEMA {}").format(sql.Identifier(SCHEMA)))
    for table in TABLES:
        connection.execute(
            sql.SQL("CREATE TABLE {} (LIKE {} INCLUDING ALL)").format(
                sql.Identifier(SCHEMA, table), sql.Identifier("rollforward_data", table)
            )
        )


def run(connection: Connection[TupleRow], account_ids: Sequence[int], day: date) -> None:
    """Fetch, compute and store, in one transaction."""
    with connection.transaction():
        inputs = _fetch(connection, list(account_ids), day)
        for table, columns in _findings(inputs):
            _store(connection, table, columns)


# What is read.


@dataclass(frozen=True)
class Factor:
    """A row of ``factor``; ``column`` and ``short_column`` are those of its symbols, None where unknown."""

    factor_id: int
    name: str
    method: str
    column: int | None
    short_column: int | None
    window_days: int
    minimum_returns: int
    is_shocked: bool
    unit_return: float


@dataclass(frozen=True)
class Inputs:
    """All that is read. Days and dates are numbers of days since 2000."""

    day: int
    account_ids: Array
    equity: Array  # accounts
    owner: Array  # positions: row of the account
    held: Array  # positions: column of the instrument
    value: Array  # positions
    instrument_ids: Array
    is_held: Array  # instruments
    days: Array
    closes: Array  # days, instruments, NaN where there is none
    simple: Array  # returns on the close before
    since: Array  # and the day of that
    factors: list[Factor]
    scenarios: dict[int, dict[int, float]]
    profile_beta: Array  # instruments
    sectors: Array  # positions


def _fetch(connection: Connection[TupleRow], account_ids: list[int], on_date: date) -> Inputs:
    day = (on_date - _EPOCH).days
    equity = read_columns(
        connection,
        "SELECT account_id, equity.closing_equity::float8 FROM unnest({accounts}::bigint[]) AS account_id"
        " CROSS JOIN LATERAL (SELECT closing_equity FROM rollforward_data.equity_snapshot AS snapshot"
        " WHERE snapshot.account_id = account_id.account_id AND snapshot_date <= {day}::date"
        " ORDER BY snapshot_date DESC LIMIT 1) AS equity ORDER BY account_id",
        [("account", "i8"), ("equity", "f8")], accounts=account_ids, day=on_date,
    )  # fmt: skip
    held = read_columns(
        connection,
        "SELECT account_id, instrument_id, sum(market_value)::float8"
        " FROM rollforward.holdings_as_of({accounts}::bigint[], {day}::date) GROUP BY 1, 2 ORDER BY 1, 2",
        [("account", "i8"), ("instrument", "i8"), ("value", "f8")], accounts=account_ids, day=on_date,
    )  # fmt: skip
    factor_rows = connection.execute(
        "SELECT factor_id, name, method, bought.instrument_id, sold.instrument_id, window_days,"
        " minimum_returns, is_shocked, unit_return FROM rollforward_data.factor"
        " LEFT JOIN rollforward_data.instrument AS bought ON bought.symbol = factor.symbol"
        " LEFT JOIN rollforward_data.instrument AS sold ON sold.symbol = factor.short_symbol ORDER BY 1"
    ).fetchall()
    proxies = {number for row in factor_rows for number in row[3:5] if number is not None}
    instrument_ids = np.union1d(held["instrument"], np.array(sorted(proxies), dtype=np.int64))
    place = {int(number): column for column, number in enumerate(instrument_ids)}
    factors = [
        Factor(row[0], row[1], row[2], place.get(row[3]), place.get(row[4]), *row[5:]) for row in factor_rows
    ]
    look_back = max(400, *(factor.window_days or 0 for factor in factors))
    prices = read_columns(
        connection,
        "SELECT instrument_id, price_date, close::float8 FROM rollforward_data.price"
        " WHERE instrument_id = ANY ({wanted}::bigint[])"
        " AND price_date <= {day}::date"
        " AND price_date >= {day}::date - {back}::integer"
        " ORDER BY 1, 2",
        [("instrument", "i8"), ("day", "i4"), ("close", "f8")],
        wanted=instrument_ids.tolist(), day=on_date, back=look_back,
    )  # fmt: skip
    days, row_of = np.unique(prices["day"], return_inverse=True)
    closes = np.full((days.size, instrument_ids.size), np.nan)
    closes[row_of, np.searchsorted(instrument_ids, prices["instrument"])] = prices["close"]
    simple, since = _returns(days, closes)

    columns = np.searchsorted(instrument_ids, held["instrument"])
    is_held = np.zeros(instrument_ids.size, dtype=bool)
    is_held[columns] = True
    profile_beta, sectors = _profiles(connection, held, instrument_ids, place, columns)
    scenarios: dict[int, dict[int, float]] = {}
    for scenario_id, factor_id, shock in connection.execute(
        "SELECT scenario_id, factor_id, shock FROM rollforward_data.scenario"
        " JOIN rollforward_data.scenario_shock USING (scenario_id) WHERE is_active ORDER BY 1, 2"
    ):
        scenarios.setdefault(scenario_id, {})[factor_id] = shock
    owner = np.searchsorted(equity["account"], held["account"])
    return Inputs(
        day, equity["account"], equity["equity"], owner, columns, held["value"], instrument_ids, is_held,
        days, closes, simple, since, factors, scenarios, profile_beta, sectors,
    )  # fmt: skip


def _profiles(
    connection: Connection[TupleRow],
    held: Array,
    instrument_ids: Array,
    place: dict[int, int],
    columns: Array,
) -> tuple[Array, Array]:
    """Betas that providers name, and the sectors under which positions count."""
    beta = np.full(instrument_ids.size, np.nan)
    usual = np.full(instrument_ids.size, "Unclassified", dtype=object)
    for number, kind, sector, known, is_etf in connection.execute(
        "SELECT instrument_id, kind::text, coalesce(named.sector, profile.sector), beta, is_etf"
        " FROM rollforward_data.instrument LEFT JOIN rollforward_data.instrument_profile AS profile"
        " USING (instrument_id) LEFT JOIN rollforward_data.sector_name AS named"
        " ON named.printed = profile.sector WHERE instrument_id = ANY (%s)",
        (instrument_ids.tolist(),),
    ):
        column = place[number]
        if kind == "etf" or is_etf:
            usual[column] = "ETFs"
        elif sector is not None:
            usual[column] = sector
        if known:
            beta[column] = known
    sectors = usual[columns]
    tags = {
        (account_id, number): sector
        for account_id, number, sector in connection.execute(
            "SELECT account_id, instrument_id, sector FROM rollforward_data.sector_tag"
        )
    }
    for row, key in enumerate(zip(held["account"].tolist(), held["instrument"].tolist(), strict=True)):
        if key in tags:
            sectors[row] = tags[key]
    return beta, sectors


def _returns(days: Array, closes: Array) -> tuple[Array, Array]:
    """Returns on the last close before, and the day of that; NaN and a day long ago where there is none."""
    rows = np.where(np.isnan(closes), -1, np.arange(days.size)[:, None])
    before = np.full_like(rows, -1)
    before[1:] = np.maximum.accumulate(rows, axis=0)[:-1]
    known = (rows >= 0) & (before >= 0)
    last = np.take_along_axis(closes, np.maximum(before, 0), axis=0)
    return np.where(known, closes / last - 1, np.nan), np.where(known, days[np.maximum(before, 0)], -(10**6))


# What is found.

Columns = dict[str, Any]


def _findings(inputs: Inputs) -> Iterator[tuple[str, Columns]]:
    """The rows of each table, column by column; NaN and '' are NULL."""
    count = len(inputs.account_ids)
    gross = _per_account(inputs, np.abs(inputs.value))
    positions = np.bincount(inputs.owner, minlength=count)
    reason = np.where(np.isnan(inputs.equity), "rate_missing", np.where(inputs.equity <= 0, "no_equity", ""))
    is_large = (np.abs(inputs.value) >= _LEAST_VALUE) & (
        np.abs(inputs.value) >= _LEAST_PART * gross[inputs.owner]
    )
    long_value = _per_account(inputs, np.maximum(inputs.value, 0))
    short_value = _per_account(inputs, np.minimum(inputs.value, 0))
    accounts: Columns = {"account_id": inputs.account_ids, "calculation_date": inputs.day}
    yield "analysis", accounts | {
        "currency": "USD", "equity": _Money(inputs.equity), "long_value": _Money(long_value),
        "short_value": _Money(short_value), "positions": positions.astype(np.int32), "unvalued": np.int32(0),
        "reason": reason, "is_whole": True,
    }  # fmt: skip
    instruments = inputs.instrument_ids[inputs.held]
    yield "analysed_position", {
        "account_id": inputs.account_ids[inputs.owner], "calculation_date": inputs.day,
        "instrument_id": instruments, "series_id": instruments, "value": _Money(inputs.value),
        "is_correlated": is_large,
    }  # fmt: skip

    betas = {**_lines(inputs), **_styles(inputs)}
    for factor_id, found in betas.items():
        yield "factor_beta", {
            "calculation_date": inputs.day, "instrument_id": inputs.instrument_ids,
            "factor_id": np.int32(factor_id), **found,
            "observations": found["observations"].astype(np.int32),
        }  # fmt: skip
    yield "series_volatility", _series_volatility(inputs)
    yield "account_volatility", accounts | _account_volatility(inputs, gross, positions, reason)

    held_large = np.zeros((count, inputs.instrument_ids.size), dtype=np.float32)
    held_large[inputs.owner[is_large], inputs.held[is_large]] = 1
    correlations, found_pairs = _correlations(inputs, held_large)
    yield "instrument_correlation", found_pairs
    yield "account_correlation", accounts | _diversification(held_large, correlations, positions)
    factor_correlations, found_factors = _factor_correlations(inputs)
    yield "factor_correlation", found_factors
    yield "account_sector", _sector_values(inputs)
    yield "account_concentration", accounts | _concentration(inputs, gross, positions)
    amounts: dict[int, Array] = {}
    for factor in inputs.factors:
        found = _exposure(inputs, factor, betas, gross, positions, reason)
        amounts[factor.factor_id] = found["exposure_amount"]
        yield "account_factor", accounts | {"factor_id": np.int32(factor.factor_id)} | found
    yield "account_stress", _stress(inputs, amounts, factor_correlations, long_value, short_value)


def _per_account(inputs: Inputs, amounts: Array) -> Array:
    return np.bincount(inputs.owner, amounts, minlength=len(inputs.account_ids))


def _alike(mask: Array) -> Iterator[tuple[Array, Array]]:
    """Columns that are the same: which rows they have, and which columns they are."""
    packed = np.ascontiguousarray(np.packbits(mask, axis=0).T)
    keys = packed.view(np.dtype((np.void, packed.shape[1]))).ravel()
    _, first, group = np.unique(keys, return_index=True, return_inverse=True)
    for number, one in enumerate(first):
        yield mask[:, one], np.flatnonzero(group == number)


def _line(own: Array, factor: Array, minimum: int) -> Columns:
    """Least squares of each column of own on factor."""
    n = len(factor)
    columns = own.shape[1]
    found: Columns = {
        name: np.full(columns, np.nan) for name in ("slope", "intercept", "r_squared", "std_error")
    }
    found["observations"] = np.full(columns, n)
    if n < minimum:
        return found | {"reason": np.full(columns, "too_few_observations")}
    x, y = factor - factor.mean(), own - own.mean(axis=0)
    sxx, syy, sxy = x @ x, (y * y).sum(axis=0), x @ y
    found["reason"] = np.where(syy < _STILL, "constant_prices", "constant_factor" if sxx < _STILL else "")
    with np.errstate(divide="ignore", invalid="ignore"):
        slope = sxy / sxx
        figures = {
            "slope": slope,
            "intercept": own.mean(axis=0) - slope * factor.mean(),
            "r_squared": sxy**2 / sxx / syy,
            "std_error": np.sqrt(np.maximum(syy - sxy**2 / sxx, 0) / (n - 2) / sxx),
        }
    known = found["reason"] == ""
    return found | {name: np.where(known, figure, np.nan) for name, figure in figures.items()}


def _lines(inputs: Inputs) -> dict[int, Columns]:
    found: dict[int, Columns] = {}
    has_close = ~np.isnan(inputs.closes)
    for factor in inputs.factors:
        if factor.column is None or not has_close[:, factor.column].any():
            continue
        parts = []
        if factor.method == "single":
            # returns between days on which both have a close
            shared = (has_close & has_close[:, [factor.column]])[
                inputs.days >= inputs.day - factor.window_days
            ]
            closes = inputs.closes[inputs.days >= inputs.day - factor.window_days]
            for rows, columns in _alike(shared):
                levels = closes[rows]
                moves = levels[1:] / levels[:-1] - 1
                parts.append(
                    (columns, _line(moves[:, columns], moves[:, factor.column], factor.minimum_returns))
                )
        elif factor.method == "spread" and factor.short_column is not None:
            # of the spread, between days on which its symbols have a close; of others those ending then
            both = np.flatnonzero(has_close[:, factor.column] & has_close[:, factor.short_column])
            levels = inputs.closes[both][:, [factor.column, factor.short_column]]
            moves = levels[1:] / levels[:-1] - 1
            ends = both[1:]
            in_window = inputs.days[both[:-1]] >= inputs.day - factor.window_days
            valid = in_window[:, None] & (inputs.since[ends] >= inputs.day - factor.window_days)
            for rows, columns in _alike(valid):
                own = inputs.simple[ends[rows]][:, columns]
                spread = moves[rows, 0] - moves[rows, 1]
                parts.append((columns, _line(own, spread, factor.minimum_returns)))
        if parts:
            found[factor.factor_id] = _joined(parts)
    return found


def _styles(inputs: Inputs) -> dict[int, Columns]:
    """Ridge regression on all styles at once, alpha 1, on standardised returns."""
    has_close = ~np.isnan(inputs.closes)
    styles = [
        factor
        for factor in inputs.factors
        if factor.method == "style" and factor.column is not None and has_close[:, factor.column].any()
    ]
    if not styles:
        return {}
    window = max(factor.window_days for factor in styles)
    minimum = max(factor.minimum_returns for factor in styles)
    proxies = [factor.column for factor in styles]
    common = np.flatnonzero(has_close[:, proxies].all(axis=1))
    levels = inputs.closes[common][:, proxies]
    moves, ends = levels[1:] / levels[:-1] - 1, common[1:]
    in_window = inputs.days[common[:-1]] >= inputs.day - window
    parts: list[list[tuple[Array, Columns]]] = [[] for _ in styles]
    for rows, columns in _alike(in_window[:, None] & (inputs.since[ends] >= inputs.day - window)):
        own, x = inputs.simple[ends[rows]][:, columns], moves[rows]
        n = len(x)
        observations = np.full(len(columns), n)
        nothing = np.full(len(columns), np.nan)
        slopes, r_squared, intercept = np.full((len(styles), len(columns)), np.nan), nothing, nothing
        reason = np.full(len(columns), "too_few_observations")
        if n >= minimum:
            centred, y = x - x.mean(axis=0), own - own.mean(axis=0)
            variance = (y * y).mean(axis=0)
            deviations = np.sqrt((centred**2).mean(axis=0))
            z = centred / np.where(deviations > 0, deviations, 1)
            equations = z.T @ z + np.diag(np.where(deviations > 0, 0, n)) + np.eye(len(styles))
            constants = z.T @ y
            b = np.linalg.solve(equations, constants)
            known = variance * n >= _STILL
            reason = np.where(known, "", "constant_prices")
            with np.errstate(divide="ignore", invalid="ignore"):
                slopes = np.where(known & (deviations > 0)[:, None], b / deviations[:, None], np.nan)
                r_squared = np.where(known, (b * (constants + b)).sum(axis=0) / (n * variance), np.nan)
            explained = np.nansum(slopes * x.mean(axis=0)[:, None], axis=0)
            intercept = np.where(known, own.mean(axis=0) - explained, np.nan)
        for number, slope in enumerate(slopes):
            parts[number].append((columns, {
                "slope": slope, "intercept": intercept, "r_squared": r_squared, "std_error": nothing,
                "observations": observations,
                "reason": np.where((reason == "") & np.isnan(slope), "constant_factor", reason),
            }))  # fmt: skip
    return {factor.factor_id: _joined(part) for factor, part in zip(styles, parts, strict=True)}


def _joined(parts: list[tuple[Array, Columns]]) -> Columns:
    """Parts of the columns put back in their order."""
    order = np.argsort(np.concatenate([columns for columns, _ in parts]), kind="stable")
    return {name: np.concatenate([found[name] for _, found in parts])[order] for name in parts[0][1]}


def _volatilities(returns: Array, first: int, with_year: bool) -> Columns:
    """Volatilities of columns of returns; first is the row of the first one in the year before."""
    rows, count = returns.shape
    observations = rows - first
    found: Columns = {name: np.full(count, np.nan) for name in _VOLATILITY}
    found |= {"trend": np.full(count, ""), "observations": np.full(count, observations)}
    year = returns[first:]
    if observations < 63:
        return found | {"reason": np.full(count, "too_few_observations")}
    known = ((year - year.mean(axis=0)) ** 2).sum(axis=0) >= _STILL
    root = np.sqrt(_YEAR)
    moved, week, month = np.abs(returns) * root, _rolling(returns, 5), _rolling(returns, 21)
    time = np.arange(21) - 10.0
    last = month[-21:] - month[-21:].mean(axis=0)
    sxy, syy = time @ last, (last * last).sum(axis=0)
    with np.errstate(divide="ignore", invalid="ignore"):
        slope, strength = sxy / 770, np.where(syy == 0, 1, sxy**2 / 770 / syy)
    steep = (np.abs(slope) > 0.001) & (strength > 0.3)
    expected, model = np.full(count, np.nan), np.full(count, np.nan)
    if rows - 1 - (first + 20) >= 30:
        expected, model = _forecast(moved, week, month, first + 20)
    percentile = np.full(count, np.nan)
    if with_year and rows >= 252:
        percentile = (month[20:] < month[-1]).mean(axis=0)
    figures = {
        "realized_21d": year[-21:].std(axis=0, ddof=1) * root,
        "realized_63d": year[-63:].std(axis=0, ddof=1) * root,
        "daily": moved[-1], "weekly": week[-1], "monthly": month[-1], "expected_21d": expected,
        "model_r_squared": model, "trend_strength": strength, "percentile": percentile,
    }  # fmt: skip
    trend = np.where(steep, np.where(slope > 0, "increasing", "decreasing"), "stable")
    return (
        found
        | {name: np.where(known, figure, np.nan) for name, figure in figures.items()}
        | {"trend": np.where(known, trend, ""), "reason": np.where(known, "", "constant_prices")}
    )


def _rolling(returns: Array, span: int) -> Array:
    """Sample standard deviations of the last returns, a year; NaN for the first rows."""
    total = np.cumsum(np.vstack([np.zeros(returns.shape[1]), returns]), axis=0)
    squares = np.cumsum(np.vstack([np.zeros(returns.shape[1]), returns**2]), axis=0)
    deviations = (squares[span:] - squares[:-span]) - (total[span:] - total[:-span]) ** 2 / span
    found = np.full(returns.shape, np.nan)
    found[span - 1 :] = np.sqrt(np.where(deviations > 1e-15, deviations, 0) / (span - 1) * _YEAR)
    return found


def _forecast(moved: Array, week: Array, month: Array, first: int) -> tuple[Array, Array]:
    """Heterogeneous autoregression: the next move by that of the day, of the week and of the month."""
    x = np.stack([moved[first:-1], week[first:-1], month[first:-1]])
    y = moved[first + 1 :]
    mean_x, mean_y = x.mean(axis=1), y.mean(axis=0)
    dx, dy = x - mean_x[:, None], y - mean_y
    deviations = np.sqrt((dx**2).mean(axis=1))
    with np.errstate(divide="ignore", invalid="ignore"):
        z = np.where(deviations[:, None] > 0, dx / deviations[:, None], 0)
    equations = np.einsum("itc,jtc->cij", z, z) / len(y)
    constants = np.einsum("itc,tc->ci", z, dy) / len(y)
    still = deviations.T == 0
    equations[:, [0, 1, 2], [0, 1, 2]] += still
    b = np.linalg.solve(equations, constants[:, :, None])[:, :, 0].T
    variance = (dy * dy).mean(axis=0)
    latest = np.stack([moved[-1], week[-1], month[-1]])
    with np.errstate(divide="ignore", invalid="ignore"):
        slopes = np.where(deviations > 0, b / deviations, 0)
        r_squared = (b * constants.T).sum(axis=0) / variance
    expected = mean_y + (slopes * (latest - mean_x)).sum(axis=0)
    return np.where(variance > 0, expected, np.nan), np.where(variance > 0, r_squared, np.nan)


def _series_volatility(inputs: Inputs) -> Columns:
    columns_held = np.flatnonzero(inputs.is_held)
    usable = inputs.since[:, columns_held] >= inputs.day - 400
    parts = []
    for rows, columns in _alike(usable):
        chosen = columns_held[columns]
        since = inputs.since[rows][:, chosen[0]]
        in_year = np.flatnonzero(since >= inputs.day - 365)
        if not len(in_year):
            nothing: Columns = {name: np.full(len(columns), np.nan) for name in _VOLATILITY}
            nothing |= {"trend": np.full(len(columns), ""), "observations": np.zeros(len(columns))}
            parts.append((columns, nothing | {"reason": np.full(len(columns), "no_prices")}))
            continue
        parts.append((columns, _volatilities(inputs.simple[rows][:, chosen], int(in_year[0]), True)))
    found = _joined(parts)
    found["observations"] = found["observations"].astype(np.int32)
    return {"calculation_date": inputs.day, "instrument_id": inputs.instrument_ids[columns_held], **found}


def _account_volatility(inputs: Inputs, gross: Array, positions: Array, reason: Array) -> Columns:
    """Volatility that the positions of the day would have had, where they have returns for 0.8 of it."""
    count = len(inputs.account_ids)
    usable = inputs.since >= inputs.day - 400
    enough = (inputs.since >= inputs.day - 365).sum(axis=0) >= 63
    first_row = np.where(enough, usable.argmax(axis=0), -1)
    with np.errstate(divide="ignore", invalid="ignore"):
        weight = np.where(enough[inputs.held], inputs.value / inputs.equity[inputs.owner], 0)
        coverage = _per_account(inputs, np.abs(inputs.value) * enough[inputs.held]) / gross
    weights = np.zeros((count, inputs.instrument_ids.size))
    weights[inputs.owner, inputs.held] = weight
    mixed = np.nan_to_num(inputs.simple) @ weights.T  # days, accounts
    start = np.full(count, -1)
    np.maximum.at(start, inputs.owner, first_row[inputs.held])
    judged = np.where(
        positions == 0,
        "no_positions",
        np.where(reason != "", reason, np.where(coverage >= 0.8, "", "low_coverage")),
    )
    start[judged != ""] = -1
    day_before = np.concatenate([[-(10**6)], inputs.days[:-1]])
    parts = []
    for row in np.unique(start):
        columns = np.flatnonzero(start == row)
        if row < 0:
            found: Columns = {name: np.full(len(columns), np.nan) for name in _VOLATILITY}
            found |= {"trend": np.full(len(columns), ""), "observations": np.zeros(len(columns))}
            parts.append((columns, found | {"reason": judged[columns]}))
            continue
        in_year = int(np.flatnonzero(day_before[row:] >= inputs.day - 365)[0])
        parts.append((columns, _volatilities(mixed[row:, columns], in_year, True)))
    found = _joined(parts)
    found["observations"] = found["observations"].astype(np.int32)
    return found | {"coverage": coverage}


def _correlations(inputs: Inputs, held: Array) -> tuple[Array, Columns]:
    """Correlations of log returns between common days of 90, of instruments held together."""
    together = np.triu(held.T @ held > 0, 1)
    used = np.flatnonzero(together.any(axis=0) | together.any(axis=1))
    window = inputs.days >= inputs.day - 90
    closes = inputs.closes[window][:, used]
    classes = list(_alike(~np.isnan(closes)))
    size = inputs.instrument_ids.size
    correlations, observations = np.full((size, size), np.nan), np.zeros((size, size), dtype=np.int32)
    for number, (one_days, one) in enumerate(classes):
        for other_days, other in classes[number:]:
            common = one_days & other_days
            members = np.concatenate([one, other])
            places = np.ix_(used[one], used[other])
            days = int(common.sum())
            found = np.full((len(one), len(other)), np.nan)
            if days > 30:
                moves = np.diff(np.log(closes[common][:, members]), axis=0)
                moves -= moves.mean(axis=0)
                squares = (moves * moves).sum(axis=0)
                z = moves / np.sqrt(np.where(squares < _STILL, np.nan, squares))
                found = np.clip(z[:, : len(one)].T @ z[:, len(one) :], -1, 1)
            correlations[places], observations[places] = found, max(days - 1, 0)
            correlations[places[1].T, places[0].T] = found.T
            observations[places[1].T, places[0].T] = max(days - 1, 0)
    low, high = np.nonzero(together)
    return correlations, {
        "calculation_date": inputs.day, "instrument_id": inputs.instrument_ids[low],
        "other_instrument_id": inputs.instrument_ids[high], "correlation": correlations[low, high],
        "observations": observations[low, high],
    }  # fmt: skip


def _diversification(held: Array, correlations: Array, positions: Array) -> Columns:
    known = ~np.isnan(correlations)
    np.fill_diagonal(known, False)
    figures = np.where(known, correlations, 0)
    weights = held.astype(np.float64)
    pairs, total, absolute = (
        ((weights @ matrix) * weights).sum(axis=1) / 2
        for matrix in (known.astype(np.float64), figures, np.abs(figures))
    )
    included = held.sum(axis=1)
    with np.errstate(divide="ignore", invalid="ignore"):
        mean, overall = total / pairs, absolute / pairs
        alike = 1 + (included - 1) * mean
        effective = np.where(alike > 1e-9, included / alike, np.nan)
    return {
        "overall_correlation": overall, "effective_positions": effective,
        "positions_included": included.astype(np.int32),
        "positions_excluded": (positions - included).astype(np.int32),
        "reason": np.where(included < 2, "too_few_positions", np.where(pairs == 0, "no_correlations", "")),
    }  # fmt: skip


def _factor_correlations(inputs: Inputs) -> tuple[dict[tuple[int, int], float], Columns]:
    """Correlations of the shocked factors, recent returns weighing more."""
    has_close = ~np.isnan(inputs.closes) & (inputs.days >= inputs.day - 282)[:, None]
    shocked = [
        factor
        for factor in inputs.factors
        if factor.is_shocked and factor.column is not None and has_close[:, factor.column].any()
    ]
    proxies = [factor.column for factor in shocked]
    levels = inputs.closes[has_close[:, proxies].all(axis=1)][:, proxies]
    moves = levels[1:] / levels[:-1] - 1
    weights = 0.94 ** np.arange(len(moves))[::-1]
    centred = moves - (weights @ moves) / weights.sum()
    products = (centred * weights[:, None]).T @ centred
    scale = np.sqrt(np.diag(products))
    with np.errstate(divide="ignore", invalid="ignore"):
        matrix = np.clip(products / np.outer(scale, scale), -0.95, 0.95)
    np.fill_diagonal(matrix, 1)
    still = (centred**2).sum(axis=0) < _STILL
    matrix[still | still[:, None] | (len(moves) < 30)] = np.nan
    ids = np.array([factor.factor_id for factor in shocked], dtype=np.int32)
    count = len(ids)
    known = {
        (int(one), int(other)): float(matrix[i, j])
        for i, one in enumerate(ids)
        for j, other in enumerate(ids)
        if not np.isnan(matrix[i, j])
    }
    return known, {
        "calculation_date": inputs.day, "factor_id": np.repeat(ids, count),
        "other_factor_id": np.tile(ids, count), "correlation": matrix.ravel(),
        "observations": np.full(count * count, len(moves), dtype=np.int32),
    }  # fmt: skip


def _sector_values(inputs: Inputs) -> Columns:
    names, code = np.unique(inputs.sectors.astype(str), return_inverse=True)
    key = inputs.owner * len(names) + code
    keys, group = np.unique(key, return_inverse=True)
    return {
        "account_id": inputs.account_ids[keys // len(names)], "calculation_date": inputs.day,
        "sector": names[keys % len(names)],
        "gross_value": _Money(np.bincount(group, np.abs(inputs.value))),
        "net_value": _Money(np.bincount(group, inputs.value)),
        "positions": np.bincount(group).astype(np.int32),
    }  # fmt: skip


def _concentration(inputs: Inputs, gross: Array, positions: Array) -> Columns:
    with np.errstate(divide="ignore", invalid="ignore"):
        part = np.abs(inputs.value) / gross[inputs.owner]
        order = np.lexsort((-part, inputs.owner))
        begins = np.cumsum(positions) - positions
        rank = np.arange(len(order)) - begins[inputs.owner[order]]
        herfindahl = 10_000 * _per_account(inputs, part**2)
        top = [
            np.bincount(inputs.owner[order], np.where(rank < many, part[order], 0), minlength=len(gross))
            for many in (3, 10)
        ]
        herfindahl = np.where(positions > 0, herfindahl, np.nan)
        return {
            "herfindahl": herfindahl, "effective_number": 10_000 / herfindahl,
            "top_3": np.where(positions > 0, top[0], np.nan),
            "top_10": np.where(positions > 0, top[1], np.nan),
            "reason": np.where(
                positions == 0, "no_positions", np.where(np.isnan(herfindahl), "no_value", "")
            ),
        }  # fmt: skip


def _exposure(
    inputs: Inputs, factor: Factor, betas: dict[int, Columns], gross: Array, positions: Array, reason: Array
) -> Columns:
    """Betas of what accounts hold, by signed value."""
    count, size = len(positions), inputs.instrument_ids.size
    market = next((known.factor_id for known in inputs.factors if known.name == "Market"), None)
    nothing: Columns = {name: np.full(size, np.nan) for name in ("slope", "r_squared", "observations")}
    found = betas.get(factor.factor_id, nothing)
    slope, r_squared, observations = found["slope"], found["r_squared"], found["observations"].astype(float)
    if factor.method == "provider":
        found = betas.get(market, nothing) if market is not None else nothing
        named = ~np.isnan(inputs.profile_beta)
        slope = np.where(named, inputs.profile_beta, found["slope"])
        r_squared = np.where(named, np.nan, found["r_squared"])
        observations = np.where(named, np.nan, found["observations"])
    beta = np.clip(slope, -5, 5)[inputs.held]
    has_beta = ~np.isnan(beta)
    value, size_of = inputs.value, np.abs(inputs.value)
    has_r = has_beta & ~np.isnan(r_squared[inputs.held])
    fewest = np.full(count, np.inf)
    seen = has_beta & ~np.isnan(observations[inputs.held])
    np.minimum.at(fewest, inputs.owner[seen], observations[inputs.held][seen])
    with np.errstate(divide="ignore", invalid="ignore"):
        amount = _per_account(inputs, np.where(has_beta, value * beta, 0))
        amount = np.where((_per_account(inputs, has_beta) > 0) | (positions == 0), amount, np.nan)
        explained = _per_account(inputs, np.where(has_r, size_of * r_squared[inputs.held], 0))
        explained /= _per_account(inputs, size_of * has_r)
        return {
            "exposure_amount": amount,
            "exposure": np.where(reason == "", amount / inputs.equity, np.nan),
            "r_squared": explained,
            "observations": _Whole(np.where(np.isinf(fewest), np.nan, fewest)),
            "coverage": _per_account(inputs, size_of * has_beta) / gross,
            "reason": np.where(np.isnan(amount), "no_betas", reason),
        }


def _stress(
    inputs: Inputs, amounts: dict[int, Array], correlations: dict[tuple[int, int], float], long_value: Array,
    short_value: Array,
) -> Columns:  # fmt: skip
    shocked = [factor for factor in inputs.factors if factor.is_shocked]
    exposed = np.column_stack([amounts[factor.factor_id] for factor in shocked])
    units = {factor.factor_id: factor.unit_return for factor in shocked}
    names = {factor.factor_id: factor.name for factor in shocked}
    place = {factor.factor_id: column for column, factor in enumerate(shocked)}
    direct, correlated, impacts = [], [], []
    for shocks in inputs.scenarios.values():
        moved = np.zeros(len(shocked))
        effects = {}
        for factor_id, shock in shocks.items():
            step = shock * units[factor_id]
            effects[factor_id] = exposed[:, place[factor_id]] * step
            for other in shocked:
                along = (
                    1 if other.factor_id == factor_id else correlations.get((factor_id, other.factor_id), 0)
                )
                moved[place[other.factor_id]] += step * along
        direct.append(sum(effects.values()))
        correlated.append(np.nansum(exposed * moved, axis=1))
        columns = [effect.tolist() for effect in effects.values()]
        keys = [json.dumps(names[factor_id]) for factor_id in effects]
        impacts += ["{" + ", ".join(map(_entry, keys, row)) + "}" for row in zip(*columns, strict=True)]
    count, many = len(inputs.account_ids), len(inputs.scenarios)
    loss = np.tile(np.where(short_value == 0, -long_value, -np.inf), many)
    pnl, along = np.concatenate(direct), np.concatenate(correlated)
    known = ~np.isnan(pnl)
    return {
        "account_id": np.tile(inputs.account_ids, many), "calculation_date": inputs.day,
        "scenario_id": np.repeat(np.array(list(inputs.scenarios), dtype=np.int32), count),
        "direct_pnl": np.where(known, np.maximum(pnl, loss), np.nan),
        "correlated_pnl": np.where(known, np.maximum(along, loss), np.nan),
        "impacts": _Json(impacts),
        "is_floored": known & (np.minimum(pnl, along) < loss),
        "reason": np.where(known, "", "no_exposure"),
    }  # fmt: skip


def _entry(key: str, figure: float) -> str:
    return f"{key}: null" if np.isnan(figure) else f"{key}: {figure!r}"


# What is written.


@dataclass(frozen=True)
class _Money:
    """Amounts of a numeric column."""

    amounts: Array


@dataclass(frozen=True)
class _Whole:
    """Integers, NaN where there is none."""

    figures: Array


@dataclass(frozen=True)
class _Json:
    """Documents of a jsonb column."""

    documents: list[str]


def _store(connection: Connection[TupleRow], table: str, columns: Columns) -> None:
    names = sql.SQL(", ").join(map(sql.Identifier, columns))
    rows = max(_length(column) for column in columns.values())
    copying = sql.SQL("COPY {} ({}) FROM STDIN (FORMAT binary)").format(sql.Identifier(SCHEMA, table), names)
    with connection.cursor() as cursor, cursor.copy(copying) as copy:
        copy.write(b"PGCOPY\n\xff\r\n\0" + bytes(8))
        for part in _records(columns, rows):
            copy.write(part)
        copy.write(b"\xff\xff")


def _length(column: Any) -> int:
    if isinstance(column, _Json):
        return len(column.documents)
    inner = (
        column.amounts
        if isinstance(column, _Money)
        else column.figures
        if isinstance(column, _Whole)
        else column
    )
    return len(inner) if isinstance(inner, np.ndarray) and inner.ndim else 1


def _records(columns: Columns, rows: int) -> Iterator[bytes]:
    """Rows in binary: those with the same NULLs and the same sizes are alike, and written as one array."""
    prepared = [_field(column, rows) for column in columns.values()]
    sizes = np.column_stack([size for _, size in prepared]).astype(np.int32)
    kinds, group = np.unique(sizes, axis=0, return_inverse=True)
    group = group.ravel()
    for number, kind in enumerate(kinds):
        chosen = slice(None) if len(kinds) == 1 else np.flatnonzero(group == number)
        layout: list[Any] = [("fields", ">i2")]
        for place, size in enumerate(kind):
            layout.append((f"size_{place}", ">i4"))
            if size > 0:
                layout.append((f"value_{place}", f"V{size}"))
        record = np.empty(rows if len(kinds) == 1 else len(chosen), dtype=layout)  # type: ignore[arg-type]
        record["fields"] = len(kind)
        for place, size in enumerate(kind):
            record[f"size_{place}"] = size
            if size > 0:
                values = prepared[place][0]
                record[f"value_{place}"] = _cut(values[chosen], size)
        yield record.tobytes()


def _cut(values: Array, size: int) -> Array:
    """The first bytes of each value."""
    raw = np.ascontiguousarray(values).view(np.uint8).reshape(len(values), -1)[:, :size]
    return np.ascontiguousarray(raw).view(f"V{size}").ravel()


def _field(column: Any, rows: int) -> tuple[Array, Array]:
    """Values of a column as the wire wants them, and the size of each; -1 is NULL."""
    if isinstance(column, _Json):
        texts = np.array([b"\x01" + document.encode() for document in column.documents])
        return texts, np.char.str_len(texts)
    if isinstance(column, _Money):
        return _numeric(column.amounts), np.where(np.isnan(column.amounts), -1, 18)
    if isinstance(column, _Whole):
        unknown = np.isnan(column.figures)
        return np.where(unknown, 0, column.figures).astype(">i4"), np.where(unknown, -1, 4)
    values = np.broadcast_to(np.asarray(column, dtype=np.int32 if isinstance(column, int) and not
                                        isinstance(column, bool) else None), rows)  # fmt: skip
    if values.dtype.kind == "U":
        texts = np.char.encode(values, "utf-8")
        length = np.char.str_len(texts)
        return texts, np.where(length == 0, -1, length)
    if values.dtype.kind == "f":
        return values.astype(">f8"), np.where(np.isnan(values), -1, 8)
    if values.dtype.kind == "b":
        return values.astype(np.uint8), np.full(rows, 1)
    return values.astype(values.dtype.newbyteorder(">")), np.full(rows, values.dtype.itemsize)


def _numeric(amounts: Array) -> Array:
    """numeric(…, 8) in binary: five digits to the base of 10,000, from 10^8 on; leading zeros are allowed."""
    units = np.rint(np.abs(np.nan_to_num(amounts)) * 1e8).astype(np.int64)
    found = np.empty((len(amounts), 9), dtype=">i2")
    found[:, 0], found[:, 1], found[:, 3] = 5, 2, 8
    found[:, 2] = np.where(amounts < 0, 0x4000, 0)
    for place in range(5):
        found[:, 4 + place] = units // 10_000 ** (4 - place) % 10_000
    return found
