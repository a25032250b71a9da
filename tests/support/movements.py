"""Movements as tests write them: a kind, a day, and what matters."""

from __future__ import annotations

from datetime import UTC, date, datetime, time
from typing import Any

Movement = dict[str, Any]


def movement(
    kind: str, on: str | date, amount: Any = 0, *, at: str = "12:00:00", currency: str = "USD", **more: Any
) -> Movement:
    """One movement; symbols name instruments, and what is left out has the default of the table."""
    day = on if isinstance(on, date) else date.fromisoformat(on)
    return {
        "kind": kind,
        "accounting_date": day,
        "occurred_at": datetime.combine(day, time.fromisoformat(at), UTC),
        "amount": amount,
        "currency": currency,
        **more,
    }


def deposit(on: str, amount: Any, **more: Any) -> Movement:
    return movement("deposit", on, amount, **more)


def buy(on: str, symbol: str, quantity: Any, amount: Any, *, effect: str = "open", **more: Any) -> Movement:
    """A purchase for ``amount`` of money, which is written as positive and booked as negative."""
    return movement("buy", on, f"-{amount}", symbol=symbol, quantity=quantity, effect=effect, **more)


def sell(on: str, symbol: str, quantity: Any, amount: Any, *, effect: str = "close", **more: Any) -> Movement:
    return movement("sell", on, amount, symbol=symbol, quantity=quantity, effect=effect, **more)


def expire(on: str, symbol: str, quantity: Any, *, side: str | None = None, **more: Any) -> Movement:
    return movement("expiration", on, symbol=symbol, quantity=quantity, effect="close", side=side, **more)


def adjust_strike(on: str, symbol: str, to_symbol: str, **more: Any) -> Movement:
    return movement("strike_adjustment", on, symbol=symbol, to_symbol=to_symbol, **more)
