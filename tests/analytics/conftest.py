from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.support.fixtures import ledger, ledger_connection
from tests.support.ledger import Ledger

__all__ = ["ledger", "ledger_connection"]


@pytest.fixture(autouse=True)
def today(request: pytest.FixtureRequest) -> Iterator[None]:
    """Worlds have a day of their own."""
    yield
    if "ledger" in request.fixturenames:
        ledger: Ledger = request.getfixturevalue("ledger")
        ledger.rows("SELECT set_config('rollforward.today', '2000-01-01', false)")
