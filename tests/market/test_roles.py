"""Every kind of market data loads, and is read, by those who may."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
import pytest

from rollforward.embedded.server import Server
from tests.market.files import FUNCTIONS, HEADERS, counts, load
from tests.support.databases import fresh_database
from tests.support.ledger import Ledger

GOOD = {
    "profiles": "ACME, stock, Industry, Anvils, 1.1, false, 1, , , ,",
    "prices": "ACME, 2025-01-02, 20, USD",
    "fx": "EUR, USD, 2025-01-02, 1.03",
    "splits": "ACME, 2025-01-02, 2/1",
    "calendar": "XNYS, 2025-01-02",
}
COLUMNS = HEADERS | {
    "profiles": (
        "symbol", "kind", "sector", "industry", "beta", "is_etf", "multiplier", "underlying", "expiration",
        "strike", "option_right",
    )
}  # fmt: skip
FACTS = (
    "price",
    "fx_rate",
    "split",
    "instrument_profile",
    "trading_calendar",
    "rejected_row",
    "price_correction",
)


@pytest.fixture(scope="module")
def house(server: Server, template: str) -> Iterator[Ledger]:
    """An empty ledger, seen by the administrator, who can be anybody."""
    with (
        fresh_database(server, template=template) as name,
        psycopg.connect(server.dsn(name), autocommit=True) as connection,
    ):
        yield Ledger(connection)


@contextmanager
def acting_as(house: Ledger, role: str) -> Iterator[None]:
    with house.connection.transaction(force_rollback=True):
        house.rows(f"SET LOCAL ROLE rollforward_{role}")
        yield


@pytest.mark.parametrize("role", ["writer", "operator"])
def test_a_writer_loads_everything_corrects_it_and_sees_what_was_rejected(house, role):
    with acting_as(house, role):
        for kind, row in GOOD.items():
            result = load(house, kind, row, columns=COLUMNS[kind])
            assert counts(result) == {"rows_read": 1, "saved": 1}, kind
            result = load(house, kind, "x," * (len(COLUMNS[kind]) - 1) + "x", columns=COLUMNS[kind])
            assert counts(result) == {"rows_read": 1, "rejected": 1}, kind
        load(house, "prices", "ACME, 2025-01-02, 21, USD")
        for view in FACTS:
            assert house.rows(f"SELECT * FROM rollforward.{view}"), view


@pytest.mark.parametrize("kind", FUNCTIONS)
def test_a_reader_loads_nothing(house, kind):
    with pytest.raises(psycopg.errors.InsufficientPrivilege), acting_as(house, "reader"):
        load(house, kind, GOOD[kind], columns=COLUMNS[kind])


def test_a_reader_reads(house):
    with acting_as(house, "reader"):
        for view in FACTS:
            house.rows(f"SELECT * FROM rollforward.{view}")
