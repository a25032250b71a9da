"""Returns of accounts, by hand."""

from __future__ import annotations

from decimal import Decimal

import pytest

from tests.support.movements import buy, deposit, movement

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
    ledger.process_stale()
    measured = ledger.row(RETURNS, [account], "2025-01-03", "2025-01-06", "end")
    assert (measured.opening_value, measured.reason) == (1010, None)


def test_a_missing_rate_before_the_range_is_needed_too(ledger, account):
    ledger.record(account, deposit("2025-01-02", 5, currency="EUR"))
    ledger.rate("EUR", "USD", "2025-01-06", 2)
    ledger.process_stale()
    measured = ledger.row(RETURNS, [account], "2025-01-06", "2025-01-06", "end")
    assert measured.reason == "rate_missing"
    assert nothing_but_its_reason(measured)


def nothing_but_its_reason(measured) -> bool:
    said = measured._asdict()
    return {name for name, value in said.items() if value is not None} == {"account_id", "currency", "reason"}


def test_figures_that_wait_to_be_recomputed_are_not_measured(ledger, account):
    ledger.record(account, movement("withdrawal", "2025-01-06", -1))
    for start, end in (("2025-01-03", "2025-01-06"), ("2025-01-07", "2025-01-08")):
        measured = ledger.row(RETURNS, [account], start, end, "end")
        assert measured.reason == "stale"
        assert nothing_but_its_reason(measured)
    before = ledger.row(RETURNS, [account], "2025-01-03", "2025-01-03", "end")
    assert (before.time_weighted_return, before.closing_value) == (Decimal("0.1"), 1100)
    ledger.process_stale()
    measured = ledger.row(RETURNS, [account], "2025-01-03", "2025-01-06", "end")
    assert (measured.net_flow, measured.reason) == (109, None)


def test_an_account_that_was_never_computed_is_stale(ledger):
    account = ledger.account()
    ledger.record(account, deposit("2025-01-02", 1000))
    measured = ledger.row(RETURNS, [account], "2025-01-01", "2025-01-31", "end")
    assert measured.reason == "stale"
    assert nothing_but_its_reason(measured)


@pytest.mark.parametrize(
    ("start", "end"),
    [("2024-12-01", "2025-01-01"), ("2025-01-04", "2025-01-05"), ("2025-01-07", "2025-01-31")],
)
def test_a_range_without_a_row_of_equity_has_no_values(ledger, account, start, end):
    measured = ledger.row(RETURNS, [account], start, end, "end")
    assert measured.reason == "not_valued"
    assert nothing_but_its_reason(measured)


def test_an_account_without_anything_has_no_values(ledger, account):
    other = ledger.account("8")
    found = ledger.rows(RETURNS, [other, account, other], "2025-01-01", "2025-01-31", "end")
    assert [(row.account_id, row.reason) for row in found] == [(account, None), (other, "not_valued")]


def test_an_account_that_is_new_is_measured_from_the_day_before_its_first(ledger, account):
    measured = ledger.row(RETURNS, [account], "2024-01-01", "2025-12-31", "inflow_start")
    assert (measured.opening_value, measured.closing_value, measured.net_flow, measured.gain) == (
        0,
        1320,
        1110,
        210,
    )
    # the first thousand is there for all of the five days, the second deposit for the last
    assert measured.modified_dietz_return == pytest.approx(
        Decimal(210) / (1000 + Decimal(110) / 5), abs=Decimal("1e-11")
    )
    # 1000 grows to 1100, which grows with 110 to 1320
    assert measured.time_weighted_return == pytest.approx(
        Decimal("1.1") * 1320 / 1210 - 1, abs=Decimal("1e-11")
    )


def test_values_and_flows_are_those_of_the_stored_equity(ledger, account):
    """A withdrawal on a Saturday counts on Monday, wherever the range begins."""
    ledger.record(account, movement("withdrawal", "2025-01-04", -20))
    ledger.process_stale()
    monday = ledger.row(
        "SELECT * FROM rollforward.equity_snapshot WHERE snapshot_date = '2025-01-06' AND account_id = %s",
        account,
    )
    for start in ("2025-01-04", "2025-01-05", "2025-01-06"):
        measured = ledger.row(RETURNS, [account], start, "2025-01-06", "end")
        assert (measured.opening_value, measured.closing_value, measured.net_flow, measured.gain) == (
            monday.opening_equity,
            monday.closing_equity,
            monday.net_flow,
            monday.pnl,
        )


def test_days_of_a_calendar_with_weekends_count(ledger):
    """100, 40 on Saturday, 50 on Sunday, 100."""
    ledger.rows(
        "INSERT INTO rollforward_data.trading_calendar"
        " SELECT 'ALWAYS', day FROM generate_series(date '2025-01-01', '2025-01-31', interval '1 day') AS day"
    )
    ledger.instrument("BTC", "crypto")
    for day, close in (("2025-01-03", 100), ("2025-01-04", 40), ("2025-01-05", 50), ("2025-01-06", 100)):
        ledger.price("BTC", day, close)
    account = ledger.account()
    ledger.rows("UPDATE rollforward_data.account SET calendar = 'ALWAYS' WHERE account_id = %s", account)
    ledger.record(account, deposit("2025-01-03", 100), buy("2025-01-03", "BTC", 1, 100))
    ledger.process([account])
    measured = ledger.row(RETURNS, [account], "2025-01-04", "2025-01-06", "end")
    assert (measured.max_drawdown, str(measured.trough_date)) == (Decimal("-0.6"), "2025-01-04")


def test_without_a_time_weighted_return_there_is_no_drawdown(ledger):
    """With flows at the end of their day, a first day has a gain but nothing that it could be a part of."""
    ledger.instrument("ACME")
    ledger.price("ACME", "2025-01-02", 110)
    account = ledger.account()
    ledger.record(account, deposit("2025-01-02", 1000), buy("2025-01-02", "ACME", 10, 1000))
    ledger.process([account])
    measured = ledger.row(RETURNS, [account], "2025-01-01", "2025-01-03", "end")
    assert (measured.gain, measured.unmeasured_days) == (100, 1)
    assert (measured.time_weighted_return, measured.max_drawdown) == (None, None)
    assert measured.reason is not None
