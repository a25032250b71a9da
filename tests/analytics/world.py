"""Markets and accounts that are made up: recorded in a ledger, and told to the oracle."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

import numpy as np

from tests.analytics.oracle import Account, Factor, Instrument, Market, Row, Scenario, analyses
from tests.support.analytics import ABOUT_INSTRUMENTS, Found, findings
from tests.support.ledger import Ledger
from tests.support.movements import Movement, deposit, movement

TODAY = date(2025, 8, 29)
BEGIN = date(2025, 2, 3)  # of the accounts
ETFS = ("SPY", "TLT", "VTV", "VUG", "MTUM", "QUAL", "IWM", "USMV")

Closes = dict[date, float]


def weekdays(first: date, last: date) -> list[date]:
    days = (first + timedelta(number) for number in range((last - first).days + 1))
    return [day for day in days if day.weekday() < 5]


DAYS = weekdays(TODAY - timedelta(500), TODAY)


def walk(rng: np.random.Generator, days: Sequence[date] = DAYS, volatility: float = 0.015) -> Closes:
    """Closes that wander."""
    moves = rng.normal(0.0003, volatility, len(days)).cumsum()
    return {day: round(float(50 * np.exp(move)), 6) for day, move in zip(days, moves, strict=True)}


@dataclass
class Holding:
    symbol: str
    units: float
    price: float = 40.0


@dataclass
class World:
    """A market, and accounts that hold what they hold from the first day on."""

    ledger: Ledger
    market: Market = field(default_factory=lambda: Market({}, {}, [], [], []))
    currencies: dict[str, str] = field(default_factory=dict)
    multipliers: dict[str, int] = field(default_factory=dict)
    rates: dict[tuple[str, str], dict[date, float]] = field(default_factory=dict)
    holdings: dict[int, list[Holding]] = field(default_factory=dict)
    bases: dict[int, str] = field(default_factory=dict)
    tags: dict[int, dict[str, str]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.ledger.rows("SELECT set_config('rollforward.today', %s, false)", str(TODAY))
        self.define()

    def define(self) -> None:
        """Factors and scenarios as they stand."""
        self.market.factors = [
            Factor(**row)
            for row in self.ledger.dicts("SELECT * FROM rollforward_data.factor ORDER BY factor_id")
        ]
        self.market.scenarios = [
            Scenario(row.scenario_id, row.shocks)
            for row in self.ledger.rows(
                "SELECT scenario_id, shocks FROM rollforward_data.scenario"
                " JOIN rollforward.scenario AS defined"
                " USING (name) WHERE defined.is_active"
            )
        ]

    # Facts

    def instrument(
        self, symbol: str, closes: Mapping[date, float] | None = None, kind: str = "stock", **terms: Any
    ) -> int:
        if kind == "option":
            number = self.ledger.option(symbol, **terms)
            self.multipliers[symbol] = 100
        else:
            number = self.ledger.instrument(symbol, kind, **terms)
        self.currencies[symbol] = terms.get("currency", "USD")
        underlying = terms.get("underlying", "ACME") if kind == "option" else None
        self.market.instruments[symbol] = Instrument(number, symbol, kind, underlying)
        self.close(symbol, closes or {})
        return number

    def factors(self, rng: np.random.Generator, symbols: Sequence[str] = ETFS) -> None:
        """Closes of the factors, which move alike to some extent."""
        common = rng.normal(0, 0.008, len(DAYS)).cumsum()
        for symbol in symbols:
            own = rng.normal(0, 0.006, len(DAYS)).cumsum()
            level = 100 * np.exp(common + own)
            self.instrument(
                symbol, {day: round(float(x), 6) for day, x in zip(DAYS, level, strict=True)}, kind="etf"
            )

    def close(self, symbol: str, closes: Mapping[date, float]) -> None:
        known = self.market.closes.setdefault(symbol, {})
        known.update(closes)
        if closes:
            self.ledger.rows(
                "INSERT INTO rollforward_data.price SELECT %s, * FROM unnest(%s::date[], %s::numeric[])"
                " ON CONFLICT ON CONSTRAINT price_pkey DO UPDATE SET close = excluded.close",
                self.ledger.instruments[symbol],
                list(closes),
                [repr(close) for close in closes.values()],
            )

    def profile(self, symbol: str, *, beta: float | None = None, sector: str | None = None) -> None:
        instrument = self.market.instruments[symbol]
        instrument.beta, instrument.sector = beta, sector
        self.ledger.rows(
            "INSERT INTO rollforward_data.instrument_profile (instrument_id, beta, sector)"
            " VALUES (%s, %s, %s)"
            " ON CONFLICT (instrument_id) DO UPDATE SET beta = excluded.beta, sector = excluded.sector",
            instrument.instrument_id,
            beta,
            sector,
        )

    def split(self, symbol: str, on: date, quantity: int, *, booked: bool = False) -> None:
        """One becomes some. Said by the market, or by the statements of those who hold it."""
        self.market.splits.append((symbol, on, float(quantity)))
        self.close(
            symbol,
            {day: close / quantity for day, close in self.market.closes[symbol].items() if day >= on},
        )
        if not booked:
            self.ledger.split(symbol, on, quantity)
            return
        for account, holdings in self.holdings.items():
            if any(holding.symbol == symbol for holding in holdings):
                terms = {"symbol": symbol, "quantity": quantity, "per_quantity": 1}
                self.ledger.record(account, movement("split", on, currency=self.currencies[symbol], **terms))

    def rate(self, currency: str, quote: str, on: date, rate: float) -> None:
        self.rates.setdefault((currency, quote), {})[on] = rate
        self.ledger.rate(currency, quote, on, rate)

    def account(
        self, number: str, cash: int, *holdings: Holding, base: str = "USD", begins: date = BEGIN
    ) -> int:
        account = self.ledger.account(number, currency=base)
        self.holdings[account], self.bases[account] = list(holdings), base
        flows: list[Movement] = [deposit(str(begins), cash, currency=base)] if cash else []
        self.ledger.record(account, *flows, *(self._arrival(holding, begins) for holding in holdings))
        return account

    def _arrival(self, holding: Holding, on: date) -> Movement:
        return movement(
            "securities_in",
            on,
            symbol=holding.symbol,
            currency=self.currencies[holding.symbol],
            side="long" if holding.units > 0 else "short",
            effect="open",
            quantity=abs(holding.units),
            price=holding.price,
        )

    def tag(self, account: int, symbol: str, sector: str) -> None:
        self.tags.setdefault(account, {})[symbol] = sector
        self.ledger.rows("SELECT rollforward.tag_sector(%s, %s, %s)", account, symbol, sector)

    # Figures

    @property
    def accounts(self) -> list[int]:
        return list(self.holdings)

    def process(self) -> None:
        self.ledger.process(self.accounts, BEGIN, TODAY)

    def wanted(
        self, day: date, accounts: Sequence[int] | None = None
    ) -> dict[str, dict[tuple[str, ...], Row]]:
        """What the oracle finds."""
        chosen = self.accounts if accounts is None else accounts
        return analyses(self.market, [self._account(account, day) for account in chosen], day)

    def found(self, *days: date) -> Found:
        """What the analyses of some days have found."""
        keep = {str(day) for day in days}
        return {
            table: {key: row for key, row in rows.items() if keep & set(key)}
            for table, rows in findings(self.ledger).items()
            if table != "analysis"
        }

    def _account(self, account: int, day: date) -> Account:
        equity = self.ledger.rows(
            "SELECT closing_equity FROM rollforward_data.equity_snapshot"
            " WHERE account_id = %s AND snapshot_date <= %s ORDER BY snapshot_date DESC LIMIT 1",
            account,
            day,
        )
        known = equity[0].closing_equity if equity else None
        return Account(
            account,
            None if known is None else float(known),
            {holding.symbol: self._value(account, holding, day) for holding in self.holdings[account]},
            is_valued=bool(equity),
            tags=self.tags.get(account, {}),
        )

    def _value(self, account: int, holding: Holding, day: date) -> float | None:
        symbol = holding.symbol
        closes = {on: close for on, close in self.market.closes[symbol].items() if on <= day}
        units = holding.units
        for split, on, ratio in self.market.splits:
            if split == symbol and BEGIN < on <= day:
                units *= ratio
        multiplier = self.multipliers.get(symbol, 1)
        worth = (
            units * closes[max(closes)] * multiplier if closes else holding.units * holding.price * multiplier
        )
        rate = self._rate(self.currencies[symbol], self.bases[account], day)
        return None if rate is None else worth * rate

    def _rate(self, currency: str, quote: str, day: date) -> float | None:
        if currency == quote:
            return 1.0
        direct = {on: rate for on, rate in self.rates.get((currency, quote), {}).items() if on <= day}
        if direct:
            return direct[max(direct)]
        turned = {on: rate for on, rate in self.rates.get((quote, currency), {}).items() if on <= day}
        return 1 / turned[max(turned)] if turned else None


def shared_of(found: Found, wanted: Mapping[str, Any]) -> Found:
    """Findings, those about instruments that were asked for: what was found for others stays, too."""
    return {
        table: (
            {key: row for key, row in rows.items() if key in wanted[table]}
            if table in ABOUT_INSTRUMENTS
            else rows
        )
        for table, rows in found.items()
    }
