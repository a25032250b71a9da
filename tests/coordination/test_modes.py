"""Modes: how accounts are computed, for how many of them, and what becomes of one that fails."""

from __future__ import annotations

import hashlib
import json

import psycopg
import pytest

from tests.support.dump import content
from tests.support.faults import Faults
from tests.support.ledger import Ledger

PROCESS = "SELECT * FROM rollforward.process(%s, '2025-01-01', '2025-01-31', %s)"
IN_FORCE = "SELECT scenario, mode, batch_percent, mode_in_force FROM rollforward.processing_mode"
SET_MODE = "SELECT rollforward.set_processing_mode(%s, %s, %s)"


def processed(ledger: Ledger, accounts: list[int], scenario: str = "manual"):
    return ledger.row(PROCESS, accounts, scenario)


def snapshot_days(ledger: Ledger) -> dict[int, int]:
    return dict(
        ledger.rows("SELECT account_id, count(*)::integer FROM rollforward.account_snapshot GROUP BY 1")
    )


@pytest.fixture
def by_reference(ledger: Ledger, accounts: list[int]) -> dict[str, list[str]]:
    """What the reference makes of the accounts."""
    for account in accounts:
        ledger.process_per_date(account, "2025-01-01", "2025-01-31")
    found = content(ledger.connection)
    ledger.forget(accounts)
    return found


@pytest.mark.parametrize("mode", ["auto", "batch", "per_date", "shadow"])
def test_every_mode_stores_the_same(ledger, accounts, by_reference, mode):
    ledger.rows(SET_MODE, "backfill", mode, 100)
    result = processed(ledger, accounts, "backfill")
    assert (result.success, result.fell_back, result.errors) == (True, False, [])
    assert result.mode == {"auto": "batch"}.get(mode, mode)
    by_reference["processing_mode"] = content(ledger.connection)["processing_mode"]
    assert content(ledger.connection) == by_reference


def test_an_account_that_the_batch_fails_for_is_computed_by_the_reference(
    ledger, accounts, by_reference, faults: Faults
):
    faults.fail(accounts[3:4])
    result = processed(ledger, accounts)
    assert (result.success, result.fell_back, result.mode) == (True, True, "batch")
    [error] = result.errors
    assert error == {
        "account_id": accounts[3],
        "snapshot_date": None,
        "path": "batch",
        "recovered": True,
        "sqlstate": "R0001",
        "message": "broken on purpose",
        "detail": "a detail",
        "hint": "a hint",
    }
    assert content(ledger.connection) == by_reference
    [call] = ledger.rows("SELECT mode, accounts, fell_back, failed FROM rollforward_data.processing_call")
    assert call == ("batch", 10, 1, 0)


def test_who_is_broken_is_found_by_halves(ledger, accounts, faults: Faults):
    faults.fail([accounts[-1]])
    with faults.counted() as batches:
        processed(ledger, accounts)
        found = batches()
    # ten, the fives, two and three, one and two, one and one; then two days by the reference
    assert found == 1 + 2 + 2 + 2 + 2 + 2


def test_an_account_that_fails_both_ways_stays_as_it_was(ledger, accounts, faults: Faults):
    processed(ledger, accounts[:5])
    ledger.rows("UPDATE rollforward_data.movement SET fee = 1 WHERE account_id = ANY (%s)", accounts)
    before = ledger.dump(accounts[2:3])
    faults.fail([accounts[2], accounts[7]], "both")
    result = processed(ledger, accounts)
    assert (result.success, result.fell_back) == (False, True)
    assert [(error["account_id"], error["path"], error["recovered"]) for error in result.errors] == [
        (accounts[2], "batch", False),
        (accounts[2], "per_date", False),
        (accounts[7], "batch", False),
        (accounts[7], "per_date", False),
    ]
    assert ledger.dump(accounts[2:3]) == before
    assert accounts[7] not in snapshot_days(ledger)
    assert len(snapshot_days(ledger)) == 9
    assert {row.account_id for row in ledger.stale()} == {accounts[2], accounts[7]}
    faults.mend()
    assert ledger.process_stale().success
    assert ledger.verify(accounts) == []


def test_mode_batch_does_not_fall_back(ledger, accounts, faults: Faults):
    ledger.rows(SET_MODE, "manual", "batch", 100)
    faults.fail(accounts[:1])
    result = processed(ledger, accounts)
    assert (result.success, result.fell_back) == (False, False)
    assert [(error["account_id"], error["path"]) for error in result.errors] == [(accounts[0], "batch")]
    assert sorted(snapshot_days(ledger)) == accounts[1:]


def test_mode_per_date_never_calls_the_batch(ledger, accounts, faults: Faults):
    ledger.rows(SET_MODE, "manual", "per_date", 100)
    faults.fail(accounts)
    assert processed(ledger, accounts).success
    faults.fail(accounts[:1], "per_date")
    ledger.forget(accounts)
    result = processed(ledger, accounts)
    assert (result.success, [error["path"] for error in result.errors]) == (False, ["per_date"])
    assert sorted(snapshot_days(ledger)) == accounts[1:]


@pytest.mark.breaks_figures
def test_shadow_records_every_difference_and_fails_nobody(ledger, accounts, faults: Faults):
    ledger.rows(SET_MODE, "manual", "shadow", 100)
    faults.lie(accounts[4:5])
    result = processed(ledger, accounts)
    assert (result.success, result.mode, result.errors) == (True, "shadow", [])
    found = ledger.rows(
        "SELECT run_id, account_id, object, field, stored::integer - expected::integer AS too_much"
        " FROM rollforward.shadow_difference ORDER BY difference_id"
    )
    assert found == [(None, accounts[4], "account_snapshot", "movement_counter", 100)] * 2
    assert len(snapshot_days(ledger)) == 10


def test_a_percentage_is_computed_so_and_the_rest_by_the_reference(ledger, accounts, by_reference, faults):
    ledger.rows(SET_MODE, "manual", "auto", 50)
    chosen = [
        account for account in accounts if ledger.value("SELECT rollforward.is_rolled_out(%s, 50)", account)
    ]
    assert 0 < len(chosen) < 10
    faults.fail(accounts, "batch")
    result = processed(ledger, accounts)
    assert result.mode == "mixed"
    assert {error["account_id"] for error in result.errors} == set(chosen)
    faults.mend()
    by_reference["processing_mode"] = content(ledger.connection)["processing_mode"]
    assert content(ledger.connection) == by_reference


def test_a_rollout_is_stable_even_and_only_grows(ledger):
    """The ids are those of every database: an account that was rolled out stays so on a new server."""
    rows = ledger.rows(
        "SELECT percent, array_agg(id) FILTER (WHERE rollforward.is_rolled_out(id, percent)) AS chosen"
        " FROM generate_series(1, 10000) AS id, unnest(ARRAY[0, 1, 10, 50, 99, 100]) AS percent"
        " GROUP BY percent ORDER BY percent"
    )
    chosen = {row.percent: set(row.chosen or []) for row in rows}
    assert (len(chosen[0]), len(chosen[100])) == (0, 10_000)
    assert chosen[1] < chosen[10] < chosen[50] < chosen[99]
    for percent, members in chosen.items():
        assert abs(len(members) - 100 * percent) <= 200
    assert chosen[10] == {id for id in range(1, 10_001) if _place(id) < 10}


def _place(account_id: int) -> int:
    digest = hashlib.sha256(account_id.to_bytes(8, "big")).digest()
    return int.from_bytes(digest[:2], "big") % 100


def test_the_switch_takes_every_scenario_to_the_reference_and_back(ledger, accounts, faults: Faults):
    ledger.rows(SET_MODE, "nightly", "shadow", 30)
    assert ledger.value("SELECT rollforward.is_batch_mode_enabled()") is True
    ledger.rows("SELECT rollforward.enable_batch_mode(false)")
    assert ledger.value("SELECT rollforward.is_batch_mode_enabled()") is False
    faults.fail(accounts)
    assert processed(ledger, accounts, "nightly").mode == "per_date"
    in_force = ledger.rows(IN_FORCE)
    assert [row.scenario for row in in_force] == ["manual", "import", "realtime", "backfill", "nightly"]
    assert {row.mode_in_force for row in in_force} == {"per_date"}
    ledger.rows("SELECT rollforward.enable_batch_mode(true)")
    in_force = ledger.rows(IN_FORCE)
    assert in_force[-1] == ("nightly", "shadow", 30, "shadow")
    assert {row[1:] for row in in_force[:-1]} == {("auto", 100, "auto")}


def test_settings_of_processing_make_nothing_stale_and_the_look_back_does(ledger, accounts):
    processed(ledger, accounts)
    for name, value in (("workers", "3"), ("chunk_size", "7"), ("batch_mode", "off"), ("workers", None)):
        ledger.rows("SELECT rollforward.set_setting(%s, %s)", name, value)
    assert ledger.stale() == []
    assert dict(ledger.rows("SELECT name, value FROM rollforward.setting")) == {
        "batch_mode": "off",
        "chunk_size": "7",
        "correlation_min_part": "0.01",
        "correlation_min_value": "10000",
        "lookback_days": "10",
        "nightly_analytics": "off",
        "workers": "1",
    }
    ledger.rows("SELECT rollforward.set_setting('lookback_days', '5')")
    assert [row.account_id for row in ledger.stale()] == accounts
    ledger.rows("SELECT rollforward.enable_batch_mode(true)")
    ledger.process_stale()
    ledger.rows("SELECT rollforward.set_setting('lookback_days', NULL)")
    assert [row.account_id for row in ledger.stale()] == accounts


REFUSED = {
    "set_processing_mode('daily', 'auto')": ("scenario", "daily"),
    "set_processing_mode('manual', 'per-date')": ("mode", "per-date"),
    "set_processing_mode(NULL, 'auto')": ("scenario", None),
    "set_processing_mode('manual', 'auto', 101)": ("batch_percent", 101),
    "set_processing_mode('manual', 'auto', -1)": ("batch_percent", -1),
    "set_processing_mode('manual', 'auto', NULL)": ("batch_percent", None),
    "enable_batch_mode(NULL)": ("enabled", None),
    "set_setting('colour', 'red')": ("name", "colour"),
    "set_setting('workers', '0')": ("value", "0"),
    "set_setting('batch_mode', 'maybe')": ("value", "maybe"),
    "process('{}', '2025-01-01', '2025-01-02', 'daily')": ("scenario", "daily"),
}


@pytest.mark.parametrize(("call", "offence"), REFUSED.items(), ids=REFUSED)
def test_what_cannot_be_set_is_refused(ledger, call, offence):
    before = content(ledger.connection)
    with pytest.raises(psycopg.Error) as refused:
        ledger.rows(f"SELECT rollforward.{call}")
    assert refused.value.sqlstate == "22R01"
    [found] = json.loads(refused.value.diag.message_detail)
    assert (found["argument"], found["value"]) == offence
    assert refused.value.diag.message_hint
    assert content(ledger.connection) == before


def test_a_plain_call_says_by_notice_what_went_wrong(ledger, accounts, faults: Faults):
    notices: list[str] = []

    def heard(diag: psycopg.errors.Diagnostic) -> None:
        notices.append(f"{diag.severity}: {diag.message_primary}")

    faults.fail(accounts[:1])
    ledger.connection.add_notice_handler(heard)
    try:
        result = processed(ledger, accounts)
    finally:
        ledger.connection.remove_notice_handler(heard)
    assert result.run_id is None
    assert f"NOTICE: account {accounts[0]}: batch: broken on purpose" in notices
    assert ledger.value("SELECT count(*) FROM rollforward.run") == 0


def test_metrics_sum_up_attempts_successes_fallbacks_and_times(ledger, accounts, faults: Faults):
    processed(ledger, accounts)
    faults.fail(accounts[:2])
    ledger.forget(accounts)
    processed(ledger, accounts)
    faults.fail(accounts[:1], "both")
    ledger.forget(accounts)
    processed(ledger, accounts, "nightly")
    found = ledger.rows(
        "SELECT subject, attempts, successes, fallbacks, failures, rows_given,"
        " total_ms > 0 AND average_ms = round(total_ms / attempts, 3) AS is_timed"
        " FROM rollforward.processing_metrics WHERE scope = 'processing' ORDER BY subject"
    )
    assert found == [("manual batch", 2, 2, 2, 0, 60, True), ("nightly batch", 1, 0, 1, 1, 27, True)]
