"""maybe: an account in one currency, day by day: closing = opening + what happened."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from functools import cache
from typing import Any

from tests.golden.peers.cases import Case, Figure, Row
from tests.golden.peers.common import (
    ZERO,
    Answer,
    closed_pieces,
    day_of,
    event,
    fx_rate,
    load_rates,
    number,
    open_lots,
    positions,
    snapshots,
    trade,
)
from tests.support.ledger import Ledger

A_DAY = timedelta(days=1)
HOLDING_VALUE = " (holding value)"
DEBTS = {"CreditCard", "Loan", "OtherLiability"}
NO_CASH = {"Property", "Vehicle", "OtherAsset", "Loan", "OtherLiability"}
NO_FLOWS = {"Property", "Vehicle", "OtherAsset", "OtherLiability"}


def answers(ledger: Ledger, case: Case) -> Answer:
    base = next((figure.row["unit"] for figure in case.figures if figure.row["unit"]), "USD")
    load_rates(ledger, case)
    load_prices(ledger, case, base)
    book = Book(ledger, base, next((row["account"] for row in case.activities), ""))
    book.bring_in(case)
    for row in case.activities:
        book.record(row)
    ledger.process([book.account])
    day = cache(book.day)

    def answer(figure: Figure) -> Any:
        assert figure.as_of is not None
        if figure.scope == "position":
            held = positions(ledger, [book.account], figure.as_of)
            return sum((getattr(each, figure.metric) for each in held if each.symbol == figure.key), ZERO)
        return day(figure.as_of)[figure.metric]

    return answer


def load_prices(ledger: Ledger, case: Case, base: str) -> None:
    """Quotes, and prices of trades on days without one. The value of a holding is the price of its units."""
    quotes: dict[tuple[str, date], Decimal] = {}
    for price in case.prices:
        if price["symbol"].startswith("FX:") or not price["price"]:
            continue
        symbol = price["symbol"].removesuffix(HOLDING_VALUE)
        on = date.fromisoformat(price["date"])
        units = units_on(case, symbol, on) if price["symbol"].endswith(HOLDING_VALUE) else Decimal(1)
        if units:
            quotes[symbol, on] = Decimal(price["price"]) / units
    for row in trades(case):
        quotes.setdefault((row["symbol"], day_of(row)), number(row["unit_price"]))
    for symbol in {symbol for symbol, _ in quotes}:
        ledger.instrument(symbol, currency=base)
    for (symbol, on), close in quotes.items():
        ledger.price(symbol, on, close)


def trades(case: Case) -> list[Row]:
    return [row for row in case.activities if row["type"] in ("BUY", "SELL")]


def units_on(case: Case, symbol: str, on: date) -> Decimal:
    """Units that trades have left; one where there are none."""
    of_symbol = [row for row in trades(case) if row["symbol"] == symbol]
    if not of_symbol:
        return Decimal(1)
    done = [row for row in of_symbol if day_of(row) <= on]
    return sum((number(row["quantity"]) * (1 if row["type"] == "BUY" else -1) for row in done), ZERO)


class Book:
    """The account of a case.

    What it holds beside securities is kept as its cash, be it the value of a house. A debt is below zero, and
    told the other way round.
    """

    def __init__(self, ledger: Ledger, base: str, kind: str) -> None:
        self.ledger = ledger
        self.base = base
        self.kind = kind
        self.sign = -1 if kind in DEBTS else 1
        self.account = ledger.account(costs_in_lot=False, currency=base)

    def bring_in(self, case: Case) -> None:
        """Holdings of which only the value is known are one unit, held from their first value on."""
        values = [price for price in case.prices if price["symbol"].endswith(HOLDING_VALUE)]
        for symbol in {price["symbol"].removesuffix(HOLDING_VALUE) for price in values}:
            if not any(row["symbol"] == symbol for row in trades(case)):
                first = min(price["date"] for price in values)
                row = {"seq": "0", "date": first, "currency": self.base}
                arriving = event("securities_in", row, symbol=symbol, quantity=1, effect="open")
                self.ledger.record(self.account, arriving)

    def record(self, row: Row) -> None:
        today = day_of(row)
        match row["type"]:
            case "BUY" | "SELL":
                self.ledger.record(self.account, trade(row))
            case "DEPOSIT" | "WITHDRAWAL":
                if self.kind not in NO_FLOWS:
                    self._pay(row, number(row["amount"]) * (1 if row["type"] == "DEPOSIT" else -1))
            case "OPENING_BALANCE":
                # stands from the evening before, holdings included
                gap = self._gap(row, today - A_DAY)
                self.ledger.record(self.account, event("deposit", row, gap, on=today - A_DAY))
            case "RECONCILE_TO":
                self.ledger.record(self.account, event("adjustment", row, self._gap(row, today)))
            case other:
                raise AssertionError(f"no translation of {other}")

    def _pay(self, row: Row, amount: Decimal) -> None:
        """Money arrives in the currency of the account, at the rate of the day."""
        kind = "deposit" if amount > 0 else "withdrawal"
        self.ledger.record(self.account, event(kind, row, amount))
        if row["currency"] != self.base:
            exchanged = amount * fx_rate(self.ledger, row["currency"], self.base, day_of(row))
            other_side = {"counter_amount": exchanged, "counter_currency": self.base}
            self.ledger.record(self.account, event("conversion", row, -amount, **other_side))

    def _gap(self, row: Row, on: date) -> Decimal:
        """What the account lacks of the total that is stated."""
        self.ledger.process([self.account])
        return self.sign * number(row["amount"]) - sum(self._standing(on))

    def _standing(self, on: date) -> tuple[Decimal, Decimal]:
        """Cash, and the value of holdings, at the end of a day."""
        cash = sum((each.cash_balance for each in self._snapshots(on)), ZERO)
        return cash, sum((each.market_value for each in positions(self.ledger, [self.account], on)), ZERO)

    def _snapshots(self, on: date) -> list[Any]:
        """The snapshot in the currency of the account; in others nothing stays."""
        rows = snapshots(self.ledger, [self.account], on)
        assert all(row.currency == self.base or row.cash_balance == 0 for row in rows)
        return [row for row in rows if row.currency == self.base]

    def _cumulative(self, on: date) -> tuple[Decimal, Decimal, Decimal]:
        """What was deposited, withdrawn, and adjusted."""
        rows = self._snapshots(on)
        return (
            sum((each.deposited for each in rows), ZERO),
            sum((each.withdrawn for each in rows), ZERO),
            -sum((each.fees for each in rows), ZERO),
        )

    def day(self, on: date) -> dict[str, Decimal]:
        start_cash, start_holdings = self._standing(on - A_DAY)
        end_cash, end_holdings = self._standing(on)
        before, after = self._cumulative(on - A_DAY), self._cumulative(on)
        deposited, withdrawn, adjusted = (now - then for now, then in zip(after, before, strict=True))
        closed = closed_pieces(self.ledger, self.account)
        lots = [*closed, *open_lots(self.ledger, self.account)]
        bought = sum((lot.cost for lot in lots if lot.opened_on == on and lot.opening != "0"), ZERO)
        sold = sum((piece.proceeds for piece in closed if piece.closed_on == on), ZERO)
        figures = {
            "start_cash": self.sign * start_cash,
            "start_non_cash": start_holdings,
            "start": self.sign * (start_cash + start_holdings),
            "cash_inflows": deposited + sold,
            "cash_outflows": withdrawn + bought,
            "non_cash_inflows": bought,
            "non_cash_outflows": sold,
            "net_market_flows": end_holdings - start_holdings - (bought - sold),
            "cash_adjustments": self.sign * adjusted,
            "non_cash_adjustments": ZERO,
            "end_cash": self.sign * end_cash,
            "end_non_cash": end_holdings,
            "end": self.sign * (end_cash + end_holdings),
        }
        return told_as_value(figures) if self.kind in NO_CASH else figures


def told_as_value(figures: dict[str, Decimal]) -> dict[str, Decimal]:
    """Figures of a value that is no cash."""

    def other(name: str) -> str:
        return name.replace("non_cash", "cash") if "non_cash" in name else name.replace("cash", "non_cash")

    return {other(name): value for name, value in figures.items()}
