"""Wash sales unit by unit: a plain second reading of docs/wash-sales.md for whole units at whole prices."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from datetime import date, timedelta

Wash = tuple[date, int, date, int, date]  # sold on, by account; bought on; bought again by account, on
Lot = tuple[int, date, date]  # account, bought on, held since
Sale = tuple[int, date, date, date]  # account, sold on, bought on, held since


@dataclass
class Trade:
    account: int
    on: date
    units: int  # sold when negative
    price: int


@dataclass
class Unit:
    bought: Trade
    added: int = 0
    days: int = 0
    bears_a_loss: bool = False
    is_gone: bool = False

    @property
    def held_since(self) -> date:
        return self.bought.on - timedelta(days=self.days)


@dataclass
class Taxes:
    washes: Counter[Wash] = field(default_factory=Counter)  # disallowed loss
    sold: Counter[Sale] = field(default_factory=Counter)  # units
    gains: Counter[Sale] = field(default_factory=Counter)
    added: int = 0
    held: Counter[tuple[Lot, int]] = field(default_factory=Counter)  # units, by what was added to each


def taxes(trades: list[Trade], lifo: bool, window: int) -> Taxes:
    """What comes of the trades of one person, in order; no two on one day."""
    result = Taxes()
    lots = [[Unit(trade) for _ in range(trade.units)] for trade in trades if trade.units > 0]
    for sale in (trade for trade in trades if trade.units < 0):
        there = [lot for lot in lots if lot[0].bought.account == sale.account and lot[0].bought.on < sale.on]
        if lifo:
            there.reverse()
        leaving = [unit for lot in there for unit in lot if not unit.is_gone][: -sale.units]
        for unit in leaving:
            unit.is_gone = True
        for unit in sorted(leaving, key=lambda unit: unit.bought.on):
            loss = unit.bought.price + unit.added - sale.price
            taxed = -loss
            for lot in lots:
                free = [each for each in lot if not each.bears_a_loss and not each.is_gone]
                if (
                    loss > 0
                    and lot[0].bought is not unit.bought
                    and abs((lot[0].bought.on - sale.on).days) <= window
                    and free
                ):
                    free[0].bears_a_loss = True
                    free[0].added = loss
                    free[0].days = (sale.on - unit.held_since).days
                    again = lot[0].bought
                    result.washes[sale.on, sale.account, unit.bought.on, again.account, again.on] += loss
                    taxed = 0
                    break
            sold = sale.account, sale.on, unit.bought.on, unit.held_since
            result.sold[sold] += 1
            result.gains[sold] += taxed
            result.added += unit.added
    for lot in lots:
        for unit in lot:
            if not unit.is_gone:
                result.held[(lot[0].bought.account, unit.bought.on, unit.held_since), unit.added] += 1
    return result
