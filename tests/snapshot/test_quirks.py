"""What earlier systems got wrong, one test each, named by what is right.

Numbers are those of the catalogue of faults; those about files are tested where files are read.
"""

from __future__ import annotations

from decimal import Decimal

import pytest

from tests.support.movements import buy, deposit, expire, movement, sell


@pytest.fixture
def account(ledger):
    ledger.instrument("ACME")
    ledger.instrument("BOLT")
    return ledger.account()


def figures(ledger, account, on, *names):
    row = ledger.snapshot(account, on)
    return tuple(getattr(row, name) for name in names)


def position(ledger, account, symbol, on):
    rows = ledger.rows(
        "SELECT * FROM rollforward.position_snapshot"
        " WHERE account_id = %s AND symbol = %s AND snapshot_date <= %s"
        " ORDER BY snapshot_date DESC LIMIT 1",
        account,
        symbol,
        on,
    )
    return rows[0]


def test_q1_invested_falls_when_shares_are_sold(ledger, account):
    ledger.record(account, buy("2025-01-02", "ACME", 10, "100"), sell("2025-01-03", "ACME", 4, "60"),
                  sell("2025-01-06", "ACME", 6, "90"))  # fmt: skip
    ledger.process([account])
    assert [ledger.snapshot(account, day).invested for day in ("2025-01-02", "2025-01-03", "2025-01-06")] == [
        100, 60, 0
    ]  # fmt: skip


def test_q2_a_purchase_without_a_price_is_no_loss(ledger, account):
    ledger.record(account, buy("2025-01-02", "ACME", 10, "100"))
    ledger.process([account])
    assert figures(ledger, account, "2025-01-02", "unrealized_gains", "market_value") == (0, 100)


def test_q3_open_trades_looks_at_the_position_not_at_the_trades_of_the_day(ledger, account):
    ledger.record(account, buy("2025-01-02", "ACME", 10, "100"), buy("2025-01-03", "ACME", 5, "50"),
                  sell("2025-01-03", "ACME", 5, "50"), sell("2025-01-06", "ACME", 10, "90"))  # fmt: skip
    ledger.process([account])
    days = ("2025-01-02", "2025-01-03", "2025-01-06")
    assert [ledger.snapshot(account, day).open_trades for day in days] == [
        True, True, False
    ]  # fmt: skip


def test_q5_a_long_option_that_expires_loses_its_premium(ledger, account):
    ledger.option("ACME P20")
    ledger.record(
        account, buy("2025-01-02", "ACME P20", 1, "75"), expire("2025-12-19", "ACME P20", 1, side="long")
    )
    ledger.process([account])
    assert figures(ledger, account, "2025-12-19", "realized_gains", "open_trades") == (-75, False)


def test_q6_proceeds_realize_a_gain_and_leave_the_cost_of_what_is_left_alone(ledger, account):
    ledger.record(account, buy("2025-01-02", "ACME", 10, "100"), sell("2025-01-03", "ACME", 5, "200"))
    ledger.process([account])
    held = position(ledger, account, "ACME", "2025-01-03")
    assert (held.cost_basis, held.average_cost, held.realized_gains) == (50, 10, 150)


def test_q7_what_is_opened_and_closed_on_the_first_day_is_realized(ledger, account):
    ledger.record(account, buy("2025-01-02", "ACME", 10, "100"), sell("2025-01-02", "ACME", 10, "130"))
    ledger.process([account])
    assert figures(ledger, account, "2025-01-02", "realized_gains") == (30,)


def test_q8_a_day_between_two_flat_days_reaches_the_account(ledger, account):
    ledger.record(account, buy("2025-01-02", "ACME", 1, "10"), sell("2025-01-03", "ACME", 1, "11"),
                  buy("2025-01-06", "ACME", 1, "10"), sell("2025-01-06", "ACME", 1, "15"))  # fmt: skip
    ledger.process([account])
    assert figures(ledger, account, "2025-01-06", "realized_gains") == (6,)


def test_q9_cost_follows_from_the_amount_not_from_a_rounded_price(ledger, account):
    ledger.record(account, buy("2025-01-02", "ACME", 3, "10.01", price="3.34"))
    ledger.process([account])
    assert figures(ledger, account, "2025-01-02", "invested") == (Decimal("10.01"),)


def test_q10_positions_and_accounts_agree_on_the_costs_inside_a_lot(ledger, account):
    ledger.record(account, buy("2025-01-02", "ACME", 10, "100", commission="1", fee="0.5"))
    ledger.process([account])
    assert position(ledger, account, "ACME", "2025-01-02").cost_basis == Decimal("101.5")
    assert figures(ledger, account, "2025-01-02", "invested") == (Decimal("101.5"),)


def test_q13_a_micro_future_is_not_a_hundred(ledger, account):
    ledger.option("/MESZ5 P", kind="future_option", underlying="/MESZ5", multiplier=5)
    ledger.price("/MESZ5 P", "2025-01-02", 30)
    ledger.record(account, buy("2025-01-02", "/MESZ5 P", 2, "250"))
    ledger.process([account])
    assert figures(ledger, account, "2025-01-02", "market_value", "unrealized_gains") == (300, 50)


def test_q14_a_conversion_moves_each_side_once(ledger, account):
    ledger.record(account, deposit("2025-01-02", "1000", currency="EUR"),
                  movement("conversion", "2025-01-03", "528.80", counter_amount="-500",
                           counter_currency="EUR"))  # fmt: skip
    ledger.process([account])
    euro = ledger.snapshot(account, "2025-01-03", "EUR")
    dollar = ledger.snapshot(account, "2025-01-03", "USD")
    assert (dollar.deposited, dollar.withdrawn, dollar.cash_balance) == (
        Decimal("528.80"),
        0,
        Decimal("528.80"),
    )
    assert (euro.deposited, euro.withdrawn, euro.cash_balance) == (1000, 500, 500)


def test_q15_what_comes_later_keeps_what_was_realized_before(ledger, account):
    ledger.record(account, buy("2025-01-02", "ACME", 10, "100"), sell("2025-01-03", "ACME", 5, "80"))
    ledger.process_stale()
    ledger.record(account, sell("2025-01-06", "ACME", 5, "60"))
    ledger.process_stale()
    assert [ledger.snapshot(account, day).realized_gains for day in ("2025-01-03", "2025-01-06")] == [30, 40]


def test_q16_an_edit_by_hand_realizes_and_doubles_nothing(ledger, account):
    ledger.record(account, buy("2025-01-02", "ACME", 10, "100"), sell("2025-01-06", "ACME", 5, "80"))
    ledger.process_stale()
    ledger.record(account, sell("2025-01-03", "ACME", 5, "70"))
    ledger.process_stale()
    assert ledger.snapshot(account, "2025-01-06").realized_gains == 50
    assert len(ledger.rows("SELECT 1 FROM rollforward.account_snapshot WHERE account_id = %s", account)) == 3


def test_q17_a_price_is_found_and_a_split_is_applied(ledger, account):
    ledger.price("ACME", "2025-01-02", 12)
    ledger.split("ACME", "2025-01-03", 3, 1)
    ledger.record(account, buy("2025-01-02", "ACME", 10, "100"), deposit("2025-01-06", "1"))
    ledger.process([account])
    assert figures(ledger, account, "2025-01-02", "market_value") == (120,)
    assert figures(ledger, account, "2025-01-06", "market_value") == (120,)
    assert position(ledger, account, "ACME", "2025-01-06").quantity == 30


def test_q18_accounts_and_currencies_keep_their_lots_apart(ledger, account):
    other = ledger.account("other")
    ledger.record(
        account, buy("2025-01-02", "ACME", 10, "100"), buy("2025-01-02", "ACME", 1, "9", currency="EUR")
    )
    ledger.record(other, sell("2025-01-03", "ACME", 5, "80"))
    ledger.process([account, other])
    assert [orphan.account_id for orphan in ledger.orphans([account, other])] == [other]
    assert {(row.currency, row.quantity) for row in ledger.rows("SELECT * FROM rollforward.open_lot")} == {
        ("USD", 10), ("EUR", 1)
    }  # fmt: skip


def test_q19_a_lot_closes_on_the_day_of_its_closing(ledger, account):
    ledger.record(account, buy("2020-01-02", "ACME", 1, "10"), sell("2020-01-03", "ACME", 1, "11"))
    ledger.process([account])
    assert str(ledger.row("SELECT closed_on FROM rollforward.lot_match").closed_on) == "2020-01-03"


def test_q21_a_short_sale_realizes_when_it_is_bought_back(ledger, account):
    ledger.record(account, sell("2025-01-02", "ACME", 10, "100", effect="open"))
    ledger.record(account, buy("2025-01-03", "ACME", 10, "70", effect="close"))
    ledger.process([account])
    held = position(ledger, account, "ACME", "2025-01-02")
    assert (held.quantity, held.cost_basis) == (-10, 100)
    assert figures(ledger, account, "2025-01-03", "realized_gains", "open_trades") == (30, False)


@pytest.mark.parametrize(("bought", "paid"), [("500", "-470"), ("-500", "470")])
def test_q22_the_sign_of_a_conversion_says_which_way_it_went(ledger, account, bought, paid):
    ledger.record(
        account, movement("conversion", "2025-01-03", bought, counter_amount=paid, counter_currency="EUR")
    )
    ledger.process([account], "2025-01-03", "2025-01-03")  # the last day of a range belongs to it
    assert ledger.snapshot(account, "2025-01-03", "USD").cash_balance == Decimal(bought)
    assert ledger.snapshot(account, "2025-01-03", "EUR").cash_balance == Decimal(paid)
