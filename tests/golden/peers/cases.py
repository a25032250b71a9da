"""Cases taken from the test suites of other programs: what they put in, and the figures they expect."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

from tests.support.golden import SHARED, table

PEERS = SHARED / "golden" / "peers"
DIFFERENCES = Path(__file__).resolve().parents[1] / "differences.md"
RELATIVE_TOLERANCE = Decimal("1e-9")

# How a figure is named in differences.md.
NAME = ("folder", "case_id", "as_of", "scope", "key", "metric", "method")

Name = tuple[str, ...]
Row = dict[str, str]


@dataclass(frozen=True)
class Figure:
    folder: str
    row: Row = field(hash=False, compare=False, repr=False)
    name: Name = ()

    @property
    def scope(self) -> str:
        return self.row["scope"]

    @property
    def key(self) -> str:
        return self.row["key"]

    @property
    def metric(self) -> str:
        return self.row["metric"]

    @property
    def as_of(self) -> date | None:
        return date.fromisoformat(self.row["as_of"]) if self.row["as_of"] else None

    def agrees(self, answer: Any) -> bool:
        """Whether an answer is right: a number within tolerance; for an error, that it was refused; for what
        is no number (nan, inf), that there is none."""
        if self.metric == "error":
            return answer is True
        wanted = Decimal(self.row["value"])
        if not wanted.is_finite():
            return answer is None
        if answer is None or isinstance(answer, bool):
            return False
        tolerance = (
            Decimal(self.row["tolerance"]) if self.row["tolerance"] else abs(wanted) * RELATIVE_TOLERANCE
        )
        return abs(Decimal(answer) - wanted) <= tolerance


@dataclass
class Case:
    folder: str
    case_id: str
    method: str
    activities: list[Row]
    prices: list[Row]
    figures: list[Figure]

    def __str__(self) -> str:
        return "-".join(part for part in (self.folder, self.case_id, self.method) if part)


def is_present(folder: str) -> bool:
    return (PEERS / folder / "expected.csv").exists()


def cases(folder: str) -> list[Case]:
    """A case for each method in which figures are expected, without those figures that are left out."""
    left_out = left_out_patterns()
    activities = _by_case(table(PEERS / folder / "activities.csv"))
    prices = _by_case(table(PEERS / folder / "prices.csv"))
    grouped: dict[tuple[str, str], list[Figure]] = {}
    for figure in figures(folder):
        if not is_left_out(figure, left_out):
            grouped.setdefault((figure.row["case_id"], figure.row["method"]), []).append(figure)
    return [
        Case(folder, case_id, method, activities.get(case_id, []), prices.get(case_id, []), expected)
        for (case_id, method), expected in grouped.items()
    ]


def figures(folder: str) -> list[Figure]:
    return [
        Figure(folder, row, (folder, *(row[column] for column in NAME[1:])))
        for row in table(PEERS / folder / "expected.csv")
    ]


def is_left_out(figure: Figure, patterns: Iterable[Name]) -> bool:
    return any(
        all(fnmatchcase(part, wanted) for part, wanted in zip(figure.name, pattern, strict=True))
        for pattern in patterns
    )


def left_out_patterns() -> list[Name]:
    """Kinds of figures that are not compared at all."""
    return [row[: len(NAME)] for row in _table_under("Left out")]


def differences() -> dict[Name, str]:
    """Figures known to differ, and why."""
    rows = _table_under("Differences")
    known = {row[: len(NAME)]: row[len(NAME)] for row in rows}
    assert len(known) == len(rows), "differences.md names a figure twice"
    assert all(known.values()), "differences.md gives no reason"
    return known


def _table_under(heading: str) -> list[Name]:
    """Rows of the table in the section of that heading."""
    _, _, section = DIFFERENCES.read_text().partition(f"\n## {heading}\n")
    lines = [line for line in section.partition("\n## ")[0].splitlines() if line.startswith("|")]
    rows = [
        tuple(
            cell.strip().strip("`").replace("\\|", "|")
            for cell in re.split(r"(?<!\\)\|", line.strip().strip("|"))
        )
        for line in lines[2:]
    ]
    assert all(len(row) == len(NAME) + 1 for row in rows), f"a row of {heading} has not {len(NAME) + 1} cells"
    return rows


def _by_case(rows: list[Row]) -> dict[str, list[Row]]:
    grouped: dict[str, list[Row]] = {}
    for row in rows:
        grouped.setdefault(row["case_id"], []).append(row)
    for of_case in grouped.values():
        of_case.sort(key=lambda row: int(row.get("seq", 0)))
    return grouped
