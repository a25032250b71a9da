"""The server of a benchmark and its databases: made for the run, gone after it."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass

import psycopg
from psycopg import Connection
from psycopg.rows import TupleRow

from bench.settings import SERVER_SETTINGS
from rollforward.deploy import deploy
from rollforward.embedded.server import Server, temporary_server

_OWNER = "bench_owner"
_TEMPLATE = "bench_template"
_numbers = itertools.count(1)


@dataclass(frozen=True)
class BenchServer:
    """A throw-away server with one deployed database, of which each workload gets a copy."""

    server: Server

    @contextmanager
    def database(self) -> Iterator[BenchDatabase]:
        """A database with the schema and nothing in it, owned by an ordinary role; dropped afterwards."""
        name = f"bench_{next(_numbers)}"
        self._admin(f"CREATE DATABASE {name} OWNER {_OWNER} TEMPLATE {_TEMPLATE}")
        try:
            with psycopg.connect(self.server.dsn(name, _OWNER), autocommit=True) as connection:
                yield BenchDatabase(self, connection)
        finally:
            self._admin(f"DROP DATABASE {name} WITH (FORCE)")

    def checkpoint(self) -> None:
        """Write out what earlier work left dirty, so that it is not on the bill of the next."""
        self._admin("CHECKPOINT")

    @contextmanager
    def administrator(self) -> Iterator[Connection[TupleRow]]:
        """A superuser's connection to the server, outside of all workloads."""
        with psycopg.connect(self.server.dsn(), autocommit=True) as admin:
            yield admin

    def _admin(self, statement: str) -> None:
        with self.administrator() as admin:
            admin.execute(statement.encode())


@dataclass(frozen=True)
class BenchDatabase:
    """A database and one connection to it, in autocommit mode."""

    owner: BenchServer
    connection: Connection[TupleRow]

    @contextmanager
    def another_session(self) -> Iterator[BenchDatabase]:
        """The same database through a new connection, without what the first one has cached."""
        with psycopg.connect(self.connection.info.dsn, autocommit=True) as connection:
            yield BenchDatabase(self.owner, connection)

    def clear(self) -> None:
        """Empty what is derived, so that every repetition begins alike."""
        self.connection.execute(
            "TRUNCATE rollforward_data.lot_slice, rollforward_data.position_snapshot,"
            " rollforward_data.account_snapshot, rollforward_data.account_currency,"
            " rollforward_data.position, rollforward_data.equity_snapshot, rollforward_data.valued_account,"
            " rollforward_data.stale_mark"
        )
        self.owner.checkpoint()


@contextmanager
def bench_server(settings: Mapping[str, str] = SERVER_SETTINGS) -> Iterator[BenchServer]:
    """A throw-away server with the schema deployed in it by an ordinary role."""
    with temporary_server(settings) as server:
        with psycopg.connect(server.dsn(), autocommit=True) as admin:
            admin.execute(f"CREATE ROLE {_OWNER} LOGIN CREATEROLE NOSUPERUSER".encode())
            admin.execute("CREATE EXTENSION pg_stat_statements")
            admin.execute(f"CREATE DATABASE {_TEMPLATE} OWNER {_OWNER}".encode())
        deploy(server.dsn(_TEMPLATE, _OWNER))
        yield BenchServer(server)
