"""A batch is a constant number of statements, whatever the number of accounts, dates and movements."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

import psycopg
import pytest

from rollforward.embedded.server import Server
from tests.support.databases import fresh_database
from tests.support.ledger import Ledger
from tests.support.movements import Movement, adjust_strike, buy, deposit, movement, sell


@pytest.fixture(scope="module")
def counted(server: Server, template: str) -> Iterator[Ledger]:
    """A ledger whose database counts every statement, those within functions too."""
    with (
        fresh_database(server, template=template) as name,
        psycopg.connect(server.dsn(name), autocommit=True) as connection,
    ):
        connection.execute("SET pg_stat_statements.track = 'all'")
        # utilities are the ANALYZE of a stage that has grown, and emptying it
        connection.execute("SET pg_stat_statements.track_utility = off")
        yield Ledger(connection)


def day_of(account: int, number: int) -> list[Movement]:
    """Two movements a day; over six days, something of everything."""
    day = str(date(2025, 1, 1) + timedelta(days=number))
    everything = [
        deposit(day, 100),
        buy(day, "ACME", 3, "30", effect="auto" if account % 2 else "open", commission=1),
        sell(day, "ACME", 5, "55", effect="auto"),
        sell(day, "ACME P20", 1, "10", effect="open"),
        movement("dividend", day, 2, symbol="ACME"),
        buy(day, "ACME P20", 2, "10", effect="close"),
    ]
    return [everything[number % 6], everything[(number + 1) % 6]]


def statements(ledger: Ledger, account_ids: list[int]) -> int:
    ledger.rows("SELECT pg_stat_statements_reset()")
    ledger.process(account_ids)
    return ledger.value(
        "SELECT sum(calls)::bigint FROM pg_stat_statements"
        " WHERE dbid = (SELECT oid FROM pg_database WHERE datname = current_database())"
        " AND query NOT LIKE '%pg_stat_statements%'"
    )


@pytest.mark.parametrize(
    ("adjusted", "accounts", "days"), [(False, 200, 60), (True, 60, 30)], ids=["plain", "adjusted"]
)
def test_many_accounts_take_as_many_statements_as_one(counted, adjusted, accounts, days):
    """With strike adjustments there is a round of matching for each that lots pass through, here one."""
    counted.clear()
    counted.instrument("ACME")
    counted.option("ACME P20")
    counted.option("ACME P19")
    counted.price("ACME", "2025-01-01", 10)
    one = counted.account("one")
    many = [counted.account(f"account {number}") for number in range(accounts)]
    counted.process([one])  # the stage tables of the session are made once

    extra = [adjust_strike("2025-01-03", "ACME P20", "ACME P19")] if adjusted else []
    for account_ids, dates in [([one], 12), (many, days)]:
        counted.record_all(
            (account_id, each)
            for account_id in account_ids
            for each in [*(row for number in range(dates) for row in day_of(account_id, number)), *extra]
        )
    counted.rows("ANALYZE")  # else the first of them does that
    few, lots = statements(counted, [one]), statements(counted, many)
    assert counted.value("SELECT count(*) FROM rollforward.account_snapshot") == 12 + accounts * days
    assert few == lots
    assert few < 210
