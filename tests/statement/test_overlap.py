"""Overlapping statements: equal rows count as often as the file that has most of them."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from itertools import permutations

import psycopg
import pytest

from tests.support.statements import import_rows, printed

FEE = printed("2025-03-03", "Money Movement", "Deposit", Value="5.00", Description="ACH DEPOSIT")
OTHER = FEE | {"Value": "6.00"}

FILES = {"two": [FEE] * 2, "three": [FEE] * 3, "one and another": [FEE, OTHER]}


@pytest.mark.parametrize("order", list(permutations(FILES)), ids=", then ".join)
def test_equal_rows_count_as_often_as_in_the_file_with_most_of_them(ledger, order):
    for name in [*order, order[0]]:
        import_rows(ledger, FILES[name], "7")
    amounts = [row.amount for row in ledger.rows("SELECT amount FROM rollforward.movement ORDER BY 1")]
    assert amounts == [5, 5, 5, 6]


def test_each_import_says_what_was_new(ledger):
    results = [import_rows(ledger, FILES[name], "7") for name in ("two", "three", "two", "one and another")]
    assert [(result.rows_read, result.saved, result.already_known) for result in results] == [
        (2, 2, 0),
        (3, 1, 2),
        (2, 0, 2),
        (2, 1, 1),
    ]


def test_what_somebody_else_saves_meanwhile_is_known(ledger):
    copy = """INSERT INTO rollforward_data.movement
                  (account_id, occurred_at, accounting_date, kind, currency, amount, natural_key)
              SELECT here.account_id, occurred_at, accounting_date, kind, currency, amount, natural_key
              FROM rollforward_data.movement, rollforward.account AS here WHERE here.account_number = '7'"""
    import_rows(ledger, [FEE], "8")
    ledger.account("7")
    dsn = ledger.connection.info.dsn
    with psycopg.connect(dsn) as other, ThreadPoolExecutor(1) as pool:
        other.execute(copy)
        importing = pool.submit(import_rows, ledger, [FEE, OTHER], "7")
        waiting = "SELECT count(*) FROM pg_locks WHERE NOT granted"
        with psycopg.connect(dsn, autocommit=True) as watcher:
            while not importing.done() and watcher.execute(waiting).fetchone() == (0,):
                time.sleep(0.01)
        other.commit()
    result = importing.result()
    assert (result.rows_read, result.saved, result.already_known) == (2, 1, 1)


def test_the_same_rows_in_another_account_are_other_movements(ledger):
    first = import_rows(ledger, FILES["two"], "7")
    second = import_rows(ledger, FILES["two"], "8")
    assert second.account_id != first.account_id
    assert second.saved == 2


@pytest.mark.parametrize(
    "change",
    [
        {"Value": "5.01"},
        {"Date": "2025-03-03T15:00:01+0100"},
        {"Description": "ACH  DEPOSIT"},
        {"Order #": "17"},
        {"Currency": "EUR"},
        {"Sub Type": "Credit Interest"},
        {"Commissions": "-0.01"},
        {"Fees": "-0.01"},
    ],
    ids=lambda change: next(iter(change)),
)
def test_a_row_that_differs_in_anything_is_another_movement(ledger, change):
    import_rows(ledger, [FEE], "7")
    assert import_rows(ledger, [FEE | change], "7").saved == 1


@pytest.mark.parametrize("same", [{"Value": "5"}, {"Value": "+5.000"}, {"Date": "2025-03-03T15:00:00+01:00"}])
def test_the_same_value_printed_otherwise_is_the_same_movement(ledger, same):
    import_rows(ledger, [FEE], "7")
    assert import_rows(ledger, [FEE | same], "7").saved == 0


def test_columns_the_older_layout_lacks_make_no_difference(ledger):
    """Without Total, a row of the 20-column layout is the same row."""
    import_rows(ledger, [FEE], "7")
    without_total = {name: value for name, value in FEE.items() if name != "Total"}
    assert import_rows(ledger, [without_total], "7").saved == 0


def test_a_larger_file_later_changes_the_figures_as_if_it_had_come_first(ledger):
    account = import_rows(ledger, FILES["two"], "7").account_id
    ledger.process_stale()
    import_rows(ledger, FILES["three"], "7")
    ledger.process_stale()
    assert ledger.snapshot(account).deposited == 15
    assert ledger.verify([account]) == []
