"""What adapters share: numbers of a case, movements in the order of its rows, and what came out."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

from tests.golden.peers.cases import Case, Figure, Row
from tests.support.ledger import LAST_DAY, Ledger
from tests.support.movements import Movement, movement

# The answer of the database to a figure: a number, or whether something was refused.
Answer = Callable[[Figure], Any]
Adapter = Callable[[Ledger, Case], Answer]

ZERO = Decimal(0)


def number(text: str) -> Decimal:
    return Decimal(text) if text else ZERO


def amount_of(row: Row) -> Decimal:
    """What a trade was made for, before costs."""
    return Decimal(row["amount"]) if row["amount"] else number(row["quantity"]) * number(row["unit_price"])


def day_of(row: Row) -> date:
    return date.fromisoformat(row["date"][:10])


def event(kind: str, row: Row, amount: Any = ZERO, *, on: date | None = None, **more: Any) -> Movement:
    """A movement that happens on the day of a row, or another, after those of the rows before it."""
    day = on or day_of(row)
    moment = datetime.combine(day, time(12), UTC) + timedelta(microseconds=int(row["seq"]))
    columns = {"occurred_at": moment, "currency": row["currency"], "external_id": row["seq"], **more}
    return movement(kind, day, amount, **columns)


def trade(row: Row, *, effect: str | None = None, value: Decimal | None = None, **more: Any) -> Movement:
    """A BUY that opens, or a SELL that closes; for what the row says, or another value."""
    value = amount_of(row) if value is None else value
    columns = {
        "symbol": row["symbol"],
        "quantity": abs(Decimal(row["quantity"])),
        "price": row["unit_price"] or None,
        "fee": number(row["fee"]),
        "tax": number(row["tax"]),
        **more,
    }
    if row["type"] == "BUY":
        return event("buy", row, -value, effect=effect or "open", **columns)
    return event("sell", row, value, effect=effect or "close", **columns)


def closed_pieces(ledger: Ledger, *accounts: int) -> list[Any]:
    """Rows of lot_match, with the external_id of the movements that opened and closed them."""
    return ledger.rows(
        "SELECT match.*, opening.external_id AS opening, opening.occurred_at AS opened_at,"
        " opening.price AS opening_price, closing.external_id AS closing, closing.occurred_at AS closed_at"
        " FROM rollforward.lot_match AS match"
        " JOIN rollforward.movement AS opening"
        " ON (opening.account_id, opening.movement_id) = (match.opened_in, match.opened_by)"
        " JOIN rollforward.movement AS closing"
        " ON (closing.account_id, closing.movement_id) = (match.account_id, match.closed_by)"
        " WHERE match.account_id = ANY (%s) ORDER BY closed_on, closed_at, opened_on, opened_at",
        list(accounts),
    )


def open_lots(ledger: Ledger, *accounts: int) -> list[Any]:
    """Rows of open_lot, with the external_id of the movement that opened them."""
    return ledger.rows(
        "SELECT lot.*, opening.external_id AS opening, opening.description AS opening_description"
        " FROM rollforward.open_lot AS lot"
        " JOIN rollforward.movement AS opening"
        " ON (opening.account_id, opening.movement_id) = (lot.opened_in, lot.opened_by)"
        " WHERE lot.account_id = ANY (%s) ORDER BY opened_on, occurred_at",
        list(accounts),
    )


def positions(ledger: Ledger, accounts: list[int], as_of: Any = LAST_DAY) -> list[Any]:
    return ledger.rows("SELECT * FROM rollforward.positions_as_of(%s, %s)", accounts, as_of)


def snapshots(ledger: Ledger, accounts: list[int], as_of: Any = LAST_DAY) -> list[Any]:
    return ledger.rows("SELECT * FROM rollforward.snapshots_as_of(%s, %s)", accounts, as_of)


def fx_rate(ledger: Ledger, currency: str, quote_currency: str, as_of: date) -> Decimal:
    found = ledger.value(
        "SELECT rate FROM rollforward.fx_rate_as_of(ARRAY[%s], ARRAY[%s], %s)",
        currency,
        quote_currency,
        as_of,
    )
    assert found is not None, f"no rate of {currency} in {quote_currency} on {as_of}"
    return Decimal(found)


def load_rates(ledger: Ledger, case: Case) -> None:
    """Prices of FX:AAABBB are rates."""
    for price in case.prices:
        if price["symbol"].startswith("FX:") and price["price"]:
            pair = price["symbol"].removeprefix("FX:")
            ledger.rate(pair[:3], pair[3:], price["date"], price["price"])
