"""Calculations are not compiled (jit), even where everything is: it would cost more than they do."""

from __future__ import annotations

from collections.abc import Iterator

import psycopg
import pytest

from rollforward.embedded.server import Server
from tests.support.databases import fresh_database
from tests.support.ledger import Ledger
from tests.support.movements import buy, deposit

EXPRESSIONS_COMPILED = """
    SELECT coalesce(sum(jit_functions), 0)
    FROM pg_stat_statements
    WHERE dbid = (SELECT oid FROM pg_database WHERE datname = current_database())
      AND query NOT LIKE '%pg_stat_statements%'
"""


@pytest.fixture(scope="module")
def compiling(server: Server, template: str) -> Iterator[Ledger]:
    """A ledger with one account, in a session that compiles whatever it may."""
    with (
        fresh_database(server, template=template) as name,
        psycopg.connect(server.dsn(name), autocommit=True) as connection,
    ):
        connection.execute("SET jit = on")
        ledger = Ledger(connection)
        if not ledger.value("SELECT pg_jit_available()"):
            pytest.skip("this PostgreSQL cannot compile")
        ledger.instrument("ACME")
        account = ledger.account("7")
        ledger.record(account, deposit("2025-01-02", 100), buy("2025-01-03", "ACME", 1, "10"))
        ledger.price("ACME", "2025-01-03", 12)
        connection.execute("SET pg_stat_statements.track = 'all'")
        connection.execute("SET jit_above_cost = 0")
        yield ledger


def compiled(ledger: Ledger, statement: str) -> int:
    ledger.rows("SELECT pg_stat_statements_reset()")
    ledger.rows(statement)
    return ledger.value(EXPRESSIONS_COMPILED)


def test_the_session_does_compile(compiling):
    assert compiled(compiling, "SELECT account_id + 1 FROM rollforward_data.account WHERE number <> 'x'") > 0


CALLS = [
    "process_stale()",
    "process('{1}', '2025-01-01', '2025-12-31')",
    "process_batch(1, '2025-01-01', '2025-12-31')",
    "check_ties()",
    "verify()",
]


@pytest.mark.parametrize("call", CALLS)
def test_a_calculation_and_a_check_do_not(compiling, call):
    around_it = compiled(compiling, "SELECT count(*) FROM generate_series(1, 2) AS call (n) WHERE n > 1")
    with_it = compiled(compiling, f"SELECT count(*) FROM rollforward.{call} AS call WHERE call IS NOT NULL")
    assert with_it < 3 * around_it
