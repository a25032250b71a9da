"""The operations of the repository, each for every entity: what a caller sees, and what is stored."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import psycopg
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rollforward import Session
from rollforward.errors import BadArgument, BatchRejected, StaleVersion
from tests.support.batches import (
    ENTITIES,
    KEYS,
    any_rows,
    everything,
    furnish,
    good_rows,
    key_of,
    session_of,
    stored,
    versions_are_gap_free,
)
from tests.support.ledger import Ledger
from tests.support.property import quick, thorough

SIZES = [0, 1, 10, 100, 1_000, 10_000]


@pytest.fixture
def session(ledger) -> Iterator[Session]:
    furnish(ledger)
    yield session_of(ledger)
    assert versions_are_gap_free(ledger)


def saved_keys(
    session: Session, entity: str, rows: list[dict[str, Any]], **how: Any
) -> list[tuple[Any, ...]]:
    return [outcome.key for outcome in session.save(entity, rows, **how)]


@pytest.mark.parametrize("entity", ENTITIES)
@pytest.mark.parametrize("size", SIZES)
def test_a_batch_of_any_size_is_saved_and_comes_back(session, entity, size):
    rows = good_rows(entity, size)
    outcomes = session.save(entity, rows)
    assert [outcome.ordinal for outcome in outcomes] == list(range(1, size + 1))
    assert {(outcome.status, outcome.version) for outcome in outcomes} <= {("inserted", 1)}
    loaded = session.load(entity, [outcome.key for outcome in outcomes])
    for row, again in zip(rows, loaded, strict=True):
        assert {name: again[name] for name, value in row.items() if value is not None} == {
            name: value for name, value in row.items() if value is not None
        }


@pytest.mark.long
@pytest.mark.parametrize("entity", ENTITIES)
def test_a_batch_of_100_000(session, entity):
    rows = good_rows(entity, 100_000)
    assert {outcome.status for outcome in session.save(entity, rows)} == {"inserted"}
    assert {outcome.status for outcome in session.save(entity, rows, on_conflict="skip")} == {"skipped"}


@pytest.mark.parametrize("entity", ENTITIES)
def test_a_batch_is_the_same_as_its_rows_one_by_one(ledger, entity):
    rows = good_rows(entity, 25)
    states = []
    for batches in ([rows], [[row] for row in rows]):
        ledger.clear()
        furnish(ledger)
        session = session_of(ledger)
        keys = [key for batch in batches for key in saved_keys(session, entity, batch)]
        changed = [dict(session.load(entity, [key])[0]) for key in keys]
        field = {"price": "close", "movement": "fee", "instrument": "strike"}.get(entity, "base_currency")
        value = {"price": 3, "movement": 4, "instrument": 5}.get(entity, "CHF")
        for row in changed:
            row[field] = value
        cut = len(rows) if len(batches) == 1 else 1
        for first in range(0, len(rows), cut):
            session.update(entity, changed[first : first + cut])
        for first in range(0, 10, min(cut, 10)):
            session.delete(entity, keys[first : first + min(cut, 10)])
        # numbers are drawn in the order of the natural keys, so that they differ
        states.append(stored(ledger, without=[KEYS[entity][-1]] if entity != "price" else []))
    assert states[0] == states[1]


@pytest.mark.parametrize("entity", ENTITIES)
@given(data=st.data())
@quick(6)
def test_the_order_of_a_batch_changes_nothing(ledger, entity, data):
    rows = good_rows(entity, 12)
    states = []
    for batch in (rows, data.draw(st.permutations(rows))):
        ledger.clear()
        furnish(ledger)
        outcomes = session_of(ledger).save(entity, batch)
        by_row = {repr(row): outcome.key for row, outcome in zip(batch, outcomes, strict=True)}
        states.append((stored(ledger), by_row))
    assert states[0] == states[1]


@pytest.mark.parametrize("entity", ENTITIES)
def test_saving_again_with_skip_changes_nothing(ledger, session, entity):
    rows = good_rows(entity, 20)
    keys = saved_keys(session, entity, rows)
    before = everything(ledger)
    again = session.save(entity, [*rows, *good_rows(entity, 5, first=20)], on_conflict="skip")
    assert [outcome.key for outcome in again[:20]] == keys
    assert [outcome.status for outcome in again] == ["skipped"] * 20 + ["inserted"] * 5
    session.delete(entity, [outcome.key for outcome in again[20:]])
    unchanged = everything(ledger)
    assert unchanged[entity] == before[entity]
    with pytest.raises(BatchRejected) as refused:
        session.save(entity, rows)
    assert {offence["code"] for offence in refused.value.detail} == {"already_exists"}


@pytest.mark.parametrize("entity", ENTITIES)
def test_saving_with_update_writes_what_differs(ledger, session, entity):
    rows = good_rows(entity, 6)
    keys = saved_keys(session, entity, rows)
    changed = [dict(row) for row in rows]
    named = [dict(zip(KEYS[entity], key, strict=True)) for key in keys]
    field = {"price": "close", "movement": "fee", "instrument": "strike"}.get(entity, "base_currency")
    value = {"price": 3, "movement": 4, "instrument": 5}.get(entity, "CHF")
    for row, key in zip(changed, named, strict=True):
        row.update(key)
    for row in changed[:2]:
        row[field] = value
    if entity == "movement":  # called by its key, so that what it says may change
        for row, again in zip(changed, session.load(entity, keys), strict=True):
            row["natural_key"] = again["natural_key"]
    logs = ledger.value("SELECT count(*) FROM rollforward.audit_log")
    outcomes = session.save(entity, changed, on_conflict="update")
    assert [(outcome.status, outcome.version) for outcome in outcomes] == [("updated", 2)] * 2 + [
        ("unchanged", 1)
    ] * 4
    assert [outcome.key for outcome in outcomes] == keys
    session.save(entity, changed, on_conflict="update")
    assert ledger.value("SELECT count(*) FROM rollforward.audit_log") == logs + 1


@pytest.mark.parametrize("entity", ENTITIES)
@pytest.mark.parametrize("on_conflict", ["error", "skip", "update"])
@given(data=st.data())
@quick(8)
def test_what_validates_is_saved_and_what_does_not_is_refused(ledger, entity, on_conflict, data):
    validated_as_saved(ledger, entity, on_conflict, data)


@pytest.mark.long
@pytest.mark.parametrize("entity", ENTITIES)
@pytest.mark.parametrize("on_conflict", ["error", "skip", "update"])
@given(data=st.data())
@thorough(150)
def test_validation_and_saving_never_disagree(ledger, entity, on_conflict, data):
    validated_as_saved(ledger, entity, on_conflict, data)


def validated_as_saved(ledger: Ledger, entity: str, on_conflict: str, data: st.DataObject) -> None:
    ledger.clear()
    furnish(ledger)
    session = session_of(ledger)
    session.save(entity, good_rows(entity, 3, first=6))
    rows = data.draw(any_rows(entity))
    before = everything(ledger)
    offences = session.validate(entity, rows, on_conflict=on_conflict)
    assert everything(ledger) == before
    if not offences:
        outcomes = session.save(entity, rows, on_conflict=on_conflict)
        assert [outcome.ordinal for outcome in outcomes] == list(range(1, len(rows) + 1))
        assert all(session.exists(entity, [outcome.key for outcome in outcomes]))
    else:
        with pytest.raises(BatchRejected) as refused:
            session.save(entity, rows, on_conflict=on_conflict)
        assert [(each["ordinal"], each["code"], each["field"]) for each in refused.value.detail] == [
            (offence.ordinal, offence.code, offence.field) for offence in offences
        ]
        assert everything(ledger) == before
    assert versions_are_gap_free(ledger)


@pytest.mark.parametrize("entity", ENTITIES)
def test_rows_are_loaded_in_the_order_asked_for_and_as_often(session, entity):
    first, second = saved_keys(session, entity, good_rows(entity, 2))
    absent = tuple(9_999 if isinstance(part, int) else part for part in first)
    loaded = session.load(entity, [second, absent, first, second])
    assert [None if row is None else key_of(entity, row) for row in loaded] == [second, None, first, second]
    assert session.exists(entity, [second, absent, first, second]) == [True, False, True, True]


@pytest.mark.parametrize("entity", ENTITIES)
def test_an_update_of_a_version_that_is_gone_is_refused_whole(ledger, session, entity):
    rows = session.load(entity, saved_keys(session, entity, good_rows(entity, 3)))
    field = {"price": "close", "movement": "fee", "instrument": "strike"}.get(entity, "base_currency")
    values = {"price": (3, 4), "movement": (3, 4), "instrument": (5, 6)}.get(entity, ("CHF", "NOK"))
    session.update(entity, [rows[1] | {field: values[0]}])
    before = everything(ledger)
    with pytest.raises(StaleVersion) as refused:
        session.update(entity, [row | {field: values[1]} for row in rows])
    assert [(offence["ordinal"], offence["code"], offence["value"]) for offence in refused.value.detail] == [
        (2, "stale_version", "1")
    ]
    assert everything(ledger) == before


@pytest.mark.parametrize("entity", ENTITIES)
def test_what_is_unchanged_makes_no_version(ledger, session, entity):
    rows = session.load(entity, saved_keys(session, entity, good_rows(entity, 3)))
    before = stored(ledger)
    assert [(outcome.status, outcome.version) for outcome in session.update(entity, rows)] == [
        ("unchanged", 1)
    ] * 3
    assert stored(ledger) == before


@pytest.mark.parametrize("entity", ENTITIES)
def test_deleted_rows_are_kept_and_count_on_when_they_come_again(ledger, session, entity):
    rows = good_rows(entity, 3)
    keys = saved_keys(session, entity, rows)
    outcomes = session.delete(
        entity, [*keys[:2], *[tuple(9_999 if isinstance(p, int) else p for p in keys[0])]]
    )
    assert [(outcome.status, outcome.version) for outcome in outcomes] == [
        ("deleted", 1), ("deleted", 1), ("unknown", None)
    ]  # fmt: skip
    assert session.exists(entity, keys) == [False, False, True]
    named = [row | dict(zip(KEYS[entity], key, strict=True)) for row, key in zip(rows, keys, strict=True)]
    again = session.save(entity, named, on_conflict="update")
    assert [(outcome.status, outcome.version) for outcome in again] == [
        ("inserted", 2), ("inserted", 2), ("unchanged", 1)
    ]  # fmt: skip
    with pytest.raises(BatchRejected) as refused:
        session.delete(
            entity, [tuple(9_999 if isinstance(part, int) else part for part in keys[0])], unknown="error"
        )
    assert [offence["code"] for offence in refused.value.detail] == ["not_found"]


@pytest.mark.parametrize("entity", ENTITIES)
def test_the_same_row_twice_is_refused(session, entity):
    (row,) = good_rows(entity, 1)
    with pytest.raises(BatchRejected) as refused:
        session.save(entity, [row, row])
    assert [(offence["ordinal"], offence["code"]) for offence in refused.value.detail] == [
        (2, "duplicate_in_batch")
    ]
    key = saved_keys(session, entity, [row])
    (known,) = session.load(entity, key)
    for operation in (session.update, session.delete):
        with pytest.raises(BatchRejected) as refused:
            operation(entity, [known, known])
        assert [(offence["ordinal"], offence["code"]) for offence in refused.value.detail] == [
            (2, "duplicate_in_batch")
        ]


def test_rows_may_refer_to_rows_of_the_same_batch_in_any_order(session):
    rows = [
        {"name": "child", "organization_id": 70},
        {"name": "grandchild", "organization_id": 71, "person_id": 72},
        {"name": "parent", "person_id": 70},
        {"name": "other child", "organization_id": 70, "person_id": 71},
    ]
    assert [outcome.status for outcome in session.save("person", rows)] == ["inserted"] * 4
    # those who were drawn a number meet nobody who had one
    assert [outcome.status for outcome in session.save("person", good_rows("person", 100))] == [
        "inserted"
    ] * 100


def test_what_refers_to_something_wrong_in_the_batch_is_wrong_too(session):
    rows = [
        {"name": "grandchild", "organization_id": 71},
        {"name": "parent", "person_id": 70, "base_currency": "?"},
        {"name": "child", "organization_id": 70, "person_id": 71},
        {"name": "stranger"},
    ]
    found = [(offence.ordinal, offence.code) for offence in session.validate("person", rows)]
    assert found == [(1, "parent_in_batch_invalid"), (2, "check_failed"), (3, "parent_in_batch_invalid")]


def test_what_others_refer_to_is_not_deleted_but_with_them(session):
    keys = saved_keys(
        session, "person", [{"name": "parent", "person_id": 70}, {"name": "child", "organization_id": 70}]
    )
    with pytest.raises(BatchRejected) as refused:
        session.delete("person", [70])
    (offence,) = refused.value.detail
    assert (offence["code"], offence["field"]) == ("has_dependents", "person.organization_id")
    assert [outcome.status for outcome in session.delete("person", keys)] == ["deleted"] * 2
    session.save("account", [{"number": "of P1", "base_currency": "USD", "person_id": 1}])
    with pytest.raises(BatchRejected) as refused:
        session.delete("person", [1])
    assert [offence["field"] for offence in refused.value.detail] == ["account.person_id"]


def test_a_deleted_movement_stays_deleted_until_it_is_restored(ledger, session):
    rows = good_rows("movement", 3)
    keys = saved_keys(session, "movement", rows)
    session.delete("movement", keys[:1])
    assert [outcome.status for outcome in session.save("movement", rows, on_conflict="skip")] == [
        "skipped"
    ] * 3
    assert session.exists("movement", keys) == [False, True, True]
    with pytest.raises(BatchRejected) as refused:
        session.save("movement", rows[:1])
    assert [offence["code"] for offence in refused.value.detail] == ["was_deleted"]
    restored = session.save("movement", rows, on_conflict="update")
    assert [(outcome.key, outcome.status, outcome.version) for outcome in restored] == [
        (keys[0], "inserted", 2), (keys[1], "unchanged", 1), (keys[2], "unchanged", 1)
    ]  # fmt: skip


def test_an_account_is_deleted_with_its_figures(ledger, session):
    (key,) = saved_keys(session, "account", [{"number": "closed", "base_currency": "USD"}])
    movements = saved_keys(
        session, "movement", [row | {"account_id": key[0]} for row in good_rows("movement", 4)]
    )
    ledger.process_stale()
    assert ledger.rows("SELECT 1 FROM rollforward_data.account_snapshot WHERE account_id = %s", key[0])
    session.delete("movement", movements)
    session.delete("account", [key])
    for table in ("account_snapshot", "equity_snapshot", "position_snapshot", "lot_slice", "stale_mark"):
        assert not ledger.rows(f"SELECT 1 FROM rollforward_data.{table} WHERE account_id = %s", key[0])


def test_what_calls_a_movement_does_not_depend_on_the_session(ledger, session):
    rows = good_rows("movement", 3)
    session.save("movement", rows)
    ledger.rows("SET DateStyle = 'German'")
    ledger.rows("SET TimeZone = 'Asia/Kolkata'")
    try:
        again = session.save("movement", rows, on_conflict="skip")
    finally:
        ledger.rows("RESET DateStyle")
        ledger.rows("RESET TimeZone")
    assert [outcome.status for outcome in again] == ["skipped"] * 3


def test_saved_movements_make_their_accounts_stale(ledger, session):
    ledger.process_stale()
    session.save("movement", [row | {"account_id": 2} for row in good_rows("movement", 4)])
    assert [row.account_id for row in ledger.stale()] == [2]


def test_all_offences_are_counted_and_the_first_hundred_listed(session):
    rows = [{"name": None}] * 250
    with pytest.raises(BatchRejected) as refused:
        session.save("person", rows)
    assert len(refused.value.detail) == 100
    assert "250 offences" in refused.value.message
    assert refused.value.sqlstate == "23R01"
    assert len(session.validate("person", rows)) == 250


@pytest.mark.parametrize("entity", ENTITIES)
def test_an_operation_is_counted_with_its_rows(ledger, session, entity):
    rows = good_rows(entity, 7)
    keys = saved_keys(session, entity, rows)
    session.save(entity, rows[:2], on_conflict="skip")
    session.delete(entity, keys[:3])
    with pytest.raises(BatchRejected):
        session.save(entity, [rows[-1], rows[-1]])
    counted = {
        row.subject: (row.attempts, row.rows_given, row.rows_written)
        for row in ledger.rows("SELECT * FROM rollforward.processing_metrics")
    }
    assert counted == {f"save {entity}": (2, 9, 7), f"delete {entity}": (1, 3, 3)}


@pytest.mark.parametrize("entity", ENTITIES)
def test_a_call_with_a_key_is_done_once(ledger, session, entity):
    rows = good_rows(entity, 3)
    first = session.save(entity, rows, idempotency_key="a")
    before = everything(ledger)
    assert session.save(entity, rows, idempotency_key="a") == first
    assert everything(ledger) == before
    with pytest.raises(BadArgument):
        session.delete(entity, [], idempotency_key="a")
    gone = session.delete(entity, [outcome.key for outcome in first], idempotency_key="b")
    assert session.delete(entity, [outcome.key for outcome in first], idempotency_key="b") == gone


def test_a_restored_movement_does_not_take_the_place_of_another(session):
    first, second = good_rows("movement", 2, first=3)
    (key,) = saved_keys(session, "movement", [first])
    session.delete("movement", [key])
    other = second | {"account_id": key[0], "movement_id": key[1]}
    assert saved_keys(session, "movement", [other]) == [key]
    (restored,) = session.save("movement", [first], on_conflict="update")
    assert restored.status == "inserted"
    assert restored.key != key
    assert [row["kind"] for row in session.load("movement", [key])] == [second["kind"]]


def test_a_deleted_movement_is_skipped_by_whatever_key_it_comes(session):
    (row,) = good_rows("movement", 1)
    (key,) = saved_keys(session, "movement", [row])
    session.delete("movement", [key])
    (skipped,) = session.save("movement", [row | {"movement_id": 777}], on_conflict="skip")
    assert skipped.status == "skipped"
    assert session.exists("movement", [key, (key[0], 777)]) == [False, False]


def test_a_key_beyond_reach_leaves_the_others_their_numbers(session):
    session.save("person", [{"name": "far away", "person_id": 2**63 - 1}])
    assert [outcome.key < (1_000,) for outcome in session.save("person", good_rows("person", 3))] == [
        True
    ] * 3


def test_a_name_is_not_handed_on_within_a_batch(session):
    """Whoever is asked: the table would look at the rows one by one."""
    rows = [{"person_id": 1, "name": "new"}, {"person_id": 50, "name": "P1"}]
    assert [(each.ordinal, each.code) for each in session.validate("person", rows, on_conflict="update")] == [
        (2, "already_exists")
    ]
    with pytest.raises(BatchRejected):
        session.save("person", rows, on_conflict="update")


def test_a_version_that_somebody_has_deleted_is_not_ignored(session):
    (key,) = saved_keys(session, "person", good_rows("person", 1))
    session.delete("person", [key])
    assert [outcome.status for outcome in session.delete("person", [key])] == ["unknown"]
    with pytest.raises(psycopg.Error) as refused:
        session.connection.execute(
            "SELECT * FROM rollforward.delete_person_batch(%s::bigint[], expected_versions => '{1}')",
            [list(key)],
        )
    assert refused.value.sqlstate == "23R01"


def test_an_organization_may_be_far_up_but_not_for_ever(session):
    chain = [{"name": f"link {n}", "person_id": 100 + n, "organization_id": 101 + n} for n in range(40)]
    session.save("person", [*chain, {"name": "top", "person_id": 140}])
    longer = [{"name": f"more {n}", "person_id": 200 + n, "organization_id": 201 + n} for n in range(80)]
    with pytest.raises(BatchRejected) as refused:
        session.save("person", [*longer, {"name": "higher", "person_id": 280}])
    assert {offence["code"] for offence in refused.value.detail} == {"cycle"}


@pytest.mark.parametrize("key", ["", "k" * 201])
def test_a_key_of_a_call_is_neither_empty_nor_endless(session, key):
    with pytest.raises(BadArgument):
        session.save("person", good_rows("person", 1), idempotency_key=key)


def test_an_empty_batch_with_a_key_is_a_call_too(session):
    assert session.save("person", [], idempotency_key="nothing") == []
    assert session.save("person", good_rows("person", 1), idempotency_key="nothing") == []


def test_changed_settings_are_not_looked_for_in_nested_loops(ledger, session):
    """Both sides of the comparison are as long as the batch."""
    settings = ledger.value("SELECT proconfig FROM pg_proc WHERE proname = 'mark_changed_settings'")
    assert "enable_nestloop=off" in settings
    rows = good_rows("account", 300)
    keys = [outcome.key[0] for outcome in session.save("account", rows)]
    session.save("account", [row | {"base_currency": "CHF"} for row in rows], on_conflict="update")
    assert {row.account_id for row in ledger.stale()} >= set(keys)


LENGTHS = [
    "save_price_batch('{1,2}', '{2025-01-01}', '{1,2}')",
    "validate_price_batch('{1,2}', '{2025-01-01,2025-01-02}', '{1}')",
    "save_person_batch('{a,b}', '{1}')",
    "update_person_batch('{1,2}', names => '{a}')",
    "update_person_batch('{1}', expected_versions => '{1,2}')",
    "delete_movement_batch('{1}', '{1,2}')",
    "load_movement_batch('{1}', '{1,2}')",
    "exists_price_batch('{1}', '{}')",
]


@pytest.mark.parametrize("call", LENGTHS)
def test_arrays_of_different_length_are_refused(session, ledger, call):
    before = everything(ledger)
    with pytest.raises(psycopg.errors.DataError) as refused:
        ledger.rows(f"SELECT * FROM rollforward.{call}")
    assert refused.value.sqlstate == "22R01"
    assert "differ in length" in str(refused.value)
    assert everything(ledger) == before


def test_what_a_skipped_row_refers_to_does_not_count(ledger, session):
    session.save("person", [{"person_id": 77, "name": "stored"}])
    rows = [
        {"person_id": None, "name": "new", "organization_id": 77},
        {"person_id": 77, "name": "never written", "organization_id": 77},  # would lead to itself
    ]
    assert session.validate("person", rows, on_conflict="skip") == []
    assert [outcome.status for outcome in session.save("person", rows, on_conflict="skip")] == [
        "inserted",
        "skipped",
    ]
    assert {offence.code for offence in session.validate("person", rows, on_conflict="update")} == {"cycle"}
