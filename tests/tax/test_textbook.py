"""Wash sales of tax lessons and of brokers' pages, with the figures printed there."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

import pytest

from tests.support.golden import SHARED, table
from tests.support.movements import buy, sell
from tests.tax.views import taxable_gains, taxable_open_lots

FOLDER = SHARED / "golden" / "peers" / "textbook"


@dataclass(frozen=True)
class Figure:
    case: str
    row: str  # the activity it is about
    metric: str
    value: Decimal


def figures() -> Iterator[Figure]:
    if not FOLDER.exists():
        return
    for row in table(FOLDER / "expected.csv"):
        if row["case_id"].startswith("wash_sale"):
            yield Figure(row["case_id"], row["key"], row["metric"], Decimal(row["value"]))


FIGURES = list(figures())
ABSENT = f"{FOLDER} is absent; set ROLLFORWARD_SHARED"


@pytest.mark.skipif(not FIGURES, reason=ABSENT)
def test_all_figures_of_the_textbook_are_read():
    assert len({figure.case for figure in FIGURES}) == 4
    assert len(FIGURES) == 9


@pytest.mark.skipif(not FIGURES, reason=ABSENT)
@pytest.mark.parametrize("figure", FIGURES, ids=lambda figure: f"{figure.case}-{figure.row}-{figure.metric}")
def test_the_textbook_has_the_same_figure(ledger, figure):
    account = ledger.account()
    days = {}
    for row in table(FOLDER / "activities.csv"):
        if row["case_id"] == figure.case:
            days[row["seq"]] = row["date"]
            if row["symbol"] not in ledger.instruments:
                ledger.instrument(row["symbol"])
            trade = buy if row["type"] == "BUY" else sell
            ledger.record(account, trade(row["date"], row["symbol"], row["quantity"], row["amount"]))
    ledger.process([account])

    gains = {str(row.closed_on): row for row in taxable_gains(ledger, [account])}
    day = days[figure.row]
    match figure.metric:
        case "realized_loss_allowed":
            value = -gains[day].taxable_gain
        case "disallowed_loss":
            value = gains[day].disallowed_loss
        case "realized_gain":
            value = gains[day].taxable_gain
        case "cost_of_replacement_lot":
            lots = {
                str(row.opened_on): row.cost + row.cost_added
                for row in [*gains.values(), *taxable_open_lots(ledger, [account])]
            }
            value = lots[day]
        case metric:
            raise AssertionError(f"no such figure: {metric}")
    assert value == figure.value
