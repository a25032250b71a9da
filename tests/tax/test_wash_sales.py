"""Wash sales, computed by hand: which losses are disallowed, and what becomes of them."""

from __future__ import annotations

import itertools
from decimal import Decimal as D

import pytest

from tests.support.movements import adjust_strike, buy, movement, sell
from tests.tax.views import held, own, sold, taxable_gains, taxable_open_lots, wash_sales, washes


@pytest.fixture
def account(ledger) -> int:
    ledger.instrument("ACME")
    ledger.instrument("BOLT")
    return ledger.account()


def booked(ledger, account, *movements):
    ledger.record(account, *movements)
    ledger.process([account])
    return [account]


def test_a_loss_is_added_to_what_was_bought_after_the_sale(ledger, account):
    accounts = booked(
        ledger, account,
        buy("2025-01-02", "ACME", 100, 1000),
        sell("2025-03-03", "ACME", 100, 750),
        buy("2025-03-13", "ACME", 100, 800),
    )  # fmt: skip
    assert washes(ledger, accounts) == [("2025-03-03", "2025-03-13", 100, 250)]
    assert sold(ledger, accounts) == [("2025-03-03", "2025-01-02", 100, 0, 250, 0)]
    # held for the 60 days from 2 January to 3 March, and from 13 March on
    assert held(ledger, accounts) == [("2025-01-12", 100, 250, 1050)]


def test_every_column_says_what_it_is_called(ledger, account):
    accounts = booked(
        ledger, account,
        buy("2025-01-02", "ACME", 100, 1000, natural_key=b"first"),
        sell("2025-03-03", "ACME", 100, 750, natural_key=b"sale"),
        buy("2025-03-13", "ACME", 100, 800, natural_key=b"second"),
    )  # fmt: skip
    ids = {
        bytes(row.natural_key): row.movement_id
        for row in ledger.rows("SELECT natural_key, movement_id FROM rollforward_data.movement")
    }
    (wash,) = wash_sales(ledger, accounts)
    acme = ledger.instruments["ACME"]
    assert (wash.account_id, wash.instrument_id, wash.symbol, wash.currency) == (account, acme, "ACME", "USD")
    assert (wash.opened_by, wash.closed_by, wash.replaced_by) == (ids[b"first"], ids[b"sale"], ids[b"second"])
    assert wash.replacement_account_id == account
    (gain,) = taxable_gains(ledger, accounts)
    assert (gain.opened_by, gain.closed_by, gain.side) == (ids[b"first"], ids[b"sale"], "long")
    assert (gain.cost, gain.proceeds, gain.gain, gain.taxable_gain) == (1000, 750, -250, 0)
    (lot,) = taxable_open_lots(ledger, accounts)
    assert (lot.opened_by, lot.side, lot.cost, lot.taxable_cost) == (ids[b"second"], "long", 800, 1050)


def test_a_loss_is_added_to_what_was_bought_before_the_sale_and_is_still_there(ledger, account):
    accounts = booked(
        ledger, account,
        buy("2025-01-02", "ACME", 100, 1000),
        buy("2025-02-20", "ACME", 100, 800),
        sell("2025-03-03", "ACME", 100, 750),
    )  # fmt: skip
    assert washes(ledger, accounts) == [("2025-03-03", "2025-02-20", 100, 250)]
    assert held(ledger, accounts) == [("2024-12-22", 100, 250, 1050)]


def test_what_was_sold_before_the_sale_or_with_it_replaces_nothing(ledger, account):
    accounts = booked(
        ledger, account,
        buy("2025-01-02", "ACME", 100, 1000, lot_ref="old"),
        buy("2025-02-20", "ACME", 50, 400, lot_ref="new"),
        buy("2025-02-21", "ACME", 30, 240, lot_ref="newer"),
        sell("2025-02-24", "ACME", 50, 450, lot_ref="new"),
        sell("2025-03-03", "ACME", 130, 800),
    )  # fmt: skip
    assert washes(ledger, accounts) == []
    assert [row.taxable_gain for row in taxable_gains(ledger, accounts)] == [
        row.gain for row in taxable_gains(ledger, accounts)
    ]


def test_what_is_left_of_the_lot_sold_does_not_replace_it(ledger, account):
    accounts = booked(
        ledger, account,
        buy("2025-02-20", "ACME", 100, 1000),
        sell("2025-03-03", "ACME", 60, 300),
    )  # fmt: skip
    assert washes(ledger, accounts) == []


def test_what_is_left_of_a_lot_replaces_another_lot_of_the_same_sale(ledger, account):
    accounts = booked(
        ledger, account,
        buy("2025-01-02", "ACME", 100, 1000),
        buy("2025-02-20", "ACME", 100, 1000),
        sell("2025-03-03", "ACME", 150, 750),
    )  # fmt: skip
    # 100 x 5 lost on the first lot, 50 of them bought again; 50 x 5 lost on the second
    assert washes(ledger, accounts) == [("2025-03-03", "2025-02-20", 50, 250)]
    assert [row[3:] for row in sold(ledger, accounts)] == [(0, 250, -250), (0, 0, -250)]
    assert [row[1:] for row in held(ledger, accounts)] == [(50, 250, 750)]


def test_fewer_units_bought_again_disallow_their_part(ledger, account):
    accounts = booked(
        ledger, account,
        buy("2025-01-02", "ACME", 100, 1000),
        sell("2025-03-03", "ACME", 100, 750),
        buy("2025-03-13", "ACME", 40, 300),
    )  # fmt: skip
    assert washes(ledger, accounts) == [("2025-03-03", "2025-03-13", 40, 100)]
    assert sold(ledger, accounts) == [("2025-03-03", "2025-01-02", 100, 0, 100, -150)]
    assert held(ledger, accounts) == [("2025-01-12", 40, 100, 400)]


def test_more_units_bought_again_bear_the_loss_on_the_units_that_replace(ledger, account):
    accounts = booked(
        ledger, account,
        buy("2025-01-02", "ACME", 40, 400),
        sell("2025-03-03", "ACME", 40, 300),
        buy("2025-03-13", "ACME", 100, 800),
    )  # fmt: skip
    assert held(ledger, accounts) == [("2025-01-12", 40, 100, 420), ("2025-03-13", 60, 0, 480)]


def test_units_that_bear_a_loss_are_sold_at_their_own_gain(ledger, account):
    """40 of 100 cost 2.50 more: at 9 they lose 60, the others gain 60."""
    accounts = booked(
        ledger, account,
        buy("2025-01-02", "ACME", 40, 400),
        sell("2025-03-03", "ACME", 40, 300),
        buy("2025-03-13", "ACME", 100, 800),
        sell("2025-06-02", "ACME", 100, 900),
    )  # fmt: skip
    assert sold(ledger, accounts) == [
        ("2025-03-03", "2025-01-02", 40, 0, 100, 0),
        ("2025-06-02", "2025-01-12", 40, 100, 0, -60),
        ("2025-06-02", "2025-03-13", 60, 0, 0, 60),
    ]


def test_two_replacements_the_first_bought_first(ledger, account):
    accounts = booked(
        ledger, account,
        buy("2025-01-02", "ACME", 100, 1000),
        buy("2025-02-10", "ACME", 30, 270),
        sell("2025-03-03", "ACME", 100, 700),
        buy("2025-03-20", "ACME", 50, 300),
        buy("2025-03-21", "ACME", 50, 300),
    )  # fmt: skip
    assert washes(ledger, accounts) == [
        ("2025-03-03", "2025-02-10", 30, 90),
        ("2025-03-03", "2025-03-20", 50, 150),
        ("2025-03-03", "2025-03-21", 20, 60),
    ]
    assert [row[1:] for row in held(ledger, accounts)] == [
        (30, 90, 360), (50, 150, 450), (20, 60, 180), (30, 0, 180),
    ]  # fmt: skip


def test_units_replace_once(ledger, account):
    accounts = booked(
        ledger, account,
        buy("2025-01-02", "ACME", 100, 1000),
        sell("2025-03-03", "ACME", 60, 480),
        sell("2025-03-04", "ACME", 40, 280),
        buy("2025-03-10", "ACME", 80, 640),
    )  # fmt: skip
    assert washes(ledger, accounts) == [
        ("2025-03-03", "2025-03-10", 60, 120),
        ("2025-03-04", "2025-03-10", 20, 60),
    ]
    # 60 days from 2 January to 3 March, 61 to the 4th
    assert held(ledger, accounts) == [("2025-01-09", 60, 120, 600), ("2025-01-08", 20, 60, 220)]


def test_a_replacement_is_washed_again_with_the_loss_it_bears(ledger, account):
    accounts = booked(
        ledger, account,
        buy("2025-01-02", "ACME", 100, 1000),
        sell("2025-02-03", "ACME", 100, 900),
        buy("2025-02-10", "ACME", 100, 950),
        sell("2025-02-20", "ACME", 100, 930),
        buy("2025-03-03", "ACME", 100, 940),
        sell("2025-06-02", "ACME", 100, 1200),
    )  # fmt: skip
    assert washes(ledger, accounts) == [
        ("2025-02-03", "2025-02-10", 100, 100),
        ("2025-02-20", "2025-03-03", 100, 120),
    ]
    assert sold(ledger, accounts) == [
        ("2025-02-03", "2025-01-02", 100, 0, 100, 0),
        ("2025-02-20", "2025-01-09", 100, 100, 120, 0),
        ("2025-06-02", "2025-01-20", 100, 120, 0, 140),  # 32 + 10 days before 3 March
    ]


def test_a_gain_that_what_was_added_turns_into_a_loss_is_washed(ledger, account):
    accounts = booked(
        ledger, account,
        buy("2025-01-02", "ACME", 100, 1000),
        sell("2025-02-03", "ACME", 100, 800),
        buy("2025-02-10", "ACME", 100, 800),
        sell("2025-02-20", "ACME", 100, 850),
        buy("2025-03-03", "ACME", 100, 900),
    )  # fmt: skip
    assert [row[3] for row in washes(ledger, accounts)] == [200, 150]
    assert [row.gain for row in taxable_gains(ledger, accounts)] == [-200, 50]
    assert [row.taxable_gain for row in taxable_gains(ledger, accounts)] == [0, 0]


def test_a_gain_is_not_touched(ledger, account):
    accounts = booked(
        ledger, account,
        buy("2025-01-02", "ACME", 100, 1000),
        sell("2025-03-03", "ACME", 100, 1100),
        buy("2025-03-04", "ACME", 100, 1100),
    )  # fmt: skip
    assert washes(ledger, accounts) == []
    assert sold(ledger, accounts) == [("2025-03-03", "2025-01-02", 100, 0, 0, 100)]
    assert held(ledger, accounts) == [("2025-03-04", 100, 0, 1100)]


@pytest.mark.parametrize(
    ("bought_again", "days", "washed"),
    [
        ("2025-05-01", 30, True),
        ("2025-05-02", 30, False),
        ("2025-03-02", 30, True),
        ("2025-03-01", 30, False),
        ("2025-05-02", 31, True),
        ("2025-04-01", 0, True),
        ("2025-04-02", 0, False),
        ("2020-01-01", 2**31 - 1, True),
    ],
)
def test_the_window_ends_with_its_last_day(ledger, account, bought_again, days, washed):
    accounts = booked(
        ledger, account,
        buy("2025-01-02", "ACME", 10, 100, lot_ref="old"),
        sell("2025-04-01", "ACME", 10, 90, lot_ref="old"),
        buy(bought_again, "ACME", 10, 95),
    )  # fmt: skip
    assert washes(ledger, accounts, days) == ([("2025-04-01", bought_again, 10, 10)] if washed else [])


def test_30_days_are_what_is_meant_when_none_are_given(ledger, account):
    booked(
        ledger, account,
        buy("2025-01-02", "ACME", 10, 100),
        sell("2025-04-01", "ACME", 10, 90),
        buy("2025-05-01", "ACME", 10, 95),
    )  # fmt: skip
    for function, expected in (("wash_sales", 1), ("taxable_gains", 1), ("taxable_open_lots", 1)):
        assert len(ledger.rows(f"SELECT * FROM rollforward.{function}(%s)", [account])) == expected
    assert washes(ledger, [account]) == [("2025-04-01", "2025-05-01", 10, 10)]


def test_another_instrument_or_currency_replaces_nothing(ledger, account):
    accounts = booked(
        ledger, account,
        buy("2025-01-02", "ACME", 10, 100),
        sell("2025-03-03", "ACME", 10, 90),
        buy("2025-03-04", "BOLT", 10, 90),
        buy("2025-03-04", "ACME", 10, 90, currency="EUR"),
    )  # fmt: skip
    assert washes(ledger, accounts) == []


def test_securities_that_arrive_from_elsewhere_replace_nothing(ledger, account):
    accounts = booked(
        ledger, account,
        buy("2025-01-02", "ACME", 10, 100),
        sell("2025-03-03", "ACME", 10, 90),
        movement("securities_in", "2025-03-04", symbol="ACME", quantity=10, price=9, effect="open"),
    )  # fmt: skip
    assert washes(ledger, accounts) == []
    assert held(ledger, accounts) == [("2025-03-04", 10, 0, 90)]


def test_a_loss_on_a_worthless_option_is_disallowed_too(ledger, account):
    ledger.option("ACME P20", expiration="2025-03-21")
    accounts = booked(
        ledger, account,
        buy("2025-03-03", "ACME P20", 1, 60),
        sell("2025-03-19", "ACME P20", 1, 10),
        buy("2025-03-20", "ACME P20", 1, 5),
        movement("expiration", "2025-03-21", symbol="ACME P20", quantity=1, effect="close", side="long"),
    )  # fmt: skip
    assert washes(ledger, accounts) == [("2025-03-19", "2025-03-20", 1, 50)]
    assert [row[5] for row in sold(ledger, accounts)] == [0, -55]


def test_short_lots_pass_unchanged(ledger, account):
    accounts = booked(
        ledger, account,
        sell("2025-01-02", "ACME", 10, 100, effect="open"),
        buy("2025-03-03", "ACME", 10, 120, effect="close"),
        sell("2025-03-04", "ACME", 10, 110, effect="open"),
    )  # fmt: skip
    assert washes(ledger, accounts) == []
    (gain,) = taxable_gains(ledger, accounts)
    assert (gain.side, gain.cost, gain.proceeds) == ("short", 100, 120)
    assert (gain.gain, gain.taxable_gain) == (-20, -20)
    (lot,) = taxable_open_lots(ledger, accounts)
    assert (lot.side, lot.cost, lot.cost_added, lot.taxable_cost) == ("short", 110, 0, 110)


def test_what_buys_a_short_lot_back_replaces_nothing(ledger, account):
    accounts = booked(
        ledger, account,
        buy("2025-01-02", "ACME", 10, 100),
        sell("2025-01-03", "ACME", 10, 110, effect="open"),
        sell("2025-03-03", "ACME", 10, 90),
        buy("2025-03-04", "ACME", 10, 90, effect="close"),
    )  # fmt: skip
    assert washes(ledger, accounts) == []


def test_the_accounts_of_a_person_count_together(ledger, account):
    other, stranger = ledger.account("8"), ledger.account("9")
    ledger.record(account, buy("2025-01-02", "ACME", 100, 1000), sell("2025-03-03", "ACME", 100, 750))
    ledger.record(other, buy("2025-03-13", "ACME", 100, 800))
    ledger.record(stranger, buy("2025-03-10", "ACME", 100, 800))
    ledger.process([account, other, stranger])
    everybody = [account, other, stranger]
    assert washes(ledger, everybody) == []

    own(ledger, "Ann", [account, other])
    (wash,) = wash_sales(ledger, everybody)
    assert (wash.account_id, wash.replacement_account_id, wash.disallowed_loss) == (account, other, 250)
    assert held(ledger, everybody) == [("2025-01-12", 100, 250, 1050), ("2025-03-10", 100, 0, 800)]


def test_only_rows_of_the_accounts_asked_for(ledger, account):
    other = ledger.account("8")
    own(ledger, "Ann", [account, other])
    ledger.record(account, buy("2025-01-02", "ACME", 100, 1000), sell("2025-03-03", "ACME", 100, 750))
    ledger.record(other, buy("2025-03-13", "ACME", 100, 800))
    ledger.process([account, other])
    assert washes(ledger, [account]) == [("2025-03-03", "2025-03-13", 100, 250)]
    assert held(ledger, [account]) == []
    assert washes(ledger, [other]) == []
    assert sold(ledger, [other]) == []
    assert held(ledger, [other]) == [("2025-01-12", 100, 250, 1050)]
    assert held(ledger, [other, other]) == held(ledger, [other])
    assert washes(ledger, []) == []


@pytest.mark.parametrize("arrives_at", ["8", None])
def test_a_lot_that_bears_a_loss_takes_it_along(ledger, account, arrives_at):
    other = ledger.account("8")
    own(ledger, "Ann", [account, other])
    ledger.record(
        account,
        buy("2025-01-02", "ACME", 100, 1000),
        sell("2025-03-03", "ACME", 100, 750),
        buy("2025-03-13", "ACME", 100, 800),
        movement("securities_out", "2025-04-01", symbol="ACME", quantity=100, effect="close", side="long"),
    )
    if arrives_at:
        ledger.record(
            other,
            movement("securities_in", "2025-04-01", symbol="ACME", quantity=100, effect="open", side="long"),
            sell("2025-06-02", "ACME", 100, 1200),
        )
    ledger.process([account, other])
    at_home = ("2025-04-01", "2025-03-13", 100, 0, 0, 0)
    away = ("2025-04-01", "2025-03-13", 100, 250, 0, 0)
    final = ("2025-06-02", "2025-01-12", 100, 250, 0, 150)
    assert sold(ledger, [account, other])[1:] == ([at_home, final] if arrives_at else [away])


def test_a_transfer_of_which_a_part_arrives(ledger, account):
    other = ledger.account("8")
    own(ledger, "Ann", [account, other])
    transfer = {"symbol": "ACME", "side": "long", "external_id": "T1"}
    ledger.record(
        account,
        buy("2025-01-02", "ACME", 100, 1000),
        sell("2025-03-03", "ACME", 100, 700),
        buy("2025-03-13", "ACME", 100, 800),
        movement("securities_out", "2025-04-01", quantity=100, effect="close", **transfer),
    )
    ledger.record(other, movement("securities_in", "2025-04-02", quantity=40, effect="open", **transfer))
    ledger.process([account, other])
    assert held(ledger, [other]) == [("2025-01-12", 40, 120, 440)]
    (left,) = [row for row in taxable_gains(ledger, [account]) if str(row.closed_on) == "2025-04-01"]
    assert (left.quantity, left.cost, left.cost_added, left.proceeds) == (100, 800, 180, 980)
    assert (left.gain, left.taxable_gain) == (0, 0)


def test_units_are_compared_in_those_of_the_day_of_the_sale(ledger, account):
    ledger.split("ACME", "2025-03-10", 2, 1)
    accounts = booked(
        ledger, account,
        buy("2025-01-02", "ACME", 100, 1000),
        sell("2025-03-03", "ACME", 60, 300),
        buy("2025-03-13", "ACME", 100, 500),
    )  # fmt: skip
    # 100 new units are 50 of the 60 sold, which lost 300
    assert washes(ledger, accounts) == [("2025-03-03", "2025-03-13", 50, 250)]
    assert held(ledger, accounts) == [("2025-01-02", 80, 0, 400), ("2025-01-12", 100, 250, 750)]


def test_a_split_between_replacement_and_sale(ledger, account):
    accounts = booked(
        ledger, account,
        buy("2025-01-02", "ACME", 100, 1000),
        buy("2025-02-20", "ACME", 30, 300),
        movement("split", "2025-03-01", symbol="ACME", quantity=3, per_quantity=1),
        sell("2025-03-03", "ACME", 300, 700),
        movement("split", "2025-03-05", symbol="ACME", quantity=1, per_quantity=9),
        sell("2025-06-02", "ACME", 10, 400),
    )  # fmt: skip
    assert washes(ledger, accounts) == [("2025-03-03", "2025-02-20", 90, 90)]
    assert sold(ledger, accounts) == [
        ("2025-03-03", "2025-01-02", 300, 0, 90, -210),
        ("2025-06-02", "2024-12-22", 10, 90, 0, 10),
    ]


def test_a_split_that_is_announced_changes_nothing_yet(ledger, account):
    ledger.split("ACME", "2025-07-01", 2, 1)
    ledger.record(
        account,
        buy("2025-01-02", "ACME", 100, 1000),
        sell("2025-03-03", "ACME", 100, 750),
        buy("2025-03-13", "ACME", 50, 400),
    )
    for until in ("2025-06-30", "2100-01-01"):
        ledger.process([account], end=until)
        assert washes(ledger, [account]) == [("2025-03-03", "2025-03-13", 50, 125)]


def test_a_change_of_symbol_between_sale_and_replacement(ledger, account):
    ledger.split("ACME", "2025-03-10", 1, 2, "BOLT")
    accounts = booked(
        ledger, account,
        buy("2025-01-02", "ACME", 100, 1000),
        sell("2025-03-03", "ACME", 100, 800),
        buy("2025-03-13", "BOLT", 50, 800),
        sell("2025-06-02", "BOLT", 50, 1100),
    )  # fmt: skip
    assert washes(ledger, accounts) == [("2025-03-03", "2025-03-13", 100, 200)]
    assert [row[3:] for row in sold(ledger, accounts)] == [(0, 200, 0), (200, 0, 100)]


def test_a_contract_whose_strike_was_adjusted(ledger, account):
    ledger.option("ACME C20", option_right="call")
    ledger.option("ACME C19", option_right="call", strike=19)
    accounts = booked(
        ledger, account,
        buy("2025-02-20", "ACME C20", 1, 50),
        buy("2025-02-21", "ACME C20", 1, 50),
        adjust_strike("2025-02-24", "ACME C20", "ACME C19"),
        sell("2025-03-03", "ACME C19", 1, 30),
    )  # fmt: skip
    assert washes(ledger, accounts) == [("2025-03-03", "2025-02-21", 1, 20)]


@pytest.mark.parametrize("method", ["lifo", "hifo", "average"])
def test_every_cost_method_says_which_units_were_sold(ledger, method):
    ledger.instrument("ACME")
    account = ledger.account(cost_method=method)
    accounts = booked(
        ledger, account,
        buy("2025-02-20", "ACME", 10, 100),
        buy("2025-02-21", "ACME", 10, 120),
        sell("2025-03-03", "ACME", 10, 80),
    )  # fmt: skip
    # lifo and hifo sell the second purchase; the average is 11 a unit
    loss, replaced_on = (30, "2025-02-21") if method == "average" else (40, "2025-02-20")
    assert washes(ledger, accounts) == [("2025-03-03", replaced_on, 10, loss)]


def test_parts_add_up_whatever_they_are(ledger, account):
    accounts = booked(
        ledger, account,
        buy("2025-01-02", "ACME", 7, "100.01"),
        sell("2025-03-03", "ACME", 7, "33.333"),
        *(buy(f"2025-03-{day:02}", "ACME", 3, "10.01") for day in (4, 5, 6)),
        sell("2025-06-02", "ACME", 4, "77.77"),
        sell("2025-06-03", "ACME", 5, "88.88"),
    )  # fmt: skip
    assert [row[2:] for row in washes(ledger, accounts)] == [
        (3, D("28.57585714")), (3, D("28.57585715")), (1, D("9.52528571")),
    ]  # fmt: skip
    gains = taxable_gains(ledger, accounts)
    assert sum(row.taxable_gain for row in gains) == sum(row.gain for row in gains)
    assert sum(row.cost_added for row in gains) == D("66.677")
    assert sum(row.quantity for row in gains) == 16


def test_the_order_in_which_facts_were_recorded_does_not_matter(ledger):
    movements = [
        buy("2025-01-02", "ACME", 10, 100, natural_key=b"a"),
        buy("2025-02-20", "ACME", 4, 36, natural_key=b"b"),
        sell("2025-03-03", "ACME", 6, 48, natural_key=b"c"),
        sell("2025-03-03", "ACME", 3, 21, natural_key=b"d"),
        buy("2025-03-13", "ACME", 3, 20, natural_key=b"e"),
        buy("2025-03-13", "ACME", 3, 22, natural_key=b"f"),
    ]
    found = set()
    for order in itertools.islice(itertools.permutations(movements), 0, 720, 37):
        ledger.clear()
        ledger.instrument("ACME")
        accounts = booked(ledger, ledger.account(), *order)
        found.add((*washes(ledger, accounts), *sold(ledger, accounts), *held(ledger, accounts)))
    assert len(found) == 1
    # of 6 and 3 sold, 4 + 2 and 1 + 2 are bought again
    assert [row[1:3] for row in next(iter(found))[:4]] == [
        ("2025-02-20", 4), ("2025-03-13", 2), ("2025-03-13", 1), ("2025-03-13", 2),
    ]  # fmt: skip
