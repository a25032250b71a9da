"""Every change of a fact is known: prices, terms of instruments, accounts that go."""

from __future__ import annotations

import pytest

from tests.support.movements import buy, deposit


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
