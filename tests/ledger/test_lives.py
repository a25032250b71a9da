"""The properties of a ledger, on lives of accounts with every kind of event and every cost method."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from tests.ledger import test_equivalence, test_increments, test_reruns
from tests.support.lives import lives
from tests.support.property import quick
from tests.support.streams import streams


@quick(6)
@given(batch=lives(80))
def test_a_batch_gives_what_the_reference_gives_row_for_row(ledger, batch):
    test_equivalence.check_batch_is_reference(ledger, batch)


@quick(4)
@given(batch=lives(30))
def test_date_by_date_stores_the_same_bytes_as_a_batch(ledger, batch):
    test_equivalence.check_per_date_is_batch(ledger, batch)


@quick(5)
@given(batch=lives(60), later=streams(10, longest=4))
def test_changed_facts_are_followed_by_computing_what_is_stale(ledger, batch, later):
    test_increments.check_increments(ledger, batch, later)


@quick(5)
@given(batch=lives(60), later=streams(10, longest=4), days=st.integers(0, 4))
def test_a_part_of_the_range_first_changes_nothing_in_the_end(ledger, batch, later, days):
    test_increments.check_sub_range(ledger, batch, later, days)


@quick(5)
@given(batch=lives(80))
def test_a_batch_in_two_halves_gives_what_it_gives_at_once(ledger, batch):
    test_reruns.check_two_halves(ledger, batch)


@quick(4)
@given(batch=lives(80))
def test_a_second_run_writes_nothing(ledger, batch):
    test_reruns.check_second_run(ledger, batch)


@quick(4)
@given(batch=lives(80))
def test_a_forced_recalculation_writes_nothing_where_all_is_right(ledger, batch):
    test_reruns.check_forced(ledger, batch)


@quick(4)
@given(batch=lives(80))
def test_the_order_in_which_facts_arrived_changes_nothing(ledger, batch):
    test_reruns.check_arrival(ledger, batch)


@quick(4)
@given(batch=lives(80))
def test_accounts_one_by_one_give_what_they_give_together(ledger, batch):
    test_reruns.check_one_by_one(ledger, batch)
