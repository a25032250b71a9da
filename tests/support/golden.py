"""Comparing computed snapshots with the figures of a golden case."""

from __future__ import annotations

import csv
import os
from decimal import Decimal
from pathlib import Path

import pytest

from tests.support.ledger import Ledger

ROOT = Path(__file__).resolve().parents[2]
SHARED = Path(os.environ.get("ROLLFORWARD_SHARED", ROOT.parent / "shared"))
TO_SIX_DECIMALS = Decimal("0.000001")
TO_FOUR_DECIMALS = Decimal("0.0001")


def shared_case(name: str) -> Path:
    """The folder of a broker case among the shared golden cases; skips the test where they are absent."""
    folder = SHARED / "golden" / "broker" / name
    if not (folder / "input.csv").exists():
        pytest.skip(f"{folder} is absent; set ROLLFORWARD_SHARED to the folder that holds golden/")
    return folder


def table(path: Path) -> list[dict[str, str]]:
    with path.open(newline="") as file:
        return list(csv.DictReader(file))


def snapshot_differences(ledger: Ledger, account: str, expected: list[dict[str, str]]) -> list[str]:
    """Every field in which the snapshots of an account differ from what is expected; [] when all agree."""
    stored = ledger.dicts(
        "SELECT * FROM rollforward.account_snapshot WHERE account_number = %s"
        " ORDER BY snapshot_date, currency",
        account,
    )
    keys = [(str(row["snapshot_date"]), row["currency"]) for row in stored]
    wanted_keys = [(row["snapshot_date"], row["currency"]) for row in expected]
    if keys != wanted_keys:
        return [f"rows of {keys}, expected {wanted_keys}"]
    return [
        f"{row['snapshot_date']} {field}: {row[field]}, expected {text}"
        for row, wanted in zip(stored, expected, strict=True)
        for field, text in wanted.items()
        if not agrees(field, row[field], text)
    ]


def agrees(field: str, value: object, text: str) -> bool:
    if field in ("snapshot_date", "currency", "open_trades"):
        return str(value) == text
    tolerance = TO_FOUR_DECIMALS if field.endswith("percentage") else TO_SIX_DECIMALS
    return abs(Decimal(str(value)) - Decimal(text)) <= tolerance


def realized_by_underlying(ledger: Ledger, account: str) -> dict[str, Decimal]:
    return {
        row.underlying: row.gain
        for row in ledger.rows(
            "SELECT underlying, sum(gain) AS gain"
            " FROM rollforward.lot_match JOIN rollforward.account USING (account_id)"
            " WHERE account_number = %s GROUP BY underlying",
            account,
        )
    }
