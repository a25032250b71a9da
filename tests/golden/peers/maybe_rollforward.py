"""maybe: an account in one currency, day by day: closing = opening + what happened."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from tests.golden.peers.cases import Case, Figure, Row
from tests.golden.peers.common import (
    ZERO,
    Answer,
    amount_of,
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


def answers(ledger: Ledger, case: Case) -> Answer:
    base = next((figure.row["unit"] for figure in case.figures if figure.row["unit"]), "USD")
    account = ledger.account(costs_in_lot=False, currency=base)
    load_rates(ledger, case)
    load_prices(ledger, case, base)
    given(ledger, account, case, base)
    for row in case.activities:
        record(ledger, account, row, base)
    ledger.process([account])

    days: dict[date, dict[str, Decimal]] = {}

    def answer(figure: Figure) -> Any:
        assert figure.as_of is not None
        if figure.scope == "position":
            standing = positions(ledger, [account], figure.as_of)
            return sum((getattr(each, figure.metric) for each in standing if each.symbol == figure.key), ZERO)
        if figure.as_of not in days:
            days[figure.as_of] = day(ledger, account, base, figure.as_of)
        return days[figure.as_of][figure.metric]

    return answer


def load_prices(ledger: Ledger, case: Case, base: str) -> None:
    """Quotes; a price that is the value of a holding, by its units; and prices of trades on days without a quote."""
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


def given(ledger: Ledger, account: int, case: Case, base: str) -> None:
    """Holdings of which only the value is known are one unit, held from their first value on."""
    values = [price for price in case.prices if price["symbol"].endswith(HOLDING_VALUE)]
    for symbol in {price["symbol"].removesuffix(HOLDING_VALUE) for price in values}:
        if not any(row["symbol"] == symbol for row in trades(case)):
            first = min(price["date"] for price in values)
            row = {"seq": "0", "date": first, "currency": base, "external_id": "0"}
            come_in = event("securities_in", row, symbol=symbol, quantity=1, effect="open")
            ledger.record(account, come_in)


def record(ledger: Ledger, account: int, row: Row, base: str) -> None:
    today = day_of(row)
    match row["type"]:
        case "BUY" | "SELL":
            ledger.record(account, trade(row))
        case "DEPOSIT" | "WITHDRAWAL":
            sign = 1 if row["type"] == "DEPOSIT" else -1
            amount = sign * number(row["amount"])
            ledger.record(account, event(row["type"].lower(), row, amount))
            if row["currency"] != base:
                # money arrives in the currency of the account, at the rate of the day
                exchanged = amount * fx_rate(ledger, row["currency"], base, today)
                conversion = event(
                    "conversion", row, -amount, counter_amount=exchanged, counter_currency=base
                )
                ledger.record(account, conversion)
        case "OPENING_BALANCE":
            # stands from the evening before, holdings included
            gap = number(row["amount"]) - worth(ledger, account, base, today - A_DAY)
            ledger.record(account, event("deposit", row, gap, on=today - A_DAY))
        case "RECONCILE_TO":
            gap = number(row["amount"]) - worth(ledger, account, base, today)
            ledger.record(account, event("adjustment", row, gap))
        case other:
            raise AssertionError(f"no translation of {other}")


def worth(ledger: Ledger, account: int, base: str, on: date) -> Decimal:
    ledger.process([account])
    cash, holdings = standing(ledger, account, base, on)
    return cash + holdings


def standing(ledger: Ledger, account: int, base: str, on: date) -> tuple[Decimal, Decimal]:
    """Cash, and the value of holdings, at the end of a day."""
    cash = sum((each.cash_balance for each in in_base(ledger, account, base, on)), ZERO)
    return cash, sum((each.market_value for each in positions(ledger, [account], on)), ZERO)


def day(ledger: Ledger, account: int, base: str, on: date) -> dict[str, Decimal]:
    start_cash, start_holdings = standing(ledger, account, base, on - A_DAY)
    end_cash, end_holdings = standing(ledger, account, base, on)
    before, after = cumulative(ledger, account, base, on - A_DAY), cumulative(ledger, account, base, on)
    deposited, withdrawn, fees = (now - then for now, then in zip(after, before, strict=True))
    closed = closed_pieces(ledger, account)
    lots = [*closed, *open_lots(ledger, account)]
    bought = sum((lot.cost for lot in lots if lot.opened_on == on and lot.opening != "0"), ZERO)
    sold = sum((piece.proceeds for piece in closed if piece.closed_on == on), ZERO)
    return {
        "start_cash": start_cash,
        "start_non_cash": start_holdings,
        "start": start_cash + start_holdings,
        "cash_inflows": deposited + sold,
        "cash_outflows": withdrawn + bought,
        "non_cash_inflows": bought,
        "non_cash_outflows": sold,
        "net_market_flows": end_holdings - start_holdings - (bought - sold),
        "cash_adjustments": -fees,
        "non_cash_adjustments": ZERO,
        "end_cash": end_cash,
        "end_non_cash": end_holdings,
        "end": end_cash + end_holdings,
    }


def cumulative(ledger: Ledger, account: int, base: str, on: date) -> tuple[Decimal, Decimal, Decimal]:
    """What was deposited, withdrawn, and adjusted."""
    rows = in_base(ledger, account, base, on)
    return (
        sum((each.deposited for each in rows), ZERO),
        sum((each.withdrawn for each in rows), ZERO),
        sum((each.fees for each in rows), ZERO),
    )


def in_base(ledger: Ledger, account: int, base: str, on: date) -> list[Any]:
    """The snapshot in the currency of the account; in others nothing stays."""
    rows = snapshots(ledger, [account], on)
    assert all(row.currency == base or row.cash_balance == 0 for row in rows)
    return [row for row in rows if row.currency == base]


def trades(case: Case) -> list[Row]:
    return [row for row in case.activities if row["type"] in ("BUY", "SELL")]


def units_on(case: Case, symbol: str, on: date) -> Decimal:
    """Units that trades have left; one where there are none."""
    of_symbol = [row for row in trades(case) if row["symbol"] == symbol]
    if not of_symbol:
        return Decimal(1)
    done = [row for row in of_symbol if day_of(row) <= on]
    return sum((number(row["quantity"]) * (1 if row["type"] == "BUY" else -1) for row in done), ZERO)
