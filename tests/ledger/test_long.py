"""The properties of a ledger on many more streams, other ones in every run."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.ledger import (
    test_equivalence,
    test_fifo,
    test_increments,
    test_market_changes,
    test_metamorphic,
    test_reruns,
)
from tests.snapshot import test_explain, test_figures
from tests.support.lives import lives
from tests.support.property import thorough
from tests.support.streams import batches, streams
from tests.ties import test_orphans

CHECKS = [
    test_equivalence.check_batch_is_reference,
    test_equivalence.check_per_date_is_batch,
    test_reruns.check_two_halves,
    test_reruns.check_second_run,
    test_reruns.check_forced,
    test_reruns.check_arrival,
    test_reruns.check_one_by_one,
    test_fifo.check_fifo,
    test_orphans.check_orphans,
    test_orphans.check_flat_positions,
    test_figures.check_figures,
    test_explain.check_explanations,
]
LIFE_CHECKS = [
    test_equivalence.check_batch_is_reference,
    test_equivalence.check_per_date_is_batch,
    test_reruns.check_two_halves,
    test_reruns.check_second_run,
    test_reruns.check_forced,
    test_reruns.check_arrival,
    test_reruns.check_one_by_one,
    test_metamorphic.check_scaling,
    test_metamorphic.check_split,
]


@pytest.mark.long
@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.__name__)
def test_properties_hold_on_many_streams(ledger, check):
    @thorough(60)
    @given(batch=batches(60, longest=40))
    def holds(batch):
        check(ledger, batch)

    holds()


@pytest.mark.long
@thorough(150)
@given(batch=batches(60), later=streams(20, longest=6), days=st.integers(0, 6))
def test_changes_are_followed_on_many_streams(ledger, batch, later, days):
    test_increments.check_increments(ledger, batch, later)
    test_increments.check_sub_range(ledger, batch, later, days)


@pytest.mark.long
@pytest.mark.parametrize("check", LIFE_CHECKS, ids=lambda check: check.__name__)
def test_properties_hold_on_many_lives(ledger, check):
    @thorough(40)
    @given(batch=lives(60, longest=40))
    def holds(batch):
        check(ledger, batch)

    holds()


@pytest.mark.long
@thorough(100)
@given(batch=lives(60), later=streams(20, longest=6), days=st.integers(0, 6))
def test_changes_are_followed_on_many_lives(ledger, batch, later, days):
    test_increments.check_increments(ledger, batch, later)
    test_increments.check_sub_range(ledger, batch, later, days)


@pytest.mark.long
@thorough(60)
@given(batch=lives(30, longest=20), codes=test_market_changes.steps(40))
def test_changes_of_every_fact_are_followed_on_many_lives(ledger, batch, codes):
    test_market_changes.check_changes(ledger, batch, codes)
