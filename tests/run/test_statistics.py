"""The planner hears of a bulk load before it is computed, not a minute later."""

from __future__ import annotations

import pytest

from tests.support.movements import deposit

KNOWN_ROWS = "SELECT reltuples FROM pg_class WHERE oid = 'rollforward_data.{}'::regclass"
MANY = 5_000
BULK = {
    "movement": """
        INSERT INTO rollforward_data.movement
            (account_id, occurred_at, accounting_date, kind, currency, amount)
        SELECT %s, '2025-01-02 12:00+00', '2025-01-02', 'deposit', 'USD', 1 FROM generate_series(1, %s)""",
    "price": """
        INSERT INTO rollforward_data.price
        SELECT %s, date '2000-01-01' + n, 1 FROM generate_series(1, %s) AS n""",
}


@pytest.mark.parametrize("facts", ["movement", "price"])
def test_facts_that_have_multiplied_are_analyzed(ledger, facts):
    account, instrument = ledger.account(), ledger.instrument("ACME")
    ledger.record(account, deposit("2025-01-02", 1))
    ledger.rows(f"ALTER TABLE rollforward_data.{facts} SET (autovacuum_enabled = false)")
    ledger.process_stale()
    assert ledger.value(KNOWN_ROWS.format(facts)) <= 1
    ledger.rows(BULK[facts], account if facts == "movement" else instrument, MANY)
    ledger.process([account])
    assert ledger.value(KNOWN_ROWS.format(facts)) >= MANY
    assert ledger.value(KNOWN_ROWS.format("lot_slice")) <= 0  # what has not grown is left alone
