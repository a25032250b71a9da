"""All accounts of a person in one currency."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from tests.currency.rates import own, refusal, save
from tests.support.ledger import Ledger
from tests.support.movements import buy, deposit, movement


def of_view(ledger: Ledger, person: str = "ann") -> dict[str, Any]:
    rows = ledger.rows("SELECT * FROM rollforward.person_snapshot WHERE person = %s", person)
    assert len({row.snapshot_date for row in rows}) == len(rows)
    return {str(row.snapshot_date): row for row in rows}


def as_of(ledger: Ledger, day: Any, currency: str, persons: list[int] | None = None) -> list[Any]:
    return ledger.rows("SELECT * FROM rollforward.person_snapshots(%s::date, %s, %s)", day, currency, persons)


@pytest.fixture
def ann(ledger) -> Ledger:
    """Ann has two accounts with three currencies; Bob has one, and one is nobody's."""
    one, two = ledger.account("one", currency="USD"), ledger.account("two", currency="EUR")
    bob, nobody = ledger.account("bob", currency="CHF"), ledger.account("nobody", currency="USD")
    own(ledger, "ann", ["one", "two"])
    own(ledger, "bob", ["bob"])
    ledger.instrument("SAP", currency="EUR")
    ledger.record(
        one,
        deposit("2025-01-02", 100),
        deposit("2025-01-06", 200, currency="EUR"),
        buy("2025-01-08", "SAP", 10, 150, currency="EUR"),
    )
    ledger.record(
        two,
        deposit("2025-01-03", 1000, currency="EUR"),
        deposit("2025-01-07", 50, currency="GBP"),
        movement("fee", "2025-01-08", -10, currency="EUR"),
    )
    ledger.record(bob, deposit("2025-01-03", 7, currency="CHF"))
    ledger.record(nobody, deposit("2025-01-04", 1_000_000))
    ledger.price("SAP", "2025-01-08", 16)
    ledger.process([one, two, bob, nobody])
    save(
        ledger,
        ("EUR", "USD", "2025-01-01", "1.1"),
        ("EUR", "USD", "2025-01-06", "1.2"),
        ("EUR", "USD", "2025-01-08", "1.25"),
    )
    return ledger


def test_accounts_and_currencies_are_added_up_at_the_rates_of_the_day(ann):
    save(ann, ("GBP", "EUR", "2025-01-07", "1.2"))
    found = of_view(ann)
    assert {day: (row.currency, row.deposited, row.rates_missing) for day, row in found.items()} == {
        "2025-01-02": ("USD", 100, 0),
        "2025-01-03": ("USD", 100 + 1100, 0),
        "2025-01-06": ("USD", 100 + 1200 + 240, 0),
        # 50 pounds are 60 euros are 72 dollars
        "2025-01-07": ("USD", 100 + 1200 + 240 + 72, 0),
        # 75 dollars by the rates of the eighth
        "2025-01-08": ("USD", 100 + 1250 + 250 + 75, 0),
    }
    last = found["2025-01-08"]
    assert (last.invested, last.market_value, last.unrealized_gains) == (
        Decimal("187.5"),
        200,
        Decimal("12.5"),
    )
    assert last.fees == Decimal("12.5")
    assert last.net_cash_flow == 1675 - Decimal("12.5")
    assert last.cash_balance == 1675 - Decimal("12.5") - Decimal("187.5")


def test_with_one_rate_missing_the_sum_is_unknown_and_never_a_part(ann):
    found = of_view(ann)
    assert [(row.deposited, row.rates_missing) for row in found.values()] == [
        (100, 0),
        (1200, 0),
        (1540, 0),
        (None, 1),
        (None, 1),
    ]
    missing = found["2025-01-07"]._asdict()
    known = {"person_id", "person", "currency", "snapshot_date", "rates_missing"}
    assert {name for name, value in missing.items() if value is not None} == known


def test_a_person_without_a_currency_has_that_of_the_first_account(ann):
    assert {row.currency for row in of_view(ann).values()} == {"USD"}
    assert {row.currency for row in of_view(ann, "bob").values()} == {"CHF"}
    ann.rows("SELECT rollforward.set_person_currency('ann', 'EUR')")
    assert of_view(ann)["2025-01-06"].deposited == 1000 + 200 + Decimal("83.33333333")
    ann.rows("SELECT rollforward.set_person_currency('ann')")
    assert of_view(ann)["2025-01-06"].currency == "USD"


def test_of_one_person_nobody_else_counts(ann):
    (bob,) = of_view(ann, "bob").values()
    assert (bob.deposited, bob.currency, bob.rates_missing) == (7, "CHF", 0)
    assert ann.value("SELECT count(*) FROM rollforward.person_snapshot") == 6


def test_any_day_and_currency_can_be_asked_for(ann):
    save(ann, ("USD", "CHF", "2025-01-05", "0.5"))
    found = {row.person: row for row in as_of(ann, "2025-01-05", "CHF")}
    assert {person: (row.deposited, row.currency) for person, row in found.items()} == {
        "ann": (50 + 550, "CHF"),  # euros by way of dollars
        "bob": (7, "CHF"),
    }
    assert {str(row.snapshot_date) for row in found.values()} == {"2025-01-05"}
    (ann_only,) = as_of(ann, "2025-01-05", "USD", [found["ann"].person_id])
    assert (ann_only.person, ann_only.deposited) == ("ann", 1200)
    assert as_of(ann, "2025-01-01", "USD") == []
    assert as_of(ann, "2025-01-05", "USD", []) == []


def test_the_view_and_the_function_say_the_same(ann):
    for day, row in of_view(ann).items():
        (other,) = as_of(ann, day, row.currency, [row.person_id])
        assert other == row


def test_one_account_in_its_own_currency_is_its_snapshot(ann):
    columns = "deposited, fees, net_cash_flow, cash_balance, market_value, snapshot_date"
    (person,) = ann.rows(f"SELECT {columns} FROM rollforward.person_snapshot WHERE person = 'bob'")
    (account,) = ann.rows(f"SELECT {columns} FROM rollforward.account_snapshot WHERE account_number = 'bob'")
    assert person == account


PERSONS = "SELECT * FROM rollforward.person_snapshots(%s::date, %s, %s)"
SET = "SELECT rollforward.set_person_currency(%s, %s)"


@pytest.mark.parametrize(
    ("call", "arguments", "offences"),
    [
        (PERSONS, (None, "USD", None), [{"argument": "as_of", "value": None}]),
        (PERSONS, ("2025-01-01", None, None), [{"argument": "currency", "value": None}]),
        (PERSONS, ("2025-01-01", "usd", None), [{"argument": "currency", "value": "usd"}]),
        (PERSONS, ("2025-01-01", "USD", [99, 1, 98]),
         [{"argument": "person_id", "value": 98}, {"argument": "person_id", "value": 99}]),
        (PERSONS, ("2025-01-01", "USD", [None]), [{"argument": "person_id", "value": None}]),
        (SET, ("cat", "USD"), [{"argument": "person", "value": "cat"}]),
        (SET, (None, "USD"), [{"argument": "person", "value": None}]),
        (SET, ("ann", "dollars"), [{"argument": "base_currency", "value": "dollars"}]),
    ],
)  # fmt: skip
def test_arguments_that_make_no_sense_are_named(ann, call, arguments, offences):
    assert refusal(ann, call, *arguments) == offences
