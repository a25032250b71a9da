"""The batch: one call of ``rollforward.process_batch`` for all accounts, committed."""

from __future__ import annotations

from bench.data import FIRST_DATE, Ledger
from bench.database import BenchDatabase


def run(database: BenchDatabase, ledger: Ledger) -> None:
    """Compute every account over all its dates: lots, position and account snapshots."""
    database.connection.execute(
        "SELECT rollforward.process_batch(account_ids => %s::bigint[], start_date => %s, end_date => %s)",
        (ledger.account_ids, FIRST_DATE, ledger.last_date),
    )
