"""A queue in Python: lots, matches and orphans of one account in exact fractions.

Shares nothing with the database but the rules of DESIGN: explicit trades name their side, automatic ones
close and then open, an expiration without a side takes what is open, a strike adjustment moves lots to
another contract.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction

from tests.support.movements import Movement

Position = tuple[str, str]  # symbol and currency
EFFECTS = ["open", "auto", "close"]


@dataclass
class Lot:
    opened_by: bytes
    position: Position
    side: str
    units: Fraction
    unit_cost: Fraction


@dataclass
class Match:
    opened_by: bytes
    closed_by: bytes
    side: str
    closed_on: date
    position: Position
    units: Fraction
    cost: Fraction
    proceeds: Fraction

    @property
    def gain(self) -> Fraction:
        return self.proceeds - self.cost if self.side == "long" else self.cost - self.proceeds


@dataclass
class Outcome:
    lots: list[Lot] = field(default_factory=list)
    matches: list[Match] = field(default_factory=list)
    orphans: dict[bytes, Fraction] = field(default_factory=dict)  # closing: units that found a lot
    orphaned: set[Position] = field(default_factory=set)

    def held(self) -> dict[tuple[str, str, str], Fraction]:
        units: dict[tuple[str, str, str], Fraction] = defaultdict(Fraction)
        for lot in self.lots:
            units[(*lot.position, lot.side)] += lot.units
        return dict(units)


def in_order(movements: Sequence[Movement]) -> list[Movement]:
    """Openings before closings within an instant, strike adjustments last, then price and natural key."""
    return sorted(
        movements,
        key=lambda each: (
            each["accounting_date"],
            each["occurred_at"],
            each["kind"] == "strike_adjustment",
            EFFECTS.index(each["effect"]) if each.get("effect") else len(EFFECTS),
            each.get("price") is None,
            each.get("price") or 0,
            each["natural_key"],
        ),
    )


def net_cash(each: Movement, costs_in_lot: bool) -> Fraction:
    """The cash of a trade as its lots see it; cash and costs of a transfer are no part of a lot."""
    if each["kind"] in ("securities_in", "securities_out"):
        return Fraction(0)
    costs = each["commission"] + each["fee"] + each["tax"] if costs_in_lot else 0
    return Fraction(each["amount"]) - Fraction(costs)


def sides(each: Movement) -> tuple[list[str], str | None]:
    """The sides a movement closes, in order, and the side it opens with what is left."""
    kind, effect, stated = each["kind"], each["effect"], each.get("side")
    if kind in ("buy", "sell"):
        own, other = ("long", "short") if kind == "buy" else ("short", "long")
        return [] if effect == "open" else [other], None if effect == "close" else own
    if kind == "securities_in":
        return [], stated or "long"
    if kind == "securities_out":
        return [stated or "long"], None
    return ([stated] if stated else ["long", "short"]), None


def replay(movements: Sequence[Movement], costs_in_lot: bool, multipliers: Mapping[str, int]) -> Outcome:
    outcome = Outcome()
    for each in in_order(movements):
        position = (each.get("symbol"), each["currency"])
        if each["kind"] == "strike_adjustment":
            for lot in outcome.lots:
                if lot.position == position:
                    lot.position = (each["to_symbol"], each["currency"])
        elif each.get("effect"):
            trade(outcome, each, position, costs_in_lot, multipliers)
    return outcome


def trade(
    outcome: Outcome, each: Movement, position: Position, costs_in_lot: bool, multipliers: Mapping[str, int]
) -> None:
    closes, opens = sides(each)
    quantity = left = Fraction(each["quantity"])
    unit_cash = net_cash(each, costs_in_lot) / quantity
    for side in closes:
        sign = 1 if side == "long" else -1
        for lot in [lot for lot in outcome.lots if lot.position == position and lot.side == side]:
            units = min(lot.units, left)
            if not units:
                break
            cost = units * lot.unit_cost
            proceeds = sign * units * unit_cash + (cost if each["kind"] == "securities_out" else 0)
            outcome.matches.append(
                Match(
                    lot.opened_by,
                    each["natural_key"],
                    side,
                    each["accounting_date"],
                    position,
                    units,
                    cost,
                    proceeds,
                )
            )
            lot.units -= units
            left -= units
    outcome.lots = [lot for lot in outcome.lots if lot.units]

    if left and opens:
        unit_cost = -unit_cash if opens == "long" else unit_cash
        if each["kind"] == "securities_in":
            unit_cost += Fraction(each.get("price") or 0) * multipliers[position[0]]
        outcome.lots.append(Lot(each["natural_key"], position, opens, left, unit_cost))
    elif left and each["effect"] == "close":
        outcome.orphans[each["natural_key"]] = quantity - left
        outcome.orphaned.add(position)


def flat_positions(movements: Sequence[Movement], outcome: Outcome) -> list[set[Position]]:
    """Traded positions without open lot, orphan or transfer; contracts led from one to the other are one."""
    group: dict[Position, set[Position]] = {}
    excluded = {lot.position for lot in outcome.lots} | outcome.orphaned
    for each in movements:
        position = (each.get("symbol"), each["currency"])
        if each["kind"] == "strike_adjustment":
            successor = (each["to_symbol"], each["currency"])
            joined = group.get(position, {position}) | group.get(successor, {successor})
            group.update(dict.fromkeys(joined, joined))
        elif each.get("effect"):
            group.setdefault(position, {position})
        if each["kind"] in ("securities_in", "securities_out"):
            excluded.add(position)
    distinct = {id(members): members for members in group.values()}
    return [members for members in distinct.values() if not members & excluded]
