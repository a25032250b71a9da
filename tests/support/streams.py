"""Generated movement streams.

One example is a batch of many small streams, an account each. Every event is one integer, read digit by digit
as choices; the first choice is the plainest, so that a failing example shrinks to few and plain events.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import Any, TypeVar

from hypothesis import strategies as st

from tests.support.fifo import replay
from tests.support.ledger import Ledger
from tests.support.movements import Movement

T = TypeVar("T")

FIRST_DAY = date(2025, 1, 1)
LAST_DAY = FIRST_DAY + timedelta(days=9)

SHARES = {"ACME": "USD", "BOLT": "EUR"}
CONTRACTS = ["ACME P10", "ACME P9", "ACME P8"]
CURRENCIES = {**SHARES, **dict.fromkeys(CONTRACTS, "USD")}
MULTIPLIERS = {**dict.fromkeys(SHARES, 1), **dict.fromkeys(CONTRACTS, 100)}

CASH_KINDS = [
    "deposit",
    "withdrawal",
    "fee",
    "interest",
    "interest_paid",
    "lending",
    "adjustment",
    "cash_in",
    "cash_out",
]
QUANTITIES = [Decimal(text) for text in ["1", "2", "3", "5", "7", "10", "0.5", "0.333333333333"]]
PRICES = [None, Decimal(1), Decimal(2), Decimal("3.5")]


@dataclass
class Stream:
    """The movements of one account and its settings."""

    costs_in_lot: bool
    movements: list[Movement]
    account_id: int = 0
    premium_in_cost: bool = False
    methods: list[tuple[date, str, str]] = field(default_factory=list)  # from a day on, ranked by

    def __repr__(self) -> str:
        if not self.movements:
            return "Stream()"
        lines = [
            ", ".join(f"{name}={value!s}" for name, value in each.items() if name != "natural_key")
            for each in self.movements
        ]
        settings = f"costs_in_lot={self.costs_in_lot}, premium_in_cost={self.premium_in_cost}, {self.methods}"
        return f"Stream({self.account_id}, {settings},\n  " + "\n  ".join(lines) + ")"


@dataclass
class Batch:
    streams: list[Stream]
    prices: list[tuple[str, date, Decimal]] = field(default_factory=list)
    choice: int = 0  # for whatever else a test has to decide
    splits: list[tuple[str, date, int, int, str | None]] = field(default_factory=list)
    one_person: bool = False  # else nothing travels from one account to another

    @property
    def account_ids(self) -> list[int]:
        return [stream.account_id for stream in self.streams]

    def about(self, rows: Iterable[Any]) -> str:
        """What to read when some rows are wrong: the rows, and the streams of their accounts."""
        wrong = list(rows)
        concerned = {row.account_id for row in wrong}
        return "\n".join(
            [
                f"prices {self.prices} splits {self.splits}",
                *map(str, wrong[:20]),
                *(str(stream) for stream in self.streams if stream.account_id in concerned),
            ]
        )

    @property
    def cut(self) -> date:
        return FIRST_DAY + timedelta(days=self.choice % 9)


class Choices:
    """An integer read as choices, one after the other."""

    def __init__(self, code: int) -> None:
        self.rest = code

    def of(self, options: Sequence[T]) -> T:
        self.rest, chosen = divmod(self.rest, len(options))
        return options[chosen]

    def once_in(self, times: int) -> bool:
        return self.of(range(times)) == times - 1

    def money(self) -> Decimal:
        cents = Decimal(self.of(range(1, 40_000)))
        return cents / self.of([100, 100, 100, 1000, 10**8])


def decode_event(code: int, mode: str, number: int) -> Movement:
    pick = Choices(code)
    day = FIRST_DAY + timedelta(days=pick.of(range(9)))
    instant = datetime.combine(day, time(12), UTC) + timedelta(seconds=pick.of(range(3)))
    if pick.once_in(8):  # booked on another day than it happened
        instant += timedelta(days=pick.of([-2, 1]))
    event: Movement = {
        "accounting_date": day,
        "occurred_at": instant,
        "natural_key": hashlib.sha256(f"{number} {code}".encode()).digest()[:16],
        "commission": pick.of([Decimal(0), Decimal(1), Decimal("0.65")]),
        "fee": pick.of([Decimal(0), Decimal("0.13")]),
        "tax": Decimal(0),
    }
    what = pick.of(
        ["trade"] * 9 + ["cash", "cash", "dividend", "adjustment", "expiration", "transfer", "transfer"]
    )
    if what == "adjustment" and mode == "auto":
        what = "trade"
    if what == "cash":
        event |= {
            "kind": pick.of(CASH_KINDS),
            "amount": pick.money() * pick.of([1, -1]),
            "currency": pick.of(["USD", "USD", "EUR"]),
            "symbol": pick.of([None, None, "ACME"]),
        }
        return event
    if what == "dividend":
        symbol = pick.of(list(SHARES))
        event |= {
            "kind": pick.of(["dividend", "dividend_tax"]),
            "amount": pick.money() * pick.of([1, -1]),
            "currency": SHARES[symbol],
            "symbol": symbol,
            "tax": pick.of([Decimal(0), Decimal("0.15")]),
        }
        return event
    if what == "adjustment":
        old = pick.of(CONTRACTS)
        new = pick.of([other for other in CONTRACTS if other != old])
        event |= {
            "kind": "strike_adjustment",
            "symbol": old,
            "to_symbol": new,
            "currency": "USD",
            "amount": Decimal(0),
        }
        event |= {"commission": Decimal(0), "fee": Decimal(0)}
        return event

    symbol = pick.of(["ACME", "ACME", "BOLT", "ACME P10", "ACME P9"])
    event |= {"symbol": symbol, "currency": CURRENCIES[symbol]}
    if pick.once_in(16):
        event["currency"] = pick.of(["USD", "EUR"])
    event |= {"quantity": pick.of(QUANTITIES), "price": pick.of(PRICES)}
    amount = pick.money()
    if what == "trade" or mode == "auto":
        kind = pick.of(["buy", "sell"])
        effects = {
            "explicit": ["open", "open", "close"],
            "auto": ["auto"],
            "mixed": ["open", "close", "auto"],
        }
        if pick.once_in(32):
            amount = -amount  # a broker may pay for what he takes
        event |= {
            "kind": kind,
            "effect": pick.of(effects[mode]),
            "amount": -amount if kind == "buy" else amount,
        }
    elif what == "expiration":
        sides = [None, "long", "short"] if mode == "mixed" else ["long", "short"]
        event |= {
            "kind": what,
            "effect": "close",
            "side": pick.of(sides),
            "amount": pick.of([Decimal(0), amount]),
        }
    else:
        kind = pick.of(["securities_in", "securities_out"])
        event |= {
            "kind": kind,
            "effect": "open" if kind == "securities_in" else "close",
            "side": pick.of([None, "long", "short"]),
            "amount": pick.of([Decimal(0), Decimal(0), amount]),
        }
    return event


def decode_stream(header: int, codes: Sequence[int], number: int) -> Stream:
    pick = Choices(header)
    mode = pick.of(["explicit", "auto", "mixed"])
    stream = Stream(
        not pick.once_in(4), [decode_event(code, mode, number * 100 + i) for i, code in enumerate(codes)]
    )
    if pick.once_in(3):
        stream.movements += closings(stream, number)
    return stream


def closings(stream: Stream, number: int) -> list[Movement]:
    """Trades on the last day that close whatever a stream leaves open."""
    return [
        {
            "accounting_date": LAST_DAY,
            "occurred_at": datetime.combine(LAST_DAY, time(15), UTC),
            "natural_key": hashlib.sha256(f"{number} {symbol} {currency} {side}".encode()).digest()[:16],
            "kind": "sell" if side == "long" else "buy",
            "effect": "close",
            "symbol": symbol,
            "currency": currency,
            "quantity": Decimal(int(units * 10**12)) / 10**12,
            "amount": Decimal("12.34567891") * (1 if side == "long" else -1),
            "commission": Decimal("0.65"),
            "fee": Decimal(0),
            "tax": Decimal(0),
        }
        for (symbol, currency, side), units in replay(stream.movements, stream.costs_in_lot, MULTIPLIERS)
        .held()
        .items()
    ]


def streams(count: int, longest: int = 24) -> st.SearchStrategy[list[Stream]]:
    events = st.lists(st.integers(0, 2**56 - 1), min_size=0, max_size=6) | st.lists(
        st.integers(0, 2**56 - 1), min_size=min(8, longest), max_size=longest
    )
    return st.lists(st.tuples(st.integers(0, 63), events), min_size=count, max_size=count).map(
        lambda coded: [decode_stream(header, codes, number) for number, (header, codes) in enumerate(coded)]
    )


def batches(count: int = 40, longest: int = 24) -> st.SearchStrategy[Batch]:
    price = st.tuples(
        st.sampled_from(["ACME", "ACME P10", "BOLT"]),
        st.sampled_from([FIRST_DAY + timedelta(days=days) for days in (2, 5)]),
        st.integers(1, 2000).map(lambda cents: Decimal(cents) / 100),
    )
    return st.builds(Batch, streams(count, longest), st.lists(price, max_size=4), st.integers(0, 2**32 - 1))


def open_accounts(ledger: Ledger, batch: Batch) -> list[int]:
    """An empty ledger with the instruments, prices and accounts of a batch, and no movement yet."""
    ledger.clear()
    for symbol, currency in SHARES.items():
        ledger.instrument(symbol, currency=currency)
    for strike, symbol in enumerate(CONTRACTS, start=8):
        ledger.option(symbol, strike=strike, expiration="2025-01-08" if symbol != "ACME P8" else "2025-02-08")
    for symbol, day, close in batch.prices:
        ledger.price(symbol, day, close)
    for split in batch.splits:
        ledger.split(*split)
    ledger.rows(
        "INSERT INTO rollforward_data.person (name)"
        " SELECT 'owner ' || number FROM generate_series(1, %s) AS number",
        len(batch.streams),
    )
    ledger.rows(
        "INSERT INTO rollforward_data.account"
        " (account_id, number, person_id, base_currency, costs_in_lot, premium_in_cost)"
        " SELECT position, 'account ' || position, CASE WHEN %s THEN 1 ELSE position END, 'USD', costs,"
        " premium"
        " FROM unnest(%s::boolean[], %s::boolean[]) WITH ORDINALITY AS given (costs, premium, position)",
        batch.one_person,
        [stream.costs_in_lot for stream in batch.streams],
        [stream.premium_in_cost for stream in batch.streams],
    )
    for account_id, stream in enumerate(batch.streams, start=1):
        stream.account_id = account_id
        for since, method, ranked_by in stream.methods:
            ledger.cost_method(account_id, method, since, ranked_by)
    return batch.account_ids


def load(ledger: Ledger, batch: Batch) -> list[int]:
    """The accounts of a batch with all their movements recorded, nothing computed."""
    account_ids = open_accounts(ledger, batch)
    ledger.record_all((stream.account_id, each) for stream in batch.streams for each in stream.movements)
    return account_ids
