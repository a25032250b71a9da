from __future__ import annotations

import psycopg
import pytest

from tests.support.fixtures import ledger_connection
from tests.support.ledger import Ledger

__all__ = ["ledger_connection"]


@pytest.fixture
def ledger(ledger_connection: psycopg.Connection) -> Ledger:
    """Any ledger: returns touch no table, so nothing has to be cleared."""
    return Ledger(ledger_connection)
