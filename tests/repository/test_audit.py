"""What was known, who recorded it, when and why: versions, and the log of the transactions that made them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import psycopg
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rollforward import connect
from rollforward.embedded.server import Server
from rollforward.entities import entities
from tests.support.databases import OWNER, fresh_database
from tests.support.ledger import Ledger
from tests.support.movements import buy, deposit
from tests.support.property import quick

VERSIONS = (
    "SELECT version, close, deleted_at IS NOT NULL AS is_deleted FROM rollforward.price_history(%s, %s)"
)
KEPT = ["audit_log", *(f"{entity.name}_image" for entity in entities())]


@pytest.fixture
def acme(ledger) -> int:
    return ledger.instrument("ACME")


@pytest.fixture(autouse=True)
def nobody(ledger) -> Iterator[None]:
    yield
    ledger.rows("RESET rollforward.actor")
    ledger.rows("RESET rollforward.reason")
    ledger.rows("RESET rollforward.log_id")


def versions(ledger: Ledger, instrument: int, on: str = "2025-01-02") -> list[tuple[int, int, bool]]:
    return [tuple(row) for row in ledger.rows(VERSIONS, [instrument], [on])]


def logs(ledger: Ledger) -> int:
    return ledger.value("SELECT count(*) FROM rollforward.audit_log")


def test_what_an_update_replaces_is_kept(ledger, acme):
    ledger.price("ACME", "2025-01-02", 10)
    assert versions(ledger, acme) == [(1, 10, False)]
    ledger.rows("UPDATE rollforward_data.price SET close = 11")
    ledger.rows("UPDATE rollforward_data.price SET close = 12")
    assert versions(ledger, acme) == [(1, 10, False), (2, 11, False), (3, 12, False)]


def test_a_statement_that_changes_nothing_makes_no_version_and_no_log(ledger, acme):
    ledger.price("ACME", "2025-01-02", 10)
    before = logs(ledger)
    ledger.rows("UPDATE rollforward_data.price SET close = 10.00")
    ledger.rows("UPDATE rollforward_data.price SET close = 11 WHERE close = 99")
    ledger.rows("DELETE FROM rollforward_data.price WHERE close = 99")
    ledger.rows("INSERT INTO rollforward_data.price SELECT 1, '2025-01-01', 1 WHERE false")
    ledger.rows("INSERT INTO rollforward_data.price VALUES (1, '2025-01-02', 1) ON CONFLICT DO NOTHING")
    assert versions(ledger, acme) == [(1, 10, False)]
    assert logs(ledger) == before


def test_versions_are_counted_on_where_something_deleted_comes_again(ledger, acme):
    ledger.price("ACME", "2025-01-02", 10)
    ledger.rows("DELETE FROM rollforward_data.price")
    assert versions(ledger, acme) == [(1, 10, True)]
    ledger.price("ACME", "2025-01-02", 10)
    ledger.rows("UPDATE rollforward_data.price SET close = 11")
    assert versions(ledger, acme) == [(1, 10, True), (2, 10, False), (3, 11, False)]


def test_an_upsert_is_an_insert_for_some_and_an_update_for_others(ledger, acme):
    ledger.price("ACME", "2025-01-02", 10)
    ledger.rows(
        "INSERT INTO rollforward_data.price VALUES (%s, '2025-01-02', 11), (%s, '2025-01-03', 12)"
        " ON CONFLICT ON CONSTRAINT price_pkey DO UPDATE SET close = excluded.close",
        acme,
        acme,
    )
    assert versions(ledger, acme) == [(1, 10, False), (2, 11, False)]
    assert versions(ledger, acme, "2025-01-03") == [(1, 12, False)]


def test_what_is_truncated_is_kept(ledger, acme):
    ledger.price("ACME", "2025-01-02", 10)
    ledger.rows("TRUNCATE rollforward_data.price")
    assert versions(ledger, acme) == [(1, 10, True)]


def test_a_row_that_is_called_otherwise_is_gone_and_come(ledger, acme):
    ledger.price("ACME", "2025-01-02", 10)
    ledger.rows("UPDATE rollforward_data.price SET price_date = '2025-01-03'")
    assert versions(ledger, acme) == [(1, 10, True)]
    assert versions(ledger, acme, "2025-01-03") == [(1, 10, False)]
    ledger.rows("UPDATE rollforward_data.price SET price_date = '2025-01-02'")
    ledger.rows("UPDATE rollforward_data.price SET close = 11")
    assert versions(ledger, acme) == [(1, 10, True), (2, 10, False), (3, 11, False)]
    assert versions(ledger, acme, "2025-01-03") == [(1, 10, True)]


def test_times_of_versions_are_in_their_order_even_within_one_statement(ledger, acme):
    ledger.rows("""
        DO $$
        BEGIN
            FOR price IN 1 .. 3 LOOP
                INSERT INTO rollforward_data.price SELECT instrument_id, '2025-01-02', price
                FROM rollforward_data.instrument;
                PERFORM pg_sleep(0.002);
                DELETE FROM rollforward_data.price;
            END LOOP;
        END
        $$""")
    times = ledger.rows(
        "SELECT recorded_at, deleted_at FROM rollforward.price_history(%s, '{2025-01-02}')", [acme]
    )
    in_order = [moment for version in times for moment in version]
    assert in_order == sorted(in_order)
    assert len(set(in_order)) == 6
    (early,) = ledger.rows(
        "SELECT count(*) FROM rollforward_data.price_image JOIN rollforward_data.audit_log USING (log_id)"
        " WHERE recorded_at < began_at"
    )
    assert early.count == 0


def test_a_transaction_has_one_log_whatever_it_changes(ledger, acme):
    before = logs(ledger)
    with ledger.connection.transaction():
        account = ledger.account()
        ledger.record(account, deposit("2025-01-02", 100), buy("2025-01-02", "ACME", 1, 10))
        ledger.price("ACME", "2025-01-02", 10)
        ledger.rows("UPDATE rollforward_data.price SET close = 11")
        ledger.rows("DELETE FROM rollforward_data.movement WHERE kind = 'deposit'")
    assert logs(ledger) == before + 1


def test_who_and_why_is_what_the_session_says(ledger, acme):
    ledger.price("ACME", "2025-01-02", 10)
    ledger.rows("SET rollforward.actor = 'Ann'")
    ledger.rows("SET rollforward.reason = 'late correction'")
    ledger.rows("UPDATE rollforward_data.price SET close = 11")
    ledger.rows("SET rollforward.actor = 'Ben'")
    ledger.rows("DELETE FROM rollforward_data.price")
    first, second = ledger.rows(
        "SELECT actor, reason, deleted_by FROM rollforward.price_history(%s, '{2025-01-02}')", [acme]
    )
    login = ledger.value("SELECT session_user")
    assert tuple(first) == (login, None, None)
    assert tuple(second) == ("Ann", "late correction", "Ben")


def test_a_load_says_what_it_is_of(ledger, acme, tmp_path):
    path = tmp_path / "closes.csv"
    path.write_text("symbol,date,close\nACME,2025-01-02,10\n", "utf-8")
    session = connect(ledger.connection)
    session.load_market("prices", path)
    path.write_text("symbol,date,close\nACME,2025-01-02,11\n", "utf-8")
    ledger.rows("SET rollforward.reason = 'Ann asked for it'")
    session.load_market("prices", path)
    reasons = ledger.rows("SELECT reason FROM rollforward.price_history(%s, '{2025-01-02}')", [acme])
    assert [row.reason for row in reasons] == ["prices loaded from closes.csv", "Ann asked for it"]


def test_a_session_cannot_write_into_the_log_of_another(ledger, acme):
    ledger.price("ACME", "2025-01-02", 10)
    older = ledger.value("SELECT max(log_id) FROM rollforward.audit_log")
    for forged in (older, older + 1_000_000, 0):
        ledger.rows("SELECT set_config('rollforward.log_id', %s, false)", str(forged))
        for change in (
            "UPDATE rollforward_data.price SET close = 11",
            "DELETE FROM rollforward_data.price",
            "INSERT INTO rollforward_data.person (name) VALUES ('Ann')",
        ):
            with pytest.raises(psycopg.Error) as refused:
                ledger.rows(change)
            assert refused.value.sqlstate == "55R03"
    ledger.rows("SET rollforward.log_id = 'no number'")
    ledger.rows("INSERT INTO rollforward_data.person (name) VALUES ('Ann')")
    assert ledger.value("SELECT log_id FROM rollforward_data.person") > older


def test_two_inserts_of_one_statement_are_of_one_log(ledger, acme):
    ledger.rows(
        "WITH ann AS (INSERT INTO rollforward_data.person (name) VALUES ('Ann') RETURNING person_id)"
        " INSERT INTO rollforward_data.account (number, person_id, base_currency)"
        " SELECT '7', person_id, 'USD' FROM ann"
    )
    (of_person,) = ledger.rows("SELECT log_id FROM rollforward_data.person")
    (of_account,) = ledger.rows("SELECT log_id FROM rollforward_data.account")
    assert of_person == of_account
    assert ledger.value("SELECT max(log_id) FROM rollforward.audit_log") == of_person.log_id


def test_what_is_rolled_back_leaves_nothing(ledger, acme):
    ledger.price("ACME", "2025-01-02", 10)
    before = logs(ledger)
    with ledger.connection.transaction(force_rollback=True):
        ledger.rows("UPDATE rollforward_data.price SET close = 11")
    assert (versions(ledger, acme), logs(ledger)) == ([(1, 10, False)], before)

    with ledger.connection.transaction():
        with ledger.connection.transaction(force_rollback=True):
            ledger.rows("UPDATE rollforward_data.price SET close = 11")
        ledger.rows("UPDATE rollforward_data.price SET close = 12")
    assert (versions(ledger, acme), logs(ledger)) == ([(1, 10, False), (2, 12, False)], before + 1)


def test_a_calculation_writes_no_log(ledger, acme):
    account = ledger.account()
    ledger.record(account, deposit("2025-01-02", 100), buy("2025-01-02", "ACME", 1, 10))
    ledger.price("ACME", "2025-01-02", 10)
    before = logs(ledger)
    ledger.process_stale()
    ledger.process([account], force_recalculation=True)
    assert logs(ledger) == before


def test_asked_for_in_any_order_and_more_than_once(ledger, acme):
    bolt = ledger.instrument("BOLT")
    asked = ledger.rows(
        "SELECT symbol, version FROM rollforward.instrument_history(%s)", [bolt, 4711, acme, bolt]
    )
    assert [tuple(row) for row in asked] == [("BOLT", 1), ("ACME", 1), ("BOLT", 1)]


@pytest.mark.parametrize(
    "call",
    [
        "price_history(%s, '{}')",
        "price_history(%s, NULL)",
        "price_as_known_at(%s, '{2025-01-01,2025-01-02}', now())",
        "price_as_known_at(%s, '{2025-01-01}', NULL)",
        "person_history(NULL::bigint[]) WHERE %s IS NOT NULL",
    ],
)
def test_keys_that_do_not_fit_together_are_refused(ledger, acme, call):
    with pytest.raises(psycopg.errors.DataError) as refused:
        ledger.rows(f"SELECT * FROM rollforward.{call}", [acme])
    assert refused.value.sqlstate == "22R01"


@pytest.fixture(scope="module")
def guarded(server: Server, template: str) -> Iterator[Ledger]:
    """A ledger nobody has cleared: what is kept there is guarded."""
    with (
        fresh_database(server, template=template) as name,
        psycopg.connect(server.dsn(name, OWNER), autocommit=True) as connection,
    ):
        ledger = Ledger(connection)
        ledger.instrument("ACME")
        ledger.price("ACME", "2025-01-02", 10)
        ledger.rows("UPDATE rollforward_data.price SET close = 11")
        yield ledger


@pytest.mark.parametrize("table", KEPT)
@pytest.mark.parametrize("change", ["UPDATE {} SET {} = {}", "DELETE FROM {}", "TRUNCATE {}"])
def test_what_is_kept_is_only_added_to(guarded, table, change):
    column = "actor" if table == "audit_log" else "log_id"
    with pytest.raises(psycopg.Error) as refused:
        guarded.rows(change.format(f"rollforward_data.{table}", column, column))
    assert refused.value.sqlstate == "55R03"


def test_images_have_the_columns_of_their_tables(ledger):
    columns = (
        "SELECT array_agg(attname || ' ' || format_type(atttypid, atttypmod)) FROM pg_attribute"
        " WHERE attrelid = %s::regclass AND attnum > 0 AND NOT attisdropped"
    )
    for entity in entities():
        kept = set(ledger.value(columns, f"rollforward_data.{entity.name}_image"))
        stands = set(ledger.value(columns, f"rollforward_data.{entity.name}"))
        assert kept - stands == {"deleted_at timestamp with time zone", "superseded_in bigint"}
        assert stands <= kept


# Every past state comes back

PRICES = "SELECT instrument_id, price_date, close FROM rollforward_data.price ORDER BY 1, 2"
DAYS = ["2025-01-01", "2025-01-02", "2025-01-03"]
CHANGES = {
    "set": "INSERT INTO rollforward_data.price VALUES (%(id)s, %(day)s, %(close)s)"
           " ON CONFLICT ON CONSTRAINT price_pkey DO UPDATE SET close = excluded.close",
    "all": "UPDATE rollforward_data.price SET close = %(close)s",
    "dearer": "UPDATE rollforward_data.price SET close = close + 1 WHERE price_date <= %(day)s",
    "delete": "DELETE FROM rollforward_data.price WHERE price_date = %(day)s",
    "truncate": "TRUNCATE rollforward_data.price",
}  # fmt: skip
change = st.tuples(st.sampled_from(sorted(CHANGES)), st.sampled_from(DAYS), st.integers(1, 3), st.booleans())


@given(transactions=st.lists(st.lists(change, min_size=1, max_size=4), max_size=8))
@quick(25)
def test_current_rows_and_images_rebuild_every_past_state(ledger, transactions):
    ledger.clear()
    ids = [ledger.instrument("ACME"), ledger.instrument("BOLT")]
    states: list[tuple[Any, list[Any]]] = []
    for changes in transactions:
        with ledger.connection.transaction():
            for kind, day, close, second in changes:
                ledger.connection.execute(CHANGES[kind], {"id": ids[second], "day": day, "close": close})
        states.append((ledger.value("SELECT clock_timestamp()"), ledger.rows(PRICES)))

    keys = [(instrument, day) for instrument in ids for day in DAYS]
    asked = ([instrument for instrument, _ in keys], [day for _, day in keys])
    for at, rows in states:
        known = ledger.rows(
            "SELECT instrument_id, price_date, close FROM rollforward.price_as_known_at(%s, %s, %s)",
            *asked,
            at,
        )
        assert [tuple(row) for row in known] == [tuple(row) for row in rows]
    for instrument, day in keys:
        counted = [version for version, *_ in versions(ledger, instrument, day)]
        assert counted == list(range(1, len(counted) + 1))
