"""rotki: one account; what is sold beyond the holdings was had for nothing."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

from tests.golden.peers.cases import Case, Figure, Row
from tests.golden.peers.common import (
    ZERO,
    Answer,
    closed_pieces,
    event,
    open_lots,
    positions,
    snapshots,
    trade,
)
from tests.support.ledger import Ledger

A_YEAR = timedelta(days=365)


def answers(ledger: Ledger, case: Case) -> Answer:
    for symbol in {row["symbol"] for row in case.activities}:
        ledger.instrument(symbol, "crypto")
    account = ledger.account(costs_in_lot=not fees_apart(case), cost_method=case.method)
    ledger.record(account, *(trade(row) for row in case.activities))
    missing = had_for_nothing(ledger, account, case.activities)
    closed = closed_pieces(ledger, account)

    def answer(figure: Figure) -> Any:
        pieces = [piece for piece in closed if piece.closing == figure.key]
        over_a_year = [piece for piece in pieces if piece.closed_on - piece.opened_on > A_YEAR]
        up_to_a_year = [piece for piece in pieces if piece.closed_on - piece.opened_on <= A_YEAR]
        match figure.scope, figure.metric:
            case "position", "total_cost":
                return held(ledger, account, figure, "cost_basis")
            case "position", "quantity":
                return held(ledger, account, figure, "quantity")
            case "lot", "remaining_units":
                lots = open_lots(ledger, account)
                return sum((lot.quantity for lot in lots if str(lot.opened_on) == figure.key), ZERO)
            case "activity", "realized_gain":
                return sum((piece.gain for piece in pieces), ZERO)
            case "activity", "missing_units":
                return missing.get(figure.key, ZERO)
            case "activity", "cost_of_lots_held_over_a_year":
                return sum((piece.cost for piece in over_a_year), ZERO)
            case "activity", "cost_of_lots_held_up_to_a_year":
                return sum((piece.cost for piece in up_to_a_year), ZERO)
            case "activity", "units_held_over_a_year":
                return sum((piece.quantity for piece in over_a_year), ZERO)
            case "activity", "units_held_up_to_a_year":
                # what was missing was not held
                bought = [piece for piece in up_to_a_year if piece.opening not in missing]
                return sum((piece.quantity for piece in bought), ZERO)
            case "period", "fees_as_separate_losses":
                return -sum((each.fees for each in snapshots(ledger, [account], figure.as_of)), ZERO)
        return None

    return answer


def fees_apart(case: Case) -> bool:
    return any("fees are losses of their own" in row["note"] for row in case.activities)


def had_for_nothing(ledger: Ledger, account: int, rows: list[Row]) -> dict[str, Decimal]:
    """Let units that a sale lacks come in with it, at no cost. How many that were, by row."""
    by_seq = {row["seq"]: row for row in rows}
    missing: dict[str, Decimal] = {}
    ledger.process([account])
    while lacking := lacking_sales(ledger, account):
        first = min(lacking, key=int)
        missing[first] = lacking[first]
        row = by_seq[first]
        come_in = event("securities_in", row, symbol=row["symbol"], quantity=lacking[first], effect="open")
        ledger.record(account, come_in)
        ledger.process([account])
    return missing


def lacking_sales(ledger: Ledger, account: int) -> dict[str, Decimal]:
    found = ledger.rows(
        "SELECT external_id, orphan.quantity - matched_quantity AS units"
        " FROM rollforward.orphan_closing AS orphan"
        " JOIN rollforward.movement USING (account_id, movement_id) WHERE account_id = %s",
        account,
    )
    return {sale.external_id: sale.units for sale in found}


def held(ledger: Ledger, account: int, figure: Figure, what: str) -> Decimal:
    standing = [each for each in positions(ledger, [account], figure.as_of) if each.symbol == figure.key]
    return sum((getattr(each, what) for each in standing), ZERO)
