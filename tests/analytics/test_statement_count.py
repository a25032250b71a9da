"""A day is a constant number of statements, whatever the number of accounts and instruments."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import numpy as np
import psycopg
import pytest

from rollforward.embedded.server import Server
from tests.analytics.world import DAYS, TODAY, Holding, World, walk
from tests.support.analytics import analyse
from tests.support.databases import fresh_database
from tests.support.ledger import Ledger

# Statements of one day that write to stages and findings; emptying a stage is not counted.
MOST = 60


@pytest.fixture(scope="module")
def counted(server: Server, template: str) -> Iterator[Ledger]:
    """A ledger whose database counts every statement, those within functions too."""
    with (
        fresh_database(server, template=template) as name,
        psycopg.connect(server.dsn(name), autocommit=True) as connection,
    ):
        connection.execute("SET pg_stat_statements.track = 'all'")
        connection.execute("SET pg_stat_statements.track_utility = off")
        yield Ledger(connection)


@pytest.fixture(scope="module")
def world(counted: Ledger) -> World:
    rng = np.random.default_rng(3)
    world = World(counted)
    world.factors(rng)
    for number in range(20):
        world.instrument(f"S{number}", walk(rng))
    world.account("small", 10_000, Holding("S0", 100))
    for number in range(30):
        chosen = {int(each) for each in rng.integers(0, 20, 6)}
        world.account(f"account {number}", 50_000, *(Holding(f"S{each}", 500) for each in chosen))
    world.process()
    for accounts in (world.accounts[:1], world.accounts):  # stages of the session are made once
        analyse(counted, accounts, TODAY)
    counted.rows("ANALYZE")
    return world


def used(ledger: Ledger, accounts: list[int], start: date, end: date) -> tuple[int, int]:
    """Statements that write, and all there are, within functions too."""
    ledger.rows("SELECT pg_stat_statements_reset()")
    analyse(ledger, accounts, start, end)
    counted = ledger.row(
        r"SELECT sum(calls) FILTER (WHERE query ~ '^\s*(WITH|INSERT|UPDATE|DELETE)'"
        r" AND query !~ '^DELETE FROM pg_temp\.\w+$')::bigint AS writing, sum(calls)::bigint AS statements"
        " FROM pg_stat_statements"
        " WHERE dbid = (SELECT oid FROM pg_database WHERE datname = current_database())"
        " AND query NOT LIKE '%pg_stat_statements%'"
    )
    return counted.writing, counted.statements


def test_many_accounts_take_as_many_statements_as_one(counted, world):
    few = used(counted, world.accounts[:1], TODAY, TODAY)
    many = used(counted, world.accounts, TODAY, TODAY)
    assert many == few
    assert many[0] <= MOST


def test_a_range_takes_as_many_statements_as_a_day(counted, world):
    day = used(counted, world.accounts, TODAY, TODAY)
    assert used(counted, world.accounts, DAYS[-8], TODAY) == day


def test_a_range_reads_no_more_than_its_days(counted, world):
    analyse(counted, world.accounts, DAYS[-16], TODAY)
    four = blocks_of(counted, world, 4)
    sixteen = blocks_of(counted, world, 16)
    assert sixteen < 6 * four


def blocks_of(counted: Ledger, world: World, days: int) -> int:
    counted.rows("SELECT pg_stat_statements_reset()")
    analyse(counted, world.accounts, DAYS[-days], TODAY)
    return counted.value(
        "SELECT sum(shared_blks_hit + shared_blks_read + local_blks_hit)::bigint FROM pg_stat_statements"
        " WHERE toplevel AND query LIKE '%%rollforward.analyse%%'"
    )
