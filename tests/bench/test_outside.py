"""The tools outside come to the rows of the batch, in every table and column."""

from __future__ import annotations

from importlib import import_module
from types import ModuleType

import psycopg
import pytest
from bench.contestants import outside_rows
from bench.contestants.outside import require_same_rows
from bench.contestants.outside_process import outside_process
from bench.data import FIRST_DATE, Ledger
from bench.measure import FiguresDiffer

LEDGERS = [
    pytest.param(Ledger(1, 5, 10), 1, id="one round"),
    pytest.param(Ledger(7, 100, 100), 20250102, id="a movement a day"),
    pytest.param(Ledger(4, 12, 230), 3, id="many a day"),
    pytest.param(Ledger(5, 90, 40), 4, id="days without"),
    pytest.param(Ledger(60, 30, 50), 5, id="several accounts in a fund"),
]


@pytest.fixture(params=["polars", "duckdb"])
def contestant(request: pytest.FixtureRequest) -> ModuleType:
    pytest.importorskip(request.param, reason=f"{request.param} is not installed: pip install '.[bench]'")
    return import_module(f"bench.contestants.outside_{request.param}")


@pytest.mark.parametrize(("ledger", "seed"), LEDGERS)
def test_rows_are_those_of_the_batch(
    db: psycopg.Connection, contestant: ModuleType, ledger: Ledger, seed: int, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr("bench.data.SEED", seed)
    compute(db, ledger)

    contestant.run(db, ledger.account_ids, FIRST_DATE, ledger.last_date)

    require_same_rows(db, contestant.SCHEMA)


def test_costs_may_stay_out_of_lots(db: psycopg.Connection, contestant: ModuleType):
    ledger = Ledger(3, 50, 100)
    compute(db, ledger, "UPDATE rollforward_data.account SET costs_in_lot = account_id <> 2")

    contestant.run(db, ledger.account_ids, FIRST_DATE, ledger.last_date)

    require_same_rows(db, contestant.SCHEMA)


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        (
            "UPDATE {}.lot_slice SET cost = cost + 0.00000001, gain = NULL WHERE opened_by = 2",
            "3 of 24 .* cost",
        ),
        ("DELETE FROM {}.equity_snapshot WHERE account_id = 1", "missing or too many"),
        ("UPDATE {}.position SET held_until = '1999-12-31'", "held_until"),
    ],
)
def test_another_figure_is_noticed(
    db: psycopg.Connection, contestant: ModuleType, change: str, complaint: str
):
    ledger = Ledger(2, 10, 20)
    compute(db, ledger)
    contestant.run(db, ledger.account_ids, FIRST_DATE, ledger.last_date)

    db.execute(change.format(contestant.SCHEMA))

    with pytest.raises(FiguresDiffer, match=complaint):
        require_same_rows(db, contestant.SCHEMA)


def test_a_kind_that_is_not_known_is_refused(db: psycopg.Connection, contestant: ModuleType):
    ledger = Ledger(1, 5, 10)
    compute(db, ledger)
    db.execute("UPDATE rollforward_data.movement SET kind = 'lending' WHERE kind IN ('fee', 'interest')")

    with pytest.raises(NotImplementedError, match="kind of movement"):
        contestant.run(db, ledger.account_ids, FIRST_DATE, ledger.last_date)


def test_a_process_of_its_own_does_the_same(db: psycopg.Connection, dsn: str, contestant: ModuleType):
    ledger = Ledger(2, 10, 20)
    compute(db, ledger)

    with outside_process(contestant.__name__, dsn) as process:
        process.run(ledger.account_ids, FIRST_DATE, ledger.last_date)

    require_same_rows(db, contestant.SCHEMA)
    assert 10 < process.peak_megabytes < 10_000


def compute(db: psycopg.Connection, ledger: Ledger, before: str | None = None) -> None:
    """Load a ledger and have the batch compute it; make the tables for the others."""
    ledger.load(db)
    if before:
        db.execute(before)
    db.execute(
        "SELECT rollforward.process_batch(%s::bigint[], %s, %s)",
        (ledger.account_ids, FIRST_DATE, ledger.last_date),
    )
    for schema in ("outside_polars", "outside_duckdb"):
        outside_rows.prepare(db, schema)
