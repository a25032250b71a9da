"""What was measured, with all that is needed to judge it, and the same as JSON."""

from __future__ import annotations

import json
import os
import platform
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from bench.claims import Claim, Design, Line, Place
from bench.counting import Cost
from bench.data import SEED
from bench.measure import Spread
from bench.settings import SERVER_SETTINGS, Scale


@dataclass(frozen=True)
class Run:
    """What was measured on one server."""

    postgresql: str  # its version
    lines: tuple[Line, ...]
    costs: tuple[Cost, ...] = ()
    seconds: Mapping[str, float] = field(default_factory=dict)  # that each suite took

    def lines_of(self, suite: str) -> list[Line]:
        return [line for line in self.lines if line.suite == suite]

    def costs_of(self, suite: str) -> list[Cost]:
        return [cost for cost in self.costs if cost.suite == suite]


@dataclass(frozen=True)
class Document:
    """A benchmark: on one machine at one time, on one server or several."""

    taken_at: str
    scale: str
    repetitions: int
    seed: int
    settings: Mapping[str, str]
    python: str
    platform: str
    cpu: str
    cpus: int
    memory: str
    runs: tuple[Run, ...]


def document(scale: Scale, runs: list[Run]) -> Document:
    """The runs, and where and when they were."""
    return Document(
        taken_at=datetime.now(UTC).isoformat(timespec="minutes"),
        scale=scale.name,
        repetitions=scale.repetitions,
        seed=SEED,
        settings=SERVER_SETTINGS,
        python=platform.python_version(),
        platform=f"{platform.system()} {platform.release()} {platform.machine()}",
        cpu=_named("/proc/cpuinfo", "model name") or platform.processor() or "unknown",
        cpus=os.cpu_count() or 1,
        memory=_memory(),
        runs=tuple(runs),
    )


def to_json(written: Document) -> str:
    """Everything, and beside each line what follows from it: median, lowest, highest, verdict."""
    content = asdict(written)
    for run, run_content in zip(written.runs, content["runs"], strict=True):
        for line, line_content in zip(run.lines, run_content["lines"], strict=True):
            spread = line.measured
            line_content |= {
                "median": spread.median,
                "lowest": spread.low,
                "highest": spread.high,
                "verdict": line.verdict,
                "reaches_goal": line.reaches_goal,
            }
    return json.dumps(content, indent=1, ensure_ascii=False) + "\n"


def from_json(text: str) -> Document:
    """What ``to_json`` wrote."""
    content = json.loads(text)
    return Document(**{**content, "runs": tuple(_run(run) for run in content["runs"])})


def save(written: Document, path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(to_json(written), encoding="utf-8")


def load(path: Path) -> Document:
    """What was saved there."""
    return from_json(path.read_text(encoding="utf-8"))


def _run(content: dict[str, Any]) -> Run:
    lines = tuple(_line(line) for line in content["lines"])
    costs = tuple(Cost(**cost) for cost in content["costs"])
    return Run(content["postgresql"], lines, costs, content["seconds"])


def _line(content: dict[str, Any]) -> Line:
    claim, place = content["claim"], content["place"]
    if claim:
        claim = Claim(**{**claim, "design": Design(claim["design"]) if claim["design"] else None})
    return Line(
        content["suite"],
        content["what"],
        content["unit"],
        Spread(tuple(content["measured"]["samples"])),
        claim,
        Place(**place) if place else None,
    )


def _memory() -> str:
    total = _named("/proc/meminfo", "MemTotal")
    return f"{int(total.split()[0]) / 2**20:.0f} GiB" if total else "unknown"


def _named(file: str, name: str) -> str | None:
    """A value of a file of lines ``name: value``."""
    try:
        lines = Path(file).read_text().splitlines()
    except OSError:
        return None
    return next((line.partition(":")[2].strip() for line in lines if line.startswith(name)), None)
