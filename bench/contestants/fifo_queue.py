"""First in, first out, as a queue in Python: what a client does trade by trade."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Decimal

_EIGHT_DECIMALS = Decimal("0.00000001")
_ZERO = Decimal(0)


@dataclass
class Lot:
    """What one opening brought: ``taken`` of its units are closed already."""

    quantity: Decimal
    value: Decimal
    taken: Decimal = _ZERO

    def value_of(self, units: Decimal) -> Decimal:
        """Share of its value in the next units, as the difference of two rounded shares."""
        return _share(self.value, self.taken + units, self.quantity) - _share(
            self.value, self.taken, self.quantity
        )


@dataclass
class Side:
    """The open lots of one side of a position, oldest first."""

    lots: deque[Lot] = field(default_factory=deque)
    units: Decimal = _ZERO
    cost: Decimal = _ZERO

    def open(self, quantity: Decimal, value: Decimal) -> None:
        self.lots.append(Lot(quantity, value))
        self.units += quantity
        self.cost += value

    def close(self, quantity: Decimal) -> tuple[Decimal, Decimal]:
        """Units closed, at most what is open, and their cost."""
        wanted, cost = quantity, _ZERO
        while wanted > 0 and self.lots:
            lot = self.lots[0]
            units = min(wanted, lot.quantity - lot.taken)
            cost += lot.value_of(units)
            lot.taken += units
            wanted -= units
            if lot.taken == lot.quantity:
                self.lots.popleft()
        self.units -= quantity - wanted
        self.cost -= cost
        return quantity - wanted, cost


@dataclass
class Position:
    """Both sides of an account's holding of one instrument."""

    long: Side = field(default_factory=Side)
    short: Side = field(default_factory=Side)

    def trade(self, effect: str, buys: bool, quantity: Decimal, net: Decimal) -> Decimal:
        """Book a trade and return what it realizes.

        net  cash it moved, signed, costs included
        """
        opens, closes = (self.long, self.short) if buys else (self.short, self.long)
        sign = -1 if buys else 1  # of the cash that opening brings into its lot
        if effect == "open":
            opens.open(quantity, sign * net)
            return _ZERO
        closed, cost = closes.close(quantity)
        proceeds = _share(net, closed, quantity)
        if effect == "auto" and closed < quantity:
            opens.open(quantity - closed, sign * (net - proceeds))
        return proceeds - sign * cost if closed else _ZERO

    def expire(self, quantity: Decimal, net: Decimal) -> Decimal:
        """Take short options off the book and return what that realizes."""
        closed, cost = self.short.close(quantity)
        return cost + _share(net, closed, quantity) if closed else _ZERO


def _share(total: Decimal, units: Decimal, all_units: Decimal) -> Decimal:
    return (
        total if units == all_units else (total * units / all_units).quantize(_EIGHT_DECIMALS, ROUND_HALF_UP)
    )
