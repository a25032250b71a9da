"""Who waits for accounts keeps nothing that those who have them are about to write."""

from __future__ import annotations

import threading
import time
from datetime import timedelta

import numpy as np
import psycopg

from tests.analytics.world import TODAY, Holding, World, walk
from tests.support.analytics import analyse, stale_analyses

ANALYSE = "SELECT rollforward.analyse(%s::bigint[], %s, %s)"


def test_a_price_that_comes_while_another_analyses(ledger):
    rng = np.random.default_rng(3)
    world = World(ledger)
    world.factors(rng, ["SPY"])
    world.instrument("A", walk(rng))
    for number in ("one", "other"):
        world.account(number, 50_000, Holding("A", 900))
    world.process()
    yesterday = TODAY - timedelta(1)
    analyse(ledger, world.accounts, yesterday, TODAY)

    dsn, failed = ledger.connection.info.dsn, []

    def wait_for_the_first() -> None:
        try:
            with psycopg.connect(dsn, options="-c statement_timeout=60s") as second:
                second.execute(ANALYSE, [[1, 2], TODAY, TODAY])
        except psycopg.Error as error:
            failed.append(error)

    with psycopg.connect(dsn, options="-c statement_timeout=60s") as first:
        first.execute(ANALYSE, [[1], yesterday, yesterday])
        world.close("A", {TODAY: 60.0})
        waiting = threading.Thread(target=wait_for_the_first)
        waiting.start()
        time.sleep(2)  # until it waits
        first.execute(ANALYSE, [[1], TODAY, TODAY])
    waiting.join(60)
    assert failed == []
    ledger.process_stale()
    analyse(ledger, world.accounts, "-infinity", "infinity", only_stale=True)
    assert stale_analyses(ledger) == set()


def test_who_calculates_does_not_wait_for_who_analyses(ledger):
    rng = np.random.default_rng(4)
    world = World(ledger)
    world.factors(rng, ["SPY"])
    world.instrument("A", walk(rng))
    one, other = (world.account(number, 50_000, Holding("A", 900)) for number in ("one", "other"))
    world.process()
    analyse(ledger, world.accounts, TODAY)

    with psycopg.connect(ledger.connection.info.dsn) as busy:
        busy.execute(ANALYSE, [[one], TODAY, TODAY])
        world.close("A", {TODAY: 60.0})
        with ledger.connection.transaction():
            ledger.rows("SET LOCAL lock_timeout = '1s'")
            ledger.rows("SELECT rollforward.process_batch(%s::bigint[], %s, %s)", [other], TODAY, TODAY)
    assert stale_analyses(ledger) == {(account, str(TODAY)) for account in (one, other)}
    ledger.process_stale()
    analyse(ledger, world.accounts, "-infinity", "infinity", only_stale=True)
    assert stale_analyses(ledger) == set()
