"""Runs: steps that commit, records that stand, progress that can be seen, and what stops and resumes them."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import date
from typing import Any

import psycopg
import pytest

from rollforward import RunCancelled, Session, connect
from rollforward.errors import BadArgument
from tests.embedded.commands import eventually
from tests.support.dump import content
from tests.support.faults import Faults
from tests.support.ledger import Ledger
from tests.support.movements import buy, deposit, movement

FIRST, LAST = date(2025, 1, 1), date(2025, 1, 31)
WAITING = "SELECT count(*) FROM pg_locks WHERE NOT granted"
START_ALL = "SELECT rollforward.start_run(NULL, '2025-01-01', '2025-01-31', %s)"
ALL = "CALL rollforward.process_all('2025-01-01', '2025-01-31', %s)"


def run_of(ledger: Ledger, run_id: int = 1) -> Any:
    return ledger.row("SELECT * FROM rollforward.run WHERE run_id = %s", run_id)


def has_done(ledger: Ledger, steps: int) -> bool:
    """Whether so many steps are done, and somebody waits for a lock at the next one."""
    done = ledger.value("SELECT count(*) FROM rollforward.run_step WHERE status = 'done'")
    return done == steps and waits_for_lock(ledger)


def steps_of(ledger: Ledger, run_id: int = 1) -> list[Any]:
    return ledger.rows("SELECT * FROM rollforward.run_step WHERE run_id = %s ORDER BY step_no", run_id)


def snapshots(ledger: Ledger) -> int:
    return ledger.value("SELECT count(*) FROM rollforward.account_snapshot")


@contextmanager
def at_work(dsn: str, *calls: str) -> Iterator[list[Any]]:
    """Sessions that make a call each, at the same time; what became of each."""
    outcomes: list[Any] = [None] * len(calls)

    def work(place: int, call: str) -> None:
        with psycopg.connect(dsn, autocommit=True) as connection:
            try:
                cursor = connection.execute(call)
                outcomes[place] = cursor.fetchone() if cursor.description else "done"
            except psycopg.Error as error:
                outcomes[place] = error

    threads = [threading.Thread(target=work, args=each) for each in enumerate(calls)]
    for thread in threads:
        thread.start()
    try:
        yield outcomes
    finally:
        for thread in threads:
            thread.join(60)


@contextmanager
def locked(dsn: str, account: int) -> Iterator[Callable[[], None]]:
    """Somebody else holds an account; what is yielded lets it go."""
    with psycopg.connect(dsn) as other:
        other.execute("SELECT FROM rollforward_data.account WHERE account_id = %s FOR UPDATE", [account])
        yield other.rollback


@contextmanager
def renamed(ledger: Ledger, function: str) -> Iterator[None]:
    """While it lasts, who calls the function finds none."""
    ledger.rows(f"ALTER FUNCTION rollforward.{function} RENAME TO {function}_away")
    try:
        yield
    finally:
        ledger.rows(f"ALTER FUNCTION rollforward.{function}_away RENAME TO {function}")


def waits_for_lock(ledger: Ledger) -> bool:
    return ledger.value("SELECT count(*) > 0 FROM pg_locks WHERE NOT granted")


def test_a_run_is_steps_of_accounts_and_says_what_it_did(ledger, accounts):
    ledger.rows("INSERT INTO rollforward_data.deployment (version, role_oids) VALUES ('1.2.3', '{}')")
    ((run_id,),) = ledger.rows(ALL, 4)
    run = run_of(ledger, run_id)
    assert (run.status, run.scenario, run.mode, run.start_date, run.end_date) == (
        "succeeded", "manual", None, FIRST, LAST,
    )  # fmt: skip
    assert (run.steps, run.steps_done, run.accounts, run.accounts_done, run.workers) == (3, 3, 10, 10, 0)
    assert (run.movements_processed, run.dates_processed, run.errors) == (30, 2, 0)
    assert run.snapshots_saved == snapshots(ledger) == 20
    assert run.equity_saved == ledger.value("SELECT count(*) FROM rollforward.equity_snapshot")
    assert run.finished_at > run.started_at
    assert min(run.load_ms, run.calculation_ms, run.persistence_ms) > 0
    assert run.load_ms + run.calculation_ms + run.persistence_ms <= run.total_ms
    assert (run.requested_by, run.version) == ("owner", "1.2.3")
    steps = steps_of(ledger)
    assert [step.account_ids for step in steps] == [accounts[:4], accounts[4:8], accounts[8:]]
    assert {(step.phase, step.status, step.success, step.attempts) for step in steps} == {
        ("snapshots", "done", True, 1)
    }
    assert ledger.verify(accounts) == []


def test_progress_is_seen_by_others_while_it_lasts(ledger, accounts, dsn):
    with locked(dsn, accounts[6]) as let_go, at_work(dsn, ALL % 2) as outcomes:
        assert eventually(lambda: has_done(ledger, 3))
        run = run_of(ledger)
        assert (run.status, run.accounts_done, run.workers) == ("running", 6, 1)
        assert snapshots(ledger) == 12
        let_go()
    assert outcomes == [(1,)]
    assert run_of(ledger).status == "succeeded"


def test_what_goes_wrong_stands_though_the_work_is_undone(ledger, accounts, faults: Faults):
    faults.fail(accounts[1:2], "both")
    faults_of_batch = accounts[1]
    ledger.rows(ALL, 5)
    run = run_of(ledger)
    assert (run.status, run.errors, run.fell_back) == ("failed", 2, True)
    errors = ledger.rows("SELECT * FROM rollforward.run_error ORDER BY error_id")
    assert [(error.step_no, error.account_id, error.path) for error in errors] == [
        (1, faults_of_batch, "batch"),
        (1, faults_of_batch, "per_date"),
    ]
    assert {(error.sqlstate, error.message, error.detail, error.hint) for error in errors} == {
        ("R0001", "broken on purpose", "a detail", "a hint")
    }
    assert snapshots(ledger) == 18


def test_a_step_that_cannot_be_computed_at_all_fails_and_the_others_go_on(ledger, accounts):
    ledger.rows("SELECT rollforward.start_run(NULL, '2025-01-01', '2025-01-31', 5)")
    with renamed(ledger, "coordinate"):
        assert ledger.value("SELECT rollforward.perform_next_step(1)") == "done"
    ledger.rows("CALL rollforward.work_on_run(1)")
    assert [(step.step_no, step.status) for step in steps_of(ledger)] == [(1, "failed"), (2, "done")]
    assert (run_of(ledger).status, snapshots(ledger)) == ("failed", 10)
    [error] = ledger.rows("SELECT step_no, account_id, sqlstate FROM rollforward.run_error")
    assert error == (1, None, "42883")


def test_who_is_deleted_is_left_out_and_who_is_new_is_added_to_a_run_that_goes_on(ledger, accounts):
    ledger.rows("SELECT rollforward.start_run(NULL, '2025-01-01', '2025-01-31', 5)")
    ledger.rows("SELECT rollforward.perform_next_step(1)")
    ledger.rows("DELETE FROM rollforward_data.movement WHERE account_id = %s", accounts[9])
    ledger.rows("DELETE FROM rollforward_data.account WHERE account_id = %s", accounts[9])
    newcomer = ledger.account("new")
    ledger.record(newcomer, deposit("2025-01-02", 1))
    assert ledger.value(START_ALL, 5) == 1
    ledger.rows("CALL rollforward.work_on_run(1)")
    assert [step.account_ids for step in steps_of(ledger)] == [accounts[:5], accounts[5:], [newcomer]]
    assert run_of(ledger).status == "succeeded"
    assert ledger.stale() == []
    assert ledger.value(START_ALL, 5) == 2


def test_another_terminal_cancels_within_a_step_and_what_is_done_stays(ledger, accounts, dsn):
    with locked(dsn, accounts[5]), at_work(dsn, ALL % 2) as outcomes:
        assert eventually(lambda: has_done(ledger, 2))
        assert ledger.value("SELECT rollforward.cancel_run(1)") is True
        assert eventually(lambda: outcomes[0] is not None)
    [error] = outcomes
    assert (error.sqlstate, error.diag.message_primary) == ("57014", "run 1 was cancelled")
    assert "resume_run(1)" in error.diag.message_hint
    assert (run_of(ledger).status, run_of(ledger).steps_done) == ("cancelled", 2)
    assert snapshots(ledger) == 8
    assert ledger.value("SELECT rollforward.cancel_run(1)") is False
    assert ledger.value("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory'") == 0


def test_cancelling_between_steps_takes_effect_before_the_next_one(ledger, accounts):
    ledger.rows("SELECT rollforward.start_run(NULL, '2025-01-01', '2025-01-31', 4)")
    assert ledger.value("SELECT rollforward.perform_next_step(1)") == "done"
    assert ledger.value("SELECT rollforward.cancel_run(1)") is True
    assert ledger.value("SELECT rollforward.perform_next_step(1)") == "cancelled"
    assert ledger.value("SELECT rollforward.perform_next_step(1)") == "cancelled"
    assert (run_of(ledger).status, snapshots(ledger)) == ("cancelled", 8)


def test_resuming_does_what_is_left_and_nothing_twice(ledger, accounts):
    ledger.rows(ALL, 4)
    undisturbed = content(ledger.connection)
    ledger.forget(accounts)
    ledger.rows("SELECT rollforward.start_run(NULL, '2025-01-01', '2025-01-31', 4)")
    ledger.rows("SELECT rollforward.perform_next_step(2)")
    ledger.rows("SELECT rollforward.cancel_run(2)")
    ledger.rows("SELECT rollforward.perform_next_step(2)")
    first = steps_of(ledger, 2)[0]
    written = ledger.versions(accounts[:4])
    result = ledger.row("SELECT * FROM rollforward.resume_run(2)")
    assert (result.run_id, result.success, result.mode, result.snapshots_saved) == (2, True, "batch", 20)
    assert steps_of(ledger, 2)[0] == first
    assert ledger.versions(accounts[:4]) == written
    assert content(ledger.connection) == undisturbed
    assert run_of(ledger, 2).status == "succeeded"


def test_resuming_tries_again_what_failed_and_computes_what_has_changed(ledger, accounts, faults: Faults):
    faults.fail(accounts[:1], "both")
    ledger.rows(ALL, 2)
    assert run_of(ledger).status == "failed"
    faults.mend()
    ledger.rows("UPDATE rollforward_data.movement SET fee = 1 WHERE account_id = %s", accounts[5])
    before = steps_of(ledger)
    result = ledger.row("SELECT * FROM rollforward.resume_run(1)")
    assert (result.success, result.errors) == (True, [])
    repeated = [old.started_at < new.started_at for old, new in zip(before, steps_of(ledger), strict=True)]
    assert repeated == [True, False, True, False, False]
    assert ledger.stale() == []
    assert ledger.verify(accounts) == []


def test_a_run_whose_backend_died_shows_as_such_and_is_resumed(ledger, accounts, dsn):
    with locked(dsn, accounts[5]), at_work(dsn, ALL % 2) as outcomes:
        assert eventually(lambda: has_done(ledger, 2))
        [(worker,)] = ledger.rows("SELECT pid FROM rollforward.run_worker")
        ledger.rows("SELECT pg_terminate_backend(%s)", worker)
        assert eventually(lambda: outcomes[0] is not None)
    assert run_of(ledger).workers == 0
    ledger.rows("UPDATE rollforward_data.run SET started_at = started_at - interval '1 hour'")
    ledger.rows("UPDATE rollforward_data.run_step SET finished_at = finished_at - interval '1 hour'")
    assert run_of(ledger).status == "interrupted"
    with connect(dsn) as session:
        session.reopen_run(1)
        assert session.work_on_run(1, workers=2).success
    assert run_of(ledger).status == "succeeded"
    assert ledger.verify(accounts) == []


def test_a_lost_workers_chunk_is_taken_over(ledger, accounts, dsn):
    """One worker dies at a chunk; the other, which waits for the end of the run, does it."""
    work = "CALL rollforward.work_on_run(1)"
    ledger.rows("SELECT rollforward.start_run(NULL, '2025-01-01', '2025-01-31', 5)")
    with locked(dsn, accounts[0]) as let_go, at_work(dsn, work) as first:
        assert eventually(lambda: waits_for_lock(ledger))
        [(worker,)] = ledger.rows("SELECT pid FROM rollforward.run_worker")
        with at_work(dsn, work) as second:
            assert eventually(lambda: run_of(ledger).steps_done == 1 and run_of(ledger).workers == 2)
            ledger.rows("SELECT pg_terminate_backend(%s)", worker)
            assert eventually(lambda: first[0] is not None)
            let_go()
        assert second == ["done"]
    assert (run_of(ledger).status, snapshots(ledger)) == ("succeeded", 20)


def test_a_step_that_others_were_in_the_way_of_is_tried_again(ledger, accounts, faults: Faults):
    ledger.rows("SELECT rollforward.start_run(NULL, '2025-01-01', '2025-01-31')")
    faults.fail(accounts[:1], "both", sqlstate="40P01")
    for _ in range(5):
        assert ledger.value("SELECT rollforward.perform_next_step(1)") == "again"
    faults.mend()
    assert ledger.value("SELECT rollforward.perform_next_step(1)") == "done"
    assert ledger.value("SELECT rollforward.perform_next_step(1)") == "finished"
    assert [(step.status, step.attempts) for step in steps_of(ledger)] == [("done", 6)]
    assert run_of(ledger).errors == 0


def test_a_step_is_not_tried_for_ever(ledger, accounts, faults: Faults):
    faults.fail(accounts[:1], "both", sqlstate="40001")
    ledger.rows(ALL, 10)
    assert [(step.status, step.attempts) for step in steps_of(ledger)] == [("failed", 6)]
    assert run_of(ledger).status == "failed"
    assert ledger.value("SELECT sqlstate FROM rollforward.run_error") == "40001"


@pytest.mark.parametrize(
    "call",
    [
        "SELECT success FROM rollforward.process(ARRAY(SELECT rollforward.account_ids()),"
        " '2025-01-06', '2025-01-06')",
        "CALL rollforward.process_all('2025-01-06', '2025-01-06', 3)",
    ],
    ids=["process", "process_all"],
)
def test_four_sessions_that_want_the_same_compute_it_once(ledger, accounts, dsn, faults: Faults, call):
    with faults.counted() as batches, locked(dsn, accounts[0]) as let_go:
        with at_work(dsn, *[call] * 4) as outcomes:
            assert eventually(lambda: ledger.value(WAITING) == 4)
            let_go()
        assert all(outcome in ((True,), (1,)) for outcome in outcomes), outcomes
        assert batches() == (1 if call.startswith("SELECT") else 4)
    assert snapshots(ledger) == 20
    assert ledger.verify(accounts) == []


def test_who_waited_computes_what_has_changed_meanwhile(ledger, accounts, dsn):
    call = (
        "SELECT snapshots_saved FROM rollforward.process(ARRAY(SELECT rollforward.account_ids()),"
        " '2025-01-01', '2025-01-31')"
    )
    with locked(dsn, accounts[0]) as let_go, at_work(dsn, call) as first:
        assert eventually(lambda: waits_for_lock(ledger))
        ledger.rows("UPDATE rollforward_data.movement SET fee = 2 WHERE account_id = %s", accounts[3])
        with at_work(dsn, call) as second:
            assert eventually(lambda: ledger.value(WAITING) == 2)
            let_go()
    assert first == [(20,)]
    assert second in ([(0,)], [(2,)])  # the first one may have seen the change
    assert ledger.verify(accounts) == []


def test_one_worker_and_four_give_the_same_bytes(ledger, accounts, session: Session):
    """Lots travel from later accounts to earlier ones, so that chunks depend on each other."""
    for giver, receiver in ((9, 0), (5, 2)):
        leg = {"symbol": "ACME", "quantity": 4, "external_id": f"t{giver}"}
        ledger.record(accounts[giver], movement("securities_out", "2025-01-03", effect="close", **leg))
        ledger.record(accounts[receiver], movement("securities_in", "2025-01-03", effect="open", **leg))
    found = []
    for workers in (1, 4):
        ledger.forget(accounts)
        run_id = session.start_run(None, FIRST, LAST, chunk_size=2)
        assert session.work_on_run(run_id, workers=workers).success
        assert ledger.stale() == []
        found.append(content(ledger.connection))
    assert found[0] == found[1]
    assert ledger.verify(accounts) == []
    assert [step.phase for step in steps_of(ledger)] == ["snapshots"] * 5 + ["receivers"]


def test_a_range_that_is_open_and_stale_accounts_alone(ledger, accounts, session: Session):
    run_id = session.start_run(None, date.max, date.max, only_stale=True)
    assert session.work_on_run(run_id).movements_processed == 30
    ledger.rows("UPDATE rollforward_data.movement SET fee = 3 WHERE account_id = %s", accounts[6])
    run_id = session.start_run(None, date.max, date.max, only_stale=True)
    assert session.work_on_run(run_id).movements_processed == 3
    assert [step.account_ids for step in steps_of(ledger, run_id)] == [[accounts[6]]]
    run_id = session.start_run(None, date.max, date.max, only_stale=True)
    result = session.work_on_run(run_id)
    assert (result.success, result.mode, result.snapshots_saved) == (True, "batch", 0)
    assert steps_of(ledger, run_id) == []


def test_nightly_has_its_phases_in_order(ledger, accounts, session: Session):
    run_id = session.start_run(None, FIRST, date(2025, 1, 10), scenario="nightly", chunk_size=5)
    assert session.work_on_run(run_id, workers=3).success
    steps = steps_of(ledger, run_id)
    assert [step.phase for step in steps] == ["stale"] * 2 + ["equity"] * 2 + ["ties"] * 2
    for before, after in (("stale", "equity"), ("equity", "ties")):
        ended = max(step.finished_at for step in steps if step.phase == before)
        assert ended <= min(step.started_at for step in steps if step.phase == after)


def test_what_an_optional_phase_finds_does_not_fail_the_run(
    ledger, accounts, session: Session, faults: Faults
):
    ledger.record(
        accounts[0], movement("sell", "2025-01-06", 990, symbol="ACME", quantity=99, effect="close")
    )
    run_id = session.start_run(None, FIRST, LAST, scenario="nightly")
    result = session.work_on_run(run_id)
    assert result.success
    assert {(error["account_id"], error["sqlstate"]) for error in result.errors} == {(accounts[0], "01R02")}
    assert "orphan closing" in result.errors[0]["message"]
    with renamed(ledger, "judge_ties"):
        run_id = session.start_run(None, FIRST, LAST, scenario="nightly", chunk_size=3)
        result = session.work_on_run(run_id)
    assert result.success
    assert {error["sqlstate"] for error in result.errors} == {"42883"}
    assert run_of(ledger, run_id).status == "succeeded"


def test_days_that_nothing_touched_are_valued_at_night(ledger, accounts, session: Session):
    ledger.process(accounts, "2025-01-01", "2025-01-06")
    ledger.rows("SELECT set_config('rollforward.today', '2025-01-15', false)")
    try:
        ledger.rows("SELECT rollforward.start_run(NULL, '2025-01-13', '2025-01-15', scenario => 'nightly')")
        ledger.rows("CALL rollforward.work_on_run(1)")
    finally:
        ledger.rows("SELECT set_config('rollforward.today', '2000-01-01', false)")
    last = ledger.rows("SELECT max(snapshot_date) FROM rollforward.equity_snapshot GROUP BY account_id")
    assert {row.max for row in last} == {date(2025, 1, 15)}


def test_a_mode_that_is_asked_for_wins_over_the_one_that_is_set(ledger, accounts, session: Session):
    ledger.rows("SELECT rollforward.enable_batch_mode(false)")
    try:
        result = session.process(accounts, FIRST, LAST, mode="batch")
    finally:
        ledger.rows("SELECT rollforward.enable_batch_mode(true)")
    assert (result.mode, result.run_id) == ("batch", 1)


def test_a_session_without_a_connection_of_its_own_calls_the_function(ledger, accounts, dsn):
    with psycopg.connect(dsn) as connection:
        result = connect(connection).process(accounts, FIRST, LAST)
        assert (result.success, result.run_id) == (True, None)
        with pytest.raises(ValueError, match="of its own"):
            connect(connection).process(accounts, FIRST, LAST, mode="shadow")
        with pytest.raises(ValueError, match="DSN"):
            connect(connection).work_on_run(1)
        connection.rollback()
    assert ledger.value("SELECT count(*) FROM rollforward.run") == 0


def test_the_driver_is_told_that_a_run_was_cancelled(ledger, accounts, session: Session, dsn):
    run_id = session.start_run(accounts, FIRST, LAST, chunk_size=3)
    with locked(dsn, accounts[4]), ThreadPoolExecutor() as pool:
        working = pool.submit(session.work_on_run, run_id, workers=2)
        assert eventually(lambda: has_done(ledger, 3))
        assert connect(ledger.connection).cancel_run(run_id)
        with pytest.raises(RunCancelled, match="run 1 was cancelled") as cancelled:
            working.result(20)
    assert cancelled.value.sqlstate == "57014"
    assert "rollforward runs resume 1" in cancelled.value.hint
    assert run_of(ledger).status == "cancelled"


def test_old_runs_are_forgotten_with_all_that_belongs_to_them(ledger, accounts, faults: Faults):
    faults.fail(accounts[:1], "both")
    ledger.rows(ALL, 4)
    ledger.rows("SELECT rollforward.start_run(NULL, '2025-01-01', '2025-01-31', 4)")
    ledger.rows("SELECT rollforward.perform_next_step(2)")
    assert ledger.value("SELECT rollforward.forget_runs(now() + interval '1 minute')") == 1
    assert ledger.rows("SELECT run_id FROM rollforward.run") == [(2,)]  # it goes on
    ledger.rows("CALL rollforward.work_on_run(2)")
    assert ledger.value("SELECT rollforward.forget_runs(now() + interval '1 minute')") == 1
    for table in ("run", "run_step", "run_error", "processing_call", "shadow_difference"):
        assert ledger.value(f"SELECT count(*) FROM rollforward_data.{table}") == 0


@pytest.mark.parametrize(
    "call",
    ["cancel_run(77)", "resume_run(77)", "reopen_run(77)", "run_result(77)", "perform_next_step(77)",
     "cancel_run(NULL)"],
)  # fmt: skip
def test_an_unknown_run_is_refused(ledger, call):
    with pytest.raises(psycopg.Error) as refused:
        ledger.rows(f"SELECT rollforward.{call}")
    assert refused.value.sqlstate == "22R01"
    assert refused.value.diag.message_primary.startswith("unknown run: ")


@pytest.mark.parametrize(
    "arguments",
    [
        {"chunk_size": 0},
        {"scenario": "daily"},
        {"mode": "per-date"},
        {"accounts": [999]},
        {"start": LAST, "end": FIRST},
    ],
    ids=str,
)
def test_a_run_that_makes_no_sense_is_refused_and_not_begun(ledger, accounts, session: Session, arguments):
    given = {"accounts": None, "start": FIRST, "end": LAST, **arguments}
    with pytest.raises(BadArgument):
        session.start_run(given.pop("accounts"), given.pop("start"), given.pop("end"), **given)
    assert ledger.value("SELECT count(*) FROM rollforward.run") == 0


def test_within_a_transaction_process_all_is_refused_before_it_does_anything(ledger, accounts, dsn):
    with psycopg.connect(dsn) as connection:
        connection.execute("SELECT 1")
        with pytest.raises(psycopg.errors.InvalidTransactionTermination):
            connection.execute(ALL, [5])
    assert ledger.value("SELECT count(*) FROM rollforward.run") == 0


def test_a_step_that_comes_while_a_worker_waits_for_the_others_is_done(ledger, accounts, dsn):
    ledger.rows(START_ALL, 20)
    with locked(dsn, accounts[0]) as let_go, at_work(dsn, "CALL rollforward.work_on_run(1)") as first:
        assert eventually(lambda: waits_for_lock(ledger))
        with at_work(dsn, "CALL rollforward.work_on_run(1)") as second:
            assert eventually(lambda: ledger.value(WAITING) == 2)
            newcomer = ledger.account("new")
            ledger.record(newcomer, deposit("2025-01-02", 1))
            assert ledger.value(START_ALL, 20) == 1
            let_go()
    assert (first, second) == (["done"], ["done"])
    assert [step.status for step in steps_of(ledger)] == ["done", "done"]
    assert ledger.stale() == []


def test_a_run_does_not_end_while_somebody_adds_steps_to_it(ledger, accounts, dsn):
    ledger.rows(START_ALL, 20)
    ledger.rows("SELECT rollforward.perform_next_step(1)")
    with psycopg.connect(dsn) as joiner:
        joiner.execute("INSERT INTO rollforward_data.account (number, base_currency) VALUES ('new', 'USD')")
        joiner.execute(START_ALL.encode(), [20])
        with at_work(dsn, "CALL rollforward.work_on_run(1)") as outcomes:
            assert eventually(lambda: waits_for_lock(ledger))
            joiner.commit()
        assert outcomes == ["done"]
    assert [step.status for step in steps_of(ledger)] == ["done", "done"]


def test_all_workers_go_on_when_a_phase_is_over(ledger, accounts, dsn):
    """They wait for one step; then they do not wait for each other."""
    ledger.process(accounts, FIRST, LAST)
    ledger.rows("UPDATE rollforward_data.movement SET fee = 1 WHERE account_id = %s", accounts[0])
    ledger.rows("SELECT rollforward.start_run(NULL, '2025-01-01', '2025-01-31', 1, 'nightly')")
    work = "CALL rollforward.work_on_run(1)"
    with locked(dsn, accounts[0]) as let_go, at_work(dsn, *[work] * 3) as outcomes:
        assert eventually(lambda: ledger.value(WAITING) == 3)
        let_go()
    assert outcomes == ["done"] * 3
    workers = {step.worker_pid for step in steps_of(ledger) if step.phase == "ties"}
    assert len(workers) > 1


def test_whoever_still_works_on_a_cancelled_run_is_seen_and_cancelled(ledger, accounts, dsn):
    ledger.rows(START_ALL, 5)
    work = "CALL rollforward.work_on_run(1)"
    with locked(dsn, accounts[0]), locked(dsn, accounts[5]), at_work(dsn, work, work) as outcomes:
        assert eventually(lambda: ledger.value(WAITING) == 2)
        ledger.rows("SELECT pg_cancel_backend(pid) FROM rollforward.run_worker LIMIT 1")
        assert eventually(lambda: run_of(ledger).status == "cancelled")
        assert run_of(ledger).workers == 1
        ledger.rows("SELECT rollforward.cancel_run(1)")
        assert eventually(lambda: None not in outcomes)
    assert [outcome.sqlstate for outcome in outcomes] == ["57014"] * 2
    # nobody had asked for it: why it was is written down
    assert {row.message for row in ledger.rows("SELECT message FROM rollforward.run_error")} == {
        "canceling statement due to user request"
    }


def test_a_timeout_ends_a_call_and_says_so(ledger, accounts, dsn):
    with locked(dsn, accounts[5]), psycopg.connect(dsn, autocommit=True) as hurried:
        hurried.execute("SET statement_timeout = '700ms'")
        with pytest.raises(psycopg.errors.QueryCanceled, match="run 1 was cancelled"):
            hurried.execute(ALL.encode(), [5])
    assert ledger.value("SELECT message FROM rollforward.run_error") == (
        "canceling statement due to statement timeout"
    )
    assert ledger.row("SELECT * FROM rollforward.resume_run(1)").success


@pytest.mark.parametrize(
    "setting",
    ["lock_timeout = '200ms'", "default_transaction_isolation = 'repeatable read'",
     "default_transaction_isolation = 'serializable'"],
)  # fmt: skip
def test_settings_of_a_session_do_not_stop_it_from_waiting_for_others(ledger, accounts, dsn, setting):
    ledger.rows(START_ALL, 20)
    with locked(dsn, accounts[0]) as let_go, at_work(dsn, "CALL rollforward.work_on_run(1)") as first:
        assert eventually(lambda: waits_for_lock(ledger))
        with psycopg.connect(dsn, autocommit=True) as other:
            other.execute(f"SET {setting}".encode())
            with ThreadPoolExecutor() as pool:
                working = pool.submit(other.execute, "CALL rollforward.work_on_run(1)")
                assert eventually(lambda: ledger.value(WAITING) == 2)
                with pytest.raises(TimeoutError):
                    working.result(0.5)
                let_go()
                working.result(20)
    assert first == ["done"]
    assert run_of(ledger).status == "succeeded"


def test_a_run_that_nobody_works_on_is_cancelled_at_once(ledger, accounts):
    ledger.rows(START_ALL, 5)
    assert ledger.value("SELECT rollforward.cancel_run(1)") is True
    run = run_of(ledger)
    assert (run.status, run.finished_at is None) == ("cancelled", False)


def test_a_night_without_a_beginning(ledger, accounts):
    ledger.rows("CALL rollforward.process_all('-infinity', '2025-01-31', 5, 'nightly')")
    assert ledger.value("SELECT status FROM rollforward.run") == "succeeded"
    assert ledger.verify(accounts) == []


def chain(ledger: Ledger, length: int) -> list[int]:
    """Accounts of which the last one buys, and each gives to the one before it."""
    ledger.instrument("CHAIN")
    found = [ledger.account(f"chain {number:02}") for number in range(length)]
    ledger.record(found[-1], buy("2025-01-02", "CHAIN", 5, 55))
    for giver, receiver in zip(found[:0:-1], found[-2::-1], strict=True):
        leg = {"symbol": "CHAIN", "quantity": 5, "external_id": f"to {receiver}"}
        ledger.record(giver, movement("securities_out", "2025-01-03", effect="close", **leg))
        ledger.record(receiver, movement("securities_in", "2025-01-03", effect="open", **leg))
    return found


def test_who_received_is_followed_though_the_batch_failed_for_it(ledger, faults: Faults):
    found = chain(ledger, 3)
    faults.fail(found[:1], "batch")
    ledger.rows(ALL, 1)
    assert run_of(ledger).status == "succeeded"
    assert ledger.stale() == []
    assert ledger.verify(found) == []


def test_resuming_follows_what_it_computes_anew(ledger, faults: Faults):
    found = chain(ledger, 3)
    faults.fail(found[2:], "both")
    ledger.rows(ALL, 1)
    assert run_of(ledger).status == "failed"
    faults.mend()
    assert ledger.row("SELECT * FROM rollforward.resume_run(1)").success
    assert ledger.stale() == []
    assert ledger.verify(found) == []


@pytest.mark.parametrize(
    ("mode", "percent"), [("auto", 100), ("per_date", 100), ("auto", 50), ("shadow", 50)]
)
def test_a_long_chain_against_the_order_is_followed_to_its_end(ledger, mode, percent):
    found = chain(ledger, 14)
    ledger.rows("SELECT rollforward.set_processing_mode('manual', %s, %s)", mode, percent)
    result = ledger.row("SELECT * FROM rollforward.process(%s, '2025-01-01', '2025-01-31')", found)
    assert (result.success, result.errors) == (True, [])
    assert ledger.stale() == []
    assert ledger.verify(found) == []
    assert ledger.value("SELECT count(*) FROM rollforward.shadow_difference") == 0
