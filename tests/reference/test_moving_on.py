"""Splits, changes of symbol, strike adjustments: lots end and begin again."""

from __future__ import annotations

import pytest

from tests.reference.books import Books, figures


@pytest.fixture
def account(books: Books) -> int:
    books.stock("ACME")
    books.stock("NEW")
    return books.account()


@pytest.mark.parametrize("booked", [True, False])
@pytest.mark.parametrize(
    ("to", "days"),
    [
        (None, ["01-02 ACME", "01-03 ACME", "01-06 ACME"]),
        ("NEW", ["01-02 ACME", "01-03 ACME", "01-06 ACME", "01-06 NEW"]),
    ],
)
def test_a_split_moves_all_lots_at_their_cost(books: Books, account: int, booked, to, days):
    """3 for 2: of a long of 10 for 100 the 6 that are left become 9, a short of 1 for 8 becomes 1.5."""
    books.buy(account, "2025-01-02", 10, 100)
    books.sell(account, "2025-01-03", 4, 60)
    books.sell(account, "2025-01-03", 1, 8, effect="open", name="short")
    if booked:
        books.move(
            account,
            "split",
            "2025-01-06",
            symbol="ACME",
            to=to,
            quantity=3,
            per_quantity=2,
            at="00:00",
            name="split",
        )
    else:
        books.split("ACME", "2025-01-06", 3, 2, to=to)
    books.process(account)
    after = to or "ACME"
    assert books.slices(
        account, "opened_by entered_by instrument_id closed_by carried_to lot_offset quantity cost"
    ) == [
        ["buy 01-02", "buy 01-02", "ACME", "sell 01-03", "-", "0", "4", "40"],
        ["buy 01-02", "buy 01-02", "ACME", "split", after, "4", "6", "60"],
        ["short", "short", "ACME", "split", after, "0", "1", "8"],
        ["buy 01-02", "split", after, "-", "-", "0", "9", "60"],
        ["short", "split", after, "-", "-", "0", "1.5", "8"],
    ]
    assert books.slices(account, "opened_on entered_on lot_quantity lot_cost", where="closed_by IS NULL") == [
        ["01-02", "01-06", "9", "60"],
        ["01-03", "01-06", "1.5", "8"],
    ]
    assert books.days(account) == days
    assert figures(books.position(account, "2025-01-06", after), "long_quantity short_cost") == ["9", "8"]
    assert books.days(account, "account_snapshot") == ["01-02 USD", "01-03 USD"]


def test_a_split_comes_before_the_movements_of_its_day(books: Books, account: int):
    books.buy(account, "2025-01-02", 1, 10)
    books.split("ACME", "2025-01-06", 10)
    books.buy(account, "2025-01-06", 5, 5, at="00:00")
    books.sell(account, "2025-01-06", 4, 8, at="00:00")
    books.process(account)
    assert books.open(account) == [["buy 01-02", "6", "6"], ["buy 01-06", "5", "5"]]


def test_a_split_that_is_booked_takes_its_place_among_the_movements_before_trades_of_its_instant(
    books: Books, account: int
):
    books.buy(account, "2025-01-06", 1, 10, at="11:00", name="before")
    books.buy(account, "2025-01-06", 1, 10, name="same instant")
    books.move(account, "split", "2025-01-06", symbol="ACME", quantity=10, per_quantity=1)
    books.process(account)
    assert books.open(account) == [["before", "10", "10"], ["same instant", "1", "10"]]


def test_what_an_account_books_itself_is_not_applied_again(books: Books, account: int):
    """Not even where the booking is of another currency."""
    other = books.account("8")
    for each in (account, other):
        books.buy(each, "2025-01-02", 1, 10)
    books.buy(account, "2025-01-02", 1, 10, currency="EUR", at="13:00", name="euros")
    books.split("ACME", "2025-01-06", 3)
    books.move(account, "split", "2025-01-06", symbol="ACME", quantity=2, per_quantity=1)
    books.process(account, other)
    assert books.open(account) == [["buy 01-02", "2", "10"], ["euros", "1", "10"]]
    assert books.open(other) == [["buy 01-02", "3", "10"]]


def test_splits_in_a_row_add_up_and_follow_changes_of_symbol(books: Books, account: int):
    books.stock("LAST")
    books.buy(account, "2025-01-02", 6, 60)
    books.split("ACME", "2025-01-03", 1, 2, to="NEW")
    books.split("NEW", "2025-01-06", 5, to="LAST")
    books.process(account)
    assert books.slices(
        account, "instrument_id entered_on closed_on quantity", where="closed_by IS NOT NULL"
    ) == [
        ["ACME", "01-02", "01-03", "6"],
        ["NEW", "01-03", "01-06", "3"],
    ]
    assert books.slices(account, "instrument_id quantity cost", where="closed_by IS NULL") == [
        ["LAST", "15", "60"]
    ]


def test_splits_of_one_day_take_what_was_held_in_the_morning(books: Books, account: int):
    """Two symbols change places; what came from the one does not go back by the other."""
    books.buy(account, "2025-01-02", 1, 10, name="a")
    books.buy(account, "2025-01-02", 2, 20, symbol="NEW", name="n")
    books.split("ACME", "2025-01-03", 1, to="NEW")
    books.split("NEW", "2025-01-03", 1, to="ACME")
    books.process(account)
    assert books.slices(account, "opened_by instrument_id quantity", where="closed_by IS NULL") == [
        ["a", "NEW", "1"],
        ["n", "ACME", "2"],
    ]


def test_units_are_rounded_on_the_running_total(books: Books, account: int):
    """1 for 3 of three lots of 1: 0.333333333333, 0.666666666667 - that, 1 - that."""
    for day in ("02", "03", "04"):
        books.buy(account, f"2025-01-{day}", 1, 10)
    books.split("ACME", "2025-01-06", 1, 3)
    books.process(account)
    assert books.slices(account, "quantity lot_cost", where="closed_by IS NULL") == [
        ["0.333333333333", "10"],
        ["0.333333333334", "10"],
        ["0.333333333333", "10"],
    ]


def test_after_a_split_a_lot_shares_what_cost_was_left(books: Books, account: int):
    """3 for 10, one sold: 2 at 6.66666667 become 4; one of these costs 1.66666667."""
    books.buy(account, "2025-01-02", 3, 10)
    books.sell(account, "2025-01-03", 1, 5)
    books.split("ACME", "2025-01-06", 2)
    books.sell(account, "2025-01-07", 1, 5)
    books.process(account)
    assert books.closed(account)[1] == ["buy 01-02", "1", "1.66666667", "5"]
    assert books.open(account) == [["buy 01-02", "3", "5"]]


def test_lots_of_one_opening_go_on_as_one(books: Books, account: int):
    """4 of 10 went to another account and came back; after the split all are one lot again."""
    other = books.account("8")
    books.buy(account, "2025-01-02", 10, 100)
    books.leave(account, "2025-01-03", 4, external_id="there")
    books.arrive(other, "2025-01-03", 4, external_id="there")
    books.leave(other, "2025-01-06", 4, external_id="back")
    books.arrive(account, "2025-01-06", 4, external_id="back")
    books.split("ACME", "2025-01-07", 2)
    books.process(account, other, account)
    assert books.slices(account, "opened_by entered_by closed_by quantity cost") == [
        ["buy 01-02", "buy 01-02", "securities_out 01-03", "4", "40"],
        ["buy 01-02", "buy 01-02", "split", "6", "60"],
        ["buy 01-02", "securities_in 01-06", "split", "4", "40"],
        ["buy 01-02", "split", "-", "20", "100"],
    ]


@pytest.mark.parametrize("to", [None, "NEW"])
def test_a_split_of_what_is_not_held_does_nothing_but_leave_a_snapshot_of_what_a_movement_names(
    books: Books, account: int, to
):
    books.split("ACME", "2025-01-06", 2, to=to)
    books.move(account, "split", "2025-01-07", symbol="ACME", to=to, quantity=2, per_quantity=1)
    books.process(account)
    assert books.slices(account, "quantity") == []
    assert books.days(account) == ["01-07 ACME"]
    assert books.days(account, "account_snapshot") == []


def test_a_strike_adjustment_comes_after_the_trades_of_its_instant(books: Books, account: int):
    books.option("P20", "put", 20)
    books.option("P19", "put", 19)
    books.move(account, "strike_adjustment", "2025-01-03", symbol="P20", to="P19", name="adjusted")
    books.sell(account, "2025-01-03", 2, 50, symbol="P20", effect="open")
    books.sell(account, "2025-01-03", 1, 50, symbol="P20", effect="open", at="12:01", name="too late")
    books.process(account)
    assert books.slices(account, "opened_by instrument_id closed_by carried_to quantity cost") == [
        ["sell 01-03", "P20", "adjusted", "P19", "2", "50"],
        ["sell 01-03", "P19", "-", "-", "2", "50"],
        ["too late", "P20", "-", "-", "1", "50"],
    ]
    assert books.days(account) == ["01-03 P20", "01-03 P19"]


def test_only_the_currency_of_a_booked_split_moves(books: Books, account: int):
    books.buy(account, "2025-01-02", 1, 10, name="dollars")
    books.buy(account, "2025-01-02", 1, 10, currency="EUR", name="euros")
    books.move(account, "split", "2025-01-03", symbol="ACME", quantity=2, per_quantity=1, currency="EUR")
    books.process(account)
    assert books.open(account) == [["dollars", "1", "10"], ["euros", "2", "10"]]


def test_an_average_pool_goes_on(books: Books, account: int):
    """3 for 40 in ACME become 6 in NEW, where 2 for 20 are: 8 for 60, 7.5 a unit, in the order of fifo."""
    books.method(account, "average")
    books.buy(account, "2025-01-02", 1, 10, name="a")
    books.buy(account, "2025-01-03", 2, 30, name="b")
    books.buy(account, "2025-01-04", 2, 20, symbol="NEW", name="n")
    books.split("ACME", "2025-01-06", 2, to="NEW")
    books.process(account)
    assert books.slices(account, "opened_by quantity lot_cost cost", where="closed_by IS NULL") == [
        ["a", "2", "13.33333333", "15"],
        ["b", "4", "26.66666667", "30"],
        ["n", "2", "20", "15"],
    ]
