"""Exact, cumulative, daily snapshots of broker accounts, computed inside PostgreSQL.

``connect`` gives a session whose methods are one function call in the database each::

    with rollforward.connect("dbname=books") as session:
        session.import_statement("statement.csv", account="U1", broker="tastytrade")
        session.process_stale()
        for snapshot in session.latest():
            print(snapshot.account_number, snapshot.cash_balance)
"""

from rollforward.errors import (
    BadArgument,
    BatchRejected,
    ConnectionFailed,
    RetryLater,
    RollforwardError,
    RunCancelled,
    StatementRefused,
)
from rollforward.results import AccountSnapshot, BatchResult, Difference, ImportResult, MarketLoad, Run, Tie
from rollforward.session import Session, connect

__all__ = [
    "AccountSnapshot",
    "BadArgument",
    "BatchRejected",
    "BatchResult",
    "ConnectionFailed",
    "Difference",
    "ImportResult",
    "MarketLoad",
    "RetryLater",
    "RollforwardError",
    "Run",
    "RunCancelled",
    "Session",
    "StatementRefused",
    "Tie",
    "connect",
]
