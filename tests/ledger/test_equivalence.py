"""The set-based calculation and the plain reference give the same rows."""

from __future__ import annotations

from hypothesis import given

from tests.support.ledger import Ledger
from tests.support.property import quick
from tests.support.streams import Batch, batches, load


@quick(30)
@given(batch=batches())
def test_a_batch_gives_what_the_reference_gives_row_for_row(ledger, batch):
    check_batch_is_reference(ledger, batch)


def check_batch_is_reference(ledger: Ledger, batch: Batch) -> None:
    account_ids = load(ledger, batch)
    ledger.process(account_ids)
    assert ledger.verify(account_ids) == []
    assert ledger.ties(account_ids) == []
    assert ledger.stale() == []
