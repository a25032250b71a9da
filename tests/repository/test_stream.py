"""Rows without end: in chunks, over several connections, in memory that does not grow."""

from __future__ import annotations

import tracemalloc
from collections.abc import Iterator
from typing import Any

import psycopg
import pytest

from rollforward import Session, connect
from rollforward.errors import BadArgument, BatchRejected
from rollforward.repository.operations import COPIED_FROM
from tests.support.batches import ENTITIES, KEYS, furnish, good_rows
from tests.support.ledger import Ledger


@pytest.fixture
def house(dsn) -> Iterator[Ledger]:
    with psycopg.connect(dsn, autocommit=True) as connection:
        ledger = Ledger(connection)
        furnish(ledger)
        yield ledger


@pytest.fixture
def session(house, dsn) -> Iterator[Session]:
    with connect(dsn) as opened:
        yield opened


@pytest.mark.parametrize("workers", [1, 3])
def test_a_stream_is_saved_chunk_by_chunk_and_reported_in_order(house, session, workers):
    rows = good_rows("price", 2_500)
    reports = list(session.save_stream("price", iter(rows), chunk_size=400, workers=workers))
    assert [(report.chunk, report.first_ordinal, report.rows, report.inserted) for report in reports] == [
        (number + 1, number * 400 + 1, size, size) for number, size in enumerate([400] * 6 + [100])
    ]
    assert house.value("SELECT count(*) FROM rollforward_data.price") == 2_500


def test_a_chunk_that_is_refused_ends_the_stream_or_is_reported(house, session):
    rows = good_rows("price", 30)
    rows[12] = rows[12] | {"close": None}
    reports = list(session.save_stream("price", rows, chunk_size=10, continue_on_error=True))
    assert [report.inserted for report in reports] == [10, 0, 10]
    assert [offence["ordinal"] for offence in reports[1].error.detail] == [3]
    with pytest.raises(BatchRejected):
        list(session.save_stream("price", rows, chunk_size=10, on_conflict="skip"))


def test_memory_does_not_grow_with_the_stream(house, session):
    def endless(count: int) -> Iterator[dict[str, Any]]:
        for number in range(count):
            yield from good_rows("price", 1, first=number)

    def peak(first: int, count: int) -> int:
        tracemalloc.start()
        for _ in session.save_stream("price", endless(count), chunk_size=500, on_conflict="skip"):
            pass
        _, highest = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        return highest

    peak(0, 1_000)
    assert peak(0, 20_000) < 1.5 * peak(0, 2_000)


def test_several_workers_need_a_session_with_a_dsn(house, dsn):
    with psycopg.connect(dsn) as connection, pytest.raises(ValueError, match="DSN"):
        list(Session(connection).save_stream("price", good_rows("price", 1), workers=2))


@pytest.mark.parametrize("entity", ENTITIES)
def test_what_goes_by_copy_is_saved_as_what_goes_as_arrays(house, session, entity, monkeypatch):
    few = [outcome for outcome in session.save(entity, good_rows(entity, 20))]
    by_arrays = session.load(entity, [outcome.key for outcome in few])
    session.delete(entity, [outcome.key for outcome in few])
    house.rows("TRUNCATE rollforward_data.deleted_movement")
    monkeypatch.setattr("rollforward.repository.operations.COPIED_FROM", 5)
    many = session.save(entity, good_rows(entity, 20))
    by_copy = session.load(entity, [outcome.key for outcome in many])
    drawn = set() if entity == "price" else {KEYS[entity][-1]}
    apart = {"version", "recorded_at", "created_at"} | drawn
    assert [{name: value for name, value in row.items() if name not in apart} for row in by_copy] == [
        {name: value for name, value in row.items() if name not in apart} for row in by_arrays
    ]
    with pytest.raises(BatchRejected) as refused:
        session.save(entity, good_rows(entity, 20))
    assert {offence["code"] for offence in refused.value.detail} == {"already_exists"}
    assert len(session.validate(entity, good_rows(entity, 20))) == 20


def test_many_rows_are_validated_and_saved_whole(house, session):
    rows = good_rows("price", COPIED_FROM + 10)
    rows[-1] = rows[-1] | {"close": None}
    with pytest.raises(BatchRejected):
        session.save("price", rows)
    assert house.value("SELECT count(*) FROM rollforward_data.price") == 0


BAD = {
    "a number of other kind": ("movement", {"account_id": "x"}, "account_id"),
    "a truth": ("movement", {"account_id": True}, "account_id"),
    "a day": ("movement", {"accounting_date": "2025-02-30"}, "accounting_date"),
    "a time of nowhere": ("movement", {"occurred_at": "2025-01-01T10:00"}, "occurred_at"),
    "a text of nothing": ("movement", {"description": "a\0b"}, "description"),
    "a text that is a number": ("person", {"name": 7}, "name"),
    "bytes": ("movement", {"natural_key": 5}, "natural_key"),
    "half a character": ("person", {"name": "\ud83d"}, "name"),
    "an amount": ("movement", {"amount": "ten"}, "amount"),
    "a large number": ("person", {"person_id": 2**63}, "person_id"),
}


@pytest.mark.parametrize("what", BAD)
def test_a_value_that_cannot_be_sent_is_refused_with_its_place(session, what):
    entity, spoiled, field = BAD[what]
    rows = good_rows(entity, 3)
    rows[1] = rows[1] | spoiled
    with pytest.raises(BatchRejected) as refused:
        session.save(entity, rows)
    assert [(each["ordinal"], each["code"], each["field"]) for each in refused.value.detail] == [
        (2, "malformed", field)
    ]


def test_what_does_not_exist_is_refused_by_name(session):
    for call in (
        lambda: session.save("persons", []),
        lambda: session.save("person", [{"nam": "Ann"}]),
        lambda: session.load("movement", [1]),
        lambda: session.update("person", [{"person_id": 1, "name": "A"}, {"person_id": 2}]),
    ):
        with pytest.raises(BadArgument) as refused:
            call()
        assert refused.value.sqlstate == "22R01"


def test_a_float_means_what_it_prints(session):
    (row,) = good_rows("price", 1)
    (outcome,) = session.save("price", [row | {"close": 0.1}])
    (again,) = session.load("price", [outcome.key])
    assert str(again["close"]) == "0.100000000000"
