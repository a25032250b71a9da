"""A load is a constant number of statements, however many rows it has."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

import psycopg
import pytest

from rollforward.embedded.server import Server
from tests.market.files import counts, load
from tests.support.databases import fresh_database
from tests.support.ledger import Ledger


@pytest.fixture(scope="module")
def counted(server: Server, template: str) -> Iterator[Ledger]:
    """A ledger whose database counts every statement, those within functions too."""
    with (
        fresh_database(server, template=template) as name,
        psycopg.connect(server.dsn(name), autocommit=True) as connection,
    ):
        connection.execute("SET pg_stat_statements.track = 'all'")
        yield Ledger(connection)


def statements(ledger: Ledger, rows: list[tuple[str, ...]]) -> int:
    """How many statements loading prices takes; a tenth of the rows is bad, once each."""
    ledger.rows("SELECT pg_stat_statements_reset()")
    bad = [("S0", day, "x", "USD") for _, day, *_ in rows[::10]]
    result = load(ledger, "prices", rows + bad)
    assert counts(result) == {"rows_read": len(rows) + len(bad), "saved": len(rows), "rejected": len(bad)}
    return ledger.value(
        "SELECT sum(calls)::bigint FROM pg_stat_statements"
        " WHERE dbid = (SELECT oid FROM pg_database WHERE datname = current_database())"
        " AND query NOT LIKE '%pg_stat_statements%'"
        # PostgreSQL itself looks up the instrument of each new row: that is its foreign key
        " AND query NOT LIKE 'SELECT % FROM ONLY % FOR KEY SHARE OF x'"
    )


def test_50_000_prices_take_as_many_statements_as_ten(counted):
    counted.rows(
        "INSERT INTO rollforward_data.instrument (symbol, kind, currency)"
        " SELECT 'S' || number, 'crypto', 'USD' FROM generate_series(0, 99) AS number"
    )
    days = [str(date(2020, 1, 1) + timedelta(days=number)) for number in range(501)]
    few = [("S1", day, "10.5", "USD") for day in days[:10]]
    many = [(f"S{number}", day, "10.5", "USD") for number in range(100) for day in days[1:] if number != 1]
    assert len(many) >= 49_500
    assert statements(counted, many) == statements(counted, few) < 60


def test_first_prices_of_many_instruments_are_linear_though_statistics_know_of_none(counted):
    """A planner that expects one without currency must not compare each with each row of the file."""
    counted.rows("ANALYZE rollforward_data.instrument")
    symbols = [f"NEW {number}" for number in range(20_000)]
    files = {
        "profiles": (("symbol", "kind"), [(symbol, "crypto") for symbol in symbols]),
        "prices": (
            ("symbol", "date", "close", "currency"),
            [(each, "2025-01-02", "1", "USD") for each in symbols],
        ),
    }
    for kind, (columns, rows) in files.items():
        with psycopg.connect(counted.connection.info.dsn, autocommit=True) as connection:
            connection.execute("SET statement_timeout = '60s'")  # it takes two seconds, or ten minutes
            assert counts(load(Ledger(connection), kind, rows, columns=columns))["saved"] == len(symbols)
