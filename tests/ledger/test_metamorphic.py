"""Changes of facts that must change nothing, or exactly one thing, whatever else a ledger holds."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from typing import Any

from hypothesis import given

from tests.support.ledger import Ledger
from tests.support.lives import lives
from tests.support.movements import Movement
from tests.support.property import quick
from tests.support.streams import FIRST_DAY, Batch, load

MONEY = [
    "deposited", "withdrawn", "invested", "realized_gains", "unrealized_gains", "market_value",
    "commissions", "fees",
    "options_income", "dividends_received", "dividend_taxes", "other_income", "cash_balance",
]  # fmt: skip
SPLIT_DAY = FIRST_DAY + timedelta(days=4)


@quick(5)
@given(batch=lives(60))
def test_twice_the_units_at_half_the_price_is_the_same_money(ledger, batch):
    check_scaling(ledger, batch)


@quick(5)
@given(batch=lives(60))
def test_a_split_changes_no_value_and_no_cost(ledger, batch):
    check_split(ledger, batch)


def money(ledger: Ledger, account_ids: list[int]) -> dict[tuple[Any, ...], tuple[Decimal, ...]]:
    return {
        (row.account_id, row.currency, row.snapshot_date): tuple(getattr(row, name) for name in MONEY)
        for row in ledger.rows(
            "SELECT * FROM rollforward.account_snapshot WHERE account_id = ANY (%s)", account_ids
        )
    }


def figures(ledger: Ledger, batch: Batch, prepare: Callable[[], None] = lambda: None) -> dict[Any, Any]:
    account_ids = load(ledger, batch)
    prepare()
    ledger.process(account_ids)
    broken = ledger.ties(account_ids)
    assert not broken, batch.about(broken)
    return money(ledger, account_ids)


def rescale(each: Movement, units: int) -> None:
    if each.get("quantity") is not None and each["kind"] != "split":
        each["quantity"] *= units
        if each.get("price") is not None:
            each["price"] /= units


def check_scaling(ledger: Ledger, batch: Batch) -> None:
    before = figures(ledger, batch)
    for stream in batch.streams:
        for each in stream.movements:
            rescale(each, 2)
    batch.prices = [(symbol, day, close / 2) for symbol, day, close in batch.prices]

    def halve_strikes() -> None:
        ledger.rows("UPDATE rollforward_data.instrument SET strike = strike / 2")

    assert figures(ledger, batch, halve_strikes) == before


def check_split(ledger: Ledger, batch: Batch) -> None:
    """The same life with a split of all shares in the middle: what follows is booked in the new units."""
    batch.splits = []
    for stream in batch.streams:
        stream.movements = [
            each for each in stream.movements if each["kind"] not in ("split", "strike_adjustment")
        ]
        stream.premium_in_cost = False
        for each in stream.movements:
            each["external_id"] = None  # no transfer is on its way while units change
    before = figures(ledger, batch)

    for stream in batch.streams:
        for each in stream.movements:
            if each["accounting_date"] >= SPLIT_DAY and each.get("symbol") in ("ACME", "BOLT"):
                rescale(each, 2)
    batch.prices = [
        (symbol, day, close / 2 if day >= SPLIT_DAY and symbol in ("ACME", "BOLT") else close)
        for symbol, day, close in batch.prices
    ]
    batch.splits = [("ACME", SPLIT_DAY, 2, 1, None), ("BOLT", SPLIT_DAY, 2, 1, None)]
    after = figures(ledger, batch)
    assert after.keys() == before.keys()
    for key, row in after.items():
        # what a lot that goes on costs is rounded once more
        assert all(abs(a - b) < Decimal("0.000001") for a, b in zip(row, before[key], strict=True)), (
            key,
            batch,
        )
