"""However often and in whatever pieces a ledger is computed, the rows are the same."""

from __future__ import annotations

import random
from datetime import timedelta

from hypothesis import given

from tests.support.ledger import FIRST_DAY, LAST_DAY, Ledger
from tests.support.property import quick
from tests.support.streams import Batch, batches, load, open_accounts


@quick(6)
@given(batch=batches(80))
def test_a_batch_in_two_halves_gives_what_it_gives_at_once(ledger, batch):
    check_two_halves(ledger, batch)


@quick(4)
@given(batch=batches(80))
def test_a_second_run_writes_nothing(ledger, batch):
    check_second_run(ledger, batch)


@quick(4)
@given(batch=batches(80))
def test_a_forced_recalculation_writes_nothing_where_all_is_right(ledger, batch):
    check_forced(ledger, batch)


@quick(4)
@given(batch=batches(80))
def test_the_order_in_which_facts_arrived_changes_nothing(ledger, batch):
    check_arrival(ledger, batch)


@quick(4)
@given(batch=batches(80))
def test_accounts_one_by_one_give_what_they_give_together(ledger, batch):
    check_one_by_one(ledger, batch)


def check_two_halves(ledger: Ledger, batch: Batch) -> None:
    account_ids = load(ledger, batch)
    ledger.process(account_ids)
    at_once = ledger.dump(account_ids)

    ledger.forget(account_ids)
    ledger.process(account_ids, FIRST_DAY, batch.cut)
    broken = ledger.ties(account_ids)
    assert not broken, batch.about(broken)
    ledger.process(account_ids, batch.cut + timedelta(days=1), LAST_DAY)
    assert ledger.dump(account_ids) == at_once
    assert ledger.stale() == []


def check_second_run(ledger: Ledger, batch: Batch) -> None:
    account_ids = load(ledger, batch)
    ledger.process(account_ids)
    before = ledger.versions(account_ids)

    assert ledger.process(account_ids).snapshots_saved == 0
    assert ledger.process(account_ids, batch.cut, LAST_DAY).snapshots_saved == 0
    assert ledger.process(account_ids, batch.cut, batch.cut).snapshots_saved == 0
    assert ledger.process(account_ids, "2024-01-01", "2024-12-31").snapshots_saved == 0  # an empty range
    assert ledger.process(account_ids, "2026-01-01", "2026-12-31").snapshots_saved == 0
    assert ledger.versions(account_ids) == before
    assert ledger.stale() == []


def check_forced(ledger: Ledger, batch: Batch) -> None:
    account_ids = load(ledger, batch)
    ledger.process(account_ids)
    before = ledger.versions(account_ids)
    assert ledger.process(account_ids, force_recalculation=True).snapshots_saved == 0
    assert ledger.process(account_ids, LAST_DAY, LAST_DAY, force_recalculation=True).snapshots_saved == 0
    assert ledger.versions(account_ids) == before


def check_arrival(ledger: Ledger, batch: Batch) -> None:
    """Rows of facts in two orders, the second time in several portions; natural keys stay."""
    account_ids = load(ledger, batch)
    ledger.process(account_ids)
    before = ledger.dump(account_ids)

    facts = [(number, each) for number, stream in enumerate(batch.streams) for each in stream.movements]
    random.Random(batch.choice).shuffle(facts)
    open_accounts(ledger, batch)
    for third in (facts[0::3], facts[1::3], facts[2::3]):
        ledger.record_all((batch.streams[number].account_id, each) for number, each in third)
    ledger.process(account_ids)
    assert ledger.dump(account_ids) == before


def check_one_by_one(ledger: Ledger, batch: Batch) -> None:
    account_ids = load(ledger, batch)
    ledger.process(account_ids)
    together = ledger.dump(account_ids)
    for account_id in account_ids[:10]:
        ledger.forget([account_id])
        ledger.row("SELECT * FROM rollforward.process_batch(%s, %s, %s)", account_id, FIRST_DAY, LAST_DAY)
    assert ledger.dump(account_ids) == together
