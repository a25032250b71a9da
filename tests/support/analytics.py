"""What analyses found, read from the tables and from the views."""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Sequence
from typing import Any

from tests.support.ledger import Ledger

ABOUT_ACCOUNTS = [
    "analysis",
    "analysed_position",
    "account_factor",
    "account_volatility",
    "account_correlation",
    "account_sector",
    "account_concentration",
    "account_stress",
]
ABOUT_INSTRUMENTS = ["factor_beta", "series_volatility", "instrument_correlation", "factor_correlation"]
FINDINGS = [*ABOUT_ACCOUNTS, *ABOUT_INSTRUMENTS]

Key = tuple[str, ...]
Row = dict[str, Any]
Found = dict[str, dict[Key, Row]]


def analyse(
    ledger: Ledger,
    account_ids: Sequence[int],
    start: Any,
    end: Any = None,
    *,
    engines: Sequence[str] | None = None,
    only_stale: bool = False,
) -> Any:
    """Analyse accounts on a day, or on the days of a range."""
    return ledger.row(
        "SELECT * FROM rollforward.analyse(%s::bigint[], %s, %s, %s::text[], %s)",
        list(account_ids),
        start,
        end or start,
        list(engines) if engines is not None else None,
        only_stale,
    )


def findings(ledger: Ledger, tables: Iterable[str] = FINDINGS) -> Found:
    """Rows of findings by their keys; who wrote them when does not matter."""
    found: Found = {}
    for table in tables:
        (keys,) = (
            row.columns
            for row in ledger.rows(
                "SELECT array_agg(attname::text ORDER BY attnum) AS columns FROM pg_index JOIN pg_attribute"
                " ON attrelid = indrelid AND attnum = ANY (indkey)"
                " WHERE indisprimary AND indrelid = %s::regclass",
                f"rollforward_data.{table}",
            )
        )
        rows = [
            {column: value for column, value in json.loads(row.stored).items() if column != "written_in"}
            for row in ledger.rows(f"SELECT to_jsonb(t)::text AS stored FROM rollforward_data.{table} AS t")
        ]
        found[table] = {tuple(str(row[key]) for key in keys): row for row in rows}
    return found


def versions(ledger: Ledger) -> dict[str, set[tuple[str, str]]]:
    """Every row of findings with its place and the transaction that wrote it."""
    return {
        table: {
            (row.place, row.writer)
            for row in ledger.rows(
                f"SELECT ctid::text AS place, xmin::text AS writer FROM rollforward_data.{table}"
            )
        }
        for table in FINDINGS
    }


def differences(found: Found, wanted: Found, *, tolerance: float = 1e-8) -> list[str]:
    """Where findings differ: a row that only one of them has, or a field; [] when they agree."""
    return [
        difference
        for table in wanted
        for key in sorted(found[table].keys() | wanted[table].keys())
        for difference in _row_differences(
            f"{table} {key}", found[table].get(key), wanted[table].get(key), tolerance
        )
    ]


def _row_differences(name: str, found: Row | None, wanted: Row | None, tolerance: float) -> list[str]:
    if found is None or wanted is None:
        return [f"{name}: {found}, expected {wanted}"]
    # what scenarios do to factors cancels out in their sum, the noise of each does not
    parts = max((abs(part) for part in (wanted.get("impacts") or {}).values() if part is not None), default=0)
    return [
        f"{name} {column}: {found.get(column)}, expected {value}"
        for column, value in wanted.items()
        if not alike(found.get(column), value, tolerance, parts)
    ]


def alike(found: Any, wanted: Any, tolerance: float = 1e-8, parts: float = 0) -> bool:
    """Whether two values are the same; figures, but for the noise of floating point, and that of parts."""
    if isinstance(found, dict) and isinstance(wanted, dict):
        return found.keys() == wanted.keys() and all(
            alike(found[name], wanted[name], tolerance) for name in wanted
        )
    if _is_figure(found) and _is_figure(wanted):
        noise = tolerance * max(parts, 0.001)
        return math.isclose(float(found), float(wanted), rel_tol=tolerance, abs_tol=noise)
    return bool(found == wanted)


def _is_figure(value: Any) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def stale_analyses(ledger: Ledger) -> set[tuple[int, str]]:
    """Accounts and days that wait to be analysed anew."""
    return {
        (row.account_id, str(row.calculation_date))
        for row in ledger.rows("SELECT * FROM rollforward.stale_analysis")
    }
