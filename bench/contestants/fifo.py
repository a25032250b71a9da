"""FIFO matching: many trades in one position against as many spread over many, explicit and auto.

``rollforward.match_lots`` alone is timed as process_batch calls it, on staged events, in a transaction that
is rolled back; then the whole batch, which also reads the trades and writes lots and snapshots.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack

from psycopg import Connection, Rollback
from psycopg.rows import TupleRow

from bench.claims import FIFO_ONE_OVER_MANY, FIFO_TRADES_PER_SECOND, Line
from bench.data import Trades
from bench.database import BenchDatabase, BenchServer
from bench.measure import Contestant, Spread, interleaved, seconds
from bench.settings import Scale

_STAGE = (
    "SELECT rollforward.prepare_stage()",
    "SELECT rollforward.stage_scope(%(account_ids)s::bigint[], '-infinity', 'infinity', false)",
    "SELECT rollforward.stage_positions('-infinity', 'infinity')",
    "SELECT rollforward.stage_carries('infinity')",
    "SELECT rollforward.stage_events('-infinity', 'infinity')",
)


def measure(server: BenchServer, scale: Scale) -> Iterator[Line]:
    """Trades a second, and the time of one position over that of many, for both kinds of trades."""
    for auto in (False, True):
        one = Trades(scale.fifo_trades, 1, auto)
        many = Trades(scale.fifo_trades, scale.fifo_trades // 10, auto)
        with ExitStack() as stack:
            databases = [stack.enter_context(server.database()) for _ in (one, many)]
            for trades, database in zip((one, many), databases, strict=True):
                trades.load(database.connection)
            yield from _lines("auto" if auto else "explicit", one, many, databases, scale.repetitions)


def _lines(
    kind: str, one: Trades, many: Trades, databases: list[BenchDatabase], repetitions: int
) -> Iterator[Line]:
    pairs = list(zip((one, many), databases, strict=True))
    matching: list[list[float]] = [[], []]
    for _ in range(repetitions):
        for samples, (trades, database) in zip(matching, pairs, strict=True):
            samples.append(match_only(database.connection, trades))
    in_one, in_many = (Spread(tuple(samples)) for samples in matching)
    for spread, trades in ((in_one, one), (in_many, many)):
        where = f"{trades.trades:,} {kind} trades, positions: {trades.positions:,}"
        per_second = spread.map(lambda taken: one.trades / taken)
        yield Line("fifo", f"matching, {where}", "/s", per_second, FIFO_TRADES_PER_SECOND)
    yield Line("fifo", f"matching, {kind}, one ÷ many", "x", in_one.over(in_many), FIFO_ONE_OVER_MANY)

    whole = interleaved(
        {
            name: Contestant(lambda d=database, t=trades: _batch(d, t), database.clear)  # type: ignore[misc]
            for name, (trades, database) in zip(("one", "many"), pairs, strict=True)
        },
        1 + repetitions // 2,
    )
    for name, spread in whole.items():
        yield Line("fifo", f"whole batch, {kind}, {name}", "/s", spread.map(lambda taken: one.trades / taken))
    yield Line("fifo", f"whole batch, {kind}, one ÷ many", "x", whole["one"].over(whole["many"]))


def match_only(connection: Connection[TupleRow], trades: Trades) -> float:
    """Seconds that the matching of all trades takes."""
    taken = 0.0
    with connection.transaction():
        for step in _STAGE:
            connection.execute(step, {"account_ids": trades.account_ids})
        taken = seconds(lambda: connection.execute("SELECT rollforward.match_lots('-infinity')"))
        raise Rollback
    return taken


def _batch(database: BenchDatabase, trades: Trades) -> None:
    database.connection.execute(
        "SELECT rollforward.process_batch(%s::bigint[], '-infinity', 'infinity')", (trades.account_ids,)
    )
