"""FIFO matching: many trades in one position against as many spread over many, explicit and auto.

``rollforward.match_lots`` alone is timed as process_batch calls it, on staged events, in a transaction that
is rolled back; beside it, a loop in PL/pgSQL on the same events, checked to come to the same slices. Then the
whole batch, once, which also reads the trades and writes lots and snapshots.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from typing import LiteralString

from psycopg import Connection, Rollback
from psycopg.rows import TupleRow

from bench.claims import FIFO_ONE_OVER_MANY, FIFO_TRADES_PER_SECOND, Claim, Line, Place
from bench.contestants import fifo_cursor
from bench.data import Trades
from bench.database import BenchDatabase, BenchServer
from bench.measure import Contestant, FiguresDiffer, Spread, interleaved, seconds
from bench.settings import Scale

_REPETITIONS = 3
_CLAIMED = 500_000  # trades from which on claims are judged
_STAGE = (
    "SELECT rollforward.prepare_stage()",
    "SELECT rollforward.stage_scope(%(account_ids)s::bigint[], '-infinity', 'infinity', false)",
    "SELECT rollforward.stage_positions('-infinity', 'infinity', 0, 9223372036854775807)",
    "SELECT rollforward.stage_carries('infinity')",
    "SELECT rollforward.stage_events('-infinity', 'infinity')",
)


MATCH_LOTS = "SELECT rollforward.match_lots('-infinity', 0, 9223372036854775807)"


def measure(server: BenchServer, scale: Scale) -> Iterator[Line]:
    """Trades a second, and the time of one position over that of many, for both kinds of trades."""
    for auto in (False, True):
        one = Trades(scale.fifo_trades, 1, auto)
        many = Trades(scale.fifo_trades, scale.fifo_trades // 10, auto)
        with ExitStack() as stack:
            databases = [stack.enter_context(server.database()) for _ in (one, many)]
            for trades, database in zip((one, many), databases, strict=True):
                trades.load(database.connection)
            yield from _matching("auto" if auto else "explicit", one, many, databases)
            yield from _whole("auto" if auto else "explicit", one, many, databases)


def _matching(kind: str, one: Trades, many: Trades, databases: list[BenchDatabase]) -> Iterator[Line]:
    ways = {"matching": MATCH_LOTS}
    if kind == "explicit":
        ways["loop over cursors"] = fifo_cursor.MATCH
        for trades, database in zip((one, many), databases, strict=True):
            fifo_cursor.create(database.connection)
            require_same_slices(database.connection, trades)
    taken: dict[str, list[list[float]]] = {way: [[], []] for way in ways}
    for _ in range(_REPETITIONS):
        for place, (trades, database) in enumerate(zip((one, many), databases, strict=True)):
            for way, statement in ways.items():
                taken[way][place].append(match_only(database.connection, trades, statement))
    is_claimed = one.trades >= _CLAIMED
    per_second = FIFO_TRADES_PER_SECOND.judged_if(is_claimed)
    for way, of_way in taken.items():
        in_one, in_many = (Spread(tuple(samples)) for samples in of_way)
        ours = way == "matching"
        for spread, trades in ((in_one, one), (in_many, many)):
            yield _per_second(way, kind, spread, trades, per_second if ours else None)
        claim = FIFO_ONE_OVER_MANY.judged_if(is_claimed) if ours else None
        yield Line("fifo", f"{way}, {kind}, one ÷ many", "x", in_one.over(in_many), claim)


def _per_second(way: str, kind: str, taken: Spread, trades: Trades, claim: Claim | None) -> Line:
    what = f"{trades.trades:,} {kind} trades, positions: {trades.positions:,}"
    per_second = taken.map(lambda spent: trades.trades / spent)
    place = Place(f"Trades a second, {what}", way)
    return Line("fifo", f"{way}, {what}", "/s", per_second, claim, place)


def _whole(kind: str, one: Trades, many: Trades, databases: list[BenchDatabase]) -> Iterator[Line]:
    taken = interleaved(
        {
            name: Contestant(lambda d=database, t=trades: _batch(d, t), database.clear)  # type: ignore[misc]
            for name, trades, database in zip(("one", "many"), (one, many), databases, strict=True)
        },
        1,
    )
    for name, spread in taken.items():
        yield Line("fifo", f"whole batch, {kind}, {name}", "/s", spread.map(lambda spent: one.trades / spent))
    yield Line("fifo", f"whole batch, {kind}, one ÷ many", "x", taken["one"].over(taken["many"]))


def match_only(
    connection: Connection[TupleRow], trades: Trades, statement: LiteralString = MATCH_LOTS
) -> float:
    """Seconds that the matching of all trades takes."""
    taken = 0.0
    with connection.transaction():
        _stage(connection, trades)
        taken = seconds(lambda: connection.execute(statement))
        raise Rollback
    return taken


def require_same_slices(connection: Connection[TupleRow], trades: Trades) -> None:
    with connection.transaction():
        _stage(connection, trades)
        connection.execute(MATCH_LOTS)
        fifo_cursor.keep_slices(connection)
        connection.execute(fifo_cursor.MATCH)
        if differing := fifo_cursor.slices_that_differ(connection):
            raise FiguresDiffer(f"{differing} slices of the loop over cursors differ")
        raise Rollback


def _stage(connection: Connection[TupleRow], trades: Trades) -> None:
    for step in _STAGE:
        connection.execute(step, {"account_ids": trades.account_ids})


def _batch(database: BenchDatabase, trades: Trades) -> None:
    database.connection.execute(
        "SELECT rollforward.process_batch(%s::bigint[], '-infinity', 'infinity')", (trades.account_ids,)
    )
