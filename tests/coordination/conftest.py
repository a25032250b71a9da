from __future__ import annotations

from collections.abc import Iterator

import pytest

from rollforward import Session, connect
from tests.support.faults import Faults
from tests.support.fixtures import ledger, ledger_connection
from tests.support.ledger import Ledger
from tests.support.movements import buy, deposit

__all__ = ["ledger", "ledger_connection"]


@pytest.fixture
def accounts(ledger: Ledger) -> list[int]:
    """Ten accounts with a few movements each, nothing computed."""
    ledger.instrument("ACME")
    for day, close in (("2025-01-02", 100), ("2025-01-03", 101), ("2025-01-06", 99)):
        ledger.price("ACME", day, close)
    found = [ledger.account(f"A{number}") for number in range(10)]
    ledger.record_all(
        (account, movement)
        for account in found
        for movement in (
            deposit("2025-01-02", 5000 + account),
            buy("2025-01-02", "ACME", 10, 1000),
            buy("2025-01-06", "ACME", account, 99 * account),
        )
    )
    return found


@pytest.fixture
def dsn(ledger: Ledger) -> str:
    return ledger.connection.info.dsn


@pytest.fixture
def session(dsn: str) -> Iterator[Session]:
    """A session with a connection of its own."""
    with connect(dsn) as session:
        yield session


@pytest.fixture
def faults(ledger: Ledger) -> Iterator[Faults]:
    """Failures that can be put into the batch, the reference or both, for single accounts."""
    faults = Faults(ledger)
    yield faults
    faults.mend()
