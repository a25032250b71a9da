"""Facts that cannot be right: refused by name, or reported as a row; never a figure of zero in silence."""

from __future__ import annotations

import psycopg
import pytest

from tests.support.movements import buy, deposit, movement, sell


@pytest.fixture
def account(ledger):
    ledger.instrument("ACME")
    ledger.instrument("SAP", currency="EUR")
    ledger.option("ACME P20", expiration="2025-03-21")
    return ledger.account()


def refused(call):
    with pytest.raises(psycopg.Error) as error:
        call()
    return error.value.diag.constraint_name


def orphans(ledger, account):
    ledger.process([account])
    return [
        (row.symbol, row.kind, row.quantity, row.matched_quantity, row.lot_ref)
        for row in ledger.rows(
            "SELECT * FROM rollforward.orphan_closing WHERE account_id = %s ORDER BY movement_id", account
        )
    ]


@pytest.mark.parametrize("method", ["fifo", "lifo", "hifo", "lofo", "average", "specific"])
def test_a_closing_that_names_a_lot_not_open_is_an_orphan(ledger, account, method):
    ledger.cost_method(account, method)
    ledger.record(
        account,
        buy("2025-01-02", "ACME", 10, 100, lot_ref="a"),
        buy("2025-01-03", "ACME", 10, 120, lot_ref="b"),
        sell("2025-01-06", "ACME", 4, 50, lot_ref="nonesuch"),
        sell("2025-01-07", "ACME", 12, 150, lot_ref="a"),
    )
    assert orphans(ledger, account) == [
        ("ACME", "sell", 4, 0, "nonesuch"),
        ("ACME", "sell", 12, 10, "a"),  # two units more than the lot had
    ]
    assert [tie.identity for tie in ledger.orphans([account])] == ["orphan closing"] * 2
    last = ledger.snapshot(account)
    kept = 110 if method == "average" else 120
    assert (last.realized_gains, last.cash_balance, last.invested) == (kept - 95, -20, kept)


@pytest.mark.parametrize(
    "wrong",
    [
        {"counter_amount": None},
        {"counter_currency": None},
        {"counter_currency": "USD"},
        {"counter_amount": 0},
        {"counter_amount": -90},  # both sides leave
    ],
)
def test_a_conversion_without_its_other_side_is_refused(ledger, account, wrong):
    right = {"counter_amount": 90, "counter_currency": "EUR"}
    ledger.record(account, movement("conversion", "2025-01-02", -100, **right))
    constraint = refused(
        lambda: ledger.record(account, movement("conversion", "2025-01-02", -100, **right | wrong))
    )
    assert constraint == "movement_conversion_has_two_sides"


@pytest.mark.parametrize("ratio", [(0, 1), (1, 0), (-2, 1), (2, -1)])
def test_a_split_whose_ratio_is_not_positive_is_refused(ledger, account, ratio):
    quantity, per_quantity = ratio
    booked = movement("split", "2025-01-02", symbol="ACME", quantity=quantity, per_quantity=per_quantity)
    by_row = refused(lambda: ledger.split("ACME", "2025-01-02", quantity, per_quantity))
    by_movement = refused(lambda: ledger.record(account, booked))
    assert (by_row, by_movement) == ("split_ratio_is_positive", "movement_split_has_a_ratio")


@pytest.mark.parametrize("text", ["0", "-2", "2/0", "0/3", "1/-1", "two", "", "2/1/1", "1e3", None])
def test_a_ratio_that_is_none_is_named(ledger, account, text):
    with pytest.raises(psycopg.Error) as error:
        ledger.rows(
            "SELECT rollforward.save_splits(ARRAY['ACME'], ARRAY['2025-01-02'::date], ARRAY[%s::text])", text
        )
    assert error.value.diag.sqlstate == "22R01"
    assert "not a ratio of two positive numbers" in error.value.diag.message_detail
    assert ledger.facts_and_figures()["split"] == 0


@pytest.mark.parametrize("kind", ["assignment", "exercise"])
@pytest.mark.parametrize("premium_in_cost", [False, True])
def test_an_assignment_without_an_open_option_is_an_orphan(ledger, kind, premium_in_cost):
    ledger.instrument("ACME")
    ledger.option("ACME P20", expiration="2025-03-21")
    account = ledger.account(premium_in_cost=premium_in_cost)
    ledger.record(
        account,
        movement(kind, "2025-01-02", symbol="ACME P20", quantity=1, effect="close"),
        buy("2025-01-02", "ACME", 100, 2000),
    )
    assert orphans(ledger, account) == [("ACME P20", kind, 1, 0, None)]
    assert ledger.snapshot(account).invested == 2000  # no premium of an option that was never there


def test_without_a_rate_figures_are_unknown_and_the_rate_is_listed(ledger, account):
    ledger.record(account, deposit("2025-01-02", 100), deposit("2025-01-02", 50, currency="EUR"))
    ledger.process([account])
    based = {
        row.currency: row.cash_balance
        for row in ledger.rows(
            "SELECT * FROM rollforward.account_snapshot_base WHERE account_id = %s", account
        )
    }
    assert based == {"USD": 100, "EUR": None}
    (missing,) = ledger.rows("SELECT * FROM rollforward.unrated('2025-01-01', '2025-12-31')")
    assert (missing.currency, missing.quote_currency) == ("EUR", "USD")
