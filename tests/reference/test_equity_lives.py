"""What holds of the equity of any account, on lives with every kind of event and every cost method."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from hypothesis import given

from tests.support.ledger import Ledger
from tests.support.lives import lives
from tests.support.property import quick
from tests.support.streams import Batch, load

# Accounts that have figures, but no equity.
WITHOUT = """
SELECT DISTINCT account_id
FROM rollforward_data.account_snapshot
WHERE account_id = ANY (%s)
  AND account_id NOT IN (SELECT account_id FROM rollforward_data.equity_snapshot)
"""

# Rows, not the first, that do not begin where the row before ended, or are not of the next weekday.
GAPS = """
SELECT account_id, snapshot_date
FROM (SELECT row.*,
             lag(closing_equity) OVER previous AS closed,
             lag(snapshot_date) OVER previous
                 + CASE extract(isodow FROM snapshot_date) WHEN 1 THEN 3 ELSE 1 END
                 AS next_date
      FROM rollforward_data.equity_snapshot AS row
      WHERE account_id = ANY (%s)
      WINDOW previous AS (PARTITION BY account_id ORDER BY snapshot_date)) AS row
WHERE opening_equity <> coalesce(closed, 0) OR snapshot_date <> next_date
"""

# What the views and look-ups that are about single days say of each day.
VALUES = """
SELECT row.account_id, row.snapshot_date, row.closing_equity, cash.amount + positions.amount AS worth
FROM rollforward_data.equity_snapshot AS row
CROSS JOIN LATERAL (
    SELECT coalesce(sum(cash_balance), 0) AS amount
    FROM rollforward.snapshots_as_of(ARRAY[row.account_id], row.snapshot_date)
) AS cash
CROSS JOIN LATERAL (
    SELECT coalesce(sum(market_value), 0) AS amount
    FROM rollforward.positions_as_of(ARRAY[row.account_id], row.snapshot_date)
) AS positions
WHERE row.account_id = ANY (%s)
  AND row.closing_equity <> cash.amount + positions.amount
"""

UNEXPLAINED = """
SELECT account_id, snapshot_date, other_pnl
FROM rollforward_data.equity_snapshot
WHERE account_id = ANY (%s)
  AND other_pnl <> 0
"""


@pytest.fixture(autouse=True)
def before_everything(ledger: Ledger) -> Iterator[None]:
    ledger.rows("SET rollforward.today = '2000-01-01'")
    yield
    ledger.rows("RESET rollforward.today")


def compute(ledger: Ledger) -> None:
    while stale := ledger.stale():  # lots that travel are received once they are sent
        for row in stale:
            ledger.process_per_date(row.account_id)


def load_at_par(ledger: Ledger, batch: Batch) -> list[int]:
    """The accounts of a batch, with all currencies worth the same."""
    account_ids = load(ledger, batch)
    for currency in ("EUR", "GBP"):
        ledger.rate(currency, "USD", "2000-01-01", 1)
    return account_ids


@quick(4)
@given(batch=lives(25))
def test_days_follow_each_other_and_agree_with_what_accounts_are_worth(ledger, batch):
    account_ids = load_at_par(ledger, batch)
    compute(ledger)
    for query in (WITHOUT, GAPS, VALUES):
        wrong = ledger.rows(query, account_ids)
        assert not wrong, batch.about(wrong)
    assert ledger.verify(account_ids) == []


@quick(4)
@given(batch=lives(25))
def test_without_orphans_and_conversions_all_pnl_is_explained(ledger, batch):
    account_ids = load_at_par(ledger, batch)
    ledger.rows("DELETE FROM rollforward_data.movement WHERE kind = 'conversion'")
    compute(ledger)
    while ledger.orphans(account_ids):
        ledger.rows(
            "DELETE FROM rollforward_data.movement"
            " WHERE movement_id IN (SELECT movement_id FROM rollforward.orphan_closing)"
        )
        compute(ledger)
    unexplained = ledger.rows(UNEXPLAINED, account_ids)
    assert not unexplained, batch.about(unexplained)
