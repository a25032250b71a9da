"""Cumulative figures of an account are sums over its movements."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from decimal import Decimal

import pytest
from hypothesis import given

from tests.support.ledger import Ledger
from tests.support.movements import Movement, buy, deposit, expire, movement, sell
from tests.support.property import quick
from tests.support.streams import CONTRACTS, Batch, batches, load

FIELDS = [
    "movement_counter",
    "deposited",
    "withdrawn",
    "commissions",
    "fees",
    "options_income",
    "dividends_received",
    "other_income",
    "net_cash_flow",
    "cash_balance",
]


@quick(6)
@given(batch=batches(80))
def test_every_snapshot_is_the_sum_of_the_movements_up_to_its_day(ledger, batch):
    check_figures(ledger, batch)


# deposited, withdrawn, commissions, fees, dividends, options, other, net cash flow
NET_CASH_FLOWS = [
    (2000, 300, 15, 10, 75, 25, 10, 1785),
    (1000, 1200, 20, 5, 30, 0, 5, -190),
    (5000, 1000, 50, 25, 200, 150, 75, 4350),
    (2000, 0, 10, 5, 25, 0, 0, 2010),
    (4000, 0, 20, 10, 50, 0, 0, 4020),
    (3000, 0, 15, "7.5", "37.5", 0, 0, 3015),
]


@pytest.mark.parametrize("case", NET_CASH_FLOWS, ids=lambda case: str(case[-1]))
def test_net_cash_flow_is_all_money_but_the_price_of_shares(ledger, case):
    deposited, withdrawn, commissions, fees, dividends, options, other, expected = map(Decimal, case)
    ledger.instrument("ACME")
    ledger.option("ACME P20")
    account = ledger.account()
    ledger.record(
        account,
        deposit("2025-01-02", deposited),
        movement("withdrawal", "2025-01-03", -withdrawn),
        sell("2025-01-06", "ACME P20", 1, options, effect="open", commission=commissions, fee=fees),
        movement("dividend", "2025-01-07", dividends, symbol="ACME"),
        movement("lending", "2025-01-08", other),
        buy("2025-01-09", "ACME", 1, "100"),
    )
    ledger.process([account])
    stood = ledger.snapshot(account)
    assert stood.net_cash_flow == expected
    assert stood.cash_balance == expected - 100


def test_percentages_are_of_the_net_cash_flow(ledger):
    """Deposited 878.79, commissions 12, fees 1, options 106.02, realized 23.65: 2.4336 % of 971.81."""
    ledger.option("ACME P20")
    ledger.instrument("ACME")
    account = ledger.account(costs_in_lot=False)
    ledger.record(
        account,
        deposit("2025-01-02", "878.79"),
        sell("2025-01-03", "ACME P20", 1, "23.65", effect="open", commission=12, fee=1),
        expire("2025-01-06", "ACME P20", 1, side="short"),
        sell("2025-01-07", "ACME P20", 1, "82.37", effect="open"),
        buy("2025-01-08", "ACME", 1, "51.65"),
    )
    ledger.price("ACME", "2025-01-08", "66.51")
    ledger.process([account])
    stood = ledger.snapshot(account)
    assert stood.net_cash_flow == Decimal("971.81")
    assert (stood.realized_gains, stood.unrealized_gains) == (Decimal("23.65"), Decimal("14.86"))
    assert round(stood.realized_percentage, 4) == Decimal("2.4336")
    assert round(stood.unrealized_percentage, 4) == Decimal("1.5291")


@pytest.mark.parametrize("net", ["0", "-5"])
def test_percentages_are_zero_without_a_positive_net_cash_flow(ledger, net):
    ledger.instrument("ACME")
    account = ledger.account()
    ledger.record(
        account,
        movement("interest", "2025-01-02", net),
        buy("2025-01-02", "ACME", 1, "10"),
        sell("2025-01-03", "ACME", 1, "12"),
    )
    ledger.process([account])
    stood = ledger.snapshot(account)
    assert stood.realized_gains == 2
    assert stood.realized_percentage == 0


@pytest.mark.parametrize("kind", ["fee", "deposit", "adjustment", "dividend"])
def test_money_about_an_option_is_no_premium(ledger, kind):
    ledger.option("ACME P20")
    account = ledger.account()
    ledger.record(account, movement(kind, "2025-01-02", "-5", symbol="ACME P20"))
    ledger.process([account])
    stood = ledger.snapshot(account)
    assert stood.options_income == 0
    assert stood.net_cash_flow == stood.cash_balance == -5


def figures(movements: Sequence[Movement]) -> dict[str, Decimal]:
    """The cumulative figures after some movements of one currency, by the rules of DESIGN 4."""
    sums: dict[str, Decimal] = defaultdict(Decimal)
    for each in movements:
        kind, amount = each["kind"], each["amount"]
        if kind == "strike_adjustment":
            continue
        sums["movement_counter"] += 1
        sums["commissions"] += each["commission"]
        sums["fees"] += each["fee"]
        sums["cash_balance"] += amount - each["commission"] - each["fee"] - each["tax"]
        if kind in ("deposit", "cash_in"):
            sums["deposited"] += amount
        elif kind in ("withdrawal", "cash_out"):
            sums["withdrawn"] -= amount
        elif kind in ("fee", "adjustment"):
            sums["fees"] -= amount
        elif kind in ("interest", "interest_paid", "lending"):
            sums["other_income"] += amount
        elif kind in ("dividend", "dividend_tax"):
            sums["dividends_received"] += amount
        elif each["symbol"] in CONTRACTS and kind in ("buy", "sell", "expiration"):
            sums["options_income"] += amount
        sums["dividends_received" if kind == "dividend" else "fees"] += (
            -each["tax"] if kind == "dividend" else each["tax"]
        )
    sums["net_cash_flow"] = (
        sums["deposited"]
        - sums["withdrawn"]
        + sums["dividends_received"]
        + sums["options_income"]
        + sums["other_income"]
        - sums["commissions"]
        - sums["fees"]
    )
    return {name: sums[name] for name in FIELDS}


def check_figures(ledger: Ledger, batch: Batch) -> None:
    account_ids = load(ledger, batch)
    ledger.process(account_ids)
    stored = defaultdict(dict)
    for row in ledger.dicts(
        "SELECT * FROM rollforward.account_snapshot WHERE account_id = ANY (%s)", account_ids
    ):
        stored[row["account_id"]][row["currency"], row["snapshot_date"]] = {
            name: row[name] for name in FIELDS
        }
    for stream in batch.streams:
        days = {
            (each["currency"], each["accounting_date"])
            for each in stream.movements
            if each["kind"] != "strike_adjustment"
        }
        expected = {
            (currency, day): figures(
                [
                    each
                    for each in stream.movements
                    if each["currency"] == currency and each["accounting_date"] <= day
                ]
            )
            for currency, day in days
        }
        assert stored[stream.account_id] == expected, stream
