"""Many writers over the same rows: nobody waits in a circle, nothing is lost, versions have no gaps."""

from __future__ import annotations

import random
import threading
from concurrent.futures import ThreadPoolExecutor

import psycopg
import pytest

from rollforward import Session, connect
from rollforward.errors import BatchRejected, RetryLater, StaleVersion
from tests.support.batches import ENTITIES, furnish, good_rows, session_of, versions_are_gap_free
from tests.support.ledger import Ledger

WRITERS = 16
ROUNDS = 6


@pytest.fixture
def house(dsn):
    with psycopg.connect(dsn, autocommit=True) as connection:
        ledger = Ledger(connection)
        furnish(ledger)
        yield ledger


def _at_once(dsn, work):
    """Run the work on a connection for each writer, all beginning together; what they return."""
    start = threading.Barrier(WRITERS)

    def run(number: int):
        with psycopg.connect(dsn, autocommit=True) as connection:
            session = Session(connection)  # one that does not try again: conflicts would be seen
            start.wait()
            return work(session, random.Random(number))

    with ThreadPoolExecutor(WRITERS) as pool:
        return list(pool.map(run, range(WRITERS)))


def test_no_update_is_lost(house, dsn):
    """Everybody adds 1 to prices in random order, and again where somebody else was first."""
    prices = good_rows("price", 30)
    session_of(house).save("price", prices)
    keys = [(row["instrument_id"], row["price_date"]) for row in prices]

    def add(session: Session, chance: random.Random) -> int:
        added = 0
        for _ in range(ROUNDS // 2):
            mine = chance.sample(keys, 4)
            while True:
                rows = [row | {"close": row["close"] + 1} for row in session.load("price", mine)]
                try:
                    session.update("price", rows)
                except StaleVersion:
                    continue
                added += len(mine)
                break
        return added

    before = house.value("SELECT sum(close) FROM rollforward_data.price")
    added = sum(_at_once(dsn, add))
    assert house.value("SELECT sum(close) FROM rollforward_data.price") == before + added
    assert house.value("SELECT sum(version - 1) FROM rollforward_data.price") == added
    assert versions_are_gap_free(house)


@pytest.mark.parametrize("entity", ENTITIES)
@pytest.mark.parametrize("on_conflict", ["skip", "update"])
def test_saving_the_same_rows_at_once_saves_them_once(house, dsn, entity, on_conflict):
    rows = good_rows(entity, 30)

    def save(session: Session, chance: random.Random) -> list[str]:
        statuses = []
        for _ in range(ROUNDS):
            mine = chance.sample(rows, 20)
            outcomes = session.save(entity, mine, on_conflict=on_conflict)
            statuses += [outcome.status for outcome in outcomes]
        return statuses

    statuses = [status for found in _at_once(dsn, save) for status in found]
    known = house.value(
        f"SELECT count(*) FROM rollforward_data.{entity} WHERE version = 1 AND log_id IS NOT NULL"
    )
    furnished = {"person": 3, "account": 3, "instrument": 5}.get(entity, 0)
    assert statuses.count("inserted") == known - furnished
    assert set(statuses) <= {"inserted", "skipped" if on_conflict == "skip" else "unchanged"}
    assert versions_are_gap_free(house)


def test_saving_changing_and_deleting_at_once_never_waits_in_a_circle(house, dsn):
    prices = good_rows("price", 30)
    keys = [(row["instrument_id"], row["price_date"]) for row in prices]

    def work(session: Session, chance: random.Random) -> int:
        done = 0
        for _ in range(2 * ROUNDS):
            mine = [row | {"close": chance.randint(1, 9)} for row in chance.sample(prices, 12)]
            if chance.random() < 0.6:
                session.save("price", mine, on_conflict="update")
            else:
                session.delete("price", chance.sample(keys, 6))
            done += 1
        return done

    assert _at_once(dsn, work) == [2 * ROUNDS] * WRITERS
    assert versions_are_gap_free(house)


def test_two_halves_of_a_circle_are_not_both_saved(house, dsn):
    with psycopg.connect(dsn) as first, psycopg.connect(dsn, autocommit=True) as second:
        Session(first).update("person", [{"person_id": 1, "organization_id": 2}])
        with ThreadPoolExecutor(1) as pool:
            other = pool.submit(
                lambda: Session(second).update("person", [{"person_id": 2, "organization_id": 1}])
            )
            first.commit()
            with pytest.raises(BatchRejected) as refused:
                other.result()
    assert [offence["code"] for offence in refused.value.detail] == ["cycle"]


@pytest.mark.parametrize("on_conflict", ["error", "skip", "update"])
def test_a_snapshot_that_is_too_old_says_so(house, dsn, on_conflict):
    with psycopg.connect(dsn) as old:
        old.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
        old.execute("SELECT")
        session_of(house).save("person", [{"name": "Ann"}], idempotency_key="a")
        with pytest.raises(RetryLater) as refused:
            Session(old).save("person", [{"name": "Ann"}], on_conflict=on_conflict)
        assert refused.value.sqlstate == "40001"
        old.rollback()
        old.execute("SELECT")
        session_of(house).save("person", [{"name": "Ben"}], idempotency_key="b")
        with pytest.raises(RetryLater):
            Session(old).save("person", [{"name": "Cid"}], idempotency_key="b")


def test_one_key_is_one_call_however_many_make_it_at_once(house, dsn):
    rows = good_rows("movement", 10)

    def save(session: Session, chance: random.Random):
        return session.save("movement", rows, idempotency_key="the same")

    results = _at_once(dsn, save)
    assert all(result == results[0] for result in results)
    assert house.value("SELECT count(*) FROM rollforward_data.movement") == 10


class _Broken(Session):
    """A session whose server goes away after it has done what it was asked, and before it says so."""

    def _translated(self, call):
        result = super()._translated(call)
        if self.fails:
            self.fails -= 1
            with psycopg.connect(self._dsn, autocommit=True) as other:
                other.execute("SELECT pg_terminate_backend(%s, 5000)", [self.connection.info.backend_pid])
            super()._translated(lambda: self.connection.execute("SELECT 1"))
        return result


def test_what_was_saved_when_the_connection_was_lost_is_not_saved_again(house, dsn):
    rows = good_rows("movement", 10)
    with connect(dsn) as session:
        session.__class__ = _Broken
        session.fails = 2
        outcomes = session.save("movement", rows)
    assert [outcome.status for outcome in outcomes] == ["inserted"] * 10
    assert house.value("SELECT count(*) FROM rollforward_data.movement") == 10
    assert house.value("SELECT count(*) FROM rollforward_data.batch_operation") == 1


def test_a_session_tries_again_after_a_deadlock_and_gives_up_in_the_end():
    from rollforward.repository.retry import retried

    pauses: list[float] = []
    left = [RetryLater("deadlock detected", sqlstate="40P01")] * 3

    def call() -> str:
        if left:
            raise left.pop()
        return "done"

    assert retried(call, lambda: None, sleep=pauses.append) == "done"
    assert len(pauses) == 3
    assert all(0 <= pause <= 0.1 * 2**attempt for attempt, pause in enumerate(pauses))
    left = [RetryLater("deadlock detected", sqlstate="40P01")] * 3
    with pytest.raises(RetryLater):
        retried(call, lambda: None, attempts=3, sleep=pauses.append)


def test_a_session_of_the_callers_connection_leaves_trying_again_to_the_caller(house, dsn):
    with psycopg.connect(dsn) as connection:
        session = Session(connection)
        session.save("person", [{"name": "Ann"}])
        connection.rollback()
    assert house.value("SELECT count(*) FROM rollforward_data.person") == 3
    assert house.value("SELECT count(*) FROM rollforward_data.batch_operation") == 0
