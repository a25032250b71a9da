"""The floor: the finished rows, already computed, written by INSERT … SELECT into the same indexed tables.

Nothing that writes these tables set-based can be faster; how far above it the batch is, is the cost of
calculating.
"""

from __future__ import annotations

from psycopg import sql

from bench.contestants.tables import TABLES
from bench.database import BenchDatabase


def keep_copies(database: BenchDatabase) -> None:
    """Copy what a batch has just written into plain tables without indexes, in the order of its heap."""
    with database.connection.transaction():
        for table in TABLES:
            database.connection.execute(
                sql.SQL("CREATE TABLE {} AS SELECT * FROM {}").format(_copy(table), _stored(table))
            )
    database.connection.execute("VACUUM (ANALYZE)")


def run(database: BenchDatabase) -> None:
    """Insert all the kept rows in one transaction; the tables are empty."""
    with database.connection.transaction():
        for table in TABLES:
            database.connection.execute(
                sql.SQL("INSERT INTO {} SELECT * FROM {}").format(_stored(table), _copy(table))
            )


def rows_that_differ(database: BenchDatabase) -> int:
    """How many rows a further batch wrote otherwise than the one whose rows were kept."""
    differing = 0
    for table in TABLES:
        row = database.connection.execute(
            sql.SQL(
                "WITH stored AS (SELECT to_jsonb(row) - 'written_in' AS content FROM {stored} AS row),"
                " kept AS (SELECT to_jsonb(row) - 'written_in' AS content FROM {copy} AS row)"
                " SELECT count(*) FROM ((TABLE stored EXCEPT TABLE kept) UNION ALL"
                " (TABLE kept EXCEPT TABLE stored)) AS differing"
            ).format(stored=_stored(table), copy=_copy(table))
        ).fetchone()
        assert row is not None
        differing += row[0]
    return differing


def _stored(table: str) -> sql.Identifier:
    return sql.Identifier("rollforward_data", table)


def _copy(table: str) -> sql.Identifier:
    return sql.Identifier("public", f"kept_{table}")
