"""The operations of the repository against the ways applications write rows.

Prices are saved, loaded, updated and deleted, from one to ten thousand, each time others; every call is
committed. ``save`` validates, keeps versions and a log, and returns what became of each row; so does the
same function called for each row. The others only insert: ``executemany``, statements in a pipeline, one
statement of many VALUES, COPY. Tables, indexes, triggers and so versions and log are the same for all, so
that save ÷ COPY is what arrays, checks of arguments and the outcome of each row cost.

Movements, which have eight times as many columns and twice as many indexes, are saved beside INSERT …
SELECT of the same arrays, which is as little as can be done to store them.

A stream of rows is saved chunk by chunk over two connections; the memory of the process is what it took
when a tenth of the rows had passed, and at the end.
"""

from __future__ import annotations

import resource
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

from psycopg import Connection, sql
from psycopg.rows import TupleRow

from bench.claims import SAVE_MS, SAVE_OVER_PER_ROW, STREAM_ROWS_PER_SECOND, Line, Place
from bench.database import BenchDatabase, BenchServer
from bench.measure import Contestant, Spread, interleaved, seconds
from bench.settings import Scale
from rollforward import Session, connect

Row = dict[str, Any]

INSTRUMENTS = 500
ACCOUNTS = 1_000
_COLUMNS = ("instrument_id", "price_date", "close")
_INSERT = "INSERT INTO rollforward_data.price (instrument_id, price_date, close) VALUES (%s, %s, %s)"
_MOVEMENTS = """
INSERT INTO rollforward_data.movement (
    account_id, occurred_at, accounting_date, kind, effect, currency, instrument_id, quantity, price, amount,
    fee)
SELECT account_id, occurred_at, accounting_date, kind::rollforward_data.movement_kind,
       effect::rollforward_data.movement_effect, currency, instrument_id, quantity, price, amount, fee
FROM unnest(%b::bigint[], %b::timestamptz[], %b::date[], %b::text[], %b::text[], %b::text[], %b::bigint[],
            %b::numeric[], %b::numeric[], %b::numeric[], %b::numeric[])
    AS given (account_id, occurred_at, accounting_date, kind, effect, currency, instrument_id, quantity,
              price, amount, fee)
"""


class Feed:
    """Rows that were not saved before, more at every call."""

    def __init__(self) -> None:
        self._prices = 0
        self._movements = 0

    def prices(self, count: int) -> list[Row]:
        rows = [price(number) for number in range(self._prices, self._prices + count)]
        self._prices += count
        return rows

    def movements(self, count: int) -> list[Row]:
        rows = [movement(number) for number in range(self._movements, self._movements + count)]
        self._movements += count
        return rows


def price(number: int) -> Row:
    """Prices of a day for all instruments, then those of the next one."""
    day, instrument = divmod(number, INSTRUMENTS)
    return {
        "instrument_id": 1 + instrument,
        "price_date": date(1950, 1, 1) + timedelta(days=day),
        "close": Decimal(1000 + number % 977) / 8,
    }


def movement(number: int) -> Row:
    """A purchase; accounts take turns, a minute after the other."""
    return {
        "account_id": 1 + number * 7919 % ACCOUNTS,
        "occurred_at": datetime(2024, 1, 1, tzinfo=UTC) + timedelta(minutes=number),
        "accounting_date": date(2024, 1, 1) + timedelta(days=number // 2_000),
        "kind": "buy",
        "effect": "open",
        "currency": "USD",
        "instrument_id": 1 + number % INSTRUMENTS,
        "quantity": Decimal(1 + number % 90),
        "price": Decimal("12.5"),
        "amount": Decimal("-12.5") * (1 + number % 90),
        "fee": Decimal("1.25"),
    }


def measure(server: BenchServer, scale: Scale) -> Iterator[Line]:
    """Milliseconds of every operation by size, ratios to row by row, rows a second of a stream, memory."""
    with server.database() as database:
        _furnish(database)
        feed = Feed()
        for size in scale.repository_sizes:
            yield from _saving(database, feed, size, scale)
        for size in scale.repository_sizes:
            yield from _changing(database, feed, size, scale)
        for size in scale.repository_sizes:
            yield from _movements(database, feed, size, scale.repetitions)
    for entity, made, rows in (
        ("price", price, scale.stream_rows),
        ("movement", movement, scale.stream_rows // 5),
    ):
        with server.database() as database:
            _furnish(database)
            yield from _streaming(database, entity, made, rows)


def _furnish(database: BenchDatabase) -> None:
    database.connection.execute(
        "INSERT INTO rollforward_data.instrument (symbol, kind, currency)"
        " SELECT 'S' || n, 'stock', 'USD' FROM generate_series(1, %s) AS n",
        [INSTRUMENTS],
    )
    database.connection.execute(
        "INSERT INTO rollforward_data.account (number, base_currency)"
        " SELECT 'A' || n, 'USD' FROM generate_series(1, %s) AS n",
        [ACCOUNTS],
    )
    database.connection.execute("VACUUM (ANALYZE)")


def _saving(database: BenchDatabase, feed: Feed, size: int, scale: Scale) -> Iterator[Line]:
    connection = database.connection
    session = Session(connection)
    contestants: dict[str, Callable[[list[Row]], object]] = {
        "save": lambda rows: session.save("price", rows),
        "executemany": lambda rows: _executemany(connection, rows),
        "pipeline": lambda rows: _pipeline(connection, rows),
        "VALUES": lambda rows: _values(connection, rows),
        "COPY": lambda rows: _copy(connection, rows),
    }
    if size <= scale.row_by_row_up_to:
        contestants["save row by row"] = lambda rows: [session.save("price", [row]) for row in rows]
    taken = _taken(contestants, lambda: feed.prices(size), scale.repetitions)
    for name, spread in taken.items():
        claim = SAVE_MS.get(size) if name == "save" else None
        place = Place(f"Milliseconds to write {size:,} prices", name) if size > 1 else None
        yield Line("repository", f"{name}, {size:,} prices", "ms", _milliseconds(spread), claim, place)
    yield Line("repository", f"save ÷ COPY, {size:,} prices", "x", taken["save"].over(taken["COPY"]))
    yield from _over_row_by_row(taken, "save", size)


def _changing(database: BenchDatabase, feed: Feed, size: int, scale: Scale) -> Iterator[Line]:
    session = Session(database.connection)
    rows = feed.prices(size)
    keys = [(row["instrument_id"], row["price_date"]) for row in rows]
    session.save("price", rows)
    changes = 0

    def changed() -> list[Row]:
        nonlocal changes
        changes += 1
        return [row | {"close": row["close"] + changes} for row in rows]

    def row_by_row(call: Callable[[str, list[Any]], object]) -> Callable[[list[Any]], object]:
        return lambda given: [call("price", [one]) for one in given]

    def there() -> list[Any]:
        session.save("price", rows, on_conflict="skip")
        return keys

    operations: list[tuple[str, Callable[[str, list[Any]], object], Callable[[], list[Any]]]] = [
        ("load", session.load, lambda: keys),
        ("update", session.update, changed),
        ("delete", session.delete, there),
    ]
    for name, call, given in operations:
        contestants: dict[str, Callable[[list[Any]], object]] = {
            name: lambda rows, call=call: call("price", rows)
        }
        if size <= scale.row_by_row_up_to:
            contestants[f"{name} row by row"] = row_by_row(call)
        taken = _taken(contestants, given, scale.repetitions)
        for contestant, spread in taken.items():
            yield Line("repository", f"{contestant}, {size:,} prices", "ms", _milliseconds(spread))
        yield from _over_row_by_row(taken, name, size)


def _movements(database: BenchDatabase, feed: Feed, size: int, repetitions: int) -> Iterator[Line]:
    session = Session(database.connection)
    taken = _taken(
        {
            "save": lambda rows: session.save("movement", rows),
            "insert": lambda rows: _insert_movements(database.connection, rows),
        },
        lambda: feed.movements(size),
        repetitions,
    )
    for name, spread in taken.items():
        yield Line("repository", f"{name}, {size:,} movements", "ms", _milliseconds(spread))
    yield Line("repository", f"save ÷ insert, {size:,} movements", "x", taken["save"].over(taken["insert"]))


def _streaming(database: BenchDatabase, entity: str, made: Callable[[int], Row], rows: int) -> Iterator[Line]:
    memory: list[float] = []
    chunk_size = 10_000

    def stream() -> None:
        with connect(database.connection.info.dsn) as session:
            for report in session.save_stream(
                entity, (made(number) for number in range(rows)), chunk_size=chunk_size, workers=2
            ):
                if report.first_ordinal + report.rows > rows // 10 and not memory:
                    memory.append(_megabytes())
            memory.append(_megabytes())

    taken = seconds(stream)
    claim = STREAM_ROWS_PER_SECOND.judged_if(rows >= 1_000_000) if entity == "price" else None
    yield Line("repository", f"stream, {rows:,} {entity}s", "rows/s", Spread((rows / taken,)), claim)
    grown = Spread((memory[-1] - memory[0],))
    yield Line("repository", f"memory of the process, from a tenth of {rows:,} {entity}s", "MB", grown)


def _taken(
    contestants: dict[str, Callable[[list[Any]], object]], given: Callable[[], list[Any]], repetitions: int
) -> dict[str, Spread]:
    """Seconds of each on what was made for it, off the clock. The first time, which plans, is left out."""
    rows: list[Any] = []

    def contestant(work: Callable[[list[Any]], object]) -> Contestant:
        def prepare() -> None:
            rows[:] = given()

        return Contestant(lambda: work(list(rows)), prepare)

    taken = interleaved({name: contestant(work) for name, work in contestants.items()}, repetitions + 1)
    return {name: Spread(spread.samples[1:]) for name, spread in taken.items()}


def _over_row_by_row(taken: dict[str, Spread], name: str, size: int) -> Iterator[Line]:
    if size > 1 and f"{name} row by row" in taken:
        claim = SAVE_OVER_PER_ROW if name == "save" and size >= 100 else None
        ratio = taken[f"{name} row by row"].over(taken[name])
        yield Line("repository", f"row by row ÷ {name}, {size:,} prices", "x", ratio, claim)


def _executemany(connection: Connection[TupleRow], rows: list[Row]) -> None:
    with connection.transaction(), connection.cursor() as cursor:
        cursor.executemany(_INSERT, [tuple(row.values()) for row in rows])


def _pipeline(connection: Connection[TupleRow], rows: list[Row]) -> None:
    with connection.transaction(), connection.pipeline():
        for row in rows:
            connection.execute(_INSERT, tuple(row.values()))


def _values(connection: Connection[TupleRow], rows: list[Row]) -> None:
    statement = sql.SQL("INSERT INTO rollforward_data.price ({}) VALUES {}").format(
        sql.SQL(", ").join(map(sql.Identifier, _COLUMNS)),
        sql.SQL(", ").join([sql.SQL("(%s, %s, %s)")] * len(rows)),
    )
    connection.execute(statement, [value for row in rows for value in row.values()])


def _copy(connection: Connection[TupleRow], rows: list[Row]) -> None:
    statement = "COPY rollforward_data.price (instrument_id, price_date, close) FROM STDIN (FORMAT binary)"
    with connection.cursor() as cursor, cursor.copy(statement) as copy:
        copy.set_types(["bigint", "date", "numeric"])
        for row in rows:
            copy.write_row(tuple(row.values()))


def _insert_movements(connection: Connection[TupleRow], rows: list[Row]) -> None:
    connection.execute(
        _MOVEMENTS, [list(column) for column in zip(*(row.values() for row in rows), strict=True)]
    )


def _milliseconds(spread: Spread) -> Spread:
    return spread.map(lambda taken: taken * 1000)


def _megabytes() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
