"""Cumulative figures of accounts and positions, and what a day is worth."""

from __future__ import annotations

import pytest

from tests.reference.books import Books, figures

CASH = [
    *("deposited", "withdrawn", "fees", "commissions", "other_income", "options_income"),
    *("dividends_received", "dividend_taxes", "cash_balance"),
]


@pytest.fixture
def account(books: Books) -> int:
    books.stock("ACME")
    books.option("C20", "call", 20)
    return books.account()


@pytest.mark.parametrize(
    ("kind", "amount", "more", "cash", "expected"),
    [
        ("deposit", 10, {}, 10, {"deposited": 10}),
        ("cash_in", 10, {}, 10, {"deposited": 10}),
        ("withdrawal", -10, {}, -10, {"withdrawn": 10}),
        ("cash_out", -10, {}, -10, {"withdrawn": 10}),
        ("fee", -10, {}, -10, {"fees": 10}),
        ("fee", 10, {}, 10, {"fees": -10}),
        ("adjustment", -10, {}, -10, {"fees": 10}),
        ("interest", 10, {}, 10, {"other_income": 10}),
        ("interest_paid", -10, {}, -10, {"other_income": -10}),
        ("lending", 10, {}, 10, {"other_income": 10}),
        ("interest", 10, {"tax": 2}, 8, {"other_income": 10, "fees": 2}),
        ("deposit", 10, {"commission": 1, "fee": 2}, 7, {"deposited": 10, "commissions": 1, "fees": 2}),
        ("dividend", 10, {"tax": 3}, 7, {"dividends_received": 7, "dividend_taxes": 3}),
        ("dividend", -10, {"tax": -3}, -7, {"dividends_received": -7, "dividend_taxes": -3}),
        ("dividend_tax", -3, {}, -3, {"dividends_received": -3, "dividend_taxes": 3}),
        ("dividend_tax", 3, {"fee": 1}, 2, {"dividends_received": 3, "dividend_taxes": -3, "fees": 1}),
        ("conversion", 10, {"counter_amount": -9, "counter_currency": "EUR"}, 10, {"deposited": 10}),
        ("conversion", -10, {"counter_amount": 9, "counter_currency": "EUR"}, -10, {"withdrawn": 10}),
        ("dividend", 10, {"commission": 2, "commission_currency": "EUR"}, 10, {"dividends_received": 10}),
        ("fee", 0, {"commission": 2, "commission_currency": "USD"}, -2, {"commissions": 2}),
    ],
)
def test_what_a_movement_adds(books: Books, account: int, kind, amount, more, cash, expected):
    books.move(account, kind, "2025-01-02", amount, **more)
    books.process(account)
    totals = books.totals(account, "2025-01-02")
    assert {name: totals[name] for name in CASH} == {
        **dict.fromkeys(CASH, 0),
        **expected,
        "cash_balance": cash,
    }
    assert totals["movement_counter"] == 1


@pytest.mark.parametrize("kind", ["buy", "sell", "expiration", "assignment", "exercise"])
@pytest.mark.parametrize(("symbol", "income"), [("C20", "10"), ("ACME", "0")])
def test_premiums_are_of_options_only(books: Books, account: int, kind, symbol, income):
    books.move(account, kind, "2025-01-02", 10, symbol=symbol, quantity=1, effect="close")
    books.process(account)
    assert figures(books.totals(account, "2025-01-02"), "options_income") == [income]
    assert figures(books.position(account, "2025-01-02", symbol), "options_income") == [income]


def test_a_position_has_the_figures_of_the_movements_that_name_it(books: Books, account: int):
    books.buy(account, "2025-01-02", 1, 10, commission=1, fee=2, tax=3)
    books.move(account, "dividend", "2025-01-03", 5, tax=1, symbol="ACME")
    books.move(account, "dividend_tax", "2025-01-03", -2, symbol="ACME")
    books.move(account, "fee", "2025-01-03", -4, symbol="ACME")
    books.move(account, "fee", "2025-01-03", -100)
    books.process(account)
    names = "commissions fees dividends dividend_taxes long_cost"
    assert figures(books.position(account, "2025-01-02"), names) == ["1", "5", "0", "0", "16"]
    assert figures(books.position(account, "2025-01-03"), names) == ["1", "9", "5", "3", "16"]


def test_the_other_side_of_a_conversion_counts_in_its_currency_but_is_no_movement_of_it(
    books: Books, account: int
):
    books.move(
        account, "conversion", "2025-01-02", -110, counter_amount=100, counter_currency="EUR", commission=2
    )
    books.move(account, "conversion", "2025-01-03", 55, counter_amount=-50, counter_currency="EUR")
    books.process(account)
    names = "movement_counter deposited withdrawn commissions cash_balance"
    assert figures(books.totals(account, "2025-01-03"), names) == ["2", "55", "110", "2", "-57"]
    assert figures(books.totals(account, "2025-01-03", "EUR"), names) == ["0", "100", "50", "0", "50"]
    assert books.rows("SELECT currency FROM rollforward_data.account_currency ORDER BY 1") == [
        {"currency": "EUR"},
        {"currency": "USD"},
    ]


def test_a_commission_in_another_currency_counts_there_and_in_no_position(books: Books, account: int):
    books.buy(account, "2025-01-02", 1, 10, commission=2, commission_currency="EUR")
    books.process(account)
    names = "movement_counter commissions cash_balance"
    assert figures(books.totals(account, "2025-01-02"), names) == ["1", "0", "-10"]
    assert figures(books.totals(account, "2025-01-02", "EUR"), names) == ["0", "2", "-2"]
    assert figures(books.position(account, "2025-01-02"), "commissions long_cost") == ["0", "10"]
    assert books.days(account) == ["01-02 ACME"]


def test_a_commission_of_nothing_moves_no_other_currency(books: Books, account: int):
    books.move(account, "deposit", "2025-01-02", 10, commission_currency="EUR")
    books.process(account)
    assert books.days(account, "account_snapshot") == ["01-02 USD"]


def test_a_currency_has_a_snapshot_on_the_days_that_moved_it(books: Books, account: int):
    books.move(account, "deposit", "2025-01-02", 10)
    books.move(account, "deposit", "2025-01-03", 20, currency="EUR")
    books.move(account, "deposit", "2025-01-06", 30)
    books.process(account)
    assert books.days(account, "account_snapshot") == ["01-02 USD", "01-03 EUR", "01-06 USD"]
    assert figures(books.totals(account, "2025-01-06"), "deposited") == ["40"]


# Value


def test_the_latest_close_counts_however_old(books: Books, account: int):
    books.price("ACME", "2020-01-02", 12)
    books.price("ACME", "2025-01-07", 99)
    books.buy(account, "2025-01-06", 10, 100)
    books.process(account)
    position = books.position(account, "2025-01-06")
    assert figures(position, "market_value price_date") == ["120", "01-02"]
    assert figures(books.totals(account, "2025-01-06"), "market_value unrealized_gains") == ["120", "20"]


def test_longs_less_shorts_are_worth_units_by_multiplier_by_close(books: Books, account: int):
    """3 longs that cost 500 and 1 short that brought in 200: 2 x 100 x 1.1 = 220, less 500, plus 200."""
    books.price("C20", "2025-01-02", "1.1")
    books.buy(account, "2025-01-02", 3, 500, symbol="C20")
    books.sell(account, "2025-01-02", 1, 200, symbol="C20", effect="open")
    books.process(account)
    assert figures(
        books.totals(account, "2025-01-02"), "market_value unrealized_gains invested open_units"
    ) == ["220", "-80", "0", "4"]


@pytest.mark.parametrize(
    ("currency", "value", "price_date"), [("USD", "120", "01-02"), ("EUR", "100", "None")]
)
def test_a_close_in_another_currency_than_the_position_does_not_count(
    books: Books, account: int, currency, value, price_date
):
    books.price("ACME", "2025-01-02", 12)
    books.buy(account, "2025-01-02", 10, 100, currency=currency)
    books.process(account)
    position = books.position(account, "2025-01-02", currency=currency)
    assert figures(position, "market_value price_date") == [value, price_date]
    assert figures(books.totals(account, "2025-01-02", currency), "market_value") == [value]


@pytest.mark.parametrize("close", [None, 12])
def test_what_is_not_open_is_worth_nothing(books: Books, account: int, close):
    if close:
        books.price("ACME", "2025-01-02", close)
    books.buy(account, "2025-01-02", 1, 10)
    books.sell(account, "2025-01-02", 1, 10, at="13:00")
    books.process(account)
    assert figures(books.position(account, "2025-01-02"), "market_value price_date") == ["0", "None"]


@pytest.mark.parametrize(
    ("symbol", "day", "value"),
    [("C20", "2025-12-19", "300"), ("C20", "2025-12-20", "0"), ("FUT", "2025-12-20", "3")],
)
def test_an_option_is_worth_nothing_after_its_expiration(books: Books, account: int, symbol, day, value):
    books.stock("FUT", kind="future", expiration="2025-12-19")
    books.price(symbol, "2025-01-02", 3)
    books.buy(account, day, 1, 10, symbol=symbol)
    books.process(account)
    assert figures(books.totals(account, day), "market_value") == [value]


@pytest.mark.parametrize(
    ("day", "value"),
    [
        ("2025-01-03", "120"),
        ("2025-01-06", "120"),
        ("2025-01-07", "120"),
        ("2025-01-08", "150"),
        ("2025-01-09", "150"),
    ],
)
def test_a_close_from_before_a_split_is_divided_by_its_ratio(books: Books, account: int, day, value):
    """10 at 12; 3 for 1, then 1 for 2 booked by the account itself: 15 at 12 / 1.5; 75 at 2 of the day."""
    books.price("ACME", "2025-01-02", 12)
    books.price("ACME", "2025-01-08", 2)
    books.buy(account, "2025-01-02", 10, 100)
    books.split("ACME", "2025-01-06", 3)
    books.move(account, "split", "2025-01-07", symbol="ACME", quantity=1, per_quantity=2)
    books.split("ACME", "2025-01-08", 5)
    books.move(account, "fee", day, 0, symbol="ACME")
    books.process(account)
    assert figures(books.position(account, day), "market_value") == [value]


def test_a_split_into_another_instrument_divides_no_close(books: Books, account: int):
    books.stock("NEW")
    books.price("ACME", "2025-01-02", 12)
    books.split("ACME", "2025-01-06", 2, to="NEW")
    books.buy(account, "2025-01-07", 1, 10)
    books.process(account)
    assert figures(books.position(account, "2025-01-07"), "market_value") == ["12"]


@pytest.mark.parametrize(("booked_in", "value"), [("USD", "6"), ("EUR", "12")])
def test_a_booked_split_divides_the_close_of_its_own_position_and_silences_the_row(
    books: Books, account: int, booked_in, value
):
    books.price("ACME", "2025-01-02", 12)
    books.split("ACME", "2025-01-06", 3)
    books.move(account, "split", "2025-01-06", symbol="ACME", quantity=2, per_quantity=1, currency=booked_in)
    books.buy(account, "2025-01-07", 1, 10)
    books.process(account)
    assert figures(books.position(account, "2025-01-07"), "market_value") == [value]
