"""The shared valuation cases: accounts with lots, flows and closes, loaded as their README says.

What computes the figures is a parameter: the cases say when something is processed, a ``Processing`` how.
"""

from __future__ import annotations

from collections import defaultdict
from decimal import Decimal
from pathlib import Path
from typing import Protocol

import pytest

from tests.support.golden import SHARED, table
from tests.support.ledger import Ledger
from tests.support.movements import Movement, movement

CALENDAR = "SHARED CASES"
CONTRACT = Decimal(100)
SHORT = ("SHORT", "SC", "SP")
OPTIONS = {"LC": "call", "LP": "put", "SC": "call", "SP": "put"}

Row = dict[str, str]


def valuation_folder() -> Path:
    """The folder of the valuation cases; skips the test where they are absent."""
    folder = SHARED / "golden" / "valuation"
    if not (folder / "inputs" / "positions.csv").exists():
        pytest.skip(f"{folder} is absent; set ROLLFORWARD_SHARED to the folder that holds golden/")
    return folder


class Processing(Protocol):
    """A way of computing: a range of days of an account, or all that is stale."""

    def range(self, ledger: Ledger, account: int, start: str, end: str) -> None: ...

    def stale(self, ledger: Ledger, account: int) -> None: ...


class Batch:
    """All at once."""

    def range(self, ledger: Ledger, account: int, start: str, end: str) -> None:
        ledger.process([account], start, end)

    def stale(self, ledger: Ledger, account: int) -> None:
        ledger.process_stale()


class Reference:
    """Date by date. It has to be told where to begin when a fact changed that accounts share."""

    def range(self, ledger: Ledger, account: int, start: str, end: str) -> None:
        changed = self._first_change(ledger, "shared_mark")
        ledger.process_per_date(account, min(start, changed or start), end)
        if changed:
            ledger.rows("DELETE FROM rollforward_data.shared_mark")

    def stale(self, ledger: Ledger, account: int) -> None:
        first_day = self._first_change(ledger, "stale_mark")
        if first_day or self._first_change(ledger, "shared_mark"):
            self.range(ledger, account, first_day or "infinity", "infinity")

    def _first_change(self, ledger: Ledger, marks: str) -> str | None:
        return ledger.value(f"SELECT min(from_date)::text FROM rollforward_data.{marks}")


def load_market(ledger: Ledger, folder: Path) -> None:
    """Calendar, instruments and closes. A close of nothing is none."""
    inputs = folder / "inputs"
    with ledger.connection.cursor().copy("COPY rollforward_data.trading_calendar FROM STDIN") as stream:
        for row in table(inputs / "trading_days.csv"):
            stream.write_row([CALENDAR, row["date"]])

    lots = {row["symbol"]: row for row in table(inputs / "positions.csv")}
    closes = table(inputs / "market_data_cache.csv")
    for symbol in sorted({*lots, *(row["symbol"] for row in closes)}):
        _add_instrument(ledger, symbol, lots.get(symbol))
    copy = "COPY rollforward_data.price (instrument_id, price_date, close) FROM STDIN"
    with ledger.connection.cursor().copy(copy) as stream:
        for row in closes:
            if Decimal(row["close"]) > 0:
                stream.write_row([ledger.instruments[row["symbol"]], row["date"], row["close"]])


def load_account(ledger: Ledger, folder: Path, key: str, first_day: str) -> int:
    """An account that begins on a day with its lots, and with so much cash that its equity is as stated."""
    inputs = folder / "inputs"
    account = ledger.account(key)
    ledger.rows("UPDATE rollforward_data.account SET calendar = %s WHERE account_id = %s", CALENDAR, account)
    (portfolio,) = (row for row in table(inputs / "portfolios.csv") if row["key"] == key)
    lots = {
        row["tag"]: row
        for row in table(inputs / "positions.csv")
        if row["portfolio"] == key and not row["deleted_on"]
    }
    at_first = [lot for lot in lots.values() if lot["entry_date"] < first_day]
    cash = Decimal(portfolio["equity_balance"]) - sum(
        (_value(ledger, lot, first_day) for lot in at_first), Decimal()
    )

    ledger.record(
        account,
        *(_flow(first_day, cash) for _ in range(cash != 0)),
        *(_arrival(lot, first_day) for lot in at_first),
        *(_entry(lot) for lot in lots.values() if lot["entry_date"] >= first_day),
        *(_exit(lots[row["tag"]], row) for row in table(inputs / "trades.csv") if row["portfolio"] == key),
        *(
            _flow(row["change_date"], _signed(row))
            for row in table(inputs / "equity_changes.csv")
            if row["portfolio"] == key and not row["deleted_on"]
        ),
    )
    return account


def expected_equity(folder: Path) -> dict[str, list[Row]]:
    """Rows of equity.csv by their account."""
    rows = defaultdict(list)
    for row in table(folder / "outputs" / "equity.csv"):
        rows[row.pop("account")].append(row)
    return dict(rows)


def _add_instrument(ledger: Ledger, symbol: str, lot: Row | None) -> None:
    if lot is not None and lot["position_type"] in OPTIONS:
        ledger.option(
            symbol,
            underlying=lot["underlying_symbol"],
            expiration=lot["expiration_date"],
            strike=lot["strike_price"],
            option_right=OPTIONS[lot["position_type"]],
            multiplier=CONTRACT,
        )
    elif lot is not None and lot["investment_class"] == "PRIVATE":
        ledger.instrument(symbol, "private")
    else:
        ledger.instrument(symbol)


def _value(ledger: Ledger, lot: Row, day: str) -> Decimal:
    """Signed value at the latest close by a day; what has none, at its entry price."""
    closes = ledger.rows(
        "SELECT close FROM rollforward_data.price WHERE instrument_id = %s AND price_date <= %s"
        " ORDER BY price_date DESC LIMIT 1",
        ledger.instruments[lot["symbol"]],
        day,
    )
    price = closes[0].close if closes else Decimal(lot["entry_price"])
    return Decimal(lot["quantity"]) * _multiplier(lot) * price


def _arrival(lot: Row, day: str) -> Movement:
    return movement(
        "securities_in",
        day,
        symbol=lot["symbol"],
        side="short" if _is_short(lot) else "long",
        effect="open",
        quantity=abs(Decimal(lot["quantity"])),
        price=lot["entry_price"],
        external_id=lot["id"],
    )


def _entry(lot: Row) -> Movement:
    return _trade(lot, lot["entry_date"], Decimal(lot["quantity"]), lot["entry_price"], "open")


def _exit(lot: Row, row: Row) -> Movement:
    sign = 1 if _is_short(lot) else -1
    return _trade(lot, row["trade_date"], sign * Decimal(row["close_quantity"]), row["exit_price"], "close")


def _trade(lot: Row, day: str, quantity: Decimal, price: str, effect: str) -> Movement:
    """A purchase of a positive quantity, a sale of a negative one; a closing names the lot it is of."""
    return movement(
        "buy" if quantity > 0 else "sell",
        day,
        -quantity * _multiplier(lot) * Decimal(price),
        symbol=lot["symbol"],
        effect=effect,
        quantity=abs(quantity),
        price=price,
        **({"lot_ref": lot["id"]} if effect == "close" else {"external_id": lot["id"]}),
    )


def _flow(day: str, amount: Decimal) -> Movement:
    return movement("deposit" if amount > 0 else "withdrawal", day, amount)


def _signed(change: Row) -> Decimal:
    return Decimal(change["amount"]) * (-1 if change["change_type"] == "WITHDRAWAL" else 1)


def _is_short(lot: Row) -> bool:
    return lot["position_type"] in SHORT


def _multiplier(lot: Row) -> Decimal:
    return CONTRACT if lot["position_type"] in OPTIONS else Decimal(1)
