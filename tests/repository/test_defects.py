"""What went wrong in the batch repository that this one was designed after, a test for each.

More of them are properties: a batch is its rows one by one, the order changes nothing, validation agrees with
saving (test_operations), versions count on (test_audit).
"""

from __future__ import annotations

import psycopg
import pytest

from rollforward import Session
from rollforward.errors import BatchRejected, RollforwardError
from tests.support.batches import ENTITIES, KEYS, furnish, good_rows, session_of, stored


@pytest.fixture
def session(ledger) -> Session:
    furnish(ledger)
    return session_of(ledger)


@pytest.mark.parametrize("entity", ENTITIES)
def test_no_column_is_forgotten_by_a_batch(ledger, session, entity):
    full = {
        "person": {"organization_id": 2, "base_currency": "EUR", "person_id": 50},
        "account": {
            "person_id": 3, "calendar": "XNYS", "costs_in_lot": False, "premium_in_cost": True,
            "account_id": 50,
        },
        "instrument": {"option_right": "put", "currency": "EUR", "instrument_id": 50},
        "movement": {
            "commission": 1, "fee": 2, "tax": 3, "commission_currency": "EUR", "lot_ref": "lot",
            "description": "text", "side": "long", "natural_key": b"key", "movement_id": 50,
        },
        "price": {},
    }  # fmt: skip
    (row,) = [row | full[entity] for row in good_rows(entity, 1, first=4)]
    (outcome,) = session.save(entity, [row])
    (again,) = session.load(entity, [outcome.key])
    assert {name: again[name] for name in row} == row
    session.delete(entity, [outcome.key])
    image = ledger.dicts(f"SELECT * FROM rollforward_data.{entity}_image")[0]
    assert {name: image[name] for name in row} == row


@pytest.mark.parametrize("entity", ENTITIES)
def test_what_is_deleted_is_kept_with_who_and_why(ledger, session, entity):
    (outcome,) = session.save(entity, good_rows(entity, 1))
    with ledger.connection.transaction():
        ledger.rows("SET LOCAL rollforward.reason = 'not ours'")
        session.delete(entity, [outcome.key])
    (known,) = ledger.rows(
        "SELECT version, deleted_because, deleted_at IS NOT NULL AS is_deleted"
        f" FROM rollforward.{entity}_version"
        f" WHERE ({', '.join(KEYS[entity])}) = ({', '.join(['%s'] * len(outcome.key))})",
        *outcome.key,
    )
    assert tuple(known) == (1, "not ours", True)


def test_a_refused_row_is_not_there_afterwards(session):
    with pytest.raises(BatchRejected):
        session.save("person", [{"name": "new", "person_id": 50}, {"name": "new too", "organization_id": 99}])
    assert session.exists("person", [50]) == [False]
    # and may be referred to by nobody
    (offence,) = session.validate("person", [{"name": "third", "organization_id": 50}])
    assert offence.code == "parent_missing"


def test_what_another_session_writes_is_seen_at_once(ledger, session, ledger_connection):
    with psycopg.connect(ledger_connection.info.dsn, autocommit=True) as other:
        row = {"name": "child", "organization_id": 50}
        assert [offence.code for offence in session.validate("person", [row])] == ["parent_missing"]
        other.execute("INSERT INTO rollforward_data.person (person_id, name) VALUES (50, 'parent')")
        assert session.validate("person", [row]) == []
        other.execute("DELETE FROM rollforward_data.person WHERE person_id = 50")
        assert [offence.code for offence in session.validate("person", [row])] == ["parent_missing"]


def test_what_is_wrong_does_not_depend_on_the_language_of_messages(ledger, session):
    """Codes come from the catalogue: names of constraints are not looked for in the text of an error."""
    ledger.rows("SET client_min_messages = error")
    (row,) = good_rows("person", 1)
    session.save("person", [row])
    with pytest.raises(BatchRejected) as refused:
        session.save("person", [row | {"base_currency": "violates constraint person_pkey"}])
    assert [(offence["code"], offence["field"]) for offence in refused.value.detail] == [
        ("already_exists", "name"),
        ("check_failed", "base_currency"),
    ]


def test_an_update_answers_alike_for_all_entities(session):
    for entity in ENTITIES:
        keys = [outcome.key for outcome in session.save(entity, good_rows(entity, 2, first=30))]
        rows = session.load(entity, keys)
        assert [outcome.key for outcome in session.update(entity, rows)] == keys


REPORT = """
CALL rollforward.save_person_chunked(
    ARRAY['a', 'b', NULL, 'd', 'e'], chunk_size => %s, on_conflict => %s, atomic => %s)
"""


def test_a_report_counts_chunks_and_rows(ledger, session):
    report = ledger.value(REPORT, 2, "error", False)
    assert [(each["chunk"], each["first_ordinal"], each["rows"], each["status"]) for each in report] == [
        (1, 1, 2, "saved"),
        (2, 3, 2, "refused"),
        (3, 5, 1, "saved"),
    ]
    assert [each.get("inserted", 0) for each in report] == [2, 0, 1]
    assert (report[1]["sqlstate"], report[1]["detail"][0]["code"], report[1]["detail"][0]["ordinal"]) == (
        "23R01", "missing", 1
    )  # fmt: skip
    assert all(each["ms"] >= 0 for each in report)
    names = [
        row.name
        for row in ledger.rows("SELECT name FROM rollforward_data.person WHERE name !~ 'P' ORDER BY 1")
    ]
    assert names == ["a", "b", "e"]


def test_an_atomic_call_saves_all_chunks_or_none(ledger, session):
    before = stored(ledger)
    with pytest.raises(psycopg.Error) as refused:
        ledger.rows(REPORT, 2, "error", True)
    assert refused.value.sqlstate == "23R01"
    assert stored(ledger) == before


def test_chunks_are_committed_one_by_one(ledger, session):
    assert len(ledger.value(REPORT, 2, "error", False)) == 3
    logs = ledger.value(
        "SELECT count(DISTINCT log_id) FROM rollforward_data.person WHERE name IN ('a', 'b', 'e')"
    )
    assert logs == 2
    with pytest.raises(psycopg.errors.InvalidTransactionTermination), ledger.connection.transaction():
        ledger.rows(REPORT, 2, "skip", False)


ODD_ARRAYS = {
    "counted from 0": "'[0:2]={a,b,c}'::text[], base_currencies => '[0:2]={USD,EUR,CHF}'::text[]",
    "counted from 5": "'[5:7]={a,b,c}'::text[], base_currencies => '{USD,EUR,CHF}'::text[]",
    "of two dimensions": "'{{a},{b},{c}}'::text[], base_currencies => '{USD,EUR,CHF}'::text[]",
}


@pytest.mark.parametrize("arrays", ODD_ARRAYS.values(), ids=ODD_ARRAYS.keys())
def test_an_array_is_cut_by_places_wherever_it_begins_to_count(ledger, session, arrays):
    ledger.rows(f"CALL rollforward.save_person_chunked({arrays}, chunk_size => 2)")
    found = ledger.rows(
        "SELECT name, base_currency FROM rollforward_data.person WHERE name !~ 'P' ORDER BY 1"
    )
    assert [tuple(row) for row in found] == [("a", "USD"), ("b", "EUR"), ("c", "CHF")]


@pytest.mark.parametrize(
    "call",
    [
        "NULL::text[]",
        "'{a}', on_conflict => 'perhaps'",
        "'{a}', atomic => NULL",
        "'{a}', person_ids => '{1,2}'",
    ],
)
def test_arguments_are_refused_before_the_first_chunk(ledger, session, call):
    with pytest.raises(psycopg.errors.DataError) as refused:
        ledger.rows(f"CALL rollforward.save_person_chunked({call})")
    assert refused.value.sqlstate == "22R01"
    assert (
        ledger.value("CALL rollforward.save_person_chunked('{a}', chunk_size => 2147483647)")[0]["inserted"]
        == 1
    )


@pytest.mark.parametrize("size", [0, -1, None])
def test_a_chunk_without_rows_is_refused(ledger, session, size):
    before = stored(ledger)
    with pytest.raises(psycopg.errors.DataError) as refused:
        ledger.rows(REPORT, size, "error", False)
    assert refused.value.sqlstate == "22R01"
    assert stored(ledger) == before
    with pytest.raises(RollforwardError):
        list(session.save_stream("person", good_rows("person", 1), chunk_size=size or 0))
