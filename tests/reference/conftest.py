from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.reference.books import Books
from tests.support.fixtures import ledger, ledger_connection
from tests.support.ledger import Ledger

__all__ = ["books", "ledger", "ledger_connection"]


@pytest.fixture
def books(ledger: Ledger) -> Iterator[Books]:
    """Books of an empty ledger, kept by the reference alone, on a day before anything in them happens.

    So equity ends with the last price or movement, not with the day on which the tests run.
    """
    ledger.rows("SET rollforward.today = '2000-01-01'")
    yield Books(ledger.connection)
    ledger.rows("RESET rollforward.today")
