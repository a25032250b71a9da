"""ghostfolio: average cost without fees, in the currency of the portfolio.

The plain figures are those of the account, at the rate of the day asked for. Those "with currency effect" are
those of a second account, in which every activity has been converted at the rate of its own day.
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from functools import cache
from typing import Any

from tests.golden.peers.cases import Case, Figure, Row
from tests.golden.peers.common import (
    ZERO,
    Answer,
    amount_of,
    day_of,
    event,
    fx_rate,
    load_rates,
    number,
    snapshots,
    trade,
)
from tests.support.ledger import Ledger


def answers(ledger: Ledger, case: Case) -> Answer:
    base = base_currency(case)
    load_rates(ledger, case)
    for row in case.activities:
        if row["symbol"] and row["symbol"] not in ledger.instruments:
            ledger.instrument(row["symbol"], currency=row["currency"])
    for row in case.activities:
        if row["type"] == "SPLIT":
            ledger.split(row["symbol"], day_of(row), *row["quantity"].split("/"))
    load_prices(ledger, case)
    plain = ledger.account("plain", costs_in_lot=False, currency=base, cost_method="average")
    effect = ledger.account("with currency effect", costs_in_lot=False, currency=base, cost_method="average")
    for row in case.activities:
        rate = fx_rate(ledger, row["currency"], base, day_of(row))
        ledger.record(plain, *booked(row, row["currency"], Decimal(1)))
        ledger.record(effect, *booked(row, base, rate))
    ledger.process([plain, effect])
    portfolio = Portfolio(ledger, plain, effect, base)

    def answer(figure: Figure) -> Any:
        as_of = figure.as_of
        assert as_of is not None
        if figure.scope == "investments":
            return sum((each.cost for each in portfolio.positions(as_of).values()), ZERO)
        if figure.scope in ("position", "expr"):
            return portfolio.positions(as_of)[figure.key].figure(figure.metric)
        return portfolio.figure(figure.metric, as_of)

    return answer


def base_currency(case: Case) -> str:
    stated = [part for row in case.activities for part in row["note"].split() if part.startswith("base=")]
    units = [figure.row["unit"] for figure in case.figures if len(figure.row["unit"]) == 3]
    return stated[0].removeprefix("base=") if stated else units[0]


def booked(row: Row, currency: str, rate: Decimal) -> list[Any]:
    """What an activity is in a currency; trades close what is open, then open."""
    money = {"currency": currency, "fee": number(row["fee"]) * rate}
    match row["type"]:
        case "BUY" | "SELL":
            price = number(row["unit_price"]) * rate
            return [trade(row, effect="auto", value=amount_of(row) * rate, **money, price=price)]
        case "DIVIDEND":
            return [event("dividend", row, amount_of(row) * rate, symbol=row["symbol"], **money)]
        case "FEE":
            return [event("fee", row, -amount_of(row) * rate, symbol=row["symbol"], **money)]
        case "INTEREST":
            return [event("interest", row, amount_of(row) * rate, **money)]
        case "DEPOSIT" | "WITHDRAWAL":
            sign = 1 if row["type"] == "DEPOSIT" else -1
            return [event(row["type"].lower(), row, sign * number(row["amount"]) * rate, **money)]
        case "SPLIT" | "LIABILITY":
            return []
        case other:
            raise AssertionError(f"no translation of {other}")


def load_prices(ledger: Ledger, case: Case) -> None:
    """Quotes, and on days without one the next later quote.

    They are restated for later splits. Ours are as of their day.
    """
    quotes = {
        (price["symbol"], date.fromisoformat(price["date"])): Decimal(price["price"])
        for price in case.prices
        if price["price"] and price["symbol"] in ledger.instruments
    }
    asked = {figure.as_of for figure in case.figures if figure.as_of}
    asked |= {day_of(row) for row in case.activities}
    for symbol in ledger.instruments:
        quoted = sorted(on for quoted_symbol, on in quotes if quoted_symbol == symbol)
        for on in sorted(asked | set(quoted)):
            later = next((each for each in quoted if each >= on), None)
            if later:
                ledger.price(symbol, on, quotes[symbol, later] * restatement(case, symbol, on))


def restatement(case: Case, symbol: str, on: date) -> Decimal:
    """Units that one unit of that day has become since."""
    ratio = Decimal(1)
    for row in case.activities:
        if row["type"] == "SPLIT" and row["symbol"] == symbol and day_of(row) > on:
            new, old = row["quantity"].split("/")
            ratio *= Decimal(new) / Decimal(old)
    return ratio


class Position:
    """A position on a day, in both accounts."""

    def __init__(self, values: dict[str, Any]) -> None:
        self.values = values
        self.cost: Decimal = values["cost"]

    def figure(self, metric: str) -> Any:
        values, rate = self.values, self.values["rate"]
        gross = values["realized"] + values["value"] - values["cost"]
        gross_with_effect = values["realized_in_base"] + values["value"] * rate - values["cost_in_base"]
        return {
            "activitiesCount": values["activities"],
            "averagePrice": abs(values["cost"] / values["quantity"]) if values["quantity"] else ZERO,
            "dividend": values["dividends"],
            "dividendInBaseCurrency": values["dividends_in_base"],
            "fee": values["fees"],
            "feeInBaseCurrency": values["fees_in_base"],
            "grossPerformance": gross * rate,
            "grossPerformanceWithCurrencyEffect": gross_with_effect,
            "investment": values["cost"] * rate,
            "investmentWithCurrencyEffect": values["cost_in_base"],
            "netPerformance": (gross - values["fees"]) * rate,
            "netPerformanceWithCurrencyEffect": gross_with_effect - values["fees_in_base"],
            "netPerformanceWithCurrencyEffectMap[max]": gross_with_effect - values["fees_in_base"],
            "marketPrice": values["price"],
            "quantity": values["quantity"],
            "valueInBaseCurrency": values["value"] * rate,
        }[metric]


class Portfolio:
    def __init__(self, ledger: Ledger, plain: int, effect: int, base: str) -> None:
        self.ledger = ledger
        self.plain = plain
        self.effect = effect
        self.base = base
        self.positions = cache(self._positions)

    def figure(self, metric: str, as_of: date) -> Any:
        positions = self.positions(as_of).values()

        def total(of_position: str) -> Decimal:
            return sum((each.figure(of_position) for each in positions), ZERO)

        if metric == "totalFeesWithCurrencyEffect":
            return sum((each.fees for each in snapshots(self.ledger, [self.effect], as_of)), ZERO)
        of_position = {
            "currentValueInBaseCurrency": "valueInBaseCurrency",
            "netPerformanceWithCurrencyEffect": "netPerformanceWithCurrencyEffect",
            "totalInvestment": "investment",
            "totalInvestmentWithCurrencyEffect": "investmentWithCurrencyEffect",
            "totalInvestmentValueWithCurrencyEffect": "investmentWithCurrencyEffect",
            "valueWithCurrencyEffect": "valueInBaseCurrency",
        }[metric]
        return total(of_position)

    def _positions(self, as_of: date) -> dict[str, Position]:
        rows = self.ledger.dicts(
            """
            WITH asked (plain, effect, base, as_of) AS (
                VALUES (%s::bigint, %s::bigint, %s::text, %s::date)
            ), latest AS (
                SELECT DISTINCT ON (account_id, instrument_id, currency) snapshot.*
                FROM asked
                JOIN rollforward.position_snapshot AS snapshot
                    ON account_id IN (plain, effect) AND snapshot_date <= as_of
                ORDER BY account_id, instrument_id, currency, snapshot_date DESC
            )
            SELECT plain.symbol,
                   coalesce(held.quantity, 0) AS quantity,
                   sign(plain.quantity) * plain.cost_basis AS cost,
                   sign(effect.quantity) * effect.cost_basis AS cost_in_base,
                   plain.realized_gains AS realized, effect.realized_gains AS realized_in_base,
                   plain.dividends, effect.dividends AS dividends_in_base,
                   plain.fees, effect.fees AS fees_in_base,
                   coalesce(held.market_value, 0) AS value,
                   quote.close AS price,
                   fx.rate,
                   (SELECT count(*) FROM rollforward.movement
                    WHERE account_id = plain.account_id AND instrument_id = plain.instrument_id
                      AND accounting_date <= as_of) AS activities
            FROM asked
            JOIN latest AS plain ON plain.account_id = asked.plain
            JOIN latest AS effect
                ON effect.account_id = asked.effect AND effect.instrument_id = plain.instrument_id
            LEFT JOIN LATERAL rollforward.positions_as_of(ARRAY[asked.plain], as_of) AS held
                ON held.instrument_id = plain.instrument_id
            LEFT JOIN LATERAL rollforward.close_as_of(plain.account_id, plain.instrument_id, as_of) AS quote
                ON true
            CROSS JOIN LATERAL rollforward.fx_rate_as_of(
                ARRAY[plain.currency::text], ARRAY[base], as_of) AS fx
            """,
            self.plain,
            self.effect,
            self.base,
            as_of,
        )
        return {row["symbol"]: Position(row) for row in rows}
