"""Runs: what they cost beside bare calls of the batch, and what a second worker gains.

All accounts are computed from nothing, in chunks of at most 500, each a transaction, over new connections:
a session plans its first calls. Bare calls are of ``process_batch`` for every chunk; a run of one worker does
the same, and writes down what it does. Two workers take the same chunks over two connections, with parallel
plans off. What all of them stored is compared before a time counts.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from bench.claims import RUN_OVERHEAD, TWO_WORKERS, Line, Place
from bench.contestants import workers
from bench.data import FIRST_DATE, Ledger
from bench.database import BenchDatabase, BenchServer
from bench.measure import Contestant, FiguresDiffer, interleaved
from bench.settings import Scale

_BARE = "SELECT rollforward.process_batch(account_ids => %s::bigint[], start_date => %s, end_date => %s)"
_DIGEST = """
    SELECT count(*), sha256(string_agg(digest, '' ORDER BY digest)) FROM (
        SELECT sha256(convert_to((snapshot.*)::text, 'UTF8'))
        FROM rollforward_data.account_snapshot AS snapshot
        UNION ALL
        SELECT sha256(convert_to((lot.*)::text, 'UTF8')) FROM rollforward_data.lot_slice AS lot
        UNION ALL
        SELECT sha256(convert_to((equity.*)::text, 'UTF8')) FROM rollforward_data.equity_snapshot AS equity
    ) AS stored (digest)
"""


def measure(server: BenchServer, scale: Scale) -> Iterator[Line]:
    """Seconds of each way, and ratios of the same repetitions."""
    ledger = Ledger(scale.run_accounts, 20, 20)
    chunk = min(500, ledger.accounts // 4)
    with server.database() as database:
        ledger.load(database.connection)
        figures: dict[str, Any] = {}
        ways = {
            "bare calls": lambda: _bare(database, ledger, chunk),
            "run, 1 worker": lambda: workers.run(database, ledger, 1, chunk),
            "run, 2 workers": lambda: workers.run(database, ledger, 2, chunk),
        }
        for name, way in ways.items():
            database.clear()
            way()
            figures[name] = database.connection.execute(_DIGEST).fetchone()
        if len(set(figures.values())) != 1:
            raise FiguresDiffer(f"ways of computing differ: {figures}")
        taken = interleaved(
            {name: Contestant(way, database.clear) for name, way in ways.items()}, min(3, scale.repetitions)
        )
    size = f"{ledger.accounts:,} accounts"
    for name, spread in taken.items():
        yield Line(
            "coordinator", f"{name}, {size}", "s", spread, place=Place("Seconds for all accounts", name)
        )
    full = scale.name == "full"
    overhead = taken["run, 1 worker"].over(taken["bare calls"]).map(lambda ratio: 100 * (ratio - 1))
    yield Line("coordinator", f"overhead of a run, {size}", "%", overhead, RUN_OVERHEAD.judged_if(full))
    gain = taken["run, 1 worker"].over(taken["run, 2 workers"])
    yield Line("coordinator", f"1 worker ÷ 2 workers, {size}", "x", gain, TWO_WORKERS.judged_if(full))


def _bare(database: BenchDatabase, ledger: Ledger, chunk: int) -> None:
    ids = ledger.account_ids
    with database.another_session() as session:
        for at in range(0, len(ids), chunk):
            session.connection.execute(_BARE, (ids[at : at + chunk], FIRST_DATE, ledger.last_date))
