"""Generated lives of accounts: every kind of event, every cost method, splits, transfers, currencies.

What ``streams`` generates, and on top: settings that change, lots that are named, that move on, that travel
to another account, premiums that belong to shares, money that moves in two currencies.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from decimal import Decimal

from hypothesis import strategies as st

from tests.support.movements import Movement
from tests.support.streams import (
    CURRENCIES,
    FIRST_DAY,
    Batch,
    Choices,
    Stream,
    decode_event,
)

METHODS = ["fifo", "lifo", "hifo", "lofo", "average", "specific"]
NAMES = ["a", "b", "a, b", "2025-01-02"]
RATIOS = [(2, 1), (3, 1), (1, 3), (3, 2), (7, 4)]
NOTHING = {"commission": Decimal(0), "fee": Decimal(0), "tax": Decimal(0)}


def decode_life_event(code: int, mode: str, number: int) -> Movement:
    pick = Choices(code)
    what = pick.of(["plain"] * 8 + ["conversion", "split", "assignment", "delivery", "costs abroad"])
    event = decode_event(pick.rest, mode, number)
    common = {name: event[name] for name in ("accounting_date", "occurred_at", "natural_key")}
    if what == "conversion":
        amount = pick.money() * pick.of([1, -1])
        return (
            common
            | NOTHING
            | {
                "kind": "conversion",
                "currency": "USD",
                "amount": amount,
                "counter_currency": pick.of(["EUR", "GBP"]),
                "counter_amount": pick.money() * (-1 if amount > 0 else 1),
                "commission": pick.of([Decimal(0), Decimal("1.5")]),
                "commission_currency": pick.of([None, "EUR", "USD"]),
            }
        )
    if what == "split":
        symbol = pick.of(["ACME", "BOLT", "ACME P10"])
        quantity, per_quantity = pick.of(RATIOS)
        return (
            common
            | NOTHING
            | {
                "kind": "split",
                "symbol": symbol,
                "currency": CURRENCIES[symbol],
                "amount": Decimal(0),
                "quantity": quantity,
                "per_quantity": per_quantity,
                "to_symbol": pick.of([None, None, None, "ACME P8"]),
            }
        )
    if what == "assignment":
        symbol = pick.of(["ACME P10", "ACME P9"])
        return (
            common
            | NOTHING
            | {
                "kind": pick.of(["assignment", "exercise"]),
                "effect": "close",
                "side": pick.of([None, None, "long", "short"]),
                "symbol": symbol,
                "currency": "USD",
                "quantity": pick.of([Decimal(1), Decimal(2), Decimal("0.5")]),
                "amount": pick.of([Decimal(0), Decimal(0), pick.money()]),
                "commission": pick.of([Decimal(0), Decimal("0.5")]),
            }
        )
    if what == "delivery":  # of what an option at 9 or 10 assigns
        kind = pick.of(["buy", "sell"])
        quantity = pick.of([Decimal(100), Decimal(200), Decimal(50), Decimal(150)])
        price = pick.of([Decimal(9), Decimal(8)])
        return (
            common
            | NOTHING
            | {
                "kind": kind,
                "effect": pick.of(["open", "close"] if mode == "explicit" else ["auto"]),
                "symbol": "ACME",
                "currency": "USD",
                "quantity": quantity,
                "price": price,
                "amount": quantity * price * (-1 if kind == "buy" else 1),
                "commission": Decimal(1),
            }
        )
    if what == "costs abroad":
        event["commission_currency"] = "EUR"
    if event.get("effect"):
        if event["effect"] == "open":
            event["lot_ref"] = pick.of([None, "a", "b"])
        elif pick.once_in(3):
            event["lot_ref"] = pick.of(NAMES)
        if event["kind"] in ("securities_in", "securities_out"):
            event["external_id"] = pick.of([None, "T1", "T2", "T3"])
            if event["external_id"]:
                event["symbol"] = "ACME"
                event["currency"] = "USD"
        elif event["effect"] == "open":
            event["external_id"] = pick.of([None, "b"])
    return event


def decode_life(header: int, codes: Sequence[int], number: int) -> Stream:
    pick = Choices(header)
    mode = pick.of(["explicit", "auto", "mixed"])
    stream = Stream(
        not pick.once_in(4), [decode_life_event(code, mode, number * 100 + i) for i, code in enumerate(codes)]
    )
    stream.premium_in_cost = pick.of([False, True])
    begins = [date(1, 1, 1), *(FIRST_DAY + timedelta(days=days) for days in (2, 4, 6))]
    for since in begins[: pick.of(range(4))]:
        stream.methods.append((since, pick.of(METHODS), pick.of(["cost", "price"])))
    return stream


def lives(count: int = 40, longest: int = 24) -> st.SearchStrategy[Batch]:
    price = st.tuples(
        st.sampled_from(["ACME", "ACME P10", "BOLT", "ACME P8"]),
        st.sampled_from([FIRST_DAY + timedelta(days=days) for days in (1, 3, 6)]),
        st.integers(1, 2000).map(lambda cents: Decimal(cents) / 100),
    )
    split = st.tuples(
        st.sampled_from(["ACME", "ACME P10"]),
        st.sampled_from([FIRST_DAY + timedelta(days=days) for days in (2, 3, 5)]),
        st.sampled_from([2, 3, 1]),
        st.sampled_from([1, 3, 2]),
        st.sampled_from([None, None, "ACME P8"]),
    )
    events = st.lists(st.integers(0, 2**60 - 1), min_size=0, max_size=6) | st.lists(
        st.integers(0, 2**60 - 1), min_size=min(8, longest), max_size=longest
    )
    streams = st.lists(st.tuples(st.integers(0, 2**20 - 1), events), min_size=count, max_size=count).map(
        lambda coded: [decode_life(header, codes, number) for number, (header, codes) in enumerate(coded)]
    )
    return st.builds(
        Batch,
        streams,
        st.lists(price, max_size=5),
        st.integers(0, 2**32 - 1),
        st.lists(split, max_size=3, unique_by=lambda split: split[:2]),
        st.just(True),
    )
