"""Account snapshots in the base currency of the account."""

from __future__ import annotations

from decimal import Decimal

import pytest

from tests.currency.rates import save
from tests.support.ledger import Ledger
from tests.support.movements import buy, deposit, movement

NOT_MONEY = {
    "account_id", "account_number", "currency", "snapshot_date", "movement_counter", "open_trades",
    "realized_percentage", "unrealized_percentage",
}  # fmt: skip


def in_base(ledger: Ledger, account: int, currency: str = "EUR") -> list:
    return ledger.rows(
        "SELECT * FROM rollforward.account_snapshot_base WHERE account_id = %s AND currency = %s"
        " ORDER BY snapshot_date",
        account,
        currency,
    )


@pytest.fixture
def euros(ledger) -> int:
    """An account in USD that has euros, a dividend in them and shares for them."""
    account = ledger.account(currency="USD")
    ledger.instrument("SAP", currency="EUR")
    ledger.record(
        account,
        deposit("2025-01-02", 1000, currency="EUR"),
        deposit("2025-01-02", 50),
        buy("2025-01-03", "SAP", 10, 400, commission=1, fee="0.5", currency="EUR"),
        movement("dividend", "2025-01-06", 20, tax=5, symbol="SAP", currency="EUR"),
        movement("withdrawal", "2025-01-07", -100, currency="EUR"),
    )
    ledger.price("SAP", "2025-01-03", 42)
    ledger.process([account])
    return account


def test_every_figure_is_converted_at_the_rate_of_its_day(ledger, euros):
    save(
        ledger,
        ("EUR", "USD", "2025-01-02", "1.25"),
        ("EUR", "USD", "2025-01-03", "1.2"),
        ("EUR", "USD", "2025-01-06", "1.5"),
    )
    first, second, third, fourth = in_base(ledger, euros)
    assert (first.base_currency, first.fx_rate, str(first.fx_rate_date)) == (
        "USD",
        Decimal("1.25"),
        "2025-01-02",
    )
    assert (first.deposited, first.cash_balance, first.net_cash_flow) == (1250, 1250, 1250)
    # 400 paid, 1.50 of costs: 401.50 invested, worth 420
    assert second.invested == Decimal("481.8")
    assert second.market_value == 504
    assert second.unrealized_gains == Decimal("22.2")
    assert (second.commissions, second.fees) == (Decimal("1.2"), Decimal("0.6"))
    assert second.cash_balance == Decimal("718.2")
    # what was cumulated before is converted at the rate of the day too
    assert third.deposited == 1500
    assert (third.dividends_received, third.dividend_taxes) == (Decimal("22.5"), Decimal("7.5"))
    # no rate on the day: the one before it
    assert (fourth.fx_rate, str(fourth.fx_rate_date)) == (Decimal("1.5"), "2025-01-06")
    assert fourth.withdrawn == 150
    assert fourth.net_cash_flow == 1500 - 150 + Decimal("22.5") - Decimal("1.5") - Decimal("0.75")


def test_a_rate_of_one_changes_nothing(ledger, euros):
    save(ledger, ("EUR", "USD", "2025-01-01", 1))
    original = ledger.dicts("SELECT * FROM rollforward.account_snapshot ORDER BY currency, snapshot_date")
    converted = ledger.dicts(
        "SELECT * FROM rollforward.account_snapshot_base ORDER BY currency, snapshot_date"
    )
    assert len(original) == 5
    for one, other in zip(original, converted, strict=True):
        assert one.items() <= other.items()
        assert (other["fx_rate"], other["base_currency"]) == (1, "USD")


def test_without_a_rate_the_row_stays_and_its_money_is_unknown(ledger, euros):
    save(ledger, ("EUR", "USD", "2025-01-06", "1.5"), ("EUR", "USD", "2025-01-08", 2))
    money = {row.name for row in money_columns(ledger, "account_snapshot_base")}
    rows = ledger.dicts(
        "SELECT * FROM rollforward.account_snapshot_base ORDER BY currency DESC, snapshot_date"
    )
    assert [(row["currency"], row["deposited"]) for row in rows] == [
        ("USD", 50),
        ("EUR", None),
        ("EUR", None),
        ("EUR", 1500),
        ("EUR", 1500),
    ]
    for row in rows:
        known = {name for name in money if row[name] is not None}
        assert known == (money if row["fx_rate"] is not None else set())
        assert row["movement_counter"] > 0


def test_net_cash_flow_is_made_of_the_converted_figures(ledger, euros):
    save(ledger, ("USD", "EUR", "2025-01-01", "0.913"))  # turned round, so that everything is rounded
    for row in in_base(ledger, euros):
        assert row.net_cash_flow == (
            row.deposited - row.withdrawn + row.dividends_received + row.options_income + row.other_income
            - row.commissions - row.fees
        )  # fmt: skip
        assert row.deposited == Decimal("1095.29025192")


def money_columns(ledger: Ledger, view: str) -> list:
    return ledger.rows(
        "SELECT attname AS name FROM pg_attribute WHERE attrelid = %s::regclass AND attnum > 0"
        " AND atttypid = 'rollforward_data.exact_money'::regtype",
        f"rollforward.{view}",
    )


def test_every_column_of_an_account_snapshot_that_is_money_is_converted(ledger):
    original, converted = (
        {row.name for row in money_columns(ledger, view)}
        for view in ("account_snapshot", "account_snapshot_base")
    )
    assert original == converted
    everything = ledger.rows(
        "SELECT attname AS name FROM pg_attribute"
        " WHERE attrelid = 'rollforward.account_snapshot'::regclass AND attnum > 0 AND NOT attisdropped"
    )
    assert {row.name for row in everything} - original == NOT_MONEY
