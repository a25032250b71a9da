from __future__ import annotations

import pytest

from tests.reference.books import Books
from tests.support.fixtures import ledger, ledger_connection
from tests.support.ledger import Ledger

__all__ = ["books", "ledger", "ledger_connection"]


@pytest.fixture
def books(ledger: Ledger) -> Books:
    """Books of an empty ledger, kept by the reference alone."""
    return Books(ledger.connection)
