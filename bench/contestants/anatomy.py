"""Where a batch spends its time, and what the executor takes for one value: why the floor is not nearer.

Steps: one batch from nothing, in which PostgreSQL keeps the time of the functions that it is made of. Values:
over a table of amounts, what one amount takes that is added, cast to the domain of money, summed by groups or
as a running total, or formed into a row of a temporary table, by the difference to a query that does the same
without. A figure of a snapshot is at least summed, rolled, cast, and staged twice.
"""

from __future__ import annotations

from collections.abc import Iterator

from psycopg import sql

from bench.claims import Line, Place
from bench.contestants import batch
from bench.data import Ledger
from bench.database import BenchDatabase, BenchServer
from bench.measure import Contestant, Spread, interleaved
from bench.settings import Scale

STEPS = (
    "stage_positions",
    "stage_events",
    "match_lots",
    "stage_deltas",
    "stage_position_snapshots",
    "stage_account_snapshots",
    "store_slices",
    "store_position_snapshots",
    "store_positions",
    "store_account_snapshots",
    "refresh_statistics",
    "stage_stretches",
    "stage_worth",
    "stage_equity_snapshots",
    "store_equity_snapshots",
)
_EACH = 100  # movements of an account
_SPENT = """
SELECT step, total_time / 1000
FROM unnest(%s::text[]) WITH ORDINALITY AS listed (step, place)
JOIN pg_stat_user_functions ON schemaname = 'rollforward' AND funcname = step
ORDER BY place
"""

_COLUMNS = 8
_NAMES = ", ".join(f"amount_{number}" for number in range(_COLUMNS))


def _each(expression: str) -> str:
    return ", ".join(expression.format(f"amount_{number}") for number in range(_COLUMNS))


_MONEY = "rollforward_data.exact_money"
_TABLE = f"""
CREATE TEMP TABLE amount AS
SELECT number, number / 100 AS account_id, {_each(f"(number %% 1000 + 0.25)::{_MONEY} AS {{}}")}
FROM generate_series(1, %s) AS number
"""
_PLAIN = f"SELECT count(*) FROM amount WHERE num_nonnulls({_NAMES}) > 0"
_ADDED = f"SELECT count(*) FROM amount WHERE num_nonnulls({_each('{} + 1')}) > 0"
_ONE_TOTAL = """
SELECT count(*) FROM (
    SELECT count(*) OVER account AS one FROM amount
    WINDOW account AS (PARTITION BY account_id ORDER BY number ROWS UNBOUNDED PRECEDING)) AS rolled
WHERE one > 0
"""
_ALL_TOTALS = f"""
SELECT count(*) FROM (
    SELECT {_each("rollforward.total({0}) OVER account AS {0}")} FROM amount
    WINDOW account AS (PARTITION BY account_id ORDER BY number ROWS UNBOUNDED PRECEDING)) AS rolled
WHERE num_nonnulls({_NAMES}) > 0
"""
# what is done to every amount, and the same query without it
_VALUES = {
    "added": (_ADDED, _PLAIN),
    "cast to money": (
        f"SELECT count(*) FROM amount WHERE num_nonnulls({_each(f'{{}}::numeric::{_MONEY}')}) > 0",
        _PLAIN,
    ),
    "summed by groups": (
        f"SELECT account_id, {_each('rollforward.total({})')} FROM amount GROUP BY account_id",
        "SELECT account_id, count(*) FROM amount GROUP BY account_id",
    ),
    "running total": (_ALL_TOTALS, _ONE_TOTAL),
    "formed into a row and staged": (
        f"CREATE TEMP TABLE staged ON COMMIT DROP AS SELECT number, {_each('{0} + 1 AS {0}')} FROM amount",
        _ADDED,
    ),
}


def measure(server: BenchServer, scale: Scale) -> Iterator[Line]:
    """Seconds of the steps of a batch, and nanoseconds of a value."""
    size = sorted(scale.growth_movements)[-2]
    with server.database() as database:
        spent = _steps(database, Ledger(size // _EACH, _EACH, _EACH))
    what = f"{size:,} movements"
    for step, seconds in spent.items():
        place = Place(f"Seconds of the steps of a batch, {what}", step)
        yield Line("anatomy", f"{step}, {what}", "s", Spread((seconds,)), place=place)
    with server.database() as database:
        for name, taken in _values(database, size, scale.repetitions).items():
            yield Line(
                "anatomy", f"an amount {name}", "ns", taken, place=Place("Nanoseconds an amount", name)
            )


def _steps(database: BenchDatabase, ledger: Ledger) -> dict[str, float]:
    """Seconds of each step of a batch on a new session."""
    ledger.load(database.connection)
    batch.run(database, ledger)
    database.clear()
    with database.owner.administrator() as admin:
        admin.execute(f"ALTER DATABASE {database.connection.info.dbname} SET track_functions = 'pl'".encode())
    with database.another_session() as session:
        batch.run(session, ledger)
        session.connection.execute("SELECT pg_stat_force_next_flush()")
    return dict(database.connection.execute(_SPENT, [list(STEPS)]).fetchall())


def _values(database: BenchDatabase, rows: int, repetitions: int) -> dict[str, Spread]:
    """Nanoseconds of each thing done to an amount. The first turn finds nothing in memory and is left out."""
    database.connection.execute(_TABLE, [rows])
    database.connection.execute("ANALYZE amount")

    def contestant(query: str) -> Contestant:
        def work() -> None:
            with database.connection.transaction():
                database.connection.execute(sql.SQL(query))

        return Contestant(work)

    taken = interleaved(
        {
            f"{name}, {place}": contestant(query)
            for name, queries in _VALUES.items()
            for place, query in zip(("with", "without"), queries, strict=True)
        },
        repetitions + 1,
    )
    return {
        name: Spread(
            tuple(
                (more - less) * 1e9 / (rows * _COLUMNS)
                for more, less in zip(
                    taken[f"{name}, with"].samples[1:], taken[f"{name}, without"].samples[1:], strict=True
                )
            )
        )
        for name in _VALUES
    }
