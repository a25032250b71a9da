"""The same figures computed outside, by polars and by DuckDB, beside the batch.

All three begin with the same movements in the database and end with the same rows of all tables that the
batch fills, committed. Those outside fetch, compute and copy back, into tables with the same columns, keys,
constraints and indexes. One core each: the batch is one backend; the tools have one thread, in a process
beside the backend that they read from and write to. The two mostly take turns, for they wait for each other.

Before a time counts, the rows of both are compared with those of the batch, in every column but written_in,
the transaction that wrote the row.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack

from psycopg import Connection, sql
from psycopg.rows import TupleRow

from bench.claims import OUTSIDE_OVER_BATCH, Line, Place
from bench.contestants import batch, outside_rows
from bench.contestants.outside_process import OutsideProcess, outside_process
from bench.data import FIRST_DATE, Ledger
from bench.database import BenchDatabase, BenchServer
from bench.measure import Contestant, FiguresDiffer, Spread, interleaved
from bench.settings import Scale

_TOOLS = {"polars": "outside_polars", "DuckDB": "outside_duckdb"}  # modules, and the schemas they fill


def measure(server: BenchServer, scale: Scale) -> Iterator[Line]:
    """Seconds of the batch and of both tools, their ratios, and how much memory the tools took."""
    ledger = Ledger(scale.outside_accounts, 100, 100)
    with server.database() as database, ExitStack() as stack:
        ledger.load(database.connection)
        dsn = server.server.dsn(database.connection.info.dbname, database.connection.info.user)
        tools = {
            name: stack.enter_context(outside_process(f"bench.contestants.{module}", dsn))
            for name, module in _TOOLS.items()
        }
        _warm_up(database, ledger, tools)
        taken = interleaved(
            {
                "batch": Contestant(lambda: batch.run(database, ledger), database.clear),
                **{name: _contestant(database, ledger, name, tool) for name, tool in tools.items()},
            },
            min(3, scale.repetitions),
        )
        for name in tools:
            require_same_rows(database.connection, _TOOLS[name])
    size = f"{ledger.accounts:,} accounts, {ledger.accounts * ledger.per_account:,} movements"
    for name, spread in taken.items():
        yield Line("outside", f"{name}, {size}", "s", spread, place=Place(f"Seconds for {size}", name))
    for name, tool in tools.items():
        ratio = taken[name].over(taken["batch"])
        yield Line("outside", f"{name} ÷ batch, {size}", "x", ratio, OUTSIDE_OVER_BATCH)
        yield Line("outside", f"{name}, peak memory of its process", "MB", Spread((tool.peak_megabytes,)))


def _warm_up(database: BenchDatabase, ledger: Ledger, tools: dict[str, OutsideProcess]) -> None:
    """Run each once, and compare."""
    batch.run(database, ledger)
    for name, tool in tools.items():
        outside_rows.prepare(database.connection, _TOOLS[name])
        tool.run(ledger.account_ids, FIRST_DATE, ledger.last_date)
        require_same_rows(database.connection, _TOOLS[name])


def _contestant(database: BenchDatabase, ledger: Ledger, name: str, tool: OutsideProcess) -> Contestant:
    def clear() -> None:
        outside_rows.clear(database.connection, _TOOLS[name])
        database.owner.checkpoint()

    return Contestant(lambda: tool.run(ledger.account_ids, FIRST_DATE, ledger.last_date), clear)


def require_same_rows(connection: Connection[TupleRow], schema: str) -> None:
    """Compare the rows that a tool wrote with those of the batch, by key, column by column."""
    for table in outside_rows.TABLES:
        columns = connection.execute(
            "SELECT attname, attnum = ANY (index.indkey) FROM pg_attribute"
            " JOIN pg_index AS index ON index.indrelid = attrelid AND index.indisprimary"
            " WHERE attrelid = %s::regclass AND attnum > 0 AND attname <> 'written_in' ORDER BY attnum",
            (f"rollforward_data.{table}",),
        ).fetchall()
        others = [name for name, is_key in columns if not is_key]
        found = connection.execute(_comparison(schema, table, columns)).fetchone()
        assert found is not None
        rows, alone, *differing = found
        if not rows or alone:
            raise FiguresDiffer(f"{schema}.{table}: {alone} of {rows} rows are missing or too many")
        for name, count in zip(others, differing, strict=True):
            if count:
                raise FiguresDiffer(f"{schema}.{table}: {count} of {rows} rows have another {name}")


def _comparison(schema: str, table: str, columns: list[TupleRow]) -> sql.Composed:
    counts = [
        sql.SQL("count(*) FILTER (WHERE mine.{name} IS DISTINCT FROM theirs.{name})").format(
            name=sql.Identifier(name)
        )
        for name, is_key in columns
        if not is_key
    ]
    alone = sql.SQL("count(*) FILTER (WHERE mine.present IS NULL OR theirs.present IS NULL)")
    return sql.SQL(
        "SELECT {counts} FROM (SELECT true AS present, * FROM {mine}) AS mine"
        " FULL JOIN (SELECT true AS present, * FROM {theirs}) AS theirs USING ({key})"
    ).format(
        counts=sql.SQL(", ").join([sql.SQL("count(*)"), alone, *counts]),
        mine=sql.Identifier("rollforward_data", table),
        theirs=sql.Identifier(schema, table),
        key=sql.SQL(", ").join(sql.Identifier(name) for name, is_key in columns if is_key),
    )
