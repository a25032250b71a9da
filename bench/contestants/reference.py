"""The per-date reference in the database: ``rollforward.process_per_date`` and a commit an account."""

from __future__ import annotations

from bench.data import FIRST_DATE, Ledger
from bench.database import BenchDatabase


def run(database: BenchDatabase, ledger: Ledger) -> None:
    """Compute every account over all its dates, one after the other; writes the same tables as the batch."""
    for account_id in ledger.account_ids:
        database.connection.execute(
            "SELECT rollforward.process_per_date(account_id => %s, start_date => %s, end_date => %s)",
            (account_id, FIRST_DATE, ledger.last_date),
        )
