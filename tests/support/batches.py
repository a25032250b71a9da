"""Rows of every entity for the operations of the repository, and what is stored of them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

from hypothesis import strategies as st

from rollforward import Session
from rollforward.entities import entities
from tests.support.ledger import Ledger

Row = dict[str, Any]
ENTITIES = [entity.name for entity in entities()]
KEYS = {entity.name: [column.name for column in entity.key] for entity in entities()}
ALIKE = ("log_id", "recorded_at", "created_at", "superseded_in", "deleted_at")  # differ from run to run

FIRST_DAY = date(2025, 1, 2)
NOON = datetime(2025, 1, 2, 12, tzinfo=UTC)


def furnish(ledger: Ledger) -> None:
    """What rows refer to: persons 1 to 3, instruments 1 to 5, accounts 1 to 3."""
    ledger.rows("INSERT INTO rollforward_data.person (name) SELECT 'P' || n FROM generate_series(1, 3) AS n")
    for symbol in "ABCDE":
        ledger.instrument(symbol)
    for number in "XYZ":
        ledger.account(number)


def good_rows(entity: str, count: int, first: int = 0) -> list[Row]:
    """So many rows that can be saved, all different; others with another first."""
    return [_MADE[entity](number) for number in range(first, first + count)]


def _person(number: int) -> Row:
    return {
        "name": f"person {number}",
        "base_currency": ("USD", "EUR", None)[number % 3],
        "organization_id": (None, 1, 2)[number % 3],
    }


def _account(number: int) -> Row:
    return {
        "number": f"account {number}",
        "base_currency": ("USD", "EUR")[number % 2],
        "person_id": (None, 1, 2, 3)[number % 4],
        "costs_in_lot": (True, False, None)[number % 3],
    }


def _instrument(number: int) -> Row:
    if number % 2:
        return {"symbol": f"STOCK{number}", "kind": "stock", "currency": "USD"}
    return {
        "symbol": f"OPTION{number}",
        "kind": "option",
        "multiplier": Decimal(100),
        "underlying": "A",
        "expiration": FIRST_DAY + timedelta(days=number % 300),
        "strike": Decimal("12.5") + number,
        "option_right": ("call", "put")[number // 2 % 2],
    }


def _movement(number: int) -> Row:
    row = {
        "account_id": 1 + number % 3,
        "occurred_at": NOON + timedelta(minutes=number),
        "accounting_date": FIRST_DAY + timedelta(days=number % 200),
        "currency": "USD",
        "external_id": f"no {number}",
    }
    if number % 3 == 0:
        return row | {"kind": "deposit", "amount": Decimal(100 + number)}
    return row | {
        "kind": "buy",
        "effect": "open",
        "instrument_id": 1 + number % 5,
        "quantity": Decimal(number + 1),
        "price": Decimal("1.25"),
        "amount": Decimal("-1.25") * (number + 1),
        "fee": Decimal("0.01"),
    }


def _price(number: int) -> Row:
    return {
        "instrument_id": 1 + number % 5,
        "price_date": FIRST_DAY + timedelta(days=number // 5),
        "close": Decimal(10) + Decimal(number) / 8,
    }


_MADE: dict[str, Callable[[int], Row]] = {
    "person": _person,
    "account": _account,
    "instrument": _instrument,
    "movement": _movement,
    "price": _price,
}

# Changes after which a row cannot be saved, or may be: fields and what they become.
_SPOILED: dict[str, list[Row]] = {
    "person": [
        {"name": None}, {"name": " "}, {"name": "n" * 201}, {"base_currency": "usd"},
        {"organization_id": 99},
        {"organization_id": 3}, {"person_id": 1}, {"person_id": 50}, {"name": "P1"},
        {"person_id": 60, "organization_id": 61},
        {"person_id": 61, "organization_id": 60}, {"person_id": 1, "name": "P1"},
        {"person_id": 2, "name": "P1"},
    ],
    "account": [
        {"number": None}, {"number": ""}, {"number": " x"}, {"base_currency": None},
        {"base_currency": "dollars"},
        {"person_id": 99}, {"broker_id": 7}, {"number": "X"}, {"account_id": 2},
        {"account_id": 2, "number": "X"},
        {"account_id": 40}, {"number": "m" * 201},
    ],
    "instrument": [
        {"symbol": None}, {"symbol": " "}, {"kind": "stonk"}, {"kind": None},
        {"kind": "option", "strike": None},
        {"multiplier": Decimal(0)}, {"multiplier": Decimal("NaN")}, {"multiplier": Decimal("1e30")},
        {"currency": "us"},
        {"option_right": "both"}, {"symbol": "A"}, {"instrument_id": 1},
        {"strike": Decimal("-1"), "kind": "stock"},
    ],
    "movement": [
        {"account_id": None}, {"account_id": 99}, {"kind": "gift"}, {"kind": None}, {"occurred_at": None},
        {"currency": "usd"}, {"instrument_id": 99}, {"amount": Decimal("1e25")}, {"amount": Decimal("NaN")},
        {"effect": "close", "kind": "securities_in"}, {"kind": "deposit", "effect": "open"},
        {"quantity": Decimal(-1)},
        {"kind": "conversion"}, {"lot_ref": ","}, {"external_id": ""}, {"movement_id": 1},
        {"natural_key": b"1"},
        {"kind": "buy", "instrument_id": None, "effect": "opening"}, {"counter_currency": "eur"},
    ],
    "price": [
        {"instrument_id": None}, {"instrument_id": 99}, {"price_date": None}, {"close": None},
        {"close": Decimal(0)},
        {"close": Decimal("Infinity")}, {"close": Decimal("1e22")},
        {"price_date": FIRST_DAY, "instrument_id": 1},
    ],
}  # fmt: skip


@st.composite
def any_rows(draw: st.DrawFn, entity: str, largest: int = 6) -> list[Row]:
    """Rows of which some cannot be saved, are there already, or stand twice."""
    rows = []
    for number in draw(st.lists(st.integers(0, 8), min_size=1, max_size=largest)):
        row = _MADE[entity](number)
        for spoiled in draw(st.lists(st.sampled_from(_SPOILED[entity]), max_size=1)):
            row = row | spoiled
        rows.append(row)
    return rows


def key_of(entity: str, row: Row) -> tuple[Any, ...]:
    return tuple(row[name] for name in KEYS[entity])


def stored(
    ledger: Ledger, tables: Sequence[str] = ENTITIES, *, without: Sequence[str] = ()
) -> dict[str, list[Any]]:
    """All rows and images as text, without what says when and by which transaction they were written."""
    left_out = "".join(f" - '{name}'" for name in (*ALIKE, *without))
    return {
        table: [row.text for row in ledger.rows(
            f"SELECT (to_jsonb(stored){left_out})::text AS text"
            f" FROM rollforward_data.{table} AS stored ORDER BY 1"
        )]
        for name in tables
        for table in (name, f"{name}_image")
    }  # fmt: skip


def everything(ledger: Ledger) -> dict[str, list[Any]]:
    """Every row of every table, as it is."""
    tables = ledger.rows(
        "SELECT relname FROM pg_class WHERE relnamespace = 'rollforward_data'::regnamespace AND relkind = 'r'"
    )
    return {
        table.relname: ledger.rows(
            f"SELECT stored::text FROM rollforward_data.{table.relname} AS stored ORDER BY 1"
        )
        for table in tables
    }


def versions_are_gap_free(ledger: Ledger) -> bool:
    """Whether the versions of every row that is or was are 1, 2, 3 …"""
    for entity, names in KEYS.items():
        gaps = ledger.rows(
            f"SELECT {', '.join(names)} FROM rollforward.{entity}_version"
            f" GROUP BY {', '.join(names)} HAVING min(version) <> 1 OR max(version) <> count(*)"
        )
        if gaps:
            return False
    return True


def session_of(ledger: Ledger) -> Session:
    return Session(ledger.connection)
