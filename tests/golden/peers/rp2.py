"""rp2: all accounts of an asset are one pool, a purchase costs its fee, fees in the asset leave it."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from tests.golden.peers.cases import Case, Figure, Row
from tests.golden.peers.common import ZERO, Answer, closed_pieces, event, number, open_lots, positions
from tests.support.ledger import Ledger
from tests.support.movements import Movement

INCOME = {"AIRDROP", "HARDFORK", "INCOME", "INTEREST", "MINING", "STAKING", "WAGES"}
MIXED = {2020: "fifo", 2021: "lifo", 2022: "hifo", 2023: "fifo"}  # fifo before, and after
LONG_TERM = 365  # days
DUST = Decimal("1e-10")  # units that are there only because quantities have 12 decimals


def answers(ledger: Ledger, case: Case) -> Answer:
    symbol = case.activities[0]["symbol"]
    ledger.instrument(symbol, "crypto")
    pool = ledger.account("pool", costs_in_lot=True)
    years = MIXED if case.method == "mixed" else {1: case.method}
    for year, method in years.items():
        ledger.cost_method(pool, method, date(year, 1, 1), ranked_by="price")
    booked = Booked(ledger)
    activities = in_order(case.activities)
    ledger.record_all((pool, each) for row, when in activities for each in pooled(row, when))
    ledger.record_all(each for row, when in activities for each in booked.movements(row, when))
    ledger.process([pool, *booked.accounts.values()])

    fragments = read_fragments(ledger, pool, activities, years)
    sums: dict[tuple[str, str], Decimal] = defaultdict(Decimal)
    for each in fragments:
        group = f"{each['year']}|{each['term']}|{each['type']}"
        for metric in ("gain", "units", "proceeds", "cost"):
            sums[group, metric] += each[metric]
    lots = [*closed_pieces(ledger, pool), *open_lots(ledger, pool)]

    def answer(figure: Figure) -> Any:
        if figure.scope == "account":
            return booked.balance(figure.key)
        if figure.scope == "asset":
            return sum(lot.cost for lot in lots) / sum(lot.quantity for lot in lots)
        if figure.scope == "fraction":
            place = int(figure.key) - 1
            return fragments[place][figure.metric] if place < len(fragments) else None
        return sums[figure.key, figure.metric]

    return answer


def in_order(rows: list[Row]) -> list[tuple[Row, dict[str, Any]]]:
    """Rows by time, acquisitions of one instant first, each with when its movements happen."""

    def moment(row: Row) -> datetime:
        return datetime.fromisoformat(row["date"])

    ordered = []
    day, same_moment, last = date.min, 0, None
    for row in sorted(rows, key=lambda row: (moment(row), not is_acquisition(row), int(row["seq"]))):
        same_moment = same_moment + 1 if moment(row) == last else 0
        last = moment(row)
        day = max(day, last.date())
        ordered.append((row, {"on": day, "occurred_at": last + timedelta(microseconds=same_moment)}))
    return ordered


def is_acquisition(row: Row) -> bool:
    return row["type"] in ("BUY", *INCOME) or row["note"].startswith("amount without fee")


def pooled(row: Row, when: dict[str, Any]) -> list[Movement]:
    """What a row is in the pool of all accounts."""
    lot = {"symbol": row["symbol"], "price": row["unit_price"], **when}
    value = number(row["amount"])
    if is_acquisition(row):
        bought = event(
            "buy", row, -value, quantity=row["quantity"], effect="open", fee=number(row["fee"]), **lot
        )
        earned = event("interest", row, value + number(row["fee"]), **when)
        return [bought, earned] if row["type"] in INCOME else [bought]
    units, proceeds = disposed(row)
    return [event("sell", row, proceeds, quantity=units, effect="close", **lot)] if units else []


def disposed(row: Row) -> tuple[Decimal, Decimal]:
    """Units that leave the pool, and for what. A fee in the asset brings in nothing beyond the sale."""
    if row["type"] in ("MOVE", "FEE"):
        return fee_units(row), number(row["fee"])
    return number(row["quantity"]) + fee_units(row), number(row["amount"])


def fee_units(row: Row) -> Decimal:
    found = re.search(r"fee_units=(\S+)|fee paid in the asset: (\S+) units", row["note"])
    return Decimal(found[1] or found[2]) if found else ZERO


def read_fragments(
    ledger: Ledger, pool: int, activities: list[tuple[Row, dict[str, Any]]], years: dict[int, str]
) -> list[dict[str, Any]]:
    """Gains in the order of disposals; of one disposal in the order of its lots."""
    places = {row["seq"]: place for place, (row, _) in enumerate(activities)}
    rows = {row["seq"]: row for row, _ in activities}

    def turn(piece: Any) -> Any:
        method = years[max((year for year in years if year <= piece.closed_on.year), default=min(years))]
        acquired = places[piece.opening]
        price = piece.opening_price
        return {"fifo": acquired, "lifo": -acquired, "hifo": (-price, acquired), "lofo": (price, acquired)}[
            method
        ]

    found: dict[str, list[dict[str, Any]]] = defaultdict(list)
    pieces = [piece for piece in closed_pieces(ledger, pool) if piece.quantity > DUST]
    for piece in sorted(pieces, key=lambda piece: (places[piece.closing], turn(piece))):
        row = rows[piece.closing]
        held = datetime.fromisoformat(row["date"]) - datetime.fromisoformat(rows[piece.opening]["date"])
        found[piece.closing].append(
            {
                "year": row["date"][:4],
                "term": "LONG" if held.days >= LONG_TERM else "SHORT",
                "type": row["type"],
                "gain": piece.gain,
                "units": piece.quantity,
                "proceeds": piece.proceeds,
                "cost": piece.cost,
            }
        )
    earned = ledger.rows(
        "SELECT movement.external_id, adds.other_income FROM rollforward.movement"
        " CROSS JOIN LATERAL rollforward.movement_contribution("
        "     kind, false, amount, commission, fee, tax) AS adds"
        " WHERE account_id = %s AND adds.other_income IS NOT NULL",
        pool,
    )
    standing = ledger.snapshot(pool)
    assert sum(income.other_income for income in earned) == (standing.other_income if standing else ZERO)
    for income in earned:
        row = rows[income.external_id]
        found[row["seq"]].append(
            {
                "year": row["date"][:4],
                "term": "SHORT",
                "type": row["type"],
                "gain": income.other_income,
                "units": number(row["quantity"]),
                "proceeds": income.other_income,
                "cost": ZERO,
            }
        )
    return [each for row, _ in activities for each in found[row["seq"]]]


class Booked:
    """The accounts one by one, where units may be missing until they are moved in: how many each has."""

    def __init__(self, ledger: Ledger) -> None:
        self.ledger = ledger
        self.accounts: dict[str, int] = {}

    def movements(self, row: Row, when: dict[str, Any]) -> Iterator[tuple[int, Movement]]:
        for account, units in changes(row):
            if account not in self.accounts:
                self.accounts[account] = self.ledger.account(account)
            if units:
                lot = {"symbol": row["symbol"], "quantity": abs(units), **when}
                moved = event("buy" if units > 0 else "sell", row, effect="auto", **lot)
                yield self.accounts[account], moved

    def balance(self, account: str) -> Decimal:
        ids = [self.accounts[account]] if account in self.accounts else []
        return sum((each.quantity for each in positions(self.ledger, ids)), ZERO)


def changes(row: Row) -> list[tuple[str, Decimal]]:
    """By how many units a row changes which accounts."""
    units = number(row["quantity"])
    if is_acquisition(row):
        return [(row["account"], units)]
    if row["type"] == "MOVE":
        to = re.match(r"to (.+) received=(\S+) ", row["note"])
        assert to is not None
        return [(row["account"], -units), (to[1], Decimal(to[2]))]
    return [(row["account"], -units - fee_units(row))]
