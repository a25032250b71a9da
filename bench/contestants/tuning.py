"""Settings of the server, one changed at a time: what a batch and many small calls take with it.

``batch`` computes all accounts from nothing in one call; ``calls`` computes accounts one by one, each in a
transaction. Both on the benchmark's settings, and on the same with one of them otherwise, most often as it is
by default. Every turn is a session of its own; what cannot be set in a session has a server of its own.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import ExitStack

from psycopg import sql

from bench.claims import Line, Place
from bench.contestants import batch
from bench.data import FIRST_DATE, Ledger
from bench.database import BenchDatabase, BenchServer, bench_server
from bench.measure import Contestant, interleaved
from bench.settings import SERVER_SETTINGS, Scale

AS_SET = "as the benchmark"
OF_SESSION = (
    ("work_mem", "4MB"),
    ("work_mem", "16MB"),
    ("work_mem", "256MB"),
    ("temp_buffers", "64MB"),
    ("temp_buffers", "512MB"),
    ("random_page_cost", "4"),
    ("effective_cache_size", "512MB"),
    ("max_parallel_workers_per_gather", "2"),
    ("synchronous_commit", "off"),
)
OF_SERVER = (
    ("shared_buffers", "128MB"),
    ("wal_compression", "on"),
    ("autovacuum", "on"),
    ("max_wal_size", "1GB"),
)

_CALL = "SELECT rollforward.process_batch(ARRAY[%s::bigint], %s, %s)"


def measure(server: BenchServer, scale: Scale) -> Iterator[Line]:
    """Seconds as the benchmark is set, and the ratio to that of each setting."""
    ledger = Ledger(scale.tuning_accounts, 100, 100)
    calls = min(50, ledger.accounts)
    with ExitStack() as stack:
        contestants: dict[tuple[str, str], Contestant] = {}
        full = scale.name == "full"
        of_server = OF_SERVER if full else ()  # servers take their time to start
        for where, option, database in _places(server, stack, ledger, of_server):
            contestants["batch", where] = _contestant(database, ledger, option, None)
            contestants["calls", where] = _contestant(database, ledger, option, calls)
        taken = interleaved(contestants, 3 if full else 1)
    names = {"batch": f"one call for {ledger.accounts:,} accounts", "calls": f"{calls} calls for one each"}
    for (kind, where), spread in sorted(taken.items(), key=lambda item: item[0][0]):
        what = names[kind]
        if where == AS_SET:
            yield Line("settings", f"{what}, {AS_SET}", "s", spread)
        else:
            ratio = spread.over(taken[kind, AS_SET])
            place = Place(f"{what}: seconds, by those {AS_SET}", where)
            yield Line("settings", f"{what}, {where} ÷ {AS_SET}", "x", ratio, place=place)


def _places(
    server: BenchServer, stack: ExitStack, ledger: Ledger, of_server: Sequence[tuple[str, str]]
) -> Iterator[tuple[str, tuple[str, str] | None, BenchDatabase]]:
    """Names of the settings, what a session sets for it, and the database to work in."""
    own = stack.enter_context(server.database())
    ledger.load(own.connection)
    yield AS_SET, None, own
    for name, value in OF_SESSION:
        yield f"{name} = {value}", (name, value), own
    for name, value in of_server:
        other = stack.enter_context(bench_server({**SERVER_SETTINGS, name: value}))
        database = stack.enter_context(other.database())
        ledger.load(database.connection)
        yield f"{name} = {value}", None, database


def _contestant(
    database: BenchDatabase, ledger: Ledger, option: tuple[str, str] | None, calls: int | None
) -> Contestant:
    def work() -> None:
        with database.another_session() as session:
            if option is not None:
                name, value = option
                session.connection.execute(
                    sql.SQL("SET {} = {}").format(sql.Identifier(name), sql.Literal(value))
                )
            if calls is None:
                batch.run(session, ledger)
                return
            for account_id in ledger.account_ids[:calls]:
                session.connection.execute(_CALL, (account_id, FIRST_DATE, ledger.last_date))

    return Contestant(work, database.clear)
