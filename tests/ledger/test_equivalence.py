"""The set-based calculation and the plain reference give the same rows."""

from __future__ import annotations

from hypothesis import given

from tests.support.ledger import Ledger
from tests.support.property import quick
from tests.support.streams import Batch, batches, load


@quick(6)
@given(batch=batches(80))
def test_a_batch_gives_what_the_reference_gives_row_for_row(ledger, batch):
    check_batch_is_reference(ledger, batch)


@quick(5)
@given(batch=batches(30))
def test_date_by_date_stores_the_same_bytes_as_a_batch(ledger, batch):
    check_per_date_is_batch(ledger, batch)


def check_batch_is_reference(ledger: Ledger, batch: Batch) -> None:
    account_ids = load(ledger, batch)
    ledger.process(account_ids)
    differences = ledger.verify(account_ids)
    assert not differences, batch.about(differences)
    broken = ledger.ties(account_ids)
    assert not broken, batch.about(broken)
    assert ledger.stale() == []


def check_per_date_is_batch(ledger: Ledger, batch: Batch) -> None:
    account_ids = load(ledger, batch)
    ledger.process(account_ids)
    by_batch = ledger.dump(account_ids)
    ledger.forget(account_ids)
    while stale := ledger.stale():  # lots that travel are received once they are sent
        for row in stale:
            ledger.process_per_date(row.account_id)
    assert ledger.dump(account_ids) == by_batch
    assert ledger.stale() == []
    assert ledger.process(account_ids).snapshots_saved == 0
