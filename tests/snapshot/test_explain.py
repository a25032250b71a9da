"""explain_snapshot names what a figure is made of, and its amounts add up to it."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given

from tests.support.ledger import Ledger
from tests.support.movements import adjust_strike, buy, deposit, sell
from tests.support.property import quick
from tests.support.streams import Batch, batches, load

FIELDS = [
    "movement_counter",
    "deposited",
    "withdrawn",
    "invested",
    "realized_gains",
    "unrealized_gains",
    "commissions",
    "fees",
    "options_income",
    "dividends_received",
    "other_income",
    "net_cash_flow",
    "cash_balance",
]

# One snapshot of each account, chosen by a number; every figure of it beside the sum of what explains it.
DIFFERENCES = """
    WITH sample AS (
        SELECT DISTINCT ON (account_id) *
        FROM rollforward.account_snapshot AS snapshot
        WHERE account_id = ANY (%s)
        ORDER BY account_id, hashtext(currency || snapshot_date || %s)
    )
    SELECT sample.account_id, sample.currency, sample.snapshot_date, figure.key AS field,
           figure.value::numeric AS stored, coalesce(explained.total, 0) AS explained
    FROM sample
    CROSS JOIN LATERAL jsonb_each_text(to_jsonb(sample)) AS figure
    CROSS JOIN LATERAL (
        SELECT sum(part.amount) AS total
        FROM rollforward.explain_snapshot(
            sample.account_id, sample.currency, sample.snapshot_date, figure.key) AS part
    ) AS explained
    WHERE figure.key = ANY (%s)
      AND figure.value::numeric <> coalesce(explained.total, 0)
"""


@quick(4)
@given(batch=batches(60))
def test_what_explains_a_figure_adds_up_to_it(ledger, batch):
    check_explanations(ledger, batch)


def test_a_realized_gain_is_explained_by_its_lots(ledger):
    ledger.option("ACME P20")
    ledger.option("ACME P19", strike=19)
    account = ledger.account()
    ledger.record(
        account,
        deposit("2025-01-01", 1000),
        sell("2025-01-02", "ACME P20", 2, "200", effect="open"),
        adjust_strike("2025-01-03", "ACME P20", "ACME P19"),
        buy("2025-01-06", "ACME P19", 2, "50", effect="close"),
    )
    ledger.process([account])
    parts = ledger.rows(
        "SELECT * FROM rollforward.explain_snapshot(%s, 'USD', '2025-01-06', 'realized_gains')", account
    )
    assert [(part.source, part.symbol, part.quantity, part.amount) for part in parts] == [
        ("lot", "ACME P19", 2, Decimal(150))
    ]
    opening = ledger.value("SELECT movement_id FROM rollforward.movement WHERE kind = 'sell'")
    assert parts[0].opened_by == opening


def test_every_explained_field_is_a_column_of_the_snapshot(ledger):
    columns = {
        row.attname
        for row in ledger.rows(
            "SELECT attname FROM pg_attribute"
            " WHERE attrelid = 'rollforward.account_snapshot'::regclass AND attnum > 0"
        )
    }
    assert set(FIELDS) <= columns


@pytest.mark.parametrize("day", ["2025-01-01", "2025-01-05"])
def test_a_day_between_snapshots_is_explained_by_the_one_before(ledger, day):
    account = ledger.account()
    ledger.record(account, deposit("2025-01-02", 5), deposit("2025-01-06", 7))
    ledger.process([account])
    parts = ledger.rows(
        "SELECT * FROM rollforward.explain_snapshot(%s, 'USD', %s, 'deposited')", account, day
    )
    assert [part.amount for part in parts] == ([5] if day == "2025-01-05" else [])


def check_explanations(ledger: Ledger, batch: Batch) -> None:
    account_ids = load(ledger, batch)
    ledger.process(account_ids)
    differences = ledger.rows(DIFFERENCES, account_ids, str(batch.choice), FIELDS)
    assert not differences, batch.about(differences)
