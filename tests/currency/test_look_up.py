"""Which rate a day has: recorded, turned round, through a third currency, or none."""

from __future__ import annotations

import random
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction

import pytest

from tests.currency.rates import Rate, as_of, refusal, save

DAY = "2025-03-10"


@pytest.mark.parametrize(
    ("pair", "rates", "expected"),
    [
        ("USD/USD", [], (Decimal(1), DAY, "same", None)),
        ("EUR/USD", [("EUR", "USD", DAY, "1.25")], (Decimal("1.25"), DAY, "direct", None)),
        ("USD/EUR", [("EUR", "USD", DAY, "1.25")], (Decimal("0.8"), DAY, "inverse", None)),
        ("USD/GBP", [("EUR", "USD", DAY, "1.25"), ("EUR", "GBP", DAY, "0.8")],
         (Decimal("0.64"), DAY, "pivot", "EUR")),
        ("USD/GBP", [("EUR", "USD", DAY, "1.25"), ("GBP", "EUR", DAY, "1.25")],
         (Decimal("0.64"), DAY, "pivot", "EUR")),
        ("USD/GBP", [("USD", "EUR", DAY, "0.8"), ("EUR", "GBP", DAY, "0.8")],
         (Decimal("0.64"), DAY, "pivot", "EUR")),
        ("USD/GBP", [("USD", "EUR", DAY, "0.8"), ("GBP", "EUR", DAY, "1.25")],
         (Decimal("0.64"), DAY, "pivot", "EUR")),
        ("EUR/USD", [], None),
        ("EUR/USD", [("EUR", "GBP", DAY, "0.8"), ("USD", "CHF", DAY, "0.9")], None),
        ("EUR/USD", [("EUR", "GBP", DAY, "0.8"), ("GBP", "CHF", DAY, "1.1"), ("CHF", "USD", DAY, 1)], None),
    ],
    ids=["same", "direct", "inverse", "inverse, direct", "both inverse", "both direct", "direct, inverse",
         "no rate", "legs that do not meet", "two third currencies"],
)  # fmt: skip
def test_how_a_rate_comes_about(ledger, pair, rates, expected):
    save(ledger, *rates)
    (found,) = as_of(ledger, DAY, pair)
    if expected is None:
        assert found[2:] == (None, None, None, None, None)
    else:
        assert (found.rate, str(found.rate_date), found.source, found.pivot) == expected
        assert found.age_days == 0


DAYS = ["-infinity", "2024-01-01", "2024-01-02", "2025-01-01", "2025-01-02", "2035-01-03", "infinity"]


def test_the_latest_known_on_or_before_the_day_however_old(ledger):
    save(
        ledger,
        ("EUR", "USD", "2024-01-02", 1),
        ("EUR", "USD", "2025-01-02", 2),
        ("EUR", "USD", "2025-01-03", 3),
    )
    found = {day: (row.rate, row.age_days) for day in DAYS for row in as_of(ledger, day, "EUR/USD")}
    assert found == {
        "-infinity": (None, None),
        "2024-01-01": (None, None),
        "2024-01-02": (1, 0),
        "2025-01-01": (1, 365),
        "2025-01-02": (2, 0),
        "2035-01-03": (3, 3652),
        "infinity": (3, None),
    }


def test_of_a_pair_recorded_both_ways_the_fresher_counts_and_as_recorded_on_a_tie(ledger):
    save(
        ledger,
        ("EUR", "USD", "2025-01-01", 2),
        ("USD", "EUR", "2025-01-02", "0.25"),
        ("EUR", "USD", "2025-01-03", 5),
        ("USD", "EUR", "2025-01-03", "0.1"),
    )
    for day, pair, expected in (
        ("2025-01-01", "EUR/USD", (Decimal(2), "direct")),
        ("2025-01-02", "EUR/USD", (Decimal(4), "inverse")),
        ("2025-01-03", "EUR/USD", (Decimal(5), "direct")),
        ("2025-01-03", "USD/EUR", (Decimal("0.1"), "direct")),
    ):
        (found,) = as_of(ledger, day, pair)
        assert (found.rate, found.source) == expected


def test_a_pair_of_its_own_counts_before_any_third_currency_even_an_old_one(ledger):
    save(
        ledger,
        ("USD", "GBP", "2020-01-01", "0.5"),
        ("EUR", "USD", DAY, "1.25"),
        ("EUR", "GBP", DAY, "0.8"),
    )
    (found,) = as_of(ledger, DAY, "USD/GBP")
    assert (found.rate, found.source) == (Decimal("0.5"), "direct")
    (found,) = as_of(ledger, DAY, "GBP/USD")
    assert (found.rate, found.source) == (2, "inverse")


def test_a_rate_of_the_pair_that_comes_later_does_not_hide_a_third_currency(ledger):
    save(
        ledger,
        ("EUR", "USD", "2025-01-01", "1.25"),
        ("EUR", "GBP", "2025-01-01", "0.8"),
        ("USD", "GBP", "2025-01-02", "0.5"),
    )
    assert [as_of(ledger, f"2025-01-0{day}", "USD/GBP")[0].source for day in (1, 2)] == ["pivot", "direct"]


def test_the_third_currency_is_the_one_whose_older_leg_is_the_freshest_then_the_first_by_code(ledger):
    save(
        ledger,
        # EUR: one leg of the last day, the other old
        ("USD", "EUR", "2025-01-09", 3),
        ("EUR", "GBP", "2025-01-02", 1),
        # JPY and CHF: both their older legs are of the fifth
        ("USD", "JPY", "2025-01-05", 7),
        ("JPY", "GBP", "2025-01-06", 1),
        ("USD", "CHF", "2025-01-08", 5),
        ("GBP", "CHF", "2025-01-05", 1),
    )
    found = {day: as_of(ledger, f"2025-01-0{day}", "USD/GBP")[0] for day in (1, 2, 5, 6, 8, 9)}
    assert {day: (row.pivot, row.rate) for day, row in found.items()} == {
        1: (None, None),
        2: (None, None),  # USD/EUR is not known yet
        5: (None, None),
        6: ("JPY", 7),
        8: ("CHF", 5),
        9: ("CHF", 5),
    }
    assert str(found[9].rate_date) == "2025-01-05"
    assert found[9].age_days == 4


@pytest.mark.parametrize("rate", ["1.0837", "0.0000061", "15894.5", "0.000000000000000001", "3"])
def test_there_and_back_is_where_one_started(ledger, rate):
    """A rate that was turned round is right to the last decimal of any amount that is not astronomic."""
    save(ledger, ("EUR", "USD", DAY, rate))
    there, back = as_of(ledger, DAY, "EUR/USD", "USD/EUR")
    assert Fraction(there.rate) == Fraction(rate)
    amount = Fraction(10**12)
    assert abs(amount * Fraction(back.rate) - amount / Fraction(rate)) < Fraction(1, 10**9)


def test_a_row_for_each_pair_in_the_order_asked(ledger):
    save(ledger, ("EUR", "USD", DAY, 2))
    pairs = ["USD/EUR", "USD/USD", "EUR/GBP", "USD/EUR", "EUR/USD"]
    found = as_of(ledger, DAY, *pairs)
    assert [f"{row.currency}/{row.quote_currency}" for row in found] == pairs
    assert [row.rate for row in found] == [Decimal("0.5"), 1, None, Decimal("0.5"), 2]
    assert as_of(ledger, DAY) == []


def test_pairs_are_listed_as_they_are_recorded(ledger):
    assert ledger.rows("SELECT * FROM rollforward.fx_pair") == []
    save(
        ledger,
        ("EUR", "USD", DAY, 1),
        ("EUR", "USD", "2025-01-01", 1),
        ("USD", "EUR", DAY, 1),
        ("EUR", "AUD", DAY, 1),
    )
    assert list(map(tuple, ledger.rows("SELECT * FROM rollforward.fx_pair ORDER BY 1, 2"))) == [
        ("EUR", "AUD"),
        ("EUR", "USD"),
        ("USD", "EUR"),
    ]


Found = tuple[Fraction, date, str, str | None]  # rate, its day, source, pivot


def model(rates: list[Rate], currency: str, quote: str, day: date) -> Found | None:
    """The rule, read again: plain loops over everything that is known on the day."""

    def leg(one: str, other: str) -> tuple[date, bool, Fraction] | None:
        known = [(on, True, rate) for a, b, on, rate in rates if (a, b) == (one, other) and on <= day]
        known += [(on, False, 1 / rate) for a, b, on, rate in rates if (a, b) == (other, one) and on <= day]
        return max(known, default=None, key=lambda each: each[:2])

    if currency == quote:
        return Fraction(1), day, "same", None
    if pair := leg(currency, quote):
        return pair[2], pair[0], "direct" if pair[1] else "inverse", None
    detours = []
    for pivot in {code for rate in rates for code in rate[:2]} - {currency, quote}:
        there, onward = leg(currency, pivot), leg(pivot, quote)
        if there and onward:
            older = min(there[0], onward[0])
            detours.append((-older.toordinal(), pivot, there[2] * onward[2], older))
    if not detours:
        return None
    _, pivot, rate, older = min(detours)
    return rate, older, "pivot", pivot


@pytest.mark.parametrize("seed", range(8))
def test_it_agrees_with_a_plain_reading_of_the_rule(ledger, seed):
    chance = random.Random(seed)
    codes = ["AUD", "CHF", "EUR", "GBP", "USD", "XBT"][: 4 + seed % 3]
    first = date(2025, 1, 1)
    recorded: dict[tuple[str, str, date], Fraction] = {}
    for one, other in {tuple(chance.sample(codes, 2)) for _ in range(2 + seed)}:
        for _ in range(chance.randint(1, 4)):
            on = first + timedelta(days=chance.randint(0, 9))
            recorded[one, other, on] = Fraction(chance.randint(1, 9999), 1000)
    rates = [(*key, rate) for key, rate in recorded.items()]
    save(ledger, *((*key, Decimal(rate.numerator) / rate.denominator) for key, rate in recorded.items()))

    pairs = [f"{one}/{other}" for one in codes for other in codes]
    for day in (first + timedelta(days=offset) for offset in range(-1, 11)):
        for found in as_of(ledger, day, *pairs):
            expected = model(rates, found.currency, found.quote_currency, day)
            if expected is None:
                assert found.rate is None
            else:
                assert (found.rate_date, found.source, found.pivot) == expected[1:]
                assert abs(Fraction(found.rate) - expected[0]) <= Fraction(1, 10**29)


CALL = "SELECT * FROM rollforward.fx_rate_as_of(%s::text[], %s::text[], %s::date)"


@pytest.mark.parametrize(
    ("arguments", "offences"),
    [
        ((None, ["USD"], DAY), [{"argument": "currencies", "value": None}]),
        ((["EUR"], None, DAY), [{"argument": "quote_currencies", "value": None}]),
        ((["EUR"], ["USD"], None), [{"argument": "as_of", "value": None}]),
        ((["EUR", "GBP"], ["USD"], DAY),
         [{"argument": "currencies", "value": 2}, {"argument": "quote_currencies", "value": 1}]),
        ((["EUR", "eur", None], ["USD", "USD", "$"], DAY),
         [{"ordinal": 2, "argument": "currencies", "value": "eur"},
          {"ordinal": 3, "argument": "currencies", "value": None},
          {"ordinal": 3, "argument": "quote_currencies", "value": "$"}]),
    ],
)  # fmt: skip
def test_arguments_that_make_no_sense_are_named(ledger, arguments, offences):
    assert refusal(ledger, CALL, *arguments) == offences
