"""Calling the functions of returns: series as rows, as a caller has them."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Any

import psycopg
import pytest

from tests.support.ledger import Ledger

Row = tuple[Any, ...]

# The arrays that each function takes beside series_ids and dates.
AMOUNTS = {
    "time_weighted_returns": ("closing_values", "flows"),
    "money_weighted_returns": ("closing_values", "flows"),
    "modified_dietz_returns": ("closing_values", "flows"),
    "xirr": ("amounts",),
    "max_drawdowns": ("levels",),
}
START = date(2025, 1, 1)
LAST_DECIMAL = Decimal("1e-12")


def day(number: int) -> date:
    return START + timedelta(days=number)


def call(ledger: Ledger, function: str, rows: Iterable[Row], **options: str) -> list[Any]:
    """What a function returns for rows of (series, date, amounts...)."""
    return call_with(ledger, function, arrays(function, rows), **options)


def arrays(function: str, rows: Iterable[Row]) -> dict[str, list[Any]]:
    """Rows as the arrays that a function takes."""
    names = arguments(function)
    columns = [list(column) for column in zip(*rows, strict=True)] or [[] for _ in names]
    return dict(zip(names, [*columns[:2], *map(_numbers, columns[2:])], strict=True))


def _numbers(column: list[Any]) -> list[Decimal | None]:
    return [None if each is None else Decimal(each) for each in column]


def arguments(function: str) -> tuple[str, ...]:
    return ("series_ids", "dates", *AMOUNTS[function])


def call_with(ledger: Ledger, function: str, arrays: dict[str, Any], **options: Any) -> list[Any]:
    kinds = {"series_ids": "bigint[]", "dates": "date[]"}
    given = [f"{name} => %s::{kinds.get(name, 'numeric[]')}" for name in arrays]
    given += [f"{name} => %s::text" for name in options]
    return ledger.rows(
        f"SELECT * FROM rollforward.{function}({', '.join(given)})", *arrays.values(), *options.values()
    )


def refusal(ledger: Ledger, function: str, arrays: dict[str, Any], **options: Any) -> tuple[str, list[Any]]:
    """The message and the offences of a call that is refused as it should be."""
    with pytest.raises(psycopg.Error) as refused:
        call_with(ledger, function, arrays, **options)
    assert refused.value.sqlstate == "22R01"
    assert refused.value.diag.message_hint
    return refused.value.diag.message_primary, json.loads(refused.value.diag.message_detail)


def near(value: Decimal, expected: Fraction | float, tolerance: float = 2e-12) -> bool:
    """Whether a figure is as expected, within a tolerance that is relative above 1."""
    return abs(Fraction(value) - Fraction(expected)) <= Fraction(tolerance) * max(1, abs(Fraction(expected)))


def per_series(rows: Iterable[Any]) -> dict[int, list[Any]]:
    found: dict[int, list[Any]] = {}
    for row in rows:
        found.setdefault(row.series_id, []).append(row)
    return found


def without_series(rows: Sequence[Any]) -> list[Row]:
    return [tuple(row)[1:] for row in rows]
