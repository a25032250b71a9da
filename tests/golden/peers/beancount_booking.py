"""beancount: lots held before, then the postings of one entry with their selectors; an entry is refused as a whole.

Selectors are translated into the names of the lots they match. Lots are named by the external_id of what opened them.
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


def answers(ledger: Ledger, case: Case) -> Answer:
    for symbol in {row["symbol"] for row in case.activities}:
        ledger.instrument(symbol)
    held = [lot_of(row) for row in case.activities if row["type"] == "OPEN_LOT"]
    books = Books(ledger, case.method, held)
    books.open(*held)
    refused = False
    try:
        with ledger.connection.transaction() as entry:
            for row in case.activities:
                if row["type"] == "APPLY":
                    books.apply(row)
            if ledger.orphans(books.ids()):
                refused = True
                raise psycopg.Rollback(entry)
    except psycopg.errors.NotNullViolation:
        refused = True  # of two currencies, none is stated

    booked = [] if refused else books.booked
    inventory = books.inventory()

    def answer(figure: Figure) -> Any:
        if figure.metric == "error":
            return refused
        if figure.metric == "units_total":
            return sum(inventory.values(), ZERO)
        if figure.scope == "inventory":
            return inventory.get(identity(figure.key), ZERO)
        place, _, key = figure.key.partition("|")
        found = [units for number, lot, units in booked if (number, lot) == (int(place), identity(key))]
        return found[0] if found else None

    return answer


@dataclass(frozen=True)
class Identity:
    """What tells lots apart: symbol, day, cost of a unit and its currency, label; of units without cost the symbol."""

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
    return Identity(symbol, day, Decimal(cost), currency, label)


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
            found = replace(found, cost=Decimal(cost[0]) if cost else None, currency=currency)
    return found


def lot_of(row: Row) -> Lot:
    """A lot held before."""
    units = Decimal(row["quantity"])
    if row["note"] == "no cost":
        return Lot(row, units, Identity(row["symbol"]))
    label = re.search(r"lot label=(\S+)", row["note"])
    cost = Decimal(row["unit_price"])
    known = Identity(row["symbol"], row["date"], cost, row["currency"], label[1] if label else "")
    return Lot(row, units, known)


class Books:
    """Accounts of the ledger that stand for one account of beancount.

    Units without a cost are one account. In method AVERAGE what selectors tell apart is averaged apart, and is an
    account; averaging begins with the first reduction.
    """

    def __init__(self, ledger: Ledger, method: str, held: list[Lot]) -> None:
        self.ledger = ledger
        self.method = method
        self.accounts: dict[Any, int] = {}
        self.lots: dict[str, Lot] = {}
        self.booked: list[tuple[int, Identity, Decimal]] = []
        self.selectors: list[Selector] = []
        self.last_day = max((day_of(lot.row) for lot in held), default=date.min)

    def ids(self) -> list[int]:
        return list(self.accounts.values())

    def account(self, pool: Any) -> int:
        if pool not in self.accounts:
            costs = "fifo" if pool is NO_COST else METHODS.get(self.method, self.method.lower())
            starts_as = "fifo" if costs == "average" else costs
            self.accounts[pool] = self.ledger.account(f"A {pool}", costs_in_lot=False, cost_method=starts_as)
        return self.accounts[pool]

    def open(self, *lots: Lot) -> None:
        for lot in lots:
            self.lots[lot.name] = lot
            what = lot.identity
            value = abs(lot.units) * (what.cost or 0)
            day = date.fromisoformat(what.day) if what.day else day_of(lot.row)
            opening = event(
                "buy" if lot.units > 0 else "sell",
                lot.row,
                -value if lot.units > 0 else value,
                on=day,
                symbol=what.symbol,
                quantity=abs(lot.units),
                effect="open",
                currency=what.currency or NO_COST,
                external_id=lot.name,
                lot_ref=what.label or None,
            )
            self.ledger.record(self.account(self.pool(what)), opening)
        self.ledger.process(self.ids())

    def pool(self, lot: Identity) -> Any:
        return NO_COST if lot.cost is None else ""

    def apply(self, row: Row) -> None:
        units, wanted = Decimal(row["quantity"]), selector(row)
        if not units:
            return
        if wanted is None:
            self.add(row, units)
            return
        opposite = [
            lot
            for lot in self.open_lots()
            if lot.symbol == row["symbol"] and (lot.side == "long") == (units < 0)
        ]
        matching = [lot for lot in opposite if wanted.matches(self.lots[lot.opening].identity)]
        if self.method == "NONE":
            same = replace_day(wanted, row)
            matching = [lot for lot in matching if self.lots[lot.opening].identity == same]
            opposite = matching
        if opposite:
            self.reduce(row, units, wanted, matching)
            return
        lot = Lot(row, units, replace_day(wanted, row))
        self.open(lot)
        self.book(lot.identity, units)

    def add(self, row: Row, units: Decimal) -> None:
        """Units without a cost offset each other."""
        account = self.account(NO_COST)
        kind = "buy" if units > 0 else "sell"
        self.ledger.record(
            account,
            event(
                kind,
                row,
                symbol=row["symbol"],
                quantity=abs(units),
                effect="auto",
                currency=NO_COST,
                external_id=f"lot {row['seq']}",
            ),
        )
        self.ledger.process([account])
        lot = Lot(row, units, Identity(row["symbol"]))
        self.lots[lot.name] = lot
        self.book(lot.identity, units)

    def reduce(self, row: Row, units: Decimal, wanted: Selector, matching: list[Any]) -> None:
        """Close units of the lots that match: all of the currency, or those that are named."""
        matching = self.of_that_size(matching, abs(units))
        currencies = {lot.currency for lot in matching}
        currency = wanted.currency or (currencies.pop() if len(currencies) == 1 else None)
        if not matching and not currency:
            currency = NO_COST
        account = self.account(matching[0].account_id if False else "")
        day = max(day_of(row), self.last_day + timedelta(days=1))
        named = None
        if not matching:
            named = NO_LOT
        elif wanted != Selector(currency=wanted.currency) or self.method == "STRICT_WITH_SIZE":
            named = ",".join(sorted({lot.opening for lot in matching}))
        if self.method == "AVERAGE":
            self.ledger.rows(
                "INSERT INTO rollforward_data.account_cost_method (account_id, from_date, method)"
                " VALUES (%s, %s, 'average') ON CONFLICT DO NOTHING",
                account,
                day,
            )
        kind = "buy" if units > 0 else "sell"
        self.ledger.record(
            account,
            event(
                kind,
                row,
                on=day,
                symbol=row["symbol"],
                quantity=abs(units),
                effect="close",
                currency=currency,
                external_id=f"closing {row['seq']}",
                lot_ref=named,
            ),
        )
        self.ledger.process([account])
        pieces = [
            piece for piece in closed_pieces(self.ledger, account) if piece.closing == f"closing {row['seq']}"
        ]
        for lot, taken in self.as_booked(pieces):
            self.book(lot, taken if units > 0 else -taken)

    def of_that_size(self, matching: list[Any], units: Decimal) -> list[Any]:
        """STRICT_WITH_SIZE: of several lots the first that has exactly the units."""
        if self.method != "STRICT_WITH_SIZE" or sum(lot.quantity for lot in matching) == units:
            return matching
        exact = [lot for lot in matching if lot.quantity == units]
        return exact[:1] or matching
