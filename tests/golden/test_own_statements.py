"""Statements written for this project: every row kind that can be booked, with figures worked out by hand."""

from __future__ import annotations

from decimal import Decimal

import pytest

from tests.support.golden import realized_by_underlying, snapshot_differences, table
from tests.support.statements import OWN, import_file, read

CASES = ["harbour", "tidewater"]


@pytest.mark.parametrize("shuffled", [None, 1, 2, 3])
@pytest.mark.parametrize("case", CASES)
def test_every_field_of_every_snapshot_is_right_whatever_the_order_of_rows(ledger, case, shuffled):
    account = import_file(ledger, OWN / f"{case}.csv", case, shuffled=shuffled).account_id
    ledger.process([account])
    assert snapshot_differences(ledger, case, table(OWN / f"{case}.snapshots.csv")) == []
    assert ledger.verify([account]) == []
    assert ledger.ties([account]) == []
    assert ledger.orphans([account]) == []


def test_both_layouts_are_covered():
    assert [len(read(OWN / f"{case}.csv")[0]) for case in CASES] == [21, 20]


@pytest.mark.parametrize("case", CASES)
def test_a_second_import_saves_nothing(ledger, case):
    first = import_file(ledger, OWN / f"{case}.csv", case)
    again = import_file(ledger, OWN / f"{case}.csv", case, shuffled=4)
    assert (first.account_created, again.account_created) == (True, False)
    assert (again.saved, again.already_known) == (0, first.saved)


def test_long_options_lose_and_short_options_keep_their_premium_when_they_expire(ledger):
    ledger.process([import_file(ledger, OWN / "harbour.csv", "harbour").account_id])
    gains = {
        row.symbol: row.gain
        for row in ledger.rows("SELECT symbol, sum(gain) AS gain FROM rollforward.lot_match GROUP BY symbol")
    }
    assert gains["HRBR  250418C00026000"] == Decimal("107.72")  # twice 55.00 less 1.00 and 0.14
    assert gains["HRBR  250418P00020000"] == Decimal("-31.14")
    assert realized_by_underlying(ledger, "harbour") == {"HRBR": Decimal("2575.98")}


def test_equal_rows_of_one_file_stay_two_movements(ledger):
    import_file(ledger, OWN / "harbour.csv", "harbour")
    calls = ledger.rows(
        "SELECT * FROM rollforward.movement WHERE kind = 'sell' AND symbol = 'HRBR  250418C00026000'"
    )
    assert [row.quantity for row in calls] == [1, 1]


def test_a_special_dividend_moves_the_lot_to_its_new_strike(ledger):
    ledger.process([import_file(ledger, OWN / "tidewater.csv", "tidewater").account_id])
    match = ledger.row("SELECT * FROM rollforward.lot_match WHERE underlying = 'TDWR'")
    assert match.symbol == "TDWR  250919C00035700"
    assert str(match.opened_on) == "2025-06-11"
    assert match.gain == Decimal("68.73")  # 108.86 brought in, 40.13 paid
    adjustment = ledger.row("SELECT * FROM rollforward.movement WHERE kind = 'strike_adjustment'")
    assert (adjustment.symbol, adjustment.to_symbol, adjustment.amount) == (
        "TDWR  250919C00036000",
        "TDWR  250919C00035700",
        0,
    )


def test_the_multiplier_of_a_future_option_follows_from_its_price(ledger):
    import_file(ledger, OWN / "tidewater.csv", "tidewater")
    contract = ledger.row("SELECT * FROM rollforward.instrument WHERE kind = 'future_option'")
    assert (contract.underlying, contract.multiplier) == ("/TWFU5", 5)
    trade = ledger.row(
        "SELECT * FROM rollforward.movement WHERE kind = 'buy' AND instrument_id = %s", contract[0]
    )
    assert (trade.price, trade.commission, trade.fee) == (Decimal("20.5"), Decimal("3.75"), Decimal("2.61"))


def test_a_share_is_priced_by_its_value_and_not_by_the_rounded_average(ledger):
    import_file(ledger, OWN / "harbour.csv", "harbour")
    bought = ledger.row("SELECT * FROM rollforward.movement WHERE kind = 'buy' AND symbol = 'HRBR'")
    assert bought.price == Decimal("22.005")


def test_the_account_is_created_in_the_currency_of_its_first_movement(ledger):
    result = import_file(ledger, OWN / "harbour.csv", "harbour")
    account = ledger.row("SELECT * FROM rollforward.account")
    assert (account.account_id, account.account_number) == (result.account_id, "harbour")
    assert (account.base_currency, account.broker) == ("USD", "tastytrade")
    assert (str(result.first_date), str(result.last_date)) == ("2025-04-01", "2025-04-21")
    assert (result.rows_read, result.saved, result.already_known) == (16, 16, 0)
