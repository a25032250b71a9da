"""Textbooks: returns of small accounts, wash sales, an option."""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal
from typing import Any

from tests.golden.peers.cases import Case, Figure, Row
from tests.golden.peers.common import (
    ZERO,
    Answer,
    amount_of,
    closed_pieces,
    day_of,
    event,
    number,
    open_lots,
    positions,
    snapshots,
    trade,
)
from tests.support.ledger import Ledger

OPTION = re.compile(r"([A-Z]+)(\d\d)(\d\d)(\d\d)([CP])(\d{8})")
CONTRACT = 100  # units

Series = list[tuple[date, Decimal, Decimal]]  # day, closing value, flow


def answers(ledger: Ledger, case: Case) -> Answer:
    kinds = {row["type"] for row in case.activities}
    if "CASHFLOW" in kinds:
        return lambda figure: rate_of_amounts(ledger, case.activities)
    if "VALUATION" in kinds:
        series = [
            (day_of(row), number(row["amount"]), ZERO)
            if row["type"] == "VALUATION"
            else (day_of(row), ZERO, number(row["amount"]) * (-1 if row["type"] == "WITHDRAWAL" else 1))
            for row in case.activities
        ]
        return lambda figure: measured(ledger, series, figure.metric)
    return traded(ledger, case)


def rate_of_amounts(ledger: Ledger, rows: list[Row]) -> Any:
    return ledger.value(
        "SELECT annual_return FROM rollforward.xirr(%s::bigint[], %s::date[], %s::numeric[])",
        [1] * len(rows),
        [day_of(row) for row in rows],
        [number(row["amount"]) for row in rows],
    )


def measured(ledger: Ledger, series: Series, metric: str) -> Any:
    days, values, flows = (list(column) for column in zip(*series, strict=True))
    arrays = ([1] * len(series), days, values, flows)
    call = "(%s::bigint[], %s::date[], %s::numeric[], %s::numeric[], 'end')"
    if metric in ("modified_dietz", "gain"):
        row = ledger.row(f"SELECT * FROM rollforward.modified_dietz_returns{call}", *arrays)
        return row.period_return if metric == "modified_dietz" else row.gain
    if metric in ("mwr_per_year", "irr_per_year"):
        return ledger.row(f"SELECT * FROM rollforward.money_weighted_returns{call}", *arrays).annual_return
    linked = ledger.rows(f"SELECT * FROM rollforward.time_weighted_returns{call} ORDER BY on_date", *arrays)
    if metric == "twr_per_year":
        return ledger.value(
            "SELECT rollforward.annualised_return(%s, %s, %s)",
            linked[-1].cumulative_return,
            linked[0].on_date,
            linked[-1].on_date,
        )
    return linked[int(metric.removeprefix("holding_period_return_year_"))].daily_return


def traded(ledger: Ledger, case: Case) -> Answer:
    """One account. The investor pays for what is bought, and takes what comes in, on the same day."""
    for symbol in {row["symbol"] for row in case.activities}:
        instrument(ledger, symbol)
    account = ledger.account(costs_in_lot=True)
    for price in case.prices:
        ledger.price(price["symbol"], price["date"], price["price"])
    for row in case.activities:
        recorded = (
            event("dividend", row, number(row["amount"]), symbol=row["symbol"])
            if row["type"] == "DIVIDEND"
            else trade(row, value=amount_of(row) * (1 if row["amount"] else units(row)))
        )
        paid = recorded["amount"] - recorded.get("fee", ZERO)
        ledger.record(account, recorded, event("deposit" if paid < 0 else "withdrawal", row, -paid))
    ledger.process([account])

    def answer(figure: Figure) -> Any:
        if figure.scope == "portfolio":
            return measured(ledger, daily(ledger, account, case), figure.metric)
        if figure.scope == "position":
            standing = positions(ledger, [account], figure.as_of)
            what = {"total_cost_basis": "cost_basis"}.get(figure.metric, figure.metric)
            return sum((getattr(each, what) for each in standing if each.symbol == figure.key), ZERO)
        return taxed(ledger, account, figure)

    return answer


def instrument(ledger: Ledger, symbol: str) -> None:
    option = OPTION.fullmatch(symbol)
    if option is None:
        ledger.instrument(symbol)
        return
    underlying, year, month, day, right, strike = option.groups()
    ledger.option(
        symbol,
        underlying=underlying,
        expiration=f"20{year}-{month}-{day}",
        strike=Decimal(strike) / 1000,
        option_right="call" if right == "C" else "put",
        multiplier=CONTRACT,
    )


def units(row: Row) -> int:
    """Units behind one of what is traded."""
    return CONTRACT if OPTION.fullmatch(row["symbol"]) else 1


def daily(ledger: Ledger, account: int, case: Case) -> Series:
    series: Series = []
    paid_in = ZERO
    for day in sorted({day_of(row) for row in case.activities}):
        (standing,) = snapshots(ledger, [account], day)
        before, paid_in = paid_in, standing.deposited - standing.withdrawn
        series.append((day, standing.market_value + standing.cash_balance, paid_in - before))
    return series


def taxed(ledger: Ledger, account: int, figure: Figure) -> Any:
    """Of the trade in that row: a sale as it is taxed, or a purchase with the losses added to its cost."""
    if figure.metric == "cost_of_replacement_lot":
        lots = [*closed_pieces(ledger, account), *open_lots(ledger, account)]
        added = ledger.rows(
            "SELECT wash.disallowed_loss FROM rollforward.wash_sales(ARRAY[%s]::bigint[]) AS wash"
            " JOIN rollforward.movement ON movement_id = replaced_by WHERE external_id = %s",
            account,
            figure.key,
        )
        paid = sum((lot.cost for lot in lots if lot.opening == figure.key), ZERO)
        return paid + sum((loss.disallowed_loss for loss in added), ZERO)
    sale = ledger.row(
        "SELECT sum(gains.taxable_gain) AS gain, sum(gains.disallowed_loss) AS disallowed"
        " FROM rollforward.taxable_gains(ARRAY[%s]::bigint[]) AS gains"
        " JOIN rollforward.movement ON movement_id = closed_by WHERE external_id = %s",
        account,
        figure.key,
    )
    return {
        "disallowed_loss": sale.disallowed,
        "realized_gain": sale.gain,
        "realized_loss_allowed": -sale.gain,
    }[figure.metric]
