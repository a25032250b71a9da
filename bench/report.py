"""The report: a table on the terminal, and the same as JSON."""

from __future__ import annotations

import json
import os
import platform
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from rich.console import Console
from rich.table import Table

from bench.claims import MET, MISSED, NOISE, NOT_YET_BUILT, Claim, Line
from bench.data import SEED
from bench.measure import Spread
from bench.settings import SERVER_SETTINGS, Scale

RESULTS = Path(__file__).parent / "results" / "latest.json"

_COLOURS = {MET: "green", MISSED: "red", NOISE: "yellow"}


def show(lines: Sequence[Line], scale: Scale, server_version: str) -> None:
    """Print the lines as a table, to stdout."""
    table = Table(
        title=f"rollforward bench ({scale.name}), PostgreSQL {server_version}, {os.cpu_count()} CPUs"
    )
    for column in ("suite", "what"):
        table.add_column(column)
    for column in ("measured", "min … max", "to reach", "goal"):
        table.add_column(column, justify="right", no_wrap=True)
    table.add_column("verdict")
    previous = None
    for line in lines:
        if previous not in (None, line.suite):
            table.add_section()
        previous = line.suite
        table.add_row(line.suite, line.what, *_figures(line), _coloured(line.verdict))
    console = Console(width=None if Console().is_terminal else 150)
    console.print(table)
    console.print("Not yet built: " + "; ".join(NOT_YET_BUILT) + ".", highlight=False)


def save(lines: Sequence[Line], scale: Scale, server_version: str) -> Path:
    """Write the lines, and all that is needed to judge them, to ``results/latest.json``."""
    document = {
        "taken_at": datetime.now(UTC).isoformat(timespec="seconds"),
        "scale": scale.name,
        "repetitions": scale.repetitions,
        "seed": SEED,
        "postgresql": server_version,
        "server_settings": SERVER_SETTINGS,
        "python": platform.python_version(),
        "platform": platform.platform(),
        "cpus": os.cpu_count(),
        "lines": [_as_json(line) for line in lines],
        "not_yet_built": NOT_YET_BUILT,
    }
    RESULTS.parent.mkdir(exist_ok=True)
    RESULTS.write_text(json.dumps(document, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
    return RESULTS


def _figures(line: Line) -> tuple[str, str, str, str]:
    spread, claim = line.measured, line.claim
    return (
        f"{_number(spread.median)} {line.unit}",
        f"{_number(spread.low)} … {_number(spread.high)}" if len(spread.samples) > 1 else "",
        _bound(claim, claim.to_reach if claim else None),
        _bound(claim, claim.goal if claim else None),
    )


def _bound(claim: Claim | None, value: float | None) -> str:
    if claim is None or value is None:
        return ""
    return f"{'≥' if claim.at_least else '≤'} {_number(value)}"


def _number(value: float) -> str:
    if abs(value) >= 100:
        return f"{value:,.0f}"
    return f"{value:.1f}" if abs(value) >= 10 else f"{value:.2f}"


def _coloured(verdict: str | None) -> str:
    return f"[{_COLOURS[verdict]}]{verdict}[/]" if verdict else ""


def _as_json(line: Line) -> dict[str, object]:
    claim = line.claim
    return {
        "suite": line.suite,
        "what": line.what,
        "unit": line.unit,
        **_spread_as_json(line.measured),
        "to_reach": claim.to_reach if claim else None,
        "goal": claim.goal if claim else None,
        "at_least": claim.at_least if claim else None,
        "verdict": line.verdict,
    }


def _spread_as_json(spread: Spread) -> dict[str, object]:
    return {"median": spread.median, "min": spread.low, "max": spread.high, "samples": spread.samples}
