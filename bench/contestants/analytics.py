"""Analytics of a day: ``rollforward.analyse`` beside the same work done with numpy outside.

Accounts hold what they hold on many days, each valued. The two take turns on the same day, one that
neither has seen, while what both found on other days stays stored; numpy copies its findings back into
tables with the same columns, keys, constraints and indexes. The floor inserts the finished findings into such
tables. Before a time counts, all findings of a day are compared, to a millionth. Timed is the call and its
commit, and for numpy also fetching.

A backfill is one call over several days that were never analysed; its growth is that of the time with the
number of days, 1 meaning in proportion. Statements are those that the server executes for a day, those inside
functions included, as auto_explain reports them; those that write do so to stages and findings.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from datetime import date

import psycopg
from psycopg import sql

from bench.claims import (
    ANALYTICS_GROWTH,
    ANALYTICS_OVER_NUMPY,
    ANALYTICS_SECONDS,
    ANALYTICS_STATEMENTS,
    ANALYTICS_STATEMENTS_RATIO,
    Line,
    Place,
)
from bench.contestants import analytics_numpy
from bench.data import Portfolios
from bench.database import BenchDatabase, BenchServer
from bench.measure import Contestant, FiguresDiffer, Spread, interleaved, seconds
from bench.settings import Scale

_POSITIONS = 15
_CHART = "Seconds for a day"
_ANALYSE = "SELECT rollforward.analyse(%s::bigint[], %s, %s)"
_CLOSE = "abs({one} - {other}) <= 1e-6 * greatest(abs({one}), abs({other})) + {noise}"
_EFFECTS = """(
    SELECT bool_and(coalesce({close}, one.value::text = other.value::text, false))
    FROM jsonb_each(mine.{column}) AS one FULL JOIN jsonb_each(theirs.{column}) AS other USING (key)
)"""


def measure(server: BenchServer, scale: Scale) -> Iterator[Line]:
    """Seconds of both for a day and their ratio, growth with days, statements a day."""
    accounts, instruments = scale.analytics_accounts, scale.analytics_instruments
    backfills = scale.analytics_dates
    # the first days warm both up, and are compared; the days of backfills come last
    single_days = 2 + scale.repetitions + 2
    portfolios = Portfolios(accounts, _POSITIONS, instruments, single_days + sum(backfills))
    with server.database() as database:
        portfolios.load(database.connection)
        analytics_numpy.prepare(database.connection)
        days = iter([portfolios.held_on(number) for number in range(single_days)])
        for _ in range(2):
            day = next(days)
            _analyse(database, portfolios, day, day)
            analytics_numpy.run(database.connection, portfolios.account_ids, day)
        database.connection.execute("VACUUM (ANALYZE)")
        _require_same_findings(database)

        taken = _taken(
            database, portfolios, [next(days) for _ in range(scale.repetitions)], scale.repetitions
        )
        writing, executed = _statements(database, portfolios.account_ids, next(days))
        of_some, _ = _statements(database, portfolios.account_ids[::10], next(days))
        spans = _backfilled(database, portfolios, single_days, backfills)
    full = scale.name == "full"
    size = f"{accounts:,} accounts x {_POSITIONS} of {instruments} symbols"
    claim = ANALYTICS_SECONDS.judged_if(full)
    yield Line("analytics", f"a day, {size}", "s", taken["database"], claim, Place(_CHART, "database"))
    yield Line("analytics", f"numpy, {size}", "s", taken["numpy"], place=Place(_CHART, "numpy"))
    yield Line("analytics", f"floor, {size}", "s", taken["floor"], place=Place(_CHART, "floor"))
    ratio = taken["database"].over(taken["numpy"])
    yield Line("analytics", f"database ÷ numpy, {size}", "x", ratio, ANALYTICS_OVER_NUMPY.judged_if(full))
    yield Line("analytics", "statements a day that write", "", Spread((writing,)), ANALYTICS_STATEMENTS)
    yield Line("analytics", "statements a day, with look-ups and calls", "", Spread((executed,)))
    constant = Spread((writing / of_some,))
    what = f"statements a day that write, {accounts:,} ÷ {accounts // 10:,} accounts"
    yield Line("analytics", what, "x", constant, ANALYTICS_STATEMENTS_RATIO)
    for count, taken_by in zip(backfills, spans, strict=True):
        yield Line("analytics", f"backfill of {count} days, {size}", "s", Spread((taken_by,)))
    growth = math.log(spans[-1] / spans[0]) / math.log(backfills[-1] / backfills[0])
    yield Line(
        "analytics",
        f"growth exponent, {backfills[0]} to {backfills[-1]} days",
        "",
        Spread((growth,)),
        ANALYTICS_GROWTH.judged_if(full),
    )


def _analyse(database: BenchDatabase, portfolios: Portfolios, first: date, last: date) -> None:
    database.connection.execute(_ANALYSE, (portfolios.account_ids, first, last))


def _taken(
    database: BenchDatabase, portfolios: Portfolios, days: list[date], repetitions: int
) -> dict[str, Spread]:
    """Seconds of both, each on the same new day in a repetition."""
    by_database, by_numpy, by_floor = iter(days), iter(days), iter(days)
    return interleaved(
        {
            "database": Contestant(
                lambda: _analyse(database, portfolios, *[next(by_database)] * 2), database.owner.checkpoint
            ),
            "numpy": Contestant(
                lambda: analytics_numpy.run(database.connection, portfolios.account_ids, next(by_numpy)),
                database.owner.checkpoint,
            ),
            "floor": Contestant(
                lambda: _insert_kept(database), lambda: _keep_findings(database, next(by_floor))
            ),
        },
        repetitions,
    )


def _keep_findings(database: BenchDatabase, day: date) -> None:
    """Set a day's finished findings aside, beside empty tables like those that they are stored in."""
    with database.connection.transaction():
        database.connection.execute("DROP SCHEMA IF EXISTS kept CASCADE; DROP SCHEMA IF EXISTS floor CASCADE")
        database.connection.execute("CREATE SCHEMA kept; CREATE SCHEMA floor")
        for table in analytics_numpy.TABLES:
            for statement in (
                "CREATE TABLE kept.{0} AS SELECT * FROM rollforward_data.{0} WHERE calculation_date = {1}",
                "CREATE TABLE floor.{0} (LIKE rollforward_data.{0} INCLUDING ALL)",
            ):
                database.connection.execute(
                    sql.SQL(statement).format(sql.Identifier(table), sql.Literal(day))
                )
    database.owner.checkpoint()


def _insert_kept(database: BenchDatabase) -> None:
    with database.connection.transaction():
        for table in map(sql.Identifier, analytics_numpy.TABLES):
            database.connection.execute(sql.SQL("INSERT INTO floor.{0} SELECT * FROM kept.{0}").format(table))


def _backfilled(
    database: BenchDatabase, portfolios: Portfolios, first: int, counts: tuple[int, ...]
) -> list[float]:
    """Seconds of a call over each number of days, one behind the other."""
    spans = []
    for count in counts:
        began, ended = portfolios.held_on(first), portfolios.held_on(first + count - 1)
        database.owner.checkpoint()
        spans.append(seconds(lambda began=began, ended=ended: _analyse(database, portfolios, began, ended)))
        first += count
    return spans


def _statements(database: BenchDatabase, account_ids: list[int], day: date) -> tuple[int, int]:
    """How many statements write for a day, emptying stages not counted, and how many are executed at all.

    In a session that has its temporary tables; those inside functions, and calls of functions, are counted.
    """
    reported: list[str] = []

    def note(diagnostic: psycopg.errors.Diagnostic) -> None:
        message = diagnostic.message_primary or ""
        if message.startswith("duration:"):
            reported.append(message.partition("Query Text:")[2].strip())

    dsn = database.owner.server.dsn(database.connection.info.dbname)
    with psycopg.connect(dsn, autocommit=True) as superuser:
        superuser.execute("LOAD 'auto_explain'")
        superuser.execute(_ANALYSE, ([], day, day))
        superuser.add_notice_handler(note)
        for setting in ("log_min_duration = 0", "log_nested_statements = on", "log_level = notice"):
            superuser.execute(f"SET auto_explain.{setting}".encode())
        superuser.execute(_ANALYSE, (account_ids, day, day))
    return sum(map(_writes, reported)), len(reported)


def _writes(query: str) -> bool:
    empties_a_stage = re.fullmatch(r"DELETE FROM pg_temp\.\w+", query) is not None
    return query.startswith(("INSERT", "UPDATE", "DELETE", "WITH")) and not empties_a_stage


def _require_same_findings(database: BenchDatabase) -> None:
    """Compare the findings of both in every column, row by row."""
    for table in analytics_numpy.TABLES:
        columns = database.connection.execute(
            "SELECT attname, atttypid::regtype::text, attnum = ANY (index.indkey) FROM pg_attribute"
            " JOIN pg_index AS index ON index.indrelid = attrelid AND index.indisprimary"
            " WHERE attrelid = %s::regclass AND attnum > 0 AND attname <> 'written_in' ORDER BY attnum",
            (f"rollforward_data.{table}",),
        ).fetchall()
        key = [name for name, _, is_key in columns if is_key]
        same = [_same(name, kind) for name, kind, is_key in columns if not is_key]
        query = sql.SQL(
            "SELECT count(*), count(*) FILTER (WHERE differs), min(mine::text) FILTER (WHERE differs),"
            " min(theirs::text) FILTER (WHERE differs)"
            " FROM (SELECT mine, theirs, NOT coalesce({same}, false) AS differs"
            " FROM {mine} AS mine FULL JOIN {theirs} AS theirs USING ({key})) AS compared"
        ).format(
            same=sql.SQL(" AND ").join([sql.SQL("true"), *same]),
            mine=sql.Identifier("rollforward_data", table),
            theirs=sql.Identifier(analytics_numpy.SCHEMA, table),
            key=sql.SQL(", ").join(map(sql.Identifier, key)),
        )
        row = database.connection.execute(query).fetchone()
        assert row is not None
        if row[0] == 0 or row[1] > 0:
            raise FiguresDiffer(f"{table}: {row[1]} of {row[0]} differ, as {row[2]} from {row[3]}")


def _same(column: str, kind: str) -> sql.Composable:
    mine, theirs = sql.Identifier("mine", column), sql.Identifier("theirs", column)
    if kind in ("rollforward_data.statistic", "rollforward_data.exact_money"):
        # the error of a line that fits perfectly is the root of what rounding leaves
        noise = sql.Literal(1e-8 if column == "std_error" else 1e-12)
        close = sql.SQL(_CLOSE).format(one=mine, other=theirs, noise=noise)
        return sql.SQL(
            "CASE WHEN {} IS NULL OR {} IS NULL THEN {} IS NULL AND {} IS NULL ELSE {} END"
        ).format(mine, theirs, mine, theirs, close)
    if kind == "jsonb":
        close = sql.SQL(_CLOSE).format(
            one=sql.SQL("CASE WHEN jsonb_typeof(one.value) = 'number' THEN one.value::float8 END"),
            other=sql.SQL("CASE WHEN jsonb_typeof(other.value) = 'number' THEN other.value::float8 END"),
            noise=sql.Literal(1e-12),
        )
        return sql.SQL(_EFFECTS).format(close=close, column=sql.Identifier(column))
    return sql.SQL("{} IS NOT DISTINCT FROM {}").format(mine, theirs)
