"""beancount: lots held before, then one entry, whose postings select lots; it is refused as a whole.

Selectors are translated into the names of the lots they match: the external_id of what opened them.
"""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import psycopg

from tests.golden.peers.cases import Case, Figure, Row
from tests.golden.peers.common import ZERO, Answer, closed_pieces, day_of, event, open_lots
from tests.support.ledger import Ledger

METHODS = {"STRICT": "specific", "STRICT_WITH_SIZE": "specific", "NONE": "fifo"}  # others as they are called
NO_LOT = "no such lot"
NO_COST = "XXX"  # the currency of units without a cost
DIGITS = 8


def answers(ledger: Ledger, case: Case) -> Answer:
    for symbol in {row["symbol"] for row in case.activities}:
        ledger.instrument(symbol)
    books = Books(ledger, case)
    refused = books.post()
    inventory = books.inventory()

    def answer(figure: Figure) -> Any:
        if figure.metric == "error":
            return refused
        if figure.metric == "units_total":
            return sum(inventory.values(), ZERO)
        if figure.scope == "inventory":
            return inventory.get(identity(figure.key), ZERO)
        place, _, key = figure.key.partition("|")
        found = {(posting, lot): units for posting, lot, units in books.booked}
        return found.get((int(place), identity(key)))

    return answer


@dataclass(frozen=True)
class Identity:
    """What tells lots apart. Units without a cost have only a symbol."""

    symbol: str
    day: str = ""
    cost: Decimal | None = None
    currency: str = ""
    label: str = ""


def identity(key: str) -> Identity:
    symbol, *rest = key.split("|")
    if not rest:
        return Identity(symbol)
    day, cost, currency, label = rest
    return Identity(symbol, day, round(Decimal(cost), DIGITS), currency, label)


@dataclass(frozen=True)
class Lot:
    """A lot as a row states it."""

    row: Row
    units: Decimal
    identity: Identity

    @property
    def name(self) -> str:
        return f"lot {self.row['seq']}"


@dataclass(frozen=True)
class Selector:
    cost: Decimal | None = None
    currency: str = ""
    day: str = ""
    label: str = ""

    def new_lot(self, row: Row) -> Identity:
        """What it says of a lot that it opens."""
        return Identity(row["symbol"], self.day or row["date"], self.cost, self.currency, self.label)

    def matches(self, lot: Identity) -> bool:
        return (
            lot.cost is not None
            and self.cost in (None, lot.cost)
            and self.currency in ("", lot.currency)
            and self.day in ("", lot.day)
            and self.label in ("", lot.label)
        )


def selector(row: Row) -> Selector | None:
    """What a posting says of its lots; None when it has no cost at all."""
    text = row["note"].removeprefix("lot spec:").strip()
    if text == "none":
        return None
    found = Selector()
    for part in [part.strip() for part in re.sub(r"\(.*\)", "", text).split(",") if part.strip()]:
        if part.startswith('"'):
            found = replace(found, label=part.strip('"'))
        elif re.fullmatch(r"\d{4}-\d\d-\d\d", part):
            found = replace(found, day=part)
        else:
            *cost, currency = part.split()
            found = replace(found, cost=round(Decimal(cost[0]), DIGITS) if cost else None, currency=currency)
    return found


def lot_of(row: Row) -> Lot:
    """A lot held before."""
    units = Decimal(row["quantity"])
    if row["note"] == "no cost":
        return Lot(row, units, Identity(row["symbol"]))
    label = re.search(r"lot label=(\S+)", row["note"])
    cost = round(Decimal(row["unit_price"]), DIGITS)
    known = Identity(row["symbol"], row["date"], cost, row["currency"], label[1] if label else "")
    return Lot(row, units, known)


class Books:
    """Accounts of the ledger that stand for one account of beancount.

    Units without a cost are one account. In method AVERAGE what selectors tell apart is averaged apart, and
    is an account; averaging begins with the first reduction.
    """

    def __init__(self, ledger: Ledger, case: Case) -> None:
        self.ledger = ledger
        self.method = case.method
        self.accounts: dict[Any, int] = {}
        self.lots: dict[str, Identity] = {}  # by the name of what opened them
        self.booked: list[tuple[int, Identity, Decimal]] = []
        self.postings = 0
        self.averaged: dict[int, Identity] = {}  # by account: what its lots have become
        self.held = [lot_of(row) for row in case.activities if row["type"] == "OPEN_LOT"]
        self.entry = [row for row in case.activities if row["type"] == "APPLY"]
        self.open(*self.held)

    def post(self) -> bool:
        """Post the entry; whether it was refused, and nothing of it stays."""
        try:
            with self.ledger.connection.transaction() as entry:
                for row in self.entry:
                    self.apply(row)
                if self.ledger.orphans(self.ids()):
                    raise psycopg.Rollback(entry)
                return False
        except psycopg.errors.NotNullViolation:
            pass  # lots of several currencies match, and none is stated
        self.booked.clear()
        self.averaged.clear()
        return True

    def inventory(self) -> dict[Identity, Decimal]:
        units: dict[Identity, Decimal] = defaultdict(Decimal)
        for lot in open_lots(self.ledger, *self.ids()):
            known = self.averaged.get(lot.account_id) or self.lots[lot.opening]
            units[known] += lot.quantity if lot.side == "long" else -lot.quantity
        return units

    def ids(self) -> list[int]:
        return list(self.accounts.values())

    def account(self, lot: Identity) -> int:
        """The account of a lot."""
        if lot.cost is None:
            pool, method = NO_COST, "fifo"
        elif self.method == "AVERAGE":
            selectors = [selector(row) for row in self.entry]
            pool, method = str([each and each.matches(lot) for each in selectors]), "fifo"
        else:
            pool, method = "lots", METHODS.get(self.method, self.method.lower())
        if pool not in self.accounts:
            self.accounts[pool] = self.ledger.account(pool, costs_in_lot=False, cost_method=method)
        return self.accounts[pool]

    def open(self, *lots: Lot) -> None:
        for lot in lots:
            known = lot.identity
            self.lots[lot.name] = known
            value = abs(lot.units) * (known.cost or 0)
            opening = event(
                "buy" if lot.units > 0 else "sell",
                lot.row,
                -value if lot.units > 0 else value,
                on=date.fromisoformat(known.day) if known.day else None,
                symbol=known.symbol,
                quantity=abs(lot.units),
                effect="auto" if known.cost is None else "open",  # units without a cost offset each other
                currency=known.currency or NO_COST,
                external_id=lot.name,
            )
            self.ledger.record(self.account(known), opening)
        self.ledger.process(self.ids())

    def apply(self, row: Row) -> None:
        units, wanted = Decimal(row["quantity"]), selector(row)
        if not units:
            return
        if wanted is None:
            self.augment(Lot(row, units, Identity(row["symbol"])))
            return
        new = wanted.new_lot(row)
        opposite = [
            lot
            for lot in open_lots(self.ledger, *self.ids())
            if lot.symbol == row["symbol"] and (lot.side == "long") == (units < 0)
        ]
        if self.method == "NONE":
            opposite = [lot for lot in opposite if self.lots[lot.opening] == new]
        if opposite:
            self.reduce(row, units, wanted, opposite)
        else:
            self.augment(Lot(row, units, new))

    def augment(self, lot: Lot) -> None:
        self.open(lot)
        self.book(lot.identity, lot.units)

    def reduce(self, row: Row, units: Decimal, wanted: Selector, opposite: list[Any]) -> None:
        """Close units of the lots that match: by their names, unless they are all there are."""
        matching = [lot for lot in opposite if wanted.matches(self.lots[lot.opening])]
        matching = self.of_that_size(matching, abs(units))
        currencies = {lot.currency for lot in matching or opposite}
        currency = wanted.currency or (currencies.pop() if len(currencies) == 1 else None)
        account = (matching or opposite)[0].account_id
        queue = [lot for lot in opposite if (lot.account_id, lot.currency) == (account, currency)]
        names = sorted({lot.opening for lot in matching}) or [NO_LOT]
        last_day = max(day_of(lot.row) for lot in self.held)
        on = max(day_of(row), last_day + timedelta(days=1))
        if self.method == "AVERAGE":
            self.average(account, matching, on)
        closing = event(
            "buy" if units > 0 else "sell",
            row,
            on=on,
            symbol=row["symbol"],
            quantity=abs(units),
            effect="close",
            currency=currency,
            external_id=f"closing {row['seq']}",
            lot_ref=None if len(matching) == len(queue) else ",".join(names),
        )
        self.ledger.record(account, closing)
        self.ledger.process([account])
        pieces = [
            piece for piece in closed_pieces(self.ledger, account) if piece.closing == closing["external_id"]
        ]
        if self.method == "AVERAGE" and pieces:
            cost = sum(piece.cost for piece in pieces) / sum(piece.quantity for piece in pieces)
            merged = replace(self.lots[matching[0].opening], cost=round(cost, DIGITS))
            self.averaged[account] = merged
            self.book(merged, sum((piece.quantity for piece in pieces), ZERO).copy_sign(units))
            return
        for piece in sorted(pieces, key=self.turn):
            self.book(self.lots[piece.opening], piece.quantity.copy_sign(units))

    def average(self, account: int, lots: list[Any], on: date) -> None:
        """Average from that day on. Several lots are posted out, and what they become is posted in."""
        standing = self.ledger.rows(
            "SELECT FROM rollforward_data.account_cost_method WHERE account_id = %s AND method = 'average'",
            account,
        )
        if not standing:
            self.ledger.cost_method(account, "average", on)
        if len(lots) > 1 and account not in self.averaged:
            self.postings += len(lots) + 1

    def of_that_size(self, matching: list[Any], units: Decimal) -> list[Any]:
        """STRICT_WITH_SIZE: of several lots the first that has exactly the units."""
        if self.method != "STRICT_WITH_SIZE" or sum(lot.quantity for lot in matching) == units:
            return matching
        return [lot for lot in matching if lot.quantity == units][:1] or matching

    def turn(self, piece: Any) -> Any:
        """In which order the lots of a reduction are posted."""
        acquired = (piece.opened_on - date.min, piece.opened_at.timestamp())
        if self.method == "LIFO":
            return (-acquired[0], -acquired[1])
        return (-(self.lots[piece.opening].cost or ZERO), acquired) if self.method == "HIFO" else acquired

    def book(self, lot: Identity, units: Decimal) -> None:
        self.postings += 1
        self.booked.append((self.postings, lot, units))
