"""Realized gains in the base currency: a part due to the price, a part due to the currency."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.currency.rates import save
from tests.support.ledger import Ledger
from tests.support.movements import buy, deposit, movement, sell

OPENED, CLOSED = "2025-01-02", "2025-02-03"


def lot_of(ledger: Ledger, opened: Any, closed: Any, side: str = "long", currency: str = "EUR") -> Any:
    """One lot of ten units, opened for an amount and closed for another, in an account in USD."""
    account = ledger.account(currency="USD")
    ledger.instrument("SAP", currency=currency)
    first, second = (buy, sell) if side == "long" else (sell, buy)
    ledger.record(
        account,
        first(OPENED, "SAP", 10, opened, effect="open", currency=currency),
        second(CLOSED, "SAP", 10, closed, effect="close", currency=currency),
    )
    ledger.process([account])
    return ledger.row("SELECT * FROM rollforward.lot_match_base")


def parts(lot: Any) -> tuple[Any, ...]:
    return lot.cost_base, lot.proceeds_base, lot.gain_base, lot.price_gain_base, lot.currency_gain_base


@pytest.mark.parametrize(
    ("side", "opened", "closed", "expected"),
    [
        # bought for 1000 at 1.10, sold for 1200 at 1.25: 200 of gain are 250, and 1000 gained 0.15 each
        ("long", 1000, 1200, ("1100", "1500", "400", "250", "150")),
        # the price fell, the currency rose by more
        ("long", 1000, 900, ("1100", "1125", "25", "-125", "150")),
        # sold short for 1000 at 1.10, bought back for 1200 at 1.25: what was owed became dearer
        ("short", 1000, 1200, ("1100", "1500", "-400", "-250", "-150")),
        ("short", 1000, 800, ("1100", "1000", "100", "250", "-150")),
        ("short", 1000, 1000, ("1100", "1250", "-150", "0", "-150")),
    ],
)
def test_a_gain_is_split_into_its_price_and_its_currency(ledger, side, opened, closed, expected):
    save(ledger, ("EUR", "USD", OPENED, "1.1"), ("EUR", "USD", CLOSED, "1.25"))
    lot = lot_of(ledger, opened, closed, side)
    assert lot.side == side
    assert parts(lot) == tuple(map(Decimal, expected))
    assert (lot.base_currency, lot.opening_rate, lot.closing_rate) == ("USD", Decimal("1.1"), Decimal("1.25"))
    assert (str(lot.opening_rate_date), str(lot.closing_rate_date)) == (OPENED, CLOSED)


def test_in_the_base_currency_itself_there_is_no_currency_part(ledger):
    lot = lot_of(ledger, 1000, 1200, currency="USD")
    assert parts(lot) == (1000, 1200, 200, 200, 0)
    assert parts(lot)[:3] == (lot.cost, lot.proceeds, lot.gain)


def test_a_rate_that_does_not_move_has_no_currency_part(ledger):
    save(ledger, ("EUR", "USD", "2024-12-31", 3))
    assert parts(lot_of(ledger, 1000, 1200)) == (3000, 3600, 600, 600, 0)


@pytest.mark.parametrize(
    ("rates", "expected"),
    [
        ([], (None, None, None, None, None)),
        # only at the close: what it cost is unknown, what the price brought is not
        ([("EUR", "USD", CLOSED, "1.25")], (None, 1500, None, 250, None)),
    ],
)
def test_what_depends_on_a_missing_rate_is_unknown(ledger, rates, expected):
    save(ledger, *rates)
    lot = lot_of(ledger, 1000, 1200)
    assert parts(lot) == expected
    assert lot.gain == 200


def transferred(ledger: Ledger, side: str = "long") -> list[Any]:
    """Opened for 500 at 0.5, transferred at 0.4, closed in the other account for 700 at 0.5."""
    save(
        ledger,
        ("EUR", "USD", OPENED, "0.5"),
        ("EUR", "USD", "2025-01-10", "0.4"),
        ("EUR", "USD", CLOSED, "0.5"),
    )
    ledger.instrument("SAP", currency="EUR")
    giver, taker = ledger.account("giver"), ledger.account("taker")
    first, second = (buy, sell) if side == "long" else (sell, buy)
    ledger.record_all(
        [
            (giver, first(OPENED, "SAP", 5, 500, effect="open", currency="EUR")),
            *(
                (
                    holder,
                    movement(
                        kind, "2025-01-10", symbol="SAP", quantity=5, effect=effect, side=side, currency="EUR"
                    ),
                )
                for holder, kind, effect in (
                    (giver, "securities_out", "close"),
                    (taker, "securities_in", "open"),
                )
            ),
            (taker, second(CLOSED, "SAP", 5, 700, effect="close", currency="EUR")),
        ]
    )
    ledger.process([giver, taker])
    ledger.process_stale()
    return ledger.rows("SELECT * FROM rollforward.lot_match_base ORDER BY closed_on")


@pytest.mark.parametrize(("side", "gain"), [("long", 100), ("short", -100)])
def test_a_lot_that_is_transferred_gains_where_it_is_sold(ledger, side, gain):
    left, sold = transferred(ledger, side)
    assert parts(left) == (250, 250, 0, 0, 0)
    assert (left.closing_rate, str(left.closing_rate_date)) == (Decimal("0.5"), OPENED)
    assert parts(sold) == (250, 350, gain, gain, 0)


rate = st.decimals("0.00001", "100000", places=7)
amount = st.decimals("0.00000001", "10000000", places=8)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    opening=rate,
    closing=rate,
    opened=amount,
    closed=amount,
    turned=st.booleans(),
    side=st.sampled_from(["long", "short"]),
)
def test_the_two_parts_are_the_whole(ledger, opening, closing, opened, closed, turned, side):
    ledger.clear()
    pair = ("USD", "EUR") if turned else ("EUR", "USD")
    save(ledger, (*pair, OPENED, opening), (*pair, CLOSED, closing))
    lot = lot_of(ledger, opened, closed, side)
    assert lot.price_gain_base + lot.currency_gain_base == lot.gain_base
    sign = 1 if side == "long" else -1
    assert lot.gain_base == sign * (lot.proceeds_base - lot.cost_base)
    # what the cost itself gained, but for the rounding of three figures
    assert abs(lot.currency_gain_base - sign * lot.cost * (lot.closing_rate - lot.opening_rate)) < Decimal(
        "0.00000002"
    )


def test_realized_gains_of_a_snapshot_are_those_of_its_lots_at_its_rate(ledger):
    """The snapshot converts the cumulated gain at its own day: the price parts of what closed on it."""
    save(ledger, ("EUR", "USD", OPENED, "1.1"), ("EUR", "USD", CLOSED, "1.25"))
    lot = lot_of(ledger, 1000, 1200)
    snapshot = ledger.row(
        "SELECT * FROM rollforward.account_snapshot_base WHERE snapshot_date = %s AND account_id = %s",
        CLOSED,
        lot.account_id,
    )
    assert snapshot.realized_gains == lot.price_gain_base


def test_open_lots_are_not_in_it(ledger):
    account = ledger.account()
    ledger.instrument("SAP", currency="EUR")
    ledger.record(account, deposit(OPENED, 1), buy(OPENED, "SAP", 1, 5, currency="EUR"))
    ledger.process([account])
    assert ledger.rows("SELECT * FROM rollforward.lot_match_base") == []
