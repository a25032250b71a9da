"""Every change of a fact is known: prices, terms of instruments, accounts that go."""

from __future__ import annotations

import pytest

from tests.support.movements import buy, deposit, movement


@pytest.fixture
def holder(ledger):
    """An account that holds ten shares at 10, computed, with nothing stale."""
    ledger.instrument("ACME")
    account = ledger.account()
    ledger.record(account, deposit("2025-01-02", "1000"), buy("2025-01-03", "ACME", 10, "10"))
    ledger.process_stale()
    assert ledger.stale() == []
    return account


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE rollforward_data.price SET close = 12",
        "DELETE FROM rollforward_data.price",
        "TRUNCATE rollforward_data.price",
        "UPDATE rollforward_data.instrument SET multiplier = 2",
    ],
)
def test_a_changed_price_or_term_is_computed_by_the_next_process_stale(ledger, holder, change):
    ledger.price("ACME", "2025-01-02", "11")
    assert [row.account_id for row in ledger.stale()] == [holder]
    ledger.process_stale()
    assert ledger.verify([holder]) == []

    ledger.rows(change)
    assert [row.account_id for row in ledger.stale()] == [holder]
    assert ledger.verify([holder]) != []
    ledger.process_stale()
    assert ledger.verify([holder]) == []


def test_a_price_that_is_written_again_marks_nothing(ledger, holder):
    ledger.price("ACME", "2025-01-02", "11")
    ledger.process_stale()
    ledger.rows("UPDATE rollforward_data.price SET close = close")
    assert ledger.stale() == []


def test_an_account_that_goes_takes_its_figures_along(ledger, holder):
    ledger.rows("DELETE FROM rollforward_data.movement")
    ledger.rows("DELETE FROM rollforward_data.account")
    assert not any(ledger.dump([holder]).values())
    assert ledger.process_stale().success


def travelling(ledger, giver, taker, external_id="T1", on="2025-01-03"):
    leg = {"symbol": "ACME", "quantity": 10, "external_id": external_id}
    ledger.record(giver, movement("securities_out", on, effect="close", **leg))
    ledger.record(taker, movement("securities_in", on, effect="open", **leg))


def test_who_received_other_securities_is_computed_by_the_same_call(ledger):
    """A chain of three, of which only the first is stale to begin with."""
    ledger.instrument("ACME")
    one, two, three = (ledger.account(number) for number in "123")
    ledger.record(one, buy("2025-01-02", "ACME", 10, 100))
    travelling(ledger, one, two)
    travelling(ledger, two, three, "T2", "2025-01-06")
    ledger.process([one, two, three])
    ledger.rows("UPDATE rollforward_data.movement SET amount = -150 WHERE kind = 'buy'")
    assert [row.account_id for row in ledger.stale()] == [one]
    ledger.process_stale()
    assert ledger.stale() == []
    assert ledger.value("SELECT cost FROM rollforward.open_lot WHERE account_id = %s", three) == 150


def test_what_arrives_unchanged_is_not_written_again(ledger):
    """Giver and receiver are computed together, and the receiver once only."""
    ledger.instrument("ACME")
    giver, taker = ledger.account("1"), ledger.account("2")
    ledger.record(giver, buy("2025-01-02", "ACME", 10, 100))
    travelling(ledger, giver, taker)
    ledger.process([giver, taker])
    before = ledger.versions([taker])["lot_slice"]
    ledger.record(giver, deposit("2025-01-01", 5))
    ledger.record(taker, deposit("2025-01-02", 5))
    ledger.process_stale()
    assert ledger.versions([taker])["lot_slice"] == before
