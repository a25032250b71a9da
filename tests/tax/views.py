"""The tax view of a ledger, with movements named by their day or by the name they were recorded under."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from tests.support.ledger import Ledger


def own(ledger: Ledger, name: str, account_ids: Iterable[int]) -> None:
    """A person and the accounts that are theirs."""
    person = ledger.value("INSERT INTO rollforward_data.person (name) VALUES (%s) RETURNING person_id", name)
    ledger.rows(
        "UPDATE rollforward_data.account SET person_id = %s WHERE account_id = ANY (%s)",
        person,
        list(account_ids),
    )


def wash_sales(ledger: Ledger, account_ids: Sequence[int], window_days: int = 30) -> list[Any]:
    return ledger.rows("SELECT * FROM rollforward.wash_sales(%s, %s)", list(account_ids), window_days)


def taxable_gains(ledger: Ledger, account_ids: Sequence[int], window_days: int = 30) -> list[Any]:
    return ledger.rows("SELECT * FROM rollforward.taxable_gains(%s, %s)", list(account_ids), window_days)


def taxable_open_lots(ledger: Ledger, account_ids: Sequence[int], window_days: int = 30) -> list[Any]:
    return ledger.rows("SELECT * FROM rollforward.taxable_open_lots(%s, %s)", list(account_ids), window_days)


def washes(ledger: Ledger, account_ids: Sequence[int], window_days: int = 30) -> list[tuple[Any, ...]]:
    """Day of the sale, day of the purchase that replaced it, units, disallowed loss."""
    return [
        (str(row.closed_on), str(row.replaced_on), row.quantity, row.disallowed_loss)
        for row in wash_sales(ledger, account_ids, window_days)
    ]


def sold(ledger: Ledger, account_ids: Sequence[int], window_days: int = 30) -> list[tuple[Any, ...]]:
    """Day of the sale, since when held, units, cost that was added, what is not taken, what is taxed."""
    return [
        (
            str(row.closed_on),
            str(row.holding_from),
            row.quantity,
            row.cost_added,
            row.disallowed_loss,
            row.taxable_gain,
        )
        for row in taxable_gains(ledger, account_ids, window_days)
    ]


def held(ledger: Ledger, account_ids: Sequence[int], window_days: int = 30) -> list[tuple[Any, ...]]:
    """Since when held, units, cost that was added, cost."""
    return [
        (str(row.holding_from), row.quantity, row.cost_added, row.taxable_cost)
        for row in taxable_open_lots(ledger, account_ids, window_days)
    ]
