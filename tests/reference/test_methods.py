"""Which lots a closing takes: the six methods, changes of method, and names."""

from __future__ import annotations

import pytest

from tests.reference.books import Books, figures


@pytest.fixture
def account(books: Books) -> int:
    books.stock("ACME")
    return books.account()


def three_lots(books: Books, account: int) -> None:
    """One unit each at 20, 40, 30; and another at 40."""
    books.buy(account, "2025-01-02", 1, 20, price=9, name="a", lot_ref="L1", external_id="X1")
    books.buy(account, "2025-01-03", 1, 40, price=2, name="b", lot_ref="L2")
    books.buy(account, "2025-01-03", 1, 30, name="c", lot_ref="L3", external_id="X3", at="13:00")
    books.buy(account, "2025-01-04", 1, 40, price=2, name="d")


@pytest.mark.parametrize(
    ("method", "ranked_by", "taken"),
    [
        ("fifo", "cost", ["a", "b"]),
        ("lifo", "cost", ["d", "c"]),
        ("hifo", "cost", ["b", "d"]),
        ("lofo", "cost", ["a", "c"]),
        ("hifo", "price", ["c", "a"]),  # c has no price: its cost of a unit stands for it
        ("lofo", "price", ["b", "d"]),
    ],
)
def test_the_method_says_which_lots_are_taken_first(books: Books, account: int, method, ranked_by, taken):
    three_lots(books, account)
    books.method(account, method, ranked_by=ranked_by)
    books.sell(account, "2025-01-06", 2, 100)
    books.process(account)
    # slices of one closing are shown in the order of their openings
    assert [row[0] for row in books.closed(account)] == sorted(taken)


@pytest.mark.parametrize(
    ("method", "cheap", "dear"), [("hifo", "0", "0.00000001"), ("lofo", "0.00000001", "0")]
)
def test_pieces_share_the_proceeds_in_the_order_they_are_taken(
    books: Books, account: int, method, cheap, dear
):
    """A half of the smallest amount is rounded up: the first of two units gets all of it."""
    books.method(account, method)
    books.buy(account, "2025-01-02", 1, 10, name="cheap")
    books.buy(account, "2025-01-03", 1, 20, name="dear")
    books.sell(account, "2025-01-06", 2, "0.00000001")
    books.process(account)
    assert books.closed(account) == [["cheap", "1", "10", cheap], ["dear", "1", "20", dear]]


def test_the_highest_short_is_the_one_that_brought_in_most(books: Books, account: int):
    books.method(account, "hifo")
    books.sell(account, "2025-01-02", 1, 10, effect="open", name="less")
    books.sell(account, "2025-01-03", 1, 12, effect="open", name="more")
    books.buy(account, "2025-01-06", 1, 5, effect="close")
    books.process(account)
    assert books.closed(account) == [["more", "1", "12", "5"]]


def test_a_lot_opened_by_crossing_zero_ranks_as_the_whole_trade(books: Books, account: int):
    """3 bought for 10 are 3.333333333333 each, though the 2 that open cost 6.66666667."""
    books.method(account, "hifo")
    books.sell(account, "2025-01-02", 1, 10, effect="open", name="short")
    books.buy(account, "2025-01-03", 3, 10, effect="auto", name="crossing")
    books.buy(account, "2025-01-04", 2, "6.66666667", name="later")
    books.sell(account, "2025-01-06", 2, 5)
    books.process(account)
    assert books.closed(account) == [["short", "1", "10", "3.33333333"], ["later", "2", "6.66666667", "5"]]
    assert books.open(account) == [["crossing", "2", "6.66666667"]]


# Average cost


def test_by_the_average_method_closings_take_from_one_pool(books: Books, account: int):
    """20 for 30, 5 leave for 7.5; 15 for 22.5 and 5 for 12.5 are 20 for 35, 15 leave for 26.25."""
    books.method(account, "average")
    books.buy(account, "2025-01-02", 10, 10)
    books.buy(account, "2025-01-03", 10, 20)
    books.sell(account, "2025-01-06", 5, 50)
    books.buy(account, "2025-01-07", 5, "12.5")
    books.process(account)
    # 22.5 + 12.5 = 35 for 20 units: 1.75 a unit, in the order of fifo
    assert books.open(account) == [
        ["buy 01-02", "5", "8.75"],
        ["buy 01-03", "10", "17.5"],
        ["buy 01-07", "5", "8.75"],
    ]
    books.sell(account, "2025-01-08", 15, 60)
    books.process(account)
    assert books.closed(account) == [
        ["buy 01-02", "5", "7.5", "50"],
        ["buy 01-02", "5", "8.75", "20"],
        ["buy 01-03", "10", "17.5", "40"],
    ]
    assert books.slices(account, "lot_offset lot_quantity lot_cost") == [
        ["0", "10", "10"],
        ["5", "10", "10"],
        ["0", "10", "20"],
        ["0", "5", "12.5"],
    ]
    assert figures(books.position(account, "2025-01-07"), "long_cost") == ["35"]
    assert figures(books.totals(account, "2025-01-08"), "invested realized_gains") == ["8.75", "76.25"]


def test_a_pool_is_shared_and_emptied_to_the_last_decimal(books: Books, account: int):
    """10 and 0 for lots of 1 and 2: 3.33333333 and 6.66666667; the last closing takes what is left."""
    books.method(account, "average")
    books.buy(account, "2025-01-02", 1, 10)
    books.buy(account, "2025-01-03", 2, 0)
    books.process(account)
    assert books.open(account) == [["buy 01-02", "1", "3.33333333"], ["buy 01-03", "2", "6.66666667"]]
    books.sell(account, "2025-01-06", 2, 0)
    books.sell(account, "2025-01-07", 1, 0)
    books.process(account)
    # 10 x 2 / 3 = 6.66666667 leave, half and half; 3.33333333 is left
    assert [row[:3] for row in books.closed(account)] == [
        ["buy 01-02", "1", "3.33333334"],
        ["buy 01-03", "1", "3.33333333"],
        ["buy 01-03", "1", "3.33333333"],
    ]


def test_long_and_short_have_a_pool_each(books: Books, account: int):
    books.method(account, "average")
    books.buy(account, "2025-01-02", 1, 10)
    books.buy(account, "2025-01-02", 1, 20, at="13:00")
    books.sell(account, "2025-01-03", 1, 50, effect="open")
    books.sell(account, "2025-01-06", 1, 40)
    books.process(account)
    assert books.open(account) == [["buy 01-02", "1", "15"], ["sell 01-03", "1", "50"]]


# Changes of method


def test_a_change_of_method_lets_every_lot_begin_again(books: Books, account: int):
    """Of 3 units for 10 one was sold by fifo; 2 go on at 6.66666667, with a short of another symbol."""
    books.stock("OTHER")
    books.buy(account, "2025-01-02", 3, 10)
    books.sell(account, "2025-01-02", 1, 9, symbol="OTHER", effect="open", name="short")
    books.sell(account, "2025-01-03", 1, 5)
    books.buy(account, "2025-01-06", 1, 8)
    books.method(account, "lifo", "2025-01-06")
    books.sell(account, "2025-01-07", 2, 20)
    books.process(account)
    assert books.slices(
        account, "opened_by entered_by closed_by carried_to lot_offset quantity cost proceeds"
    ) == [
        ["buy 01-02", "buy 01-02", "sell 01-03", "-", "0", "1", "3.33333333", "5"],
        ["buy 01-02", "buy 01-02", "method", "ACME", "1", "2", "6.66666667", "-"],
        ["short", "short", "method", "OTHER", "0", "1", "9", "-"],
        ["buy 01-02", "method", "sell 01-07", "-", "0", "1", "3.33333334", "10"],
        ["buy 01-06", "buy 01-06", "sell 01-07", "-", "0", "1", "8", "10"],
        ["buy 01-02", "method", "-", "-", "1", "1", "3.33333333", "-"],
        ["short", "method", "-", "-", "0", "1", "9", "-"],
    ]
    assert books.days(account) == [
        "01-02 ACME",
        "01-02 OTHER",
        "01-03 ACME",
        "01-06 ACME",
        "01-06 OTHER",
        "01-07 ACME",
    ]
    assert books.days(account, "account_snapshot") == ["01-02 USD", "01-03 USD", "01-06 USD", "01-07 USD"]


def test_a_change_to_average_makes_a_pool_of_what_is_open_and_one_from_it_keeps_the_shares(
    books: Books, account: int
):
    books.buy(account, "2025-01-02", 1, 10, name="a")
    books.buy(account, "2025-01-03", 1, 20, name="b")
    books.method(account, "average", "2025-01-06")
    books.method(account, "hifo", "2025-01-08")
    books.buy(account, "2025-01-09", 1, 14, name="c")
    books.sell(account, "2025-01-10", 1, 30)
    books.process(account)
    assert books.slices(account, "opened_by closed_by lot_cost cost") == [
        ["a", "method", "10", "10"],
        ["b", "method", "20", "20"],
        ["a", "method", "10", "15"],
        ["b", "method", "20", "15"],
        ["a", "sell 01-10", "15", "15"],
        ["b", "-", "15", "15"],
        ["c", "-", "14", "14"],
    ]


def test_a_change_of_method_comes_before_the_movements_of_its_day(books: Books, account: int):
    books.method(account, "lifo", "2025-01-03")
    books.buy(account, "2025-01-02", 1, 10, name="a")
    books.buy(account, "2025-01-03", 1, 20, at="00:00", name="b")
    books.sell(account, "2025-01-03", 1, 30, at="00:00")
    books.process(account)
    assert books.closed(account) == [["b", "1", "20", "30"]]


def test_a_change_of_method_of_an_account_without_lots_does_nothing(books: Books, account: int):
    books.buy(account, "2025-01-02", 1, 10)
    books.sell(account, "2025-01-03", 1, 20)
    books.method(account, "lifo", "2025-01-06")
    books.process(account)
    assert len(books.slices(account, "opened_by")) == 1
    assert books.days(account) == ["01-02 ACME", "01-03 ACME"]


# Names


@pytest.mark.parametrize("method", ["fifo", "lifo", "hifo", "specific"])
@pytest.mark.parametrize(
    ("lot_ref", "quantity", "taken"),
    [
        ("L2", 1, ["b"]),
        ("X3", 1, ["c"]),
        ("2025-01-04", 1, ["d"]),
        ("2025-01-03", 2, ["b", "c"]),
        ("X3, L1", 2, ["a", "c"]),
        ("L2", 3, ["b"]),  # two are orphans
        ("nobody", 1, []),
    ],
)
def test_a_closing_takes_the_lots_it_names(books: Books, account: int, method, lot_ref, quantity, taken):
    books.method(account, method)
    three_lots(books, account)
    books.sell(account, "2025-01-06", quantity, 60, lot_ref=lot_ref)
    books.process(account)
    assert [row[0] for row in books.closed(account)] == taken


def test_named_lots_are_taken_first_acquired_first_whatever_the_method(books: Books, account: int):
    books.method(account, "hifo")
    three_lots(books, account)
    books.sell(account, "2025-01-06", 1, 60, lot_ref="L2,L1")
    books.process(account)
    assert books.closed(account) == [["a", "1", "20", "60"]]


def test_named_lots_leave_an_average_pool_at_the_average(books: Books, account: int):
    """Four units for 130: the one that is named leaves for 32.5, and 97.5 are shared by the other three."""
    books.method(account, "average")
    three_lots(books, account)
    books.sell(account, "2025-01-06", 1, 60, lot_ref="L2")
    books.process(account)
    assert books.closed(account) == [["b", "1", "32.5", "60"]]
    assert books.open(account) == [["a", "1", "32.5"], ["c", "1", "32.5"], ["d", "1", "32.5"]]


@pytest.mark.parametrize(
    ("lot_ref", "quantity", "taken"),
    [
        (None, 3, []),  # four units in four lots: which three?
        (None, 4, ["a", "b", "c", "d"]),
        (None, 9, ["a", "b", "c", "d"]),
        ("2025-01-03", 1, []),
        ("L1,2025-01-03", 2, []),
        ("L1,2025-01-03", 3, ["a", "b", "c"]),
    ],
)
def test_in_method_specific_names_must_not_leave_a_choice(
    books: Books, account: int, lot_ref, quantity, taken
):
    books.method(account, "specific")
    three_lots(books, account)
    books.sell(account, "2025-01-06", quantity, 60, lot_ref=lot_ref)
    books.process(account)
    assert [row[0] for row in books.closed(account)] == taken


def test_part_of_a_single_lot_is_no_choice(books: Books, account: int):
    books.method(account, "specific")
    books.buy(account, "2025-01-02", 3, 30)
    books.sell(account, "2025-01-06", 2, 60)
    books.process(account)
    assert books.closed(account) == [["buy 01-02", "2", "20", "60"]]


@pytest.mark.parametrize(
    ("quantity", "closed", "opened"),
    [
        (3, [], []),  # it asks to close 3 of 4: a choice
        (6, ["a", "b", "c", "d"], [["sell 01-06", "2", "40"]]),
    ],
)
def test_an_auto_that_finds_a_choice_opens_only_what_it_did_not_ask_to_close(
    books: Books, account: int, quantity, closed, opened
):
    books.method(account, "specific")
    three_lots(books, account)
    books.sell(account, "2025-01-06", quantity, 120, effect="auto")
    books.process(account)
    assert [row[0] for row in books.closed(account)] == closed
    assert books.slices(account, "opened_by quantity cost", where="side = 'short'") == opened


def test_an_auto_that_names_a_lot_leaves_the_others_open(books: Books, account: int):
    """6 sold where 4 are open: it asks to close 4, 1 has the name; 2 are opened at a third of the net."""
    three_lots(books, account)
    books.sell(account, "2025-01-06", 6, 120, effect="auto", lot_ref="L3")
    books.process(account)
    assert books.closed(account) == [["c", "1", "30", "20"]]
    assert books.slices(account, "opened_by quantity cost", where="side = 'short'") == [
        ["sell 01-06", "2", "40"]
    ]
    assert len(books.open(account)) == 4
