"""Values and returns of accounts, by hand."""

from __future__ import annotations

from decimal import Decimal

import pytest

from tests.support.movements import buy, deposit, movement

VALUES = "SELECT on_date::text, closing_value, flow FROM rollforward.account_values(%s, %s, %s)"
RETURNS = "SELECT * FROM rollforward.account_returns(%s, %s, %s, %s)"


@pytest.fixture
def account(ledger):
    """A thousand in shares that rise by a tenth, twice; a deposit on the last day."""
    ledger.instrument("ACME")
    for day, close in (("2025-01-02", 100), ("2025-01-03", 110), ("2025-01-06", 121)):
        ledger.price("ACME", day, close)
    account = ledger.account()
    ledger.record(
        account,
        deposit("2025-01-02", 1000),
        buy("2025-01-02", "ACME", 10, 1000),
        deposit("2025-01-06", 110),
    )
    ledger.process([account])
    return account


def test_an_account_is_worth_its_cash_and_its_positions_on_every_weekday(ledger, account):
    assert [tuple(row) for row in ledger.rows(VALUES, [account], "2025-01-01", "2025-01-06")] == [
        ("2025-01-01", 0, 0),
        ("2025-01-02", 1000, 1000),
        ("2025-01-03", 1100, 0),
        ("2025-01-06", 1320, 110),
    ]


def test_returns_leave_out_what_was_brought_in(ledger, account):
    measured = ledger.row(RETURNS, [account], "2025-01-03", "2025-01-06", "end")
    assert (measured.opening_value, measured.closing_value, measured.net_flow, measured.gain) == (
        1000,
        1320,
        110,
        210,
    )
    assert measured.time_weighted_return == measured.modified_dietz_return == Decimal("0.21")
    assert measured.money_weighted_return == pytest.approx(
        Decimal(1.21 ** (365 / 4) - 1), rel=Decimal("1e-9")
    )
    assert (measured.max_drawdown, measured.reason) == (0, None)


def test_a_fall_is_found_with_its_days(ledger, account):
    ledger.price("ACME", "2025-01-03", 50)
    ledger.process_stale()
    measured = ledger.row(RETURNS, [account], "2025-01-03", "2025-01-06", "end")
    assert measured.max_drawdown == Decimal("-0.5")
    assert (str(measured.peak_date), str(measured.trough_date)) == ("2025-01-02", "2025-01-03")
    assert str(measured.recovery_date) == "2025-01-06"


def test_securities_that_come_in_are_a_flow_at_the_close_of_their_day(ledger, account):
    ledger.record(
        account, movement("securities_in", "2025-01-03", symbol="ACME", quantity=1, price=90, effect="open")
    )
    ledger.process_stale()
    measured = ledger.row(RETURNS, [account], "2025-01-03", "2025-01-06", "end")
    assert (measured.net_flow, measured.gain) == (220, 221)
    assert measured.time_weighted_return == Decimal("0.21")


def test_without_a_rate_there_is_no_return(ledger, account):
    ledger.record(account, deposit("2025-01-02", 5, currency="EUR"))
    ledger.process_stale()
    measured = ledger.row(RETURNS, [account], "2025-01-03", "2025-01-06", "end")
    assert (measured.time_weighted_return, measured.reason) == (None, "rate_missing")
    ledger.rate("EUR", "USD", "2025-01-02", 2)
    measured = ledger.row(RETURNS, [account], "2025-01-03", "2025-01-06", "end")
    assert (measured.opening_value, measured.reason) == (1010, None)
