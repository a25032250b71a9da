"""After any change of facts, computing only what is stale gives what computing everything gives."""

from __future__ import annotations

import hashlib
import random
from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from tests.support.ledger import FIRST_DAY, LAST_DAY, Ledger
from tests.support.movements import buy
from tests.support.property import quick
from tests.support.streams import FIRST_DAY as EARLIEST
from tests.support.streams import Batch, Stream, batches, load, streams


@quick(5)
@given(batch=batches(60), later=streams(10, longest=4))
def test_changed_facts_are_followed_by_computing_what_is_stale(ledger, batch, later):
    check_increments(ledger, batch, later)


@quick(5)
@given(batch=batches(60), later=streams(10, longest=4), days=st.integers(0, 4))
def test_a_part_of_the_range_first_changes_nothing_in_the_end(ledger, batch, later, days):
    check_sub_range(ledger, batch, later, days)


def test_truncated_movements_leave_no_figure_behind(ledger):
    batch = Batch([Stream(True, []), Stream(True, [])])
    account_ids = load(ledger, batch)
    ledger.rows(
        "INSERT INTO rollforward_data.movement"
        " (account_id, occurred_at, accounting_date, kind, currency, amount)"
        " SELECT unnest(%s::bigint[]), '2025-01-02 12:00+00', '2025-01-02', 'deposit', 'USD', 5",
        account_ids,
    )
    ledger.process_stale()
    assert len(ledger.dump(account_ids)["account_snapshot"]) == 2

    ledger.rows("TRUNCATE rollforward_data.movement")
    assert {row.account_id for row in ledger.stale()} == set(account_ids)
    ledger.process_stale()
    assert not any(ledger.dump(account_ids).values())
    assert ledger.stale() == []


def test_a_movement_moved_back_into_the_range_keeps_its_lot(ledger):
    ledger.instrument("ACME")
    account = ledger.account()
    ledger.record(account, buy("2025-01-07", "ACME", 1, "10"))
    ledger.process([account])
    ledger.rows("UPDATE rollforward_data.movement SET accounting_date = '2025-01-05'")

    ledger.process([account], "2025-01-02", "2025-01-05")
    assert ledger.ties([account]) == []
    ledger.process_stale()
    assert ledger.stale() == []
    assert ledger.verify([account]) == []


def change(ledger: Ledger, batch: Batch, later: list[Stream], shifts: tuple[int, ...] = (-2, 0, 3)) -> None:
    """Back-dated movements, deletions and updates, all over the batch."""
    dice = random.Random(batch.choice)
    ids = [
        row.movement_id for row in ledger.rows("SELECT movement_id FROM rollforward_data.movement ORDER BY 1")
    ]
    dice.shuffle(ids)
    ledger.rows(
        "DELETE FROM rollforward_data.movement WHERE movement_id = ANY (%s)", ids[: dice.randrange(15)]
    )
    ledger.rows(
        "UPDATE rollforward_data.movement SET accounting_date = accounting_date + %s, amount = amount * 2"
        " WHERE movement_id = ANY (%s) AND kind <> 'strike_adjustment'",
        dice.choice(shifts),
        ids[20 : 20 + dice.randrange(5)],
    )
    ledger.rows(
        "UPDATE rollforward_data.movement"
        " SET quantity = quantity + 1, effect = 'open', lot_ref = split_part(lot_ref, ',', 1)"
        " WHERE movement_id = ANY (%s) AND kind IN ('buy', 'sell')",
        ids[30 : 30 + dice.randrange(5)],
    )
    ledger.rows(
        "UPDATE rollforward_data.movement SET instrument_id = %s"
        " WHERE movement_id = ANY (%s) AND kind IN ('buy', 'sell')",
        ledger.instruments["ACME P8"],
        ids[50 : 50 + dice.randrange(3)],
    )
    ledger.rows(
        "UPDATE rollforward_data.movement SET account_id = %s WHERE movement_id = ANY (%s)",
        batch.streams[0].account_id,
        ids[40 : 40 + dice.randrange(3)],
    )
    for stream in later:
        for each in stream.movements:
            each["natural_key"] = hashlib.sha256(b"later" + each["natural_key"]).digest()[:16]
    ledger.record_all((dice.choice(batch.account_ids), each) for stream in later for each in stream.movements)


def check_increments(ledger: Ledger, batch: Batch, later: list[Stream]) -> None:
    account_ids = load(ledger, batch)
    ledger.process(account_ids)
    before = ledger.versions(account_ids)

    change(ledger, batch, later)
    ledger.process_stale()
    after = ledger.versions(account_ids)
    assert ledger.stale() == []
    for table, rows in after.items():
        kept = rows.keys() & before[table].keys()
        assert {row: rows[row] for row in kept} == {row: before[table][row] for row in kept}
    check_like_new(ledger, batch)


def check_sub_range(ledger: Ledger, batch: Batch, later: list[Stream], days: int) -> None:
    account_ids = load(ledger, batch)
    if batch.choice % 2:
        ledger.process(account_ids)
    change(ledger, batch, later)

    start = EARLIEST + timedelta(days=batch.choice % 7)
    ledger.process(account_ids, start, start + timedelta(days=days))
    broken = ledger.ties(account_ids)
    assert not broken, batch.about(broken)
    settled = [row for row in ledger.stale() if row.from_date <= start + timedelta(days=days)]
    assert settled == []
    differences = [row for row in ledger.verify(account_ids[:10], FIRST_DAY, start + timedelta(days=days))]
    assert not differences, batch.about(differences)

    for account_id in account_ids[:5]:
        ledger.process_per_date(account_id, start, start + timedelta(days=days))
    ledger.process_stale()
    assert ledger.stale() == []
    check_like_new(ledger, batch)


def check_like_new(ledger: Ledger, batch: Batch) -> None:
    """What is stored is what a calculation from nothing gives."""
    account_ids = batch.account_ids
    broken = ledger.ties(account_ids)
    assert not broken, batch.about(broken)
    incremental = ledger.dump(account_ids)
    assert ledger.process(account_ids, LAST_DAY, LAST_DAY, force_recalculation=True).snapshots_saved == 0
    ledger.forget(account_ids)
    ledger.process(account_ids)
    assert ledger.dump(account_ids) == incremental
