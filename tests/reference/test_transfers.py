"""Lots that travel between accounts."""

from __future__ import annotations

import pytest

from tests.reference.books import Books

CAME = "opened_by opened_in opened_on entered_on quantity lot_cost"


@pytest.fixture
def giver(books: Books) -> int:
    """An account, number 1, with 10 for 100 and 5 for 80."""
    books.stock("ACME")
    giver = books.account("giver")
    books.buy(giver, "2025-01-02", 10, 100, name="first")
    books.buy(giver, "2025-01-03", 5, 80, name="second")
    return giver


@pytest.fixture
def taker(books: Books, giver: int) -> int:
    """The account number 2."""
    return books.account("taker")


def test_lots_arrive_with_cost_opening_and_day(books: Books, giver: int, taker: int):
    books.leave(giver, "2025-01-06", 12, external_id="T")
    books.arrive(taker, "2025-01-08", 12, external_id="T", price=99)
    books.process(giver, taker)
    assert books.slices(giver, "opened_by quantity cost proceeds gain carried_to") == [
        ["first", "10", "100", "100", "0", "-"],
        ["second", "2", "32", "32", "0", "-"],
        ["second", "3", "48", "-", "-", "-"],
    ]
    assert books.slices(taker, CAME) == [
        ["first", "1", "01-02", "01-08", "10", "100"],
        ["second", "1", "01-03", "01-08", "2", "32"],
    ]


def test_what_arrives_is_older_than_what_was_bought_later(books: Books, giver: int, taker: int):
    books.buy(taker, "2025-01-02", 1, 7, at="13:00", name="between")
    books.leave(giver, "2025-01-06", 15, external_id="T")
    books.arrive(taker, "2025-01-06", 15, external_id="T")
    books.sell(taker, "2025-01-07", 12, 120)
    books.process(giver, taker)
    assert books.closed(taker) == [
        ["first", "10", "100", "100"],
        ["between", "1", "7", "10"],
        ["second", "1", "16", "10"],
    ]


def test_names_and_prices_are_those_of_the_opening(books: Books, giver: int, taker: int):
    books.method(taker, "hifo", ranked_by="price")
    books.buy(giver, "2025-01-04", 1, 1, price=500, lot_ref="gift", name="third")
    books.leave(giver, "2025-01-06", 16, external_id="T")
    books.arrive(taker, "2025-01-06", 16, external_id="T")
    books.sell(taker, "2025-01-07", 1, 3)
    books.sell(taker, "2025-01-08", 1, 4, lot_ref="2025-01-03")
    books.process(giver, taker)
    assert books.closed(taker) == [["third", "1", "1", "3"], ["second", "1", "16", "4"]]


@pytest.mark.parametrize(
    ("out", "into", "matches"),
    [
        ({}, {}, True),
        ({"external_id": "T"}, {"external_id": "T"}, True),
        ({"external_id": "T"}, {"external_id": "U"}, False),
        ({"external_id": "T"}, {}, False),
        ({"external_id": "T"}, {"external_id": "T", "day": "2025-01-09"}, True),
        ({"external_id": "T"}, {"external_id": "T", "day": "2025-01-03"}, False),  # before it left
        ({"external_id": "T"}, {"external_id": "T", "quantity": 3}, True),
        ({}, {"day": "2025-01-07"}, False),
        ({}, {"quantity": 3}, False),
        ({}, {"side": "long"}, True),
        ({}, {"side": "short"}, False),
        ({}, {"currency": "EUR"}, False),
        ({}, {"symbol": "OTHER"}, False),
        ({}, {"at": "01:00"}, True),  # the day counts, not the instant
    ],
)
def test_which_legs_belong_together(books: Books, giver: int, taker: int, out, into, matches):
    books.stock("OTHER")
    books.leave(giver, "2025-01-06", 4, **out)
    options = {"day": "2025-01-06", "quantity": 4, **into}
    books.arrive(taker, options.pop("day"), options.pop("quantity"), price=1, name="itself", **options)
    books.process(giver, taker)
    quantity = into.get("quantity", 4)
    assert books.open(taker) == [
        ["first", str(quantity), str(quantity * 10)] if matches else ["itself", str(quantity), str(quantity)]
    ]


def test_what_arrives_beyond_what_left_is_opened_at_its_price(books: Books, giver: int, taker: int):
    """20 leave, of which 5 are not there; 20 arrive at 3."""
    books.leave(giver, "2025-01-06", 20)
    books.arrive(taker, "2025-01-06", 20, price=3, name="itself")
    books.process(giver, taker)
    assert books.slices(taker, CAME) == [
        ["first", "1", "01-02", "01-06", "10", "100"],
        ["second", "1", "01-03", "01-06", "5", "80"],
        ["itself", "2", "01-06", "01-06", "5", "15"],
    ]


def test_several_legs_lie_on_two_axes(books: Books, giver: int, taker: int):
    """Out 3 and 9, in 4 and 8: 3 + 1 of the first; its other 6, and 2 of the second."""
    for quantity, at in ((3, "12:00"), (9, "13:00")):
        books.leave(giver, "2025-01-06", quantity, external_id="T", at=at)
    for quantity, at in ((4, "12:00"), (8, "13:00")):
        books.arrive(taker, "2025-01-06", quantity, external_id="T", name=f"in {quantity}", at=at)
    books.process(giver, taker)
    assert books.slices(taker, "entered_by opened_by quantity cost") == [
        ["in 4", "first", "4", "40"],
        ["in 8", "first", "6", "60"],
        ["in 8", "second", "2", "32"],
    ]


def test_a_piece_that_is_cut_shares_its_cost(books: Books, taker: int):
    """3 for 10 leave; 1, 1 and 1 arrive at 3.33333333, 3.33333334 and 3.33333333"""
    giver = books.account("thirds")
    books.buy(giver, "2025-01-02", 3, 10, name="thirds")
    books.leave(giver, "2025-01-06", 3, external_id="T")
    for hour in (12, 13, 14):
        books.arrive(taker, "2025-01-06", 1, external_id="T", at=f"{hour}:00")
    books.process(giver, taker)
    assert sorted(cost for _, _, cost in books.open(taker)) == ["3.33333333", "3.33333333", "3.33333334"]


def test_legs_of_one_account_carry_nothing_but_take_their_stretch(books: Books, giver: int, taker: int):
    """Account 1 sends 2 and gets 2, account 2 sends 2 and gets 2, all by one id: each would get its own."""
    books.buy(taker, "2025-01-02", 2, 6, name="taker's")
    for account in (giver, taker):
        books.leave(account, "2025-01-06", 2, external_id="T")
        books.arrive(account, "2025-01-06", 2, external_id="T", price=1, at="13:00", name=f"into {account}")
    books.process(giver, taker, giver)
    assert [row[0] for row in books.open(giver)] == ["first", "second", f"into {giver}"]
    assert books.open(taker) == [[f"into {taker}", "2", "2"]]


def test_an_arrival_before_the_departure_of_its_own_account_leaves_it_its_stretch(
    books: Books, giver: int, taker: int
):
    """Account 1 gets 2 before it sends 2; the first 2 units that leave are its own all the same."""
    books.arrive(giver, "2025-01-04", 2, external_id="T", price=1, name="early")
    books.leave(giver, "2025-01-06", 2, external_id="T")
    books.buy(taker, "2025-01-02", 3, 9, name="taker's")
    books.leave(taker, "2025-01-03", 3, external_id="T")
    books.process(taker, giver)
    assert ["early", "2", "2"] in books.open(giver)


def test_lots_pass_through_an_account(books: Books, giver: int, taker: int):
    last = books.account("last")
    books.leave(giver, "2025-01-06", 10)
    books.arrive(taker, "2025-01-06", 10)
    books.leave(taker, "2025-01-07", 10)
    books.arrive(last, "2025-01-07", 10)
    books.process(giver, taker, last)
    assert books.slices(last, CAME) == [["first", "1", "01-02", "01-07", "10", "100"]]


def test_what_comes_back_is_the_lot_it_was(books: Books, giver: int, taker: int):
    books.leave(giver, "2025-01-06", 4, external_id="there")
    books.arrive(taker, "2025-01-06", 4, external_id="there")
    books.leave(taker, "2025-01-07", 4, external_id="back")
    books.arrive(giver, "2025-01-07", 4, external_id="back", name="back")
    books.sell(giver, "2025-01-08", 7, 70)
    books.process(giver, taker, giver)
    assert books.slices(giver, "opened_by entered_by quantity cost", where="closed_on = '2025-01-08'") == [
        ["first", "first", "6", "60"],
        ["first", "back", "1", "10"],
    ]


def test_shorts_travel_too(books: Books, taker: int):
    giver = books.account("short")
    books.sell(giver, "2025-01-02", 3, 30, effect="open", name="short")
    books.leave(giver, "2025-01-06", 3, side="short")
    books.arrive(taker, "2025-01-06", 3, side="short")
    books.process(giver, taker)
    assert books.slices(taker, f"side {CAME}") == [
        ["short", "short", str(giver), "01-02", "01-06", "3", "30"]
    ]


def test_what_leaves_an_average_pool_has_its_average(books: Books, giver: int, taker: int):
    """15 for 180: 12 a unit."""
    books.method(giver, "average")
    books.leave(giver, "2025-01-06", 11)
    books.arrive(taker, "2025-01-06", 11)
    books.process(giver, taker)
    assert books.open(taker) == [["first", "10", "120"], ["second", "1", "12"]]


def test_lots_that_were_two_there_arrive_as_one(books: Books, giver: int, taker: int):
    """Of the first lot 4 were sent back; all 10 leave together, in two pieces."""
    for account, other, day in ((giver, taker, "06"), (taker, giver, "07")):
        books.leave(account, f"2025-01-{day}", 4, external_id=day)
        books.arrive(other, f"2025-01-{day}", 4, external_id=day)
    books.leave(giver, "2025-01-08", 10, external_id="all")
    books.arrive(taker, "2025-01-08", 10, external_id="all", name="all")
    books.process(giver, taker, giver, taker)
    assert books.open(taker) == [["first", "10", "100"]]
