"""Activity statements of IBKR, as the broker writes them, against their own cash reports."""

from __future__ import annotations

import csv
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from tests.support.activity import cash_of, stage
from tests.support.golden import shared_case, table

CASES = ["ibkr_initial", "ibkr_multi_currency", "ibkr_non_trading_day"]
KINDS = {"deposit": "Deposit", "conversion": "Conversion", "buy": "Buy"}


def imported(ledger, path: Path, account: str) -> Any:
    with path.open(newline="", encoding="utf-8-sig") as file:
        rows = [row for row in csv.reader(file) if row]
    with ledger.connection.transaction():
        stage(ledger, rows)
        return ledger.row("SELECT * FROM rollforward.import_statement('ibkr', %s)", account)


def number(text: str | None) -> Decimal | None:
    return Decimal(text) if text else None


@pytest.mark.parametrize("case", CASES)
def test_every_movement_is_the_one_that_the_statement_prints(ledger, case):
    folder = shared_case(case)
    result = imported(ledger, folder / "input.csv", case)
    expected = table(folder / "expected_movements.csv")
    assert (result.rows_read, result.saved) == (len(expected), len(expected))
    booked = ledger.rows("""
        SELECT movement.*, instrument.symbol FROM rollforward_data.movement
        LEFT JOIN rollforward_data.instrument USING (instrument_id) ORDER BY occurred_at, currency
    """)
    assert [
        {
            "TimeStamp": row.occurred_at.astimezone(UTC).replace(tzinfo=None),
            "Kind": KINDS[row.kind],
            "Currency": row.currency,
            "Ticker": row.symbol,
            "Quantity": row.quantity,
            "Amount": row.amount if row.symbol is None else None,
            "Commission": row.commission,
            "CommissionCurrency": (row.commission_currency or row.currency) if row.commission else None,
            "FromCurrency": row.counter_currency,
            "FromAmount": None if row.counter_amount is None else -row.counter_amount,
        }
        for row in booked
    ] == [
        {
            "TimeStamp": datetime.fromisoformat(row["TimeStamp"]),
            "Kind": row["Kind"],
            "Currency": row["Currency"],
            "Ticker": row["Ticker"] or None,
            "Quantity": number(row["Quantity"]),
            "Amount": number(row["Amount"]),
            "Commission": number(row["Commission"]),
            "CommissionCurrency": row["CommissionCurrency"] or None,
            "FromCurrency": row["FromCurrency"] or None,
            "FromAmount": number(row["FromAmount"]),
        }
        for row in sorted(expected, key=lambda row: (row["TimeStamp"], row["Currency"]))
    ]
    for row in booked:
        [printed] = [each for each in expected if each["Ticker"] == (row.symbol or "") and row.symbol] or [
            None
        ]
        if printed:  # proceeds are printed to the millionth: they are what the price makes them
            assert round(row.price, 6) == round(Decimal(printed["Price"]), 6)


@pytest.mark.parametrize("case", CASES)
def test_importing_it_again_changes_nothing(ledger, case):
    folder = shared_case(case)
    first = imported(ledger, folder / "input.csv", case)
    again = imported(ledger, folder / "input.csv", case)
    assert (again.saved, again.already_known) == (0, first.saved)


def test_cash_ties_to_the_cash_report_in_every_currency(ledger):
    folder = shared_case("ibkr_initial")
    account = imported(ledger, folder / "input.csv", "U1").account_id
    ledger.process([account])
    report = table(folder / "expected_cash.csv")
    ending = {
        row["Currency"]: Decimal(row["Amount"])
        for row in report
        if row["Item"] == "Ending Cash" and not row["Currency"].startswith("Base")
    }
    assert cash_of(ledger, account) == ending
    computed = ledger.rows("SELECT currency, cash_balance FROM rollforward.account_snapshot")
    assert {row.currency: row.cash_balance for row in computed} == ending
    commissions = {row["Currency"]: -Decimal(row["Amount"]) for row in report if row["Item"] == "Commissions"}
    charged = ledger.rows("SELECT currency, commissions FROM rollforward.account_snapshot")
    assert {row.currency: row.commissions for row in charged} == {
        currency: commissions[currency] for currency in ("GBP", "USD")
    }
    assert ledger.rows("SELECT * FROM rollforward.reconcile(%s)", account) == []
    assert ledger.value("SELECT count(*) FROM rollforward.assertion WHERE account_id = %s", account) >= 6
    assert ledger.verify([account]) == []


def test_a_statement_whose_positions_come_from_elsewhere_says_so(ledger):
    """It holds AAPL and MSFT that it did not buy."""
    account = imported(ledger, shared_case("ibkr_multi_currency") / "input.csv", "U1").account_id
    ledger.process([account])
    found = ledger.rows(
        "SELECT subject, symbol, stated, computed FROM rollforward.reconcile(%s) ORDER BY symbol", account
    )
    assert [tuple(row) for row in found] == [
        ("quantity", "AAPL", Decimal("10.5"), 0),
        ("quantity", "MSFT", Decimal("5.4725"), 0),
    ]
