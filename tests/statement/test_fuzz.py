"""Statements that were damaged, or made to harm: a typed error or a right import, never part of one."""

from __future__ import annotations

import csv
import io
import random
from collections.abc import Callable
from pathlib import Path

import psycopg
import pytest

import rollforward
from rollforward.errors import RollforwardError
from tests.statement.test_ibkr import a_year
from tests.support.command import few_rows, write
from tests.support.ledger import Ledger
from tests.support.statements import OWN

GENERIC = """\
occurred_at,kind,effect,symbol,quantity,price,amount,commission,fee,tax,currency,counter_amount,counter_currency,lot_ref
2025-01-02,deposit,,,,,1000,,,,USD,,,
2025-01-03T10:00:00-05:00,buy,open,ACME,10,50,,1,,,USD,,,first
2025-01-06 16:00,sell,close,ACME,4,,220,1,0.02,,USD,,,first
2025-01-07,conversion,,,,,-100,,,,USD,90,EUR,
2025-01-08,dividend,,ACME,,,"1,000.50",,,1.5,USD,,,
"""
NASTY = [
    "'; DROP TABLE rollforward_data.movement; --", "=cmd|' /C calc'!A0", "+1+1", "@SUM(A1)", "-1e400",
    "9" * 400, "NaN", "Infinity", "-0", "1e5", "0x1F", "١٢٣", "\u202e12", "\x00", "\ud7ff", "é" * 500, "%s",
    "{0}", "$1", "\\N", "\\.", '"', "''", "2025-02-30", "0000-00-00", "infinity", "1/1/99", "--", " ", "",
    "null", "\t", "\r", "1,2,3", "99999999999999999999.999999999999", "0.0000000000000001", "a" * 200_000,
]  # fmt: skip
INTERNAL = ("XX", "42", "58", "2201", "0A", "25", "21")


def flipped(raw: bytes, rng: random.Random) -> bytes:
    content = bytearray(raw)
    for _ in range(rng.randint(1, 5)):
        content[rng.randrange(len(content))] = rng.randrange(256)
    return bytes(content)


def cut(raw: bytes, rng: random.Random) -> bytes:
    return raw[: rng.randrange(len(raw))]


def without_lines(raw: bytes, rng: random.Random) -> bytes:
    lines = raw.splitlines(keepends=True)
    for _ in range(rng.randint(1, 3)):
        del lines[rng.randrange(len(lines))]
    rng.shuffle(lines) if rng.random() < 0.1 else None
    return b"".join(lines)


def twice(raw: bytes, rng: random.Random) -> bytes:
    lines = raw.splitlines(keepends=True)
    place = rng.randrange(len(lines))
    return b"".join([*lines[:place], lines[rng.randrange(len(lines))], *lines[place:]])


def encoded(raw: bytes, rng: random.Random) -> bytes:
    coding = rng.choice(["utf-16", "utf-8-sig", "latin-1", "utf-32-le", "cp500"])
    return raw.decode().encode(coding, errors="replace")


def quoted(raw: bytes, rng: random.Random) -> bytes:
    place = rng.randrange(len(raw))
    return raw[:place] + rng.choice([b'"', b'""', b"'", b"\n", b"\r\n", b",", b",,", b"\x00"]) + raw[place:]


def without_a_column(raw: bytes, rng: random.Random) -> bytes:
    rows = [row for row in csv.reader(io.StringIO(raw.decode())) if row]
    place = rng.randrange(max(map(len, rows)))
    return as_csv([row[:place] + row[place + 1 :] for row in rows])


def with_a_nasty_value(raw: bytes, rng: random.Random) -> bytes:
    rows = [row for row in csv.reader(io.StringIO(raw.decode())) if row]
    for _ in range(rng.randint(1, 3)):
        row = rng.choice(rows)
        row[rng.randrange(len(row))] = rng.choice(NASTY)
    return as_csv(rows)


def exchanged(raw: bytes, rng: random.Random) -> bytes:
    """A value where another one belongs."""
    rows = [row for row in csv.reader(io.StringIO(raw.decode())) if row]
    one, other = rng.choice(rows), rng.choice(rows)
    one[rng.randrange(len(one))] = other[rng.randrange(len(other))]
    return as_csv(rows)


def as_csv(rows: list[list[str]]) -> bytes:
    written = io.StringIO()
    csv.writer(written, lineterminator="\n").writerows(rows)
    return written.getvalue().encode("utf-8", errors="surrogatepass")


DAMAGES: list[Callable[[bytes, random.Random], bytes]] = [
    flipped, cut, without_lines, twice, encoded, quoted, without_a_column, with_a_nasty_value,
    with_a_nasty_value, with_a_nasty_value, exchanged,
]  # fmt: skip


@pytest.fixture
def statements(tmp_path: Path) -> list[tuple[str, bytes]]:
    return [
        ("tastytrade", write(tmp_path / "few.csv", few_rows()).read_bytes()),
        ("tastytrade", (OWN / "harbour.csv").read_bytes()),
        ("tastytrade", (OWN / "tidewater.csv").read_bytes()),
        ("generic", GENERIC.encode()),
        ("ibkr", a_year().text.encode()),
    ]


def import_damaged(ledger: Ledger, statements: list[tuple[str, bytes]], tmp_path: Path, seed: int) -> bool:
    """Import one damaged statement, and look at what is left of it; whether it was imported."""
    rng = random.Random(seed)
    broker, raw = rng.choice(statements)
    for _ in range(rng.choice([1, 1, 1, 2, 3])):
        raw = damaged(raw or b"x", rng)
    path = tmp_path / "damaged.csv"
    path.write_bytes(raw)
    with psycopg.connect(ledger.connection.info.dsn) as connection:
        session = rollforward.connect(connection)
        before = rows_of(connection)
        try:
            result = session.import_statement(path, account="7", broker=broker)
        except RollforwardError as error:
            refused = error
        else:
            refused = None
        if refused is not None:
            assert refused.sqlstate, refused
            assert not refused.sqlstate.startswith(INTERNAL), (refused.sqlstate, refused)
            assert rows_of(connection) == before
            return False
        assert result.saved + result.already_known <= result.rows_read
        assert rows_of(connection)["movement"] == result.saved
        if rng.random() < 0.3:
            processed = session.process([result.account_id], *whole_time())
            assert processed.success, processed.errors
            assert session.verify([result.account_id]) == []
        assert session.import_statement(path, account="7", broker=broker).saved == 0
        connection.rollback()
    return True


def whole_time() -> tuple:
    from datetime import date

    return date(1990, 1, 1), date(2100, 1, 1)


def damaged(raw: bytes, rng: random.Random) -> bytes:
    try:
        return rng.choice(DAMAGES)(raw, rng)
    except (csv.Error, ValueError, IndexError):  # too damaged for that already
        return flipped(raw, rng)


def rows_of(connection: psycopg.Connection) -> dict[str, int]:
    return {
        table: connection.execute(f"SELECT count(*) FROM rollforward_data.{table}").fetchone()[0]
        for table in (
            "account",
            "instrument",
            "movement",
            "assertion",
            "tastytrade_row",
            "ibkr_row",
            "generic_row",
        )
    }


def test_damaged_statements_are_refused_or_imported_right(ledger, statements, tmp_path):
    imported = [import_damaged(ledger, statements, tmp_path, seed) for seed in range(60)]
    assert 5 < sum(imported) < 55


@pytest.mark.long
@pytest.mark.parametrize("block", range(10))
def test_ten_thousand_damaged_statements_are_refused_or_imported_right(ledger, statements, tmp_path, block):
    imported = 0
    for seed in range(1_000 * (block + 1), 1_000 * (block + 2)):
        try:
            imported += import_damaged(ledger, statements, tmp_path, seed)
        except Exception as error:
            raise AssertionError(f"seed {seed}") from error
    assert 50 < imported < 950
