"""Statements of a real broker give the figures that were computed for them independently."""

from __future__ import annotations

from decimal import Decimal

import pytest

from tests.support.golden import realized_by_underlying, shared_case, snapshot_differences, table
from tests.support.statements import Printed, import_file, import_rows, read

CASES = ["deposits", "options", "pfizer", "mpw"]
ORDERS = {"as printed": None, "shuffled": 1, "shuffled otherwise": 2}


@pytest.mark.parametrize("order", ORDERS.values(), ids=ORDERS.keys())
@pytest.mark.parametrize("case", CASES)
def test_every_field_of_every_snapshot_is_right_whatever_the_order_of_rows(ledger, case, order):
    folder = shared_case(case)
    account = import_file(ledger, folder / "input.csv", case, shuffled=order).account_id
    ledger.process([account])

    assert snapshot_differences(ledger, case, table(folder / "account_snapshots.csv")) == []
    assert ledger.verify([account]) == []
    assert ledger.ties([account]) == []


def test_in_shadow_the_reference_agrees_with_the_batch_on_every_statement(ledger):
    for case in CASES:
        import_file(ledger, shared_case(case) / "input.csv", case)
    ledger.rows("SELECT rollforward.set_processing_mode('backfill', 'shadow')")
    ledger.rows("CALL rollforward.process_all('-infinity', 'infinity', 1, 'backfill')")
    run = ledger.row("SELECT status, accounts, accounts_done, errors, differences FROM rollforward.run")
    assert run == ("succeeded", len(CASES), len(CASES), 0, 0), ledger.rows(
        "SELECT * FROM rollforward.run_error"
    )
    assert ledger.value("SELECT count(*) FROM rollforward.account_snapshot") > 90


@pytest.mark.parametrize("case", CASES)
def test_realized_gains_by_underlying_are_right_to_the_cent(ledger, case):
    folder = shared_case(case)
    ledger.process([import_file(ledger, folder / "input.csv", case).account_id])

    realized = realized_by_underlying(ledger, case)
    expected = {
        row["symbol"]: Decimal(row["realized_on_closed"]) for row in table(folder / "realized_by_symbol.csv")
    }
    assert {symbol: round(gain, 2) for symbol, gain in realized.items()} == expected


@pytest.mark.parametrize("case", CASES)
def test_a_second_import_saves_nothing_and_changes_nothing(ledger, case):
    folder = shared_case(case)
    first = import_file(ledger, folder / "input.csv", case)
    ledger.process([first.account_id])
    before = ledger.versions([first.account_id])

    again = import_file(ledger, folder / "input.csv", case, shuffled=3)
    assert (again.rows_read, again.saved, again.already_known) == (first.rows_read, 0, first.saved)
    assert again.account_created is False
    assert ledger.stale() == []
    assert ledger.process([first.account_id]).snapshots_saved == 0
    assert ledger.versions([first.account_id]) == before


@pytest.mark.parametrize("case", CASES)
def test_figures_do_not_depend_on_what_was_computed_in_between(ledger, case):
    """Imported and processed month by month, oldest first, as a user would."""
    folder = shared_case(case)
    months: dict[str, list[Printed]] = {}
    for row in read(folder / "input.csv"):
        months.setdefault(row["Date"][:7], []).append(row)
    for month in sorted(months):
        account = import_rows(ledger, months[month], case).account_id
        ledger.process_stale()
    assert snapshot_differences(ledger, case, table(folder / "account_snapshots.csv")) == []
    assert ledger.verify([account]) == []
