"""check_ties reports transfers whose legs do not match, and no others."""

from __future__ import annotations

from decimal import Decimal

import pytest

from tests.support.ledger import Ledger
from tests.support.movements import buy, movement

UNMATCHED = "transfer without its other leg"


@pytest.fixture
def accounts(ledger: Ledger) -> tuple[int, int]:
    """One with ten for 200, and an empty one."""
    ledger.instrument("ACME")
    ledger.instrument("OTHER")
    giver, taker = ledger.account("giver"), ledger.account("taker")
    ledger.record(giver, buy("2025-01-02", "ACME", 10, 200))
    return giver, taker


def leave(on: str = "2025-01-10", quantity: int = 10, symbol: str = "ACME", **more: object) -> dict:
    return movement("securities_out", on, symbol=symbol, quantity=quantity, effect="close", **more)


def arrive(on: str = "2025-01-10", quantity: int = 10, symbol: str = "ACME", **more: object) -> dict:
    return movement("securities_in", on, symbol=symbol, quantity=quantity, effect="open", **more)


def reported(ledger: Ledger, *account_ids: int) -> list[tuple]:
    """Kind, units of each leg reported, and what of them found its other leg."""
    found = ledger.rows("SELECT * FROM rollforward.check_ties(%s)", list(account_ids) or None)
    return [(tie.key["kind"], tie.expected, tie.actual) for tie in found if tie.identity == UNMATCHED]


OUT, IN = "securities_out", "securities_in"
CASES = {
    "they match": (leave(external_id="T"), arrive(external_id="T"), []),
    "they match, later": (leave(external_id="T"), arrive("2025-01-30", external_id="T"), []),
    "they match without id": (leave(), arrive(), []),
    "less arrives": (leave(external_id="T"), arrive(quantity=8, external_id="T"), [(OUT, 10, 8)]),
    "more arrives": (leave(quantity=8, external_id="T"), arrive(external_id="T"), [(IN, 10, 8)]),
    "it arrives a day before": (
        leave(external_id="T"), arrive("2025-01-09", external_id="T"), [(OUT, 10, 0), (IN, 10, 0)],
    ),
    "it arrives long before": (
        leave("2025-03-10", external_id="T"), arrive(external_id="T"), [(OUT, 10, 0), (IN, 10, 0)],
    ),
    "a day apart without id": (leave(), arrive("2025-01-11"), [(OUT, 10, 0), (IN, 10, 0)]),
    "a day before without id": (leave(), arrive("2025-01-09"), [(OUT, 10, 0), (IN, 10, 0)]),
    "ids differ": (leave(external_id="T"), arrive(external_id="U"), [(OUT, 10, 0), (IN, 10, 0)]),
    "one has an id": (leave(external_id="T"), arrive(), [(OUT, 10, 0), (IN, 10, 0)]),
    "eleven days apart without id": (leave(), arrive("2025-01-21"), []),
    "another quantity without id": (leave(), arrive(quantity=8), []),
    "another instrument": (leave(), arrive(symbol="OTHER"), []),
    "another side": (leave(), arrive("2025-01-11", side="short"), []),
    "another currency": (leave(), arrive("2025-01-11", currency="EUR"), []),
}  # fmt: skip


@pytest.mark.parametrize(("out", "into", "expected"), CASES.values(), ids=CASES)
def test_legs_that_belong_together_and_do_not_match_are_reported(ledger, accounts, out, into, expected):
    giver, taker = accounts
    ledger.record_all([(giver, out), (taker, into)])
    ledger.process([giver, taker])
    ledger.process_stale()
    assert reported(ledger) == expected
    assert reported(ledger, giver) == [each for each in expected if each[0] == OUT]
    assert reported(ledger, taker) == [each for each in expected if each[0] == IN]


def test_a_leg_is_reported_with_what_it_is_and_where_its_other_leg_may_be(ledger, accounts):
    giver, taker = accounts
    ledger.record_all([(giver, leave()), (taker, arrive("2025-01-13", external_id="U"))])
    ledger.process([giver, taker])
    out, into = (tie for tie in ledger.rows("SELECT * FROM rollforward.check_ties()"))
    assert (out.account_id, into.account_id) == (giver, taker)
    assert out.key == {
        "movement_id": into.key["other_legs"][0],
        "symbol": "ACME",
        "accounting_date": "2025-01-10",
        "kind": OUT,
        "external_id": None,
        "other_legs": [into.key["movement_id"]],
    }
    assert into.key["external_id"] == "U"


@pytest.mark.parametrize(
    "leg", [leave(), arrive(), leave(external_id="T"), arrive(external_id="T", price=Decimal(3))]
)
def test_a_transfer_from_or_to_somewhere_else_is_not_reported(ledger, accounts, leg):
    giver, _ = accounts
    ledger.record(giver, leg)
    ledger.process([giver])
    assert reported(ledger) == []


def test_accounts_of_different_persons_do_not_transfer_to_each_other(ledger, accounts):
    giver, taker = accounts
    ledger.rows("SELECT rollforward.set_account('giver', 'person', 'Ann')")
    ledger.record_all([(giver, leave(external_id="T")), (taker, arrive("2025-01-09", external_id="T"))])
    ledger.process([giver, taker])
    assert reported(ledger) == []
    ledger.rows("SELECT rollforward.set_account('taker', 'person', 'Ann')")
    ledger.process_stale()
    assert len(reported(ledger)) == 2


def test_a_leg_that_has_its_other_leg_is_no_candidate_for_another(ledger, accounts):
    """Ten leave and arrive; another ten arrive from somewhere else, a day later."""
    giver, taker = accounts
    ledger.record_all([(giver, leave()), (taker, arrive()), (taker, arrive("2025-01-11", price=5))])
    ledger.process([giver, taker])
    assert reported(ledger) == []


def test_what_is_stale_is_not_judged(ledger, accounts):
    giver, taker = accounts
    ledger.record_all([(giver, leave()), (taker, arrive("2025-01-11"))])
    assert reported(ledger) == []
