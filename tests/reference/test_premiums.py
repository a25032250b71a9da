"""Assigned and exercised options: what their premium has to do with the shares delivered."""

from __future__ import annotations

import pytest

from tests.reference.books import Books, figures


@pytest.fixture
def account(books: Books) -> int:
    """An account whose premiums go to the shares."""
    books.stock("ACME")
    books.option("C20", "call", 20)
    books.option("P20", "put", 20)
    return books.account(premium_in_cost=True)


def end(
    books: Books, account: int, kind: str, symbol: str, quantity: int = 1, day: str = "2025-01-06", **more
) -> None:
    books.move(account, kind, day, symbol=symbol, quantity=quantity, effect="close", **more)


def write(
    books: Books, account: int, symbol: str, amount: int, quantity: int = 1, day: str = "2025-01-02"
) -> None:
    books.sell(account, day, quantity, amount, symbol=symbol, effect="open", name=symbol)


@pytest.mark.parametrize(
    ("kind", "symbol", "opening", "delivery", "cost"),
    [
        (
            "assignment",
            "P20",
            ("sell", 150),
            ("buy", -2000),
            "1850",
        ),  # the shares cost less what the put brought in
        ("exercise", "C20", ("buy", -150), ("buy", -2000), "2150"),
        ("assignment", "C20", ("sell", 150), ("sell", 2000), "2150"),
        ("exercise", "P20", ("buy", -150), ("sell", 2000), "1850"),
    ],
)
def test_the_premium_goes_to_the_shares(books: Books, account: int, kind, symbol, opening, delivery, cost):
    books.move(
        account, opening[0], "2025-01-02", opening[1], symbol=symbol, quantity=1, effect="open", name=symbol
    )
    end(books, account, kind, symbol)
    books.move(
        account,
        delivery[0],
        "2025-01-06",
        delivery[1],
        symbol="ACME",
        quantity=100,
        price=20,
        effect="open",
        name="shares",
    )
    books.process(account)
    assert books.slices(account, "opened_by cost proceeds gain") == [
        [symbol, "150", "150", "0"],
        ["shares", cost, "-", "-"],
    ]
    assert figures(books.totals(account, "2025-01-06"), "realized_gains options_income") == [
        "0",
        str(opening[1]),
    ]


def test_without_the_setting_the_premium_is_realized(books: Books, account: int):
    plain = books.account("plain")
    write(books, plain, "P20", 150)
    end(books, plain, "assignment", "P20")
    books.buy(plain, "2025-01-06", 100, 2000, price=20)
    books.process(plain)
    assert books.slices(plain, "cost proceeds") == [["150", "0"], ["2000", "-"]]


def test_a_delivery_that_closes_gains_the_premium(books: Books, account: int):
    books.buy(account, "2025-01-02", 100, 1900, name="shares")
    write(books, account, "C20", 150)
    end(books, account, "assignment", "C20", amount=-7, fee=1)
    books.sell(account, "2025-01-06", 100, 2000, price=20, commission=5)
    books.process(account)
    # 150 - 7 - 1 = 142 leave the call; 2000 - 5 + 142 - 1900 is gained
    assert books.slices(account, "opened_by proceeds gain") == [
        ["C20", "150", "0"],
        ["shares", "2137", "237"],
    ]


@pytest.mark.parametrize(
    "delivery",
    [
        {"quantity": 99},
        {"price": "20.01"},
        {"day": "2025-01-07"},
        {"currency": "EUR"},
        {"symbol": "OTHER"},
        {"kind": "sell"},
        {"kind": "securities_in"},
    ],
)
def test_what_is_not_delivered_moves_nothing(books: Books, account: int, delivery):
    books.stock("OTHER")
    write(books, account, "P20", 150)
    end(books, account, "assignment", "P20")
    fields = {
        "kind": "buy",
        "day": "2025-01-06",
        "amount": 0,
        "symbol": "ACME",
        "quantity": 100,
        "price": 20,
        **delivery,
    }
    books.move(account, fields.pop("kind"), fields.pop("day"), effect="open", **fields)
    books.process(account)
    assert books.slices(account, "proceeds gain", where="opened_by = closed_by OR proceeds IS NOT NULL") == [
        ["0", "150"]
    ]


def test_each_delivery_gets_the_share_of_its_units_up_to_those_assigned(books: Books, account: int):
    """200 units for 300: 50 of the same instant first, then 100 of before, then 50 of the 80 of after."""
    write(books, account, "P20", 300, quantity=2)
    end(books, account, "assignment", "P20", quantity=2)
    books.buy(account, "2025-01-06", 100, 2000, price=20, at="09:00", name="before")
    books.buy(account, "2025-01-06", 80, 1600, price=20, at="15:00", name="after")
    books.buy(account, "2025-01-06", 50, 1000, price=20, name="same")
    books.buy(account, "2025-01-06", 10, 200, price=20, at="16:00", name="too late")
    books.process(account)
    assert sorted(books.open(account)) == [
        ["after", "80", "1525"],
        ["before", "100", "1850"],
        ["same", "50", "925"],
        ["too late", "10", "200"],
    ]


def test_events_of_one_direction_count_together(books: Books, account: int):
    """A put that brought in 150 and a call that cost 30: 120 for 200 units bought in one go."""
    write(books, account, "P20", 150)
    books.buy(account, "2025-01-02", 1, 30, symbol="C20", name="C20")
    end(books, account, "assignment", "P20")
    end(books, account, "exercise", "C20", at="13:00")
    books.buy(account, "2025-01-06", 200, 4000, price=20, name="shares")
    books.process(account)
    assert books.slices(account, "opened_by cost gain") == [
        ["P20", "150", "0"],
        ["C20", "30", "0"],
        ["shares", "3880", "-"],
    ]


def test_strikes_and_directions_are_apart(books: Books, account: int):
    """The put of 20 has all its units, that of 21 only half of them."""
    books.option("P21", "put", 21)
    write(books, account, "P20", 150)
    write(books, account, "P21", 90)
    end(books, account, "assignment", "P20")
    end(books, account, "assignment", "P21")
    books.buy(account, "2025-01-06", 100, 2000, price=20, name="at 20")
    books.buy(account, "2025-01-06", 50, 1050, price=21, name="at 21")
    books.process(account)
    assert books.slices(account, "opened_by gain", where="gain IS NOT NULL") == [["P20", "0"], ["P21", "90"]]
    assert books.open(account) == [["at 20", "100", "1850"], ["at 21", "50", "1050"]]


def test_an_orphan_counts_in_the_units_that_must_be_delivered(books: Books, account: int):
    """Two are assigned, one was open: 100 units are not all; 200 get the premium of the one."""
    for day, units in (("2025-01-06", 100), ("2025-01-07", 200)):
        write(books, account, "P20", 150, day=day)
        end(books, account, "assignment", "P20", quantity=2, day=day)
        books.buy(account, day, units, units * 20, price=20, name=f"{units}")
    books.process(account)
    assert books.slices(account, "gain", where="gain IS NOT NULL") == [["150"], ["0"]]
    assert books.open(account) == [["100", "100", "2000"], ["200", "200", "3850"]]


def test_the_premium_makes_the_delivery_rank_as_what_it_cost(books: Books, account: int):
    """Bought at 20 and lowered to 18.5 a unit by the premium: the other lot, at 19, is the dearest."""
    books.method(account, "hifo")
    books.buy(account, "2025-01-03", 100, 1900, name="other")
    write(books, account, "P20", 150)
    end(books, account, "assignment", "P20")
    books.buy(account, "2025-01-06", 100, 2000, price=20, effect="auto", name="delivered")
    books.sell(account, "2025-01-07", 100, 2000)
    books.process(account)
    assert books.open(account) == [["delivered", "100", "1850"]]
