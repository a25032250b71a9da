from __future__ import annotations

from collections.abc import Iterator

import psycopg
import pytest

from tests.support.fixtures import ledger, ledger_connection

__all__ = ["ledger", "ledger_connection"]


@pytest.fixture(autouse=True)
def today(ledger_connection: psycopg.Connection) -> Iterator[None]:
    """Worlds have a day of their own."""
    yield
    ledger_connection.execute("SELECT set_config('rollforward.today', '2000-01-01', false)")
