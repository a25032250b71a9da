"""Opening, closing, orphans, crossing zero; the order of events."""

from __future__ import annotations

import pytest

from tests.reference.books import Books, figures


@pytest.fixture
def account(books: Books) -> int:
    books.stock("ACME")
    return books.account()


@pytest.mark.parametrize(
    ("costs_in_lot", "cost", "proceeds", "gain"), [(True, "102", "147", "45"), (False, "100", "150", "50")]
)
def test_costs_belong_to_lots_where_the_account_says_so(books: Books, costs_in_lot, cost, proceeds, gain):
    """Bought for 100 at costs of 2, sold for 150 at costs of 3."""
    books.stock("ACME")
    account = books.account(costs_in_lot=costs_in_lot)
    books.buy(account, "2025-01-02", 10, 100, commission=1, fee="0.5", tax="0.5")
    books.sell(account, "2025-01-03", 10, 150, commission=1, fee=1, tax=1)
    books.process(account)
    assert books.slices(account, "cost proceeds gain") == [[cost, proceeds, gain]]
    assert figures(books.position(account, "2025-01-03"), "realized_gains long_quantity") == [gain, "0"]


def test_a_commission_in_another_currency_is_no_cost_of_a_lot(books: Books, account: int):
    books.buy(account, "2025-01-02", 10, 100, commission=3, commission_currency="EUR", fee=1)
    books.process(account)
    assert books.open(account) == [["buy 01-02", "10", "101"]]


def test_short_lots_cost_what_they_brought_in(books: Books, account: int):
    """10 sold for 200, less 2; 4 of them bought back for 60 and 1: 79.2 - 61 = 18.2."""
    books.sell(account, "2025-01-02", 10, 200, effect="open", commission=2)
    books.buy(account, "2025-01-03", 4, 60, effect="close", commission=1)
    books.process(account)
    assert books.slices(account, "side quantity cost proceeds gain") == [
        ["short", "4", "79.2", "61", "18.2"],
        ["short", "6", "118.8", "-", "-"],
    ]


def test_parts_add_up_to_the_whole(books: Books, account: int):
    """100 for 3 units: 33.33333333, 33.33333334, 33.33333333; 10 for the sale of two of them."""
    books.buy(account, "2025-01-02", 3, 100)
    books.sell(account, "2025-01-03", 1, 10)
    books.sell(account, "2025-01-04", 2, 10)
    books.process(account)
    assert books.slices(account, "lot_offset quantity lot_quantity cost lot_cost") == [
        ["0", "1", "3", "33.33333333", "100"],
        ["1", "2", "3", "66.66666667", "100"],
    ]


def test_a_closing_shares_its_proceeds_among_the_lots_it_takes(books: Books, account: int):
    """100 for 3 units, one of the first lot and two of the second."""
    books.buy(account, "2025-01-02", 1, 20)
    books.buy(account, "2025-01-03", 5, 50)
    books.sell(account, "2025-01-04", 3, 100)
    books.process(account)
    assert books.closed(account) == [
        ["buy 01-02", "1", "20", "33.33333333"],
        ["buy 01-03", "2", "20", "66.66666667"],
    ]
    assert books.open(account) == [["buy 01-03", "3", "30"]]


def test_what_finds_no_lot_is_an_orphan_whose_cash_counts(books: Books, account: int):
    """5 sold for 100 where 2 were held: a gain of 40 - 20, and nothing is opened."""
    books.buy(account, "2025-01-02", 2, 20)
    books.sell(account, "2025-01-03", 5, 100)
    books.process(account)
    assert books.closed(account) == [["buy 01-02", "2", "20", "40"]]
    assert books.open(account) == []
    assert figures(books.totals(account, "2025-01-03"), "realized_gains cash_balance") == ["20", "80"]


def test_auto_closes_what_is_open_and_opens_the_rest(books: Books, account: int):
    """7 sold for 70: 4 close a lot of 20 at 40, 3 open a short at the 30 left."""
    books.buy(account, "2025-01-02", 4, 20, effect="auto")
    books.sell(account, "2025-01-03", 7, 70, effect="auto")
    books.buy(account, "2025-01-04", 3, 24, effect="auto")
    books.process(account)
    assert books.closed(account) == [["buy 01-02", "4", "20", "40"], ["sell 01-03", "3", "30", "24"]]
    assert books.open(account) == []


def test_long_and_short_are_two_queues(books: Books, account: int):
    books.buy(account, "2025-01-02", 4, 20)
    books.sell(account, "2025-01-03", 4, 40, effect="open")
    books.process(account)
    assert figures(
        books.position(account, "2025-01-03"), "long_quantity short_quantity long_cost short_cost"
    ) == ["4", "4", "20", "40"]
    assert figures(books.totals(account, "2025-01-03"), "open_units invested") == ["8", "20"]


@pytest.mark.parametrize(
    ("kind", "side", "expected"),
    [
        ("expiration", None, [["long", "1", "-10"], ["short", "1", "15"]]),
        ("expiration", "short", [["short", "2", "30"]]),
        ("assignment", None, [["short", "2", "30"]]),
        ("assignment", "long", [["long", "1", "-10"]]),
        ("exercise", None, [["long", "1", "-10"]]),
        ("exercise", "short", [["short", "2", "30"]]),
    ],
)
def test_the_end_of_an_option_closes_its_side(books: Books, account: int, kind, side, expected):
    """One long contract that cost 10 and three short ones that brought in 15 each; two end."""
    books.option("CALL", "call", 20)
    books.buy(account, "2025-01-02", 1, 10, symbol="CALL")
    books.sell(account, "2025-01-02", 3, 45, symbol="CALL", effect="open")
    books.move(account, kind, "2025-01-03", symbol="CALL", quantity=2, effect="close", side=side)
    books.process(account)
    assert books.slices(account, "side quantity gain", where="gain IS NOT NULL") == expected


@pytest.mark.parametrize(("side", "shown"), [(None, "long"), ("long", "long"), ("short", "short")])
def test_what_is_transferred_is_at_its_price_and_leaves_at_cost(books: Books, account: int, side, shown):
    """10 x 1.23 x 2 = 24.6 come in, 4 leave at 9.84. Cash and costs of transfers are no part of lots."""
    books.stock("FUT", kind="future", multiplier=2)
    books.arrive(account, "2025-01-02", 10, symbol="FUT", price="1.23", amount=-7, commission=1, side=side)
    books.leave(account, "2025-01-03", 4, symbol="FUT", price=5, amount=9, fee=1, side=side)
    books.process(account)
    assert books.slices(account, "side quantity cost proceeds gain carried_to") == [
        [shown, "4", "9.84", "9.84", "0", "-"],
        [shown, "6", "14.76", "-", "-", "-"],
    ]
    assert figures(books.totals(account, "2025-01-03"), "cash_balance") == ["0"]


def test_without_a_price_what_comes_in_costs_nothing(books: Books, account: int):
    books.arrive(account, "2025-01-02", 10)
    books.process(account)
    assert books.open(account) == [["securities_in 01-02", "10", "0"]]


def test_days_come_before_instants(books: Books, account: int):
    """Booked on the day before, although it occurred later: it is the first lot."""
    books.buy(account, "2025-01-03", 1, 30, occurred_at="2025-01-03 09:00+00", name="second")
    books.buy(account, "2025-01-02", 1, 20, occurred_at="2025-01-03 10:00+00", name="first")
    books.sell(account, "2025-01-03", 1, 50, at="23:00")
    books.process(account)
    assert books.closed(account) == [["first", "1", "20", "50"]]


def test_within_an_instant_openings_come_first_then_auto_then_closings_each_by_price(
    books: Books, account: int
):
    """Recorded backwards: bought at 1, then at 2; the auto takes the first, the closing the second."""
    books.sell(account, "2025-01-02", 1, 60, price=60, name="close")
    books.sell(account, "2025-01-02", 1, 70, price=70, effect="auto", name="auto")
    books.buy(account, "2025-01-02", 1, 2, price=2, name="at 2")
    books.buy(account, "2025-01-02", 1, 1, price=1, name="at 1")
    books.process(account)
    assert books.slices(account, "opened_by closed_by") == [["at 2", "close"], ["at 1", "auto"]]


def test_of_equal_price_the_natural_key_decides(books: Books, account: int):
    books.buy(account, "2025-01-02", 1, 2, price=1, natural_key=b"b", name="b")
    books.buy(account, "2025-01-02", 1, 1, price=1, natural_key=b"a", name="a")
    books.sell(account, "2025-01-02", 1, 60)
    books.process(account)
    assert books.closed(account) == [["a", "1", "1", "60"]]
