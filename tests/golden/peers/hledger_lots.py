"""hledger: an account has its lots. Transfers carry them, selectors name them, too few are refused."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Any

from tests.golden.peers.cases import Case, Figure, Row
from tests.golden.peers.common import ZERO, Answer, closed_pieces, day_of, event, number, open_lots, trade
from tests.support.ledger import Ledger

NO_LOT = "no such lot"


def answers(ledger: Ledger, case: Case) -> Answer:
    for symbol in {row["symbol"] for row in case.activities}:
        ledger.instrument(symbol)
    accounts: dict[str, int] = {}
    for row in case.activities:
        if row["account"] not in accounts:
            # the method of the account wins over that of the commodity: rows say which it is
            method = stated(row, "method").lower()
            accounts[row["account"]] = ledger.account(row["account"], costs_in_lot=False, cost_method=method)
    journey = 0
    before = ""
    for row in case.activities:
        if row["type"] == "TRANSFER_OUT" and before != "TRANSFER_OUT":
            journey += 1
        before = row["type"]
        record(ledger, accounts, row, f"journey {journey}")
    ledger.process(list(accounts.values()))
    names = {account: name for name, account in accounts.items()}

    def answer(figure: Figure) -> Any:
        closed = closed_pieces(ledger, *accounts.values())
        match figure.scope, figure.metric:
            case "lot", "remaining_units":
                return remaining(open_lots(ledger, *accounts.values()), names, figure.key)
            case "lot", "remaining_units_total":
                return sum((lot.quantity for lot in open_lots(ledger, *accounts.values())), ZERO)
            case "disposal", "realized_gain":
                on = [piece for piece in closed if piece.closed_on == figure.as_of]
                return sum((piece.gain for piece in on if names[piece.account_id] == figure.key), ZERO)
            case "journal", "realized_gain":
                sales = [row["seq"] for row in case.activities if row["type"] == "SELL"]
                sale = sales[int(figure.key) - 1]
                return sum((piece.gain for piece in closed if piece.closing == sale), ZERO)
            case "journal", "realized_gain_total":
                return sum((piece.gain or ZERO for piece in closed), ZERO)
            case "journal", "error":
                return bool(ledger.orphans(list(accounts.values())))
        return None

    return answer


def record(ledger: Ledger, accounts: dict[str, int], row: Row, journey: str) -> None:
    account = accounts[row["account"]]
    lots = {"symbol": row["symbol"], "quantity": row["quantity"]}
    match row["type"]:
        case "BUY":
            ledger.record(account, trade(row))
        case "SELL":
            ledger.record(account, trade(row, lot_ref=selected(ledger, accounts, row)))
        case "TRANSFER_OUT":
            leaving = {**lots, "effect": "close", "external_id": journey}
            lot_ref = selected(ledger, accounts, row)
            ledger.record(account, event("securities_out", row, lot_ref=lot_ref, **leaving))
        case "TRANSFER_IN":
            arriving = {**lots, "effect": "open", "external_id": journey}
            ledger.record(account, event("securities_in", row, **arriving))
        case other:
            raise AssertionError(f"no translation of {other}")


def selected(ledger: Ledger, accounts: dict[str, int], row: Row) -> str | None:
    """Days of the open lots that a selector is about; None where it leaves the choice to the method."""
    if "lot=" not in row["note"]:
        return None
    on, cost = stated(row, "lot"), stated(row, "cost")
    ledger.process(list(accounts.values()))
    lots = [
        lot
        for lot in open_lots(ledger, accounts[row["account"]])
        if lot.symbol == row["symbol"]
        and lot.opened_on <= day_of(row)
        and (not on or str(lot.opened_on) == on)
        and (not cost or lot.cost == lot.quantity * number(cost))
    ]
    return ",".join(sorted({str(lot.opened_on) for lot in lots})) or NO_LOT


def stated(row: Row, name: str) -> str:
    found = re.search(rf"\b{name}=(\S*)", row["note"])
    return found[1] if found else ""


def remaining(lots: list[Any], names: dict[int, str], key: str) -> Decimal:
    """Units of lots named account|symbol|day|cost of a unit, the last only where lots keep their own."""
    account, symbol, day, *cost = key.split("|")
    return sum(
        (
            lot.quantity
            for lot in lots
            if (names[lot.account_id], lot.symbol, str(lot.opened_on)) == (account, symbol, day)
            and (not cost or lot.cost == lot.quantity * Decimal(cost[0]))
        ),
        ZERO,
    )
