"""All cost methods: trades a second in one position and in many, and how the time grows with their number.

``rollforward.match_lots`` alone is timed, as for FIFO. The growth exponent is that of ten times as many
trades in one position: 1 is proportional.
"""

from __future__ import annotations

from collections.abc import Iterator
from math import log10

from bench.claims import METHOD_GROWTH, Line
from bench.contestants.fifo import match_only
from bench.data import Trades
from bench.database import BenchServer
from bench.measure import Spread
from bench.settings import Scale

_CLAIMED = 100_000  # trades from which on growth is judged
METHODS = ("fifo", "lifo", "hifo", "lofo", "average", "specific")


def measure(server: BenchServer, scale: Scale) -> Iterator[Line]:
    """Every method on the same trades; with specific, each closing names the day of a lot."""
    count = scale.method_trades
    shapes = {
        "one position, a tenth": Trades(count // 10, 1, False),
        "one position": Trades(count, 1, False),
        "many positions": Trades(count, count // 10, False),
    }
    taken = {name: dict(_spreads(server, trades, scale.repetitions)) for name, trades in shapes.items()}
    claim = METHOD_GROWTH.judged_if(count >= _CLAIMED)
    for method in METHODS:
        for name, trades in shapes.items():
            per_second = taken[name][method].map(lambda seconds, trades=trades: trades.trades / seconds)  # type: ignore[misc]
            yield Line(
                "methods", f"{method}, {trades.trades:,} trades, {name.split(',')[0]}", "/s", per_second
            )
        growth = taken["one position"][method].over(taken["one position, a tenth"][method]).map(log10)
        yield Line("methods", f"{method}, growth exponent", "", growth, claim)


def _spreads(server: BenchServer, trades: Trades, repetitions: int) -> Iterator[tuple[str, Spread]]:
    with server.database() as database:
        trades.load(database.connection)
        for method in METHODS:
            if method == "specific":
                database.connection.execute(
                    "UPDATE rollforward_data.movement SET lot_ref = accounting_date::text"
                    " WHERE effect = 'close'"
                )
            database.connection.execute(
                "SELECT rollforward.set_account(account_number, 'cost_method', %s) FROM rollforward.account",
                (method,),
            )
            database.connection.execute("VACUUM (ANALYZE) rollforward_data.movement")
            samples = [match_only(database.connection, trades) for _ in range(1 + repetitions // 2)]
            yield method, Spread(tuple(samples))
