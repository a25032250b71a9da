"""Equity: what an account is worth on each trading day, and why it changed.

2025-01-02 is a Thursday, so that 01-04 and 01-05 are a weekend.
"""

from __future__ import annotations

import psycopg
import pytest

from tests.reference.books import Books, Row, figures

VALUE = "opening_equity net_flow pnl closing_equity"
WORTH = "cash long_value short_value unrealized"
WHY = "realized_pnl unrealized_change income costs other_pnl"
COVERAGE = "open_positions positions_priced positions_carried positions_unpriced oldest_price_age_days"


@pytest.fixture
def account(books: Books) -> int:
    books.stock("ACME")
    books.option("C20", "call", 20, expiration="2025-01-03")
    return books.account()


def closes(books: Books, **series: str) -> None:
    """Closes of each symbol: a day and a close, as often as needed."""
    for symbol, text in series.items():
        for quote in text.split(", "):
            day, close = quote.split()
            books.price(symbol, f"2025-{day}", close)


# Which days have a row


def test_in_the_first_row_all_that_was_brought_in_is_flow(books: Books, account: int):
    """1,000 in; 10 bought at 50 and worth 60: 100 earned on the day they were bought."""
    books.deposit(account, "2025-01-02", 1000)
    books.buy(account, "2025-01-02", 10, 500)
    closes(books, ACME="01-02 60")
    books.process(account)
    assert books.equity(account, f"{VALUE} cash long_value short_value cumulative_flow cumulative_pnl") == {
        "01-02": ["0", "1000", "100", "1100", "500", "600", "0", "1000", "100"]
    }


def test_every_trading_day_has_a_row_whether_something_happens_or_not(books: Books, account: int):
    books.deposit(account, "2025-01-02", 1000)
    books.buy(account, "2025-01-02", 10, 500)
    closes(books, ACME="01-02 50, 01-03 52, 01-07 49")
    books.process(account)
    assert books.equity(account, f"{VALUE} cumulative_pnl") == {
        "01-02": ["0", "1000", "0", "1000", "0"],
        "01-03": ["1000", "0", "20", "1020", "20"],
        "01-06": ["1020", "0", "0", "1020", "20"],
        "01-07": ["1020", "0", "-30", "990", "-10"],
    }


def test_a_flow_on_saturday_counts_on_monday(books: Books, account: int):
    books.deposit(account, "2025-01-02", 1000)
    books.deposit(account, "2025-01-04", 500)
    books.move(account, "withdrawal", "2025-01-05", -200)
    books.deposit(account, "2025-01-06", 30)
    books.process(account)
    assert books.equity(account, f"{VALUE} cumulative_flow") == {
        "01-02": ["0", "1000", "0", "1000", "1000"],
        "01-03": ["1000", "0", "0", "1000", "1000"],
        "01-06": ["1000", "330", "0", "1330", "1330"],
    }


def test_an_account_that_begins_on_saturday_has_its_first_row_on_monday(books: Books, account: int):
    books.deposit(account, "2025-01-04", 1000)
    books.process(account)
    assert books.equity(account, VALUE) == {"01-06": ["0", "1000", "0", "1000"]}


def test_what_comes_before_the_first_account_snapshot_has_no_row(books: Books, account: int):
    books.method(account, "lifo", "2024-12-30")
    books.move(account, "split", "2024-12-31", symbol="ACME", quantity=2, per_quantity=1)
    books.process(account)
    assert books.equity(account) == {}
    books.deposit(account, "2025-01-02", 10)
    books.process(account)
    assert list(books.equity(account)) == ["01-02"]


def test_a_calendar_decides_between_its_first_and_its_last_day(books: Books):
    """It lists a Saturday and leaves out Monday; before 01-03 and after 01-07 it is Monday to Friday."""
    account = books.account(calendar="TOWN")
    books.calendar("TOWN", "2025-01-03", "2025-01-04", "2025-01-07")
    books.deposit(account, "2024-12-29", 10)
    books.deposit(account, "2025-01-06", 20)
    books.deposit(account, "2025-01-12", 40)
    books.process(account)
    assert books.equity(account, "net_flow") == {
        "12-30": ["10"],
        "12-31": ["0"],
        "01-01": ["0"],
        "01-02": ["0"],
        "01-03": ["0"],
        "01-04": ["0"],
        "01-07": ["20"],
        "01-08": ["0"],
        "01-09": ["0"],
        "01-10": ["0"],
        "01-13": ["40"],
    }


@pytest.mark.parametrize("calendar", [None, "WITHOUT DAYS"])
def test_without_a_calendar_it_is_monday_to_friday(books: Books, calendar):
    account = books.account(calendar=calendar)
    books.calendar("OTHER", "2025-01-02", "2025-01-04", "2025-01-07")
    books.deposit(account, "2025-01-02", 10)
    books.deposit(account, "2025-01-07", 10)
    books.process(account)
    assert list(books.equity(account)) == ["01-02", "01-03", "01-06", "01-07"]


@pytest.mark.parametrize(
    ("today", "last_price", "last_deposit", "end", "last"),
    [
        ("2025-01-07", "2025-01-02", "2025-01-02", "2025-01-31", "01-07"),
        ("2025-01-05", "2025-01-02", "2025-01-02", "2025-01-31", "01-03"),
        ("2025-01-03", "2025-01-08", "2025-01-02", "2025-01-31", "01-08"),
        ("2025-01-03", "2025-01-12", "2025-01-02", "2025-01-31", "01-10"),
        ("2025-01-03", "2025-01-02", "2025-01-09", "2025-01-31", "01-09"),
        ("2025-01-03", "2025-01-02", "2025-01-11", "2025-01-31", "01-13"),
        ("2025-01-03", "2025-01-02", "2025-01-11", "2025-01-08", "01-08"),
        ("2025-01-31", "2025-01-31", "2025-01-31", "2025-01-08", "01-08"),
        ("2025-01-31", "2025-01-31", "2025-01-31", "2025-01-05", "01-03"),
        ("2025-01-31", "2025-01-02", "2025-01-02", "infinity", "01-02"),
        ("2025-01-31", "2025-01-12", "2025-01-02", "infinity", "01-10"),
        ("2025-01-03", "2025-01-02", "2025-01-11", "infinity", "01-13"),
    ],
)
def test_the_last_row(books: Books, account: int, today, last_price, last_deposit, end, last):
    """With an end: no later than that, today, a price or an account snapshot; without: no today."""
    books.today(today)
    books.stock("ELSEWHERE")
    books.price("ELSEWHERE", last_price, 1)
    books.deposit(account, "2025-01-02", 10)
    books.deposit(account, last_deposit, 10)
    books.process(account, end=end)
    assert list(books.equity(account))[-1] == last


def test_a_range_without_end_reaches_as_far_as_the_rows_there_are(books: Books, account: int):
    books.deposit(account, "2025-01-02", 10)
    books.today("2025-01-08")
    books.process(account)
    books.deposit(account, "2025-01-03", 20)
    books.process(account, start="2025-01-03", end="infinity")
    assert books.equity(account) == {
        "01-02": ["10"],
        "01-03": ["30"],
        "01-06": ["30"],
        "01-07": ["30"],
        "01-08": ["30"],
    }


def test_ranges_of_no_day_reach_nowhere(books: Books, account: int):
    books.deposit(account, "2025-01-02", 10)
    books.process(account, start="-infinity", end="-infinity")
    assert books.equity(account) == {}
    books.process(account, start="infinity", end="infinity")
    assert list(books.equity(account)) == ["01-02"]


def test_without_a_setting_today_is_today_in_utc(books: Books):
    books.rows("RESET rollforward.today")
    (row,) = books.rows("SELECT rollforward.today() = (now() AT TIME ZONE 'UTC')::date AS agrees")
    assert row["agrees"]


# Positions


def test_what_is_sold_earns_up_to_its_price(books: Books, account: int):
    """10 at 50, closing at 60; 4 of them sold at 63 and the other 6 closing at 70: 12 + 60."""
    books.deposit(account, "2025-01-02", 1000)
    books.buy(account, "2025-01-02", 10, 500)
    books.sell(account, "2025-01-03", 4, 252)
    closes(books, ACME="01-02 60, 01-03 70")
    books.process(account)
    assert books.equity(account, f"{VALUE} {WORTH} {WHY}") == {
        "01-02": ["0", "1000", "100", "1100", *("500", "600", "0", "100"), *("0", "100", "0", "0", "0")],
        "01-03": ["1100", "0", "72", "1172", *("752", "420", "0", "120"), *("52", "20", "0", "0", "0")],
    }


def test_what_is_closed_earns_nothing_more(books: Books, account: int):
    books.deposit(account, "2025-01-02", 1000)
    books.buy(account, "2025-01-02", 10, 500)
    books.sell(account, "2025-01-03", 10, 600)
    closes(books, ACME="01-02 50, 01-03 70, 01-06 90")
    books.process(account)
    assert books.equity(account, "pnl closing_equity open_positions") == {
        "01-02": ["0", "1000", "1"],
        "01-03": ["100", "1100", "0"],
        "01-06": ["0", "1100", "0"],
    }


def test_a_short_is_worth_less_than_nothing(books: Books, account: int):
    """10 sold short at 50 are 50 lost at 55. 4 bought back at 52, 6 closing at 51: 12 and 24 earned."""
    books.sell(account, "2025-01-02", 10, 500, effect="open")
    books.buy(account, "2025-01-03", 4, 208, effect="close")
    closes(books, ACME="01-02 55, 01-03 51")
    books.process(account)
    assert books.equity(account, f"pnl closing_equity {WORTH} realized_pnl unrealized_change") == {
        "01-02": ["-50", "-50", "500", "0", "-550", "-50", "0", "-50"],
        "01-03": ["36", "-14", "292", "0", "-306", "-6", "-8", "44"],
    }


def test_of_longs_and_shorts_of_one_instrument_each_has_its_value(books: Books, account: int):
    """3 and 1 of 100 at 1.10: 330 and -110."""
    books.buy(account, "2025-01-02", 3, 500, symbol="C20")
    books.sell(account, "2025-01-02", 1, 200, symbol="C20", effect="open")
    closes(books, C20="01-02 1.10")
    books.process(account)
    assert books.equity(account, f"{WORTH} open_positions") == {"01-02": ["-300", "330", "-110", "-80", "1"]}


def test_of_longs_and_shorts_the_rounding_is_that_of_the_whole_position(books: Books, account: int):
    """Net 0.5 at 0.00000001 = 0.00000001; longs 1.5: 0.00000002; what is left for 1 short: -0.00000001."""
    books.buy(account, "2025-01-02", "1.5", 1)
    books.sell(account, "2025-01-02", 1, 1, effect="open")
    closes(books, ACME="01-02 0.00000001")
    books.process(account)
    assert books.equity(account, "long_value short_value") == {"01-02": ["0.00000002", "-0.00000001"]}


def test_longs_and_shorts_without_a_close_are_at_cost(books: Books, account: int):
    books.buy(account, "2025-01-02", 3, 300)
    books.sell(account, "2025-01-02", 1, 120, effect="open")
    books.process(account)
    assert books.equity(account, f"{WORTH} pnl") == {"01-02": ["-180", "300", "-120", "0", "0"]}


def test_an_option_past_its_expiration_is_worth_nothing_and_not_counted(books: Books, account: int):
    """2 for 300, worth 400 on the day they expire; nobody books it."""
    books.buy(account, "2025-01-02", 2, 300, symbol="C20")
    books.buy(account, "2025-01-02", 1, 10)
    closes(books, C20="01-02 1.5, 01-03 2", ACME="01-02 10, 01-06 10")
    books.process(account)
    assert books.equity(account, f"long_value unrealized pnl {COVERAGE}") == {
        "01-02": ["310", "0", "0", "2", "2", "0", "0", "0"],
        "01-03": ["410", "100", "100", "2", "2", "0", "0", "1"],
        "01-06": ["10", "-300", "-400", "1", "1", "0", "0", "0"],
    }


def test_an_expiration_realizes_the_loss_that_was_already_there(books: Books, account: int):
    books.buy(account, "2025-01-02", 2, 300, symbol="C20")
    books.move(account, "expiration", "2025-01-07", symbol="C20", quantity=2, effect="close", side="long")
    closes(books, C20="01-02 1.5")
    books.process(account)
    assert books.equity(account, "pnl realized_pnl unrealized_change other_pnl")["01-06"] == [
        *("-300", "0", "-300", "0")
    ]
    assert books.equity(account, "pnl realized_pnl unrealized_change other_pnl")["01-07"] == [
        *("0", "-300", "300", "0")
    ]


@pytest.mark.parametrize("booked", [False, True])
def test_a_split_earns_nothing(books: Books, account: int, booked):
    """10 at 100, then 100 at 10 although the close is still the old one, then 100 at 10.5."""
    books.deposit(account, "2025-01-02", 1000)
    books.buy(account, "2025-01-02", 10, 1000)
    if booked:
        books.move(account, "split", "2025-01-03", symbol="ACME", quantity=10, per_quantity=1)
    else:
        books.split("ACME", "2025-01-03", 10)
    closes(books, ACME="01-02 100, 01-06 10.5")
    books.process(account)
    assert books.equity(account, f"pnl {WHY} closing_equity") == {
        "01-02": ["0", "0", "0", "0", "0", "0", "1000"],
        "01-03": ["0", "0", "0", "0", "0", "0", "1000"],
        "01-06": ["50", "0", "50", "0", "0", "0", "1050"],
    }


# Why


def test_income_is_net_of_its_taxes(books: Books, account: int):
    books.deposit(account, "2025-01-02", 100)
    books.move(account, "dividend", "2025-01-03", 10, tax=3, symbol="ACME")
    books.move(account, "dividend_tax", "2025-01-03", -1, symbol="ACME")
    books.move(account, "interest", "2025-01-06", 5, tax=2)
    books.process(account)
    assert books.equity(account, f"net_flow pnl {WHY}") == {
        "01-02": ["100", "0", "0", "0", "0", "0", "0"],
        "01-03": ["0", "6", "0", "0", "6", "0", "0"],
        "01-06": ["0", "3", "0", "0", "5", "2", "0"],
    }


def test_a_fee_is_a_cost_and_no_flow(books: Books, account: int):
    books.deposit(account, "2025-01-02", 100, fee=1)
    books.move(account, "fee", "2025-01-03", -4)
    books.move(account, "adjustment", "2025-01-06", 3)
    books.process(account)
    assert books.equity(account, "net_flow pnl costs other_pnl closing_equity") == {
        "01-02": ["100", "-1", "1", "0", "99"],
        "01-03": ["0", "-4", "4", "0", "95"],
        "01-06": ["0", "3", "-3", "0", "98"],
    }


@pytest.mark.parametrize(
    ("costs_in_lot", "bought", "sold"),
    [
        # 10 cost 106; sold for 120 less 3
        (True, ["-6", "0", "-6", "0", "0", "0"], ["17", "11", "6", "0", "0", "0"]),
        # 10 cost 100; sold for 120; 6 and 3 are costs
        (False, ["-6", "0", "0", "0", "6", "0"], ["17", "20", "0", "0", "3", "0"]),
    ],
)
def test_costs_of_trades_are_in_their_lots_or_apart(books: Books, costs_in_lot, bought, sold):
    books.stock("ACME")
    account = books.account(costs_in_lot=costs_in_lot)
    books.buy(account, "2025-01-02", 10, 100, commission=1, fee=2, tax=3)
    books.sell(account, "2025-01-03", 10, 120, commission=3)
    closes(books, ACME="01-02 10")
    books.process(account)
    assert books.equity(account, f"pnl {WHY}") == {"01-02": bought, "01-03": sold}


def test_a_commission_in_another_currency_is_never_in_a_lot(books: Books, account: int):
    books.rate("EUR", "USD", "2025-01-01", "1.5")
    books.buy(account, "2025-01-02", 10, 100, commission=2, commission_currency="EUR")
    closes(books, ACME="01-02 10")
    books.process(account)
    assert books.equity(account, f"cash pnl {WHY}") == {"01-02": ["-103", "-3", "0", "0", "0", "3", "0"]}


def test_the_cash_of_an_orphan_is_other_pnl(books: Books, account: int):
    """Of 10 sold for 200, 4 are held, which cost 40: they bring 80, the rest 120."""
    books.deposit(account, "2025-01-02", 100)
    books.buy(account, "2025-01-02", 4, 40)
    books.sell(account, "2025-01-03", 10, 200)
    closes(books, ACME="01-02 10")
    books.process(account)
    assert books.equity(account, f"pnl {WHY} closing_equity") == {
        "01-02": ["0", "0", "0", "0", "0", "0", "100"],
        "01-03": ["160", "40", "0", "0", "0", "120", "260"],
    }


def test_equity_may_be_negative(books: Books, account: int):
    books.deposit(account, "2025-01-02", 10)
    books.move(account, "fee", "2025-01-03", -30)
    books.move(account, "withdrawal", "2025-01-06", -5)
    books.process(account)
    assert books.equity(account, VALUE) == {
        "01-02": ["0", "10", "0", "10"],
        "01-03": ["10", "0", "-30", "-20"],
        "01-06": ["-20", "-5", "0", "-25"],
    }


# Securities transferred


def test_securities_that_arrive_are_a_flow_at_their_close_with_the_cost_they_have(books: Books, account: int):
    """10 that cost 300 are worth 500 when they come. Then 2 are sold at 55, and 8 close at 52: 10 and 16."""
    books.arrive(account, "2025-01-02", 10, price=30)
    books.sell(account, "2025-01-03", 2, 110)
    closes(books, ACME="01-02 50, 01-03 52")
    books.process(account)
    assert books.equity(account, f"{VALUE} unrealized {WHY}") == {
        "01-02": ["0", "500", "0", "500", "200", *("0", "0", "0", "0", "0")],
        "01-03": ["500", "0", "26", "526", "176", *("50", "-24", "0", "0", "0")],
    }


def test_securities_that_leave_are_a_flow_at_their_close(books: Books, account: int):
    """6 of 10 leave at 53, 3 above the day before: 18 earned on them and 12 on the rest, 318 gone."""
    books.deposit(account, "2025-01-02", 400)
    books.buy(account, "2025-01-02", 10, 400)
    books.leave(account, "2025-01-03", 6)
    closes(books, ACME="01-02 50, 01-03 53")
    books.process(account)
    assert books.equity(account, f"{VALUE} {WHY}") == {
        "01-02": ["0", "400", "100", "500", *("0", "100", "0", "0", "0")],
        "01-03": ["500", "-318", "30", "212", *("0", "30", "0", "0", "0")],
    }


def test_shorts_that_are_transferred_count_negative(books: Books, account: int):
    """5 shorts come at 20, one of them leaves at 22, when the others have lost 2 each, and so has it."""
    books.deposit(account, "2025-01-02", 1000)
    books.arrive(account, "2025-01-02", 5, side="short", price=30)
    books.leave(account, "2025-01-03", 1, side="short")
    closes(books, ACME="01-02 20, 01-03 22")
    books.process(account)
    assert books.equity(account, f"{VALUE} short_value unrealized {WHY}") == {
        "01-02": ["0", "900", "0", "900", "-100", "50", *("0", "0", "0", "0", "0")],
        "01-03": ["900", "22", "-10", "912", "-88", "32", *("0", "-10", "0", "0", "0")],
    }


def test_without_a_close_a_transfer_is_a_flow_at_cost(books: Books, account: int):
    books.arrive(account, "2025-01-02", 10, price=30)
    books.leave(account, "2025-01-03", 4)
    books.process(account)
    assert books.equity(account, f"{VALUE} other_pnl") == {
        "01-02": ["0", "300", "0", "300", "0"],
        "01-03": ["300", "-120", "0", "180", "0"],
    }


def test_an_expired_option_is_transferred_for_nothing(books: Books, account: int):
    closes(books, C20="01-02 1.5")
    books.arrive(account, "2025-01-06", 2, symbol="C20", price=3)
    books.process(account)
    assert books.equity(account, f"{VALUE} unrealized {WHY}") == {
        "01-06": ["0", "0", "0", "0", "-600", *("0", "0", "0", "0", "0")]
    }


def test_what_comes_at_the_weekend_is_worth_the_close_of_monday(books: Books, account: int):
    books.deposit(account, "2025-01-03", 10)
    books.arrive(account, "2025-01-04", 10, price=30)
    closes(books, ACME="01-03 50, 01-06 52")
    books.process(account)
    assert books.equity(account, f"{VALUE}")["01-06"] == ["10", "520", "0", "530"]


def test_units_that_moved_before_a_split_count_as_what_it_made_of_them(books: Books, account: int):
    """Of 20, which cost 600, 10 leave on Saturday; on Monday each is 2, at 26: 520 gone, 520 left."""
    books.arrive(account, "2025-01-03", 20, price=30)
    books.leave(account, "2025-01-04", 10)
    books.split("ACME", "2025-01-06", 2)
    closes(books, ACME="01-03 50, 01-06 26")
    books.process(account)
    assert books.equity(account, f"{VALUE} unrealized {WHY}") == {
        "01-03": ["0", "1000", "0", "1000", "400", *("0", "0", "0", "0", "0")],
        "01-06": ["1000", "-520", "40", "520", "220", *("0", "40", "0", "0", "0")],
    }


def test_what_comes_and_is_sold_on_one_day_is_a_flow_and_earns_the_rest(books: Books, account: int):
    books.arrive(account, "2025-01-02", 10, price=30, at="10:00")
    books.sell(account, "2025-01-02", 10, 510, at="11:00")
    closes(books, ACME="01-02 50")
    books.process(account)
    assert books.equity(account, f"{VALUE} {WHY}") == {
        "01-02": ["0", "500", "10", "510", *("210", "-200", "0", "0", "0")]
    }


def test_an_average_pool_gives_no_lot_the_cost_of_another(books: Books, account: int):
    """10 at 10 and 10 that come at 20, worth 30: 300 of flow, of which 100 were unrealized before."""
    books.method(account, "average")
    books.deposit(account, "2025-01-02", 100)
    books.buy(account, "2025-01-02", 10, 100)
    books.arrive(account, "2025-01-03", 10, price=20)
    closes(books, ACME="01-02 30")
    books.process(account)
    assert books.equity(account, f"{VALUE} unrealized {WHY}")["01-03"] == [
        *("300", "300", "0", "600", "300"),
        *("0", "0", "0", "0", "0"),
    ]


def test_between_accounts_a_lot_leaves_and_comes_at_the_same_value(books: Books, account: int):
    other = books.account("8")
    books.deposit(account, "2025-01-02", 1000)
    books.buy(account, "2025-01-02", 10, 300)
    books.leave(account, "2025-01-03", 10)
    books.arrive(other, "2025-01-03", 10)
    closes(books, ACME="01-02 50, 01-03 52, 01-06 53")
    books.process(account, other)
    assert books.equity(account, f"{VALUE} cumulative_pnl") == {
        "01-02": ["0", "1000", "200", "1200", "200"],
        "01-03": ["1200", "-520", "20", "700", "220"],
        "01-06": ["700", "0", "0", "700", "220"],
    }
    assert books.equity(other, f"{VALUE} unrealized cumulative_pnl") == {
        "01-03": ["0", "520", "0", "520", "220", "0"],
        "01-06": ["520", "0", "10", "530", "230", "10"],
    }


def test_cash_and_costs_of_a_transfer_are_flow_and_costs(books: Books, account: int):
    books.arrive(account, "2025-01-02", 10, price=30, amount=7, fee=2)
    closes(books, ACME="01-02 50")
    books.process(account)
    assert books.equity(account, f"{VALUE} cash costs other_pnl") == {
        "01-02": ["0", "507", "-2", "505", "5", "2", "0"]
    }


# Currencies


def test_what_rates_do_to_cash_and_cost_is_other_pnl(books: Books, account: int):
    """100 EUR, 40 of them in shares that go from 40 to 50 while a euro goes from 1.10 to 1.20.

    01-02: 60 and 40 at 1.10. 01-03: 60 and 50 at 1.20 = 132.
    22 more: 10 x 1.20 on the shares, 100 x 0.10 on the rest.
    """
    books.stock("VELO", currency="EUR")
    books.rate("EUR", "USD", "2025-01-01", "1.10")
    books.rate("EUR", "USD", "2025-01-03", "1.20")
    books.deposit(account, "2025-01-02", 100, currency="EUR")
    books.buy(account, "2025-01-02", 4, 40, symbol="VELO", currency="EUR")
    closes(books, VELO="01-02 10, 01-03 12.5")
    books.process(account)
    assert books.equity(account, f"{VALUE} {WORTH} {WHY} rates_missing") == {
        "01-02": ["0", "110", "0", "110", *("66", "44", "0", "0"), *("0", "0", "0", "0", "0"), "0"],
        "01-03": ["110", "0", "22", "132", *("72", "60", "0", "12"), *("0", "12", "0", "0", "10"), "0"],
    }


def test_changes_are_converted_at_the_rate_of_their_day(books: Books, account: int):
    """Each in euros: 10 of gain, 6 of dividend, 1 of fee; each at 1.20. What is left then is cash."""
    books.stock("VELO", currency="EUR")
    books.rate("EUR", "USD", "2025-01-01", "1.10")
    books.rate("EUR", "USD", "2025-01-03", "1.20")
    books.deposit(account, "2025-01-02", 40, currency="EUR")
    books.buy(account, "2025-01-02", 4, 40, symbol="VELO", currency="EUR")
    books.sell(account, "2025-01-03", 4, 50, symbol="VELO", currency="EUR")
    books.move(account, "dividend", "2025-01-03", 6, symbol="VELO", currency="EUR")
    books.move(account, "fee", "2025-01-03", -1, currency="EUR")
    books.move(account, "withdrawal", "2025-01-03", -5, currency="EUR")
    closes(books, VELO="01-02 11")
    books.process(account)
    assert books.equity(account, f"{VALUE} {WHY}") == {
        # 4 unrealized
        "01-02": ["0", "44", "4.4", "48.4", *("0", "4.4", "0", "0", "0")],
        # 50 at 1.20 is 60, 6 of it taken out before: 17.6 = 12 - 4.4 + 7.2 - 1.2 + 4, which is 40 x 0.10
        "01-03": ["48.4", "-6", "17.6", "60", *("12", "-4.4", "7.2", "1.2", "4")],
    }


def test_what_a_conversion_costs_is_other_pnl_and_no_flow(books: Books, account: int):
    """110 USD become 99 EUR, worth 108.90."""
    books.rate("EUR", "USD", "2025-01-01", "1.10")
    books.deposit(account, "2025-01-02", 200)
    books.move(
        account, "conversion", "2025-01-03", -110, counter_amount=99, counter_currency="EUR", commission=2
    )
    books.process(account)
    assert books.equity(account, f"{VALUE} cash {WHY}") == {
        "01-02": ["0", "200", "0", "200", "200", *("0", "0", "0", "0", "0")],
        "01-03": ["200", "0", "-3.1", "196.9", "196.9", *("0", "0", "0", "2", "-1.1")],
    }


def test_each_figure_of_a_currency_is_rounded_once(books: Books):
    """1.005 less 0.004 EUR at 0.33333333: 0.33366666(63...), not the parts one by one."""
    account = books.account(base_currency="USD")
    books.rate("EUR", "USD", "2025-01-01", "0.33333333")
    books.deposit(account, "2025-01-02", "1.005", currency="EUR")
    books.move(account, "withdrawal", "2025-01-02", "-0.004", currency="EUR")
    books.process(account)
    assert books.equity(account, "net_flow closing_equity") == {"01-02": ["0.33366666", "0.33366666"]}


def test_the_base_currency_needs_no_rate_and_nothing_of_a_currency_needs_none(books: Books):
    account = books.account(base_currency="CHF")
    books.deposit(account, "2025-01-02", 10, currency="CHF")
    books.move(account, "fee", "2025-01-03", 0, currency="SEK")
    books.process(account)
    assert books.equity(account, f"{VALUE} rates_missing") == {
        "01-02": ["0", "10", "0", "10", "0"],
        "01-03": ["10", "0", "0", "10", "0"],
    }


def test_without_a_rate_what_depends_on_it_is_unknown(books: Books, account: int):
    """100 USD, then 50 EUR that nobody can convert, from 01-06 on a euro of 1.10, 2 EUR of interest."""
    books.deposit(account, "2025-01-02", 100)
    books.deposit(account, "2025-01-03", 50, currency="EUR")
    books.deposit(account, "2025-01-06", 10)
    books.move(account, "interest", "2025-01-07", 2, currency="EUR")
    books.rate("EUR", "USD", "2025-01-06", "1.10")
    books.process(account)
    names = f"{VALUE} {WORTH} cumulative_flow cumulative_pnl {WHY} rates_missing"
    none = "None"
    assert books.equity(account, names) == {
        "01-02": [*("0", "100", "0", "100"), *("100", "0", "0", "0"), "100", "0", *("0",) * 5, "0"],
        "01-03": [
            *("100", none, none, none),
            *(none, "0", "0", "0"),
            *(none, none),
            *("0", "0", "0", "0", none),
            "1",
        ],
        # what it was worth before is not known, nor is any sum from the beginning
        "01-06": [
            *(none, "10", none, "165"),
            *("165", "0", "0", "0"),
            *(none, none),
            *("0", "0", "0", "0", none),
            "0",
        ],
        "01-07": [
            *("165", "0", "2.2", "167.2"),
            *("167.2", "0", "0", "0"),
            *(none, none),
            *("0", "0", "2.2", "0", "0"),
            "0",
        ],
    }


def test_every_currency_without_a_rate_is_missing(books: Books, account: int):
    books.stock("VELO", currency="EUR")
    books.arrive(account, "2025-01-02", 10, symbol="VELO", currency="EUR", price=3)
    books.deposit(account, "2025-01-02", 10, currency="SEK")
    books.move(account, "withdrawal", "2025-01-03", -10, currency="SEK")
    books.move(account, "fee", "2025-01-06", 0, currency="SEK")
    books.process(account)
    assert books.equity(account, "cash long_value net_flow closing_equity rates_missing") == {
        "01-02": ["None", "None", "None", "None", "2"],
        "01-03": ["0", "None", "None", "None", "2"],
        "01-06": ["0", "None", "0", "None", "1"],
    }


# Coverage


def test_closes_are_recent_carried_or_unknown(books: Books, account: int):
    """On 01-13 closes of 01-03 are 10 days old, those of 01-02 are 11."""
    for symbol in ("NEW", "TEN", "ELEVEN", "NEVER", "ABROAD"):
        books.stock(symbol)
    books.stock("HOUSE", kind="private")
    books.stock("BARN", kind="private")
    closes(books, NEW="01-13 1", TEN="01-03 1", ELEVEN="01-02 1", HOUSE="01-10 1", ABROAD="01-13 1")
    for symbol in ("NEW", "TEN", "ELEVEN", "NEVER", "HOUSE", "BARN"):
        books.buy(account, "2025-01-13", 1, 1, symbol=symbol)
    books.buy(account, "2025-01-13", 1, 1, symbol="ABROAD", currency="EUR")
    books.process(account)
    assert books.equity(account, COVERAGE) == {"01-13": ["7", "3", "2", "2", "11"]}


@pytest.mark.parametrize(("days", "expected"), [(4, ["1", "0"]), (3, ["0", "1"])])
def test_the_look_back_is_a_setting(books: Books, account: int, days, expected):
    books.setting("lookback_days", days)
    closes(books, ACME="01-02 1")
    books.buy(account, "2025-01-06", 1, 1)
    books.process(account)
    assert books.equity(account, "positions_priced positions_carried") == {"01-06": expected}


def test_without_any_close_there_is_no_oldest(books: Books, account: int):
    books.deposit(account, "2025-01-02", 10)
    books.buy(account, "2025-01-03", 1, 1)
    books.process(account)
    assert books.equity(account, COVERAGE) == {
        "01-02": ["0", "0", "0", "0", "None"],
        "01-03": ["1", "0", "0", "1", "None"],
    }


# What is stored


def differences(books: Books, account: int, end: str | None = None) -> list[Row]:
    return books.rows("SELECT * FROM rollforward.verify(%s, NULL, %s)", [account], end)


def stale(books: Books) -> list[str]:
    return [str(row["from_date"]) for row in books.rows("SELECT from_date FROM rollforward_data.stale_mark")]


def some_days(books: Books, account: int) -> None:
    books.deposit(account, "2025-01-02", 1000)
    books.buy(account, "2025-01-02", 10, 500)
    books.arrive(account, "2025-01-04", 5, price=40)
    closes(books, ACME="01-02 50, 01-03 52, 01-06 53, 01-07 55")
    books.process(account)


def test_rows_behind_the_range_stay_and_are_marked(books: Books, account: int):
    some_days(books, account)
    books.deposit(account, "2025-01-03", 100)
    books.process(account, end="2025-01-03")
    assert books.equity(account) == {
        "01-02": ["1000"],
        "01-03": ["1120"],
        "01-06": ["1295"],
        "01-07": ["1325"],
    }
    assert stale(books) == ["2025-01-04"]
    assert "equity_snapshot" not in {row["object"] for row in differences(books, account)}
    books.process(account, start="2025-02-01")
    assert books.equity(account) == {
        "01-02": ["1000"],
        "01-03": ["1120"],
        "01-06": ["1395"],
        "01-07": ["1425"],
    }
    assert stale(books) == []


def test_rows_before_the_range_stay_as_they_are(books: Books, account: int):
    some_days(books, account)
    books.rows(
        "UPDATE rollforward_data.equity_snapshot SET unrealized = 7"
        " WHERE snapshot_date IN ('2025-01-02', '2025-01-06')"
    )
    books.process(account, start="2025-01-03")
    assert books.equity(account, "unrealized") == {
        "01-02": ["7"],
        "01-03": ["20"],
        "01-06": ["95"],
        "01-07": ["125"],
    }


@pytest.mark.parametrize("day", ["2025-01-02", "2025-01-03", "2025-01-04", "2025-01-05", "2025-01-06"])
def test_in_two_runs_the_rows_are_those_of_one(books: Books, account: int, day: str):
    some_days(books, account)
    query = (
        "SELECT to_jsonb(row) AS content FROM rollforward_data.equity_snapshot AS row ORDER BY snapshot_date"
    )
    at_once = books.rows(query)
    books.rows("DELETE FROM rollforward_data.equity_snapshot")
    books.process(account, end=day)
    books.process(account, start=day)
    assert books.rows(query) == at_once


def test_no_trading_day_is_left_out_between_two_ranges(books: Books, account: int):
    books.deposit(account, "2025-01-02", 10)
    books.today("2025-01-03")
    books.process(account)
    books.today("2025-01-09")
    books.process(account, start="2025-01-08")
    assert list(books.equity(account)) == ["01-02", "01-03", "01-06", "01-07", "01-08", "01-09"]


def test_an_account_without_rows_gets_all_of_them(books: Books, account: int):
    some_days(books, account)
    books.rows("DELETE FROM rollforward_data.equity_snapshot")
    books.process(account, start="2025-01-07")
    assert list(books.equity(account)) == ["01-02", "01-03", "01-06", "01-07"]


def test_a_day_that_is_no_trading_day_any_more_loses_its_row(books: Books):
    account = books.account(calendar="TOWN")
    books.deposit(account, "2025-01-02", 10)
    books.deposit(account, "2025-01-07", 10)
    books.process(account)
    books.calendar("TOWN", "2025-01-02", "2025-01-03", "2025-01-07")
    books.process(account)
    assert list(books.equity(account)) == ["01-02", "01-03", "01-07"]


def test_an_account_that_lost_its_movements_has_no_rows(books: Books, account: int):
    some_days(books, account)
    books.rows("DELETE FROM rollforward_data.movement")
    books.process(account, end="infinity")
    assert books.equity(account) == {}
    assert differences(books, account) == []


@pytest.mark.breaks_figures
@pytest.mark.parametrize(
    ("statement", "found"),
    [
        ("UPDATE rollforward_data.equity_snapshot SET unrealized = 0 WHERE snapshot_date = '2025-01-06'", 1),
        ("DELETE FROM rollforward_data.equity_snapshot WHERE snapshot_date = '2025-01-06'", 23),
        (
            "UPDATE rollforward_data.equity_snapshot SET snapshot_date = '2025-01-05'"
            " WHERE snapshot_date = '2025-01-06'",
            46,
        ),
    ],
)
def test_verify_finds_what_was_tampered_with(books: Books, account: int, statement: str, found: int):
    some_days(books, account)
    assert differences(books, account) == []
    books.rows(statement)
    wrong = differences(books, account)
    assert {row["object"] for row in wrong} == {"equity_snapshot"}
    assert {frozenset(row["key"]) for row in wrong} == {frozenset({"snapshot_date"})}
    assert len({(row["key"]["snapshot_date"], row["field"]) for row in wrong}) == found


def test_verify_expects_no_rows_that_nobody_asked_for(books: Books, account: int):
    """Computed up to 01-03; closes are known up to 01-07, and it is 01-20."""
    books.deposit(account, "2025-01-02", 1000)
    closes(books, ACME="01-07 55")
    books.process(account, end="2025-01-03")
    books.today("2025-01-20")
    assert list(books.equity(account)) == ["01-02", "01-03"]
    assert differences(books, account) == []
    assert differences(books, account, end="2025-01-20") == []


@pytest.mark.breaks_figures
def test_verify_leaves_alone_what_is_stale(books: Books, account: int):
    some_days(books, account)
    books.deposit(account, "2025-01-06", 100)
    assert {row["object"] for row in differences(books, account)} == {"account_snapshot"}
    books.rows("UPDATE rollforward_data.equity_snapshot SET unrealized = 0")
    assert {
        row["key"]["snapshot_date"]
        for row in differences(books, account)
        if row["object"] == "equity_snapshot"
    } == {"2025-01-03"}


@pytest.mark.parametrize(
    "change",
    [
        "pnl = pnl + 1",
        "cash = cash + 1",
        "cumulative_flow = cumulative_flow + 1",
        "costs = costs + 1",
        "open_positions = open_positions + 1",
        "closing_equity = NULL",
    ],
)
def test_no_row_can_contradict_itself(books: Books, account: int, change: str):
    some_days(books, account)
    with pytest.raises(psycopg.errors.CheckViolation):
        books.rows(f"UPDATE rollforward_data.equity_snapshot SET {change}")


def test_positions_are_known_until_they_are_closed(books: Books, account: int):
    """ACME is open; the option was closed, and charged later; OLD went on as NEW; FEE was never held."""
    for symbol in ("OLD", "NEW", "FEE"):
        books.stock(symbol)
    books.buy(account, "2025-01-02", 1, 10)
    books.buy(account, "2025-01-02", 1, 10, symbol="C20")
    books.sell(account, "2025-01-03", 1, 10, symbol="C20")
    books.move(account, "fee", "2025-01-06", -1, symbol="C20")
    books.buy(account, "2025-01-02", 1, 10, symbol="OLD")
    books.split("OLD", "2025-01-07", 1, to="NEW")
    books.move(account, "fee", "2025-01-08", -1, symbol="FEE", currency="EUR")
    books.process(account)
    known = books.rows(
        "SELECT symbol, position.currency::text, held_until::text FROM rollforward_data.position"
        " JOIN rollforward_data.instrument USING (instrument_id) WHERE account_id = %s ORDER BY 1",
        account,
    )
    assert [list(row.values()) for row in known] == [
        ["ACME", "USD", "infinity"],
        ["C20", "USD", "2025-01-06"],
        ["FEE", "EUR", "2025-01-08"],
        ["NEW", "USD", "infinity"],
        ["OLD", "USD", "2025-01-07"],
    ]
    books.rows("DELETE FROM rollforward_data.movement WHERE kind = 'fee'")
    books.sell(account, "2025-01-09", 1, 10)
    books.process(account)
    assert [
        figures(row, "held_until")
        for row in books.rows("SELECT held_until::text FROM rollforward_data.position ORDER BY 1")
    ] == [["2025-01-03"], ["2025-01-07"], ["2025-01-09"], ["infinity"]]
