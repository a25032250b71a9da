"""``runs`` and ``settings``: what is, was and shall be computed, from a terminal."""

from __future__ import annotations

import signal
from pathlib import Path

import psycopg
import pytest

from tests.embedded.commands import eventually
from tests.support.command import CommandLine, few_rows, finish, spawn, write
from tests.support.faults import Faults
from tests.support.ledger import Ledger


@pytest.fixture
def booked(command: CommandLine, statement: Path) -> CommandLine:
    """Accounts a to d with movements, nothing computed."""
    for account in "abcd":
        command.book(statement, account=account, options=["--no-process"])
    return command


def test_runs_are_listed_the_last_one_first(booked: CommandLine):
    assert booked.json("runs", "list") == []
    booked.succeed("process", "--account", "a")
    booked.succeed("process", "--from", "2025-01-01", "--scenario", "backfill")
    runs = booked.json("runs", "list")
    assert [(run["run_id"], run["status"], run["scenario"], run["accounts"]) for run in runs] == [
        (2, "succeeded", "backfill", 4),
        (1, "succeeded", "manual", 1),
    ]
    assert (runs[0]["start_date"], runs[0]["end_date"]) == ("2025-01-01", None)
    assert [run["run_id"] for run in booked.json("runs", "list", "--limit", 1)] == [2]
    lines = booked.succeed("runs", "list").out.splitlines()
    assert lines[0].split()[:4] == ["run", "status", "scenario", "mode"]
    assert lines[2].split()[:3] == ["2", "succeeded", "backfill"]


def test_a_run_is_shown_with_its_steps_timings_and_errors(booked: CommandLine, ledger: Ledger):
    faults = Faults(ledger)
    faults.fail([2], "both")
    assert booked("process", "--chunk-size", 3).code == 1
    faults.mend()
    run = booked.json("runs", "show", 1)
    assert (run["status"], run["steps"], run["errors"]) == ("failed", 2, 2)
    assert [(step["phase"], step["status"], step["accounts"]) for step in run["run_steps"]] == [
        ("stale", "done", 3),
        ("stale", "done", 1),
    ]
    assert all(float(step["calculation_ms"]) > 0 for step in run["run_steps"])
    assert [(error["account_number"], error["path"], error["hint"]) for error in run["run_errors"]] == [
        ("b", "batch", "a hint"),
        ("b", "per_date", "a hint"),
    ]
    assert "broken on purpose" in booked.succeed("runs", "show", 1).out
    resumed = booked.json("runs", "resume", 1)
    assert (resumed["run_id"], resumed["success"], resumed["errors"]) == (1, True, [])
    assert ledger.stale() == []


def test_watching_a_run_that_is_over_says_how_it_ended(booked: CommandLine, ledger: Ledger):
    booked.succeed("process")
    assert booked.json("runs", "watch", 1)["status"] == "succeeded"
    ledger.forget([1])
    Faults(ledger).fail([1], "both")
    booked("process", "--from", "2025-01-01")
    Faults(ledger).mend()
    assert booked("runs", "watch", 2).code == 1


@pytest.mark.parametrize("words", [("show",), ("watch",), ("cancel",), ("resume",)])
def test_an_unknown_run_is_an_error(booked: CommandLine, words: tuple[str, ...]):
    done = booked("runs", *words, 99)
    assert done.code == 1
    assert "unknown run: 99  (SQLSTATE 22R01)" in done.err


def test_another_terminal_watches_and_cancels_and_a_third_one_resumes(
    booked: CommandLine, ledger: Ledger, statement: Path
):
    with psycopg.connect(booked.dsn) as other:
        other.execute("SELECT FROM rollforward_data.account WHERE number = 'c' FOR UPDATE")
        process = spawn(booked.dsn, "process", "--chunk-size", 1, "--workers", 2)
        done_steps = "SELECT count(*) FROM rollforward.run_step WHERE status = 'done'"
        assert eventually(lambda: ledger.value(done_steps) == 3)
        watcher = spawn(booked.dsn, "--json", "runs", "watch", 1)
        assert booked.json("runs", "list")[0]["status"] == "running"
        assert booked.json("runs", "cancel", 1) == {"run_id": 1, "cancelled": True}
        done, watched = finish(process, timeout=20), finish(watcher, timeout=20)
    assert (done.code, done.out) == (1, "")
    assert "error: run 1 was cancelled  (SQLSTATE 57014)" in done.err
    assert "rollforward runs resume 1" in done.err
    assert (watched.code, watched.document["status"]) == (1, "cancelled")
    assert booked.succeed("runs", "cancel", 1).out == "run 1 is over already\n"
    assert [row.account_id for row in ledger.stale()] == [3]
    assert booked.json("runs", "resume", 1, "--workers", 2)["success"] is True
    assert ledger.stale() == []


def test_control_c_cancels_the_run_and_what_is_done_stays(booked: CommandLine, ledger: Ledger):
    with psycopg.connect(booked.dsn) as other:
        other.execute("SELECT FROM rollforward_data.account WHERE number = 'd' FOR UPDATE")
        process = spawn(booked.dsn, "process", "--chunk-size", 1)
        done_steps = "SELECT count(*) FROM rollforward.run_step WHERE status = 'done'"
        assert eventually(lambda: ledger.value(done_steps) == 3)
        process.send_signal(signal.SIGINT)
        done = finish(process, timeout=20)
    assert (done.code, done.out, done.err) == (130, "", "interrupted\n")
    assert booked.json("runs", "show", 1)["status"] == "cancelled"
    assert [row.account_id for row in ledger.stale()] == [4]


def test_settings_are_listed_set_and_set_back(command: CommandLine):
    before = command.json("settings", "list")
    for key, value in (
        ("workers", "3"),
        ("mode.nightly", "per-date"),
        ("batch_percent.nightly", "40"),
        ("lookback_days", "5"),
    ):
        assert command.succeed("settings", "set", key, value).out == f"{key} = {value}\n"
    found = {row["key"]: row["value"] for row in command.json("settings", "list")}
    assert [found[key] for key in ("workers", "mode.nightly", "batch_percent.nightly", "lookback_days")] == [
        "3", "per_date", "40", "5",
    ]  # fmt: skip
    for key, value in (
        ("workers", ""), ("lookback_days", ""), ("mode.nightly", "auto"), ("batch_percent.nightly", "100"),
    ):  # fmt: skip
        command.succeed("settings", "set", key, value)
    assert command.json("settings", "list") == before


@pytest.mark.parametrize(
    ("key", "value"),
    [("colour", "red"), ("workers", "none"), ("mode.someday", "auto"), ("mode.manual", "fast"),
     ("batch_percent.manual", "half"), ("batch_percent.manual", "101"), ("mode", "auto"),
     ("batch_percent.someday", "1")],
)  # fmt: skip
def test_a_setting_that_cannot_be_is_refused(command: CommandLine, key: str, value: str):
    done = command("settings", "set", key, value)
    assert done.code == 1
    assert "SQLSTATE 22R01" in done.err
    assert "Traceback" not in done.err


def test_the_working_directory_says_how_many_workers_and_what_chunks(
    booked: CommandLine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "rollforward.toml").write_text("workers = 2\nchunk_size = 1\n")
    booked.succeed("process")
    assert booked.json("runs", "show", 1)["steps"] == 4
    booked.succeed("settings", "set", "chunk_size", "3")
    (tmp_path / "rollforward.toml").write_text("workers = 2\n")
    booked.succeed("process", "--from", "2025-01-01")
    assert booked.json("runs", "show", 2)["steps"] == 2
    booked.succeed("process", "--from", "2025-01-02", "--chunk-size", 2)
    assert booked.json("runs", "show", 3)["steps"] == 2


@pytest.mark.parametrize("text", ["workers = 0", 'workers = "2"', "worker = 2", "chunk_size = true"])
def test_a_file_that_makes_no_sense_is_a_usage_error(
    booked: CommandLine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, text: str
):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "rollforward.toml").write_text(text)
    done = booked("process")
    assert (done.code, done.out) == (2, "")
    assert "rollforward.toml: " in done.err


def test_shadow_says_where_to_look(booked: CommandLine, ledger: Ledger):
    booked.succeed("process", "--mode", "shadow", "--from", "2025-01-01")
    assert ledger.value("SELECT differences FROM rollforward.run") == 0
    faults = Faults(ledger)
    ledger.forget([1])
    faults.lie([1])
    done = booked("--json", "process", "--mode", "shadow", "--from", "2025-01-01")
    faults.mend()
    assert (done.code, done.document["mode"]) == (0, "shadow")
    [warning] = done.document["warnings"]
    assert "differences between batch and reference: view shadow_difference" in warning
    ledger.forget([1])
    ledger.process_stale()


def test_nothing_to_compute_is_a_run_without_steps(tmp_path: Path, command: CommandLine, ledger: Ledger):
    command.book(write(tmp_path / "a.csv", few_rows()))
    done = command.json("process")
    assert done["accounts"] == 0
    assert command.json("runs", "show", done["run_id"])["run_steps"] == []
