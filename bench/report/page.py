"""The report as one page of HTML: no script, nothing from elsewhere."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import jinja2

from bench.claims import MET, MISSED, NOISE, UNJUDGED, Line
from bench.report import charts
from bench.report.design import UNMEASURED, answers
from bench.report.document import Document
from bench.report.numbers import COSTS, between, cost_figures, goal, median, target
from bench.subjects import SUBJECTS

_VERDICTS = (MET, NOISE, MISSED, UNJUDGED, UNMEASURED)


@dataclass(frozen=True)
class Cell:
    """What a server came to."""

    measured: str = ""
    spread: str = ""
    verdict: str = ""
    reaches_goal: bool = False


@dataclass(frozen=True)
class Row:
    """A line of the report, over all servers."""

    what: str
    to_reach: str
    goal: str
    cells: tuple[Cell, ...]


@dataclass(frozen=True)
class Claimed:
    """A line of DESIGN section 5, over all servers."""

    text: str
    verdicts: tuple[str, ...]
    rows: tuple[Row, ...]


@dataclass(frozen=True)
class Counted:
    """What a contestant took, on one server."""

    what: str
    postgresql: str
    figures: tuple[str, ...]


@dataclass(frozen=True)
class Section:
    """A suite."""

    name: str
    subject: str
    seconds: tuple[str, ...]
    rows: tuple[Row, ...]
    counted: tuple[Counted, ...]
    charts: tuple[tuple[str, charts.BarChart | charts.GrowthChart], ...]  # and whose: a version


def render(document: Document) -> str:
    """The page."""
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(Path(__file__).parent),
        undefined=jinja2.StrictUndefined,
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    claimed = _claimed(document)
    return environment.get_template("page.html.j2").render(
        document=document,
        versions=[run.postgresql for run in document.runs],
        claimed=claimed,
        counts=[_counts(claimed, place) for place in range(len(document.runs))],
        sections=_sections(document),
        cost_columns=COSTS,
        charts=charts,
    )


def save(document: Document, path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(render(document), encoding="utf-8")


def _claimed(document: Document) -> list[Claimed]:
    of_runs = [answers(run.lines) for run in document.runs]
    return [
        Claimed(
            str(same_line[0].design),
            tuple(answer.verdict for answer in same_line),
            _rows([answer.lines for answer in same_line]),
        )
        for same_line in zip(*of_runs, strict=True)
    ]


def _counts(claimed: Sequence[Claimed], place: int) -> list[tuple[str, int]]:
    """How many lines of DESIGN section 5 came to each verdict on a server."""
    found = [line.verdicts[place] for line in claimed]
    return [(verdict, found.count(verdict)) for verdict in _VERDICTS if verdict in found]


def _sections(document: Document) -> list[Section]:
    suites = dict.fromkeys(line.suite for run in document.runs for line in run.lines)
    return [
        Section(
            suite,
            SUBJECTS.get(suite, ""),
            tuple(f"{run.seconds[suite]:,.0f} s" for run in document.runs if suite in run.seconds),
            _rows([run.lines_of(suite) for run in document.runs]),
            tuple(
                Counted(cost.what, run.postgresql, cost_figures(cost))
                for run in document.runs
                for cost in run.costs_of(suite)
            ),
            tuple(
                (run.postgresql, chart)
                for run in document.runs
                for chart in charts.charts(run.lines_of(suite))
            ),
        )
        for suite in suites
    ]


def _rows(of_runs: Sequence[Sequence[Line]]) -> tuple[Row, ...]:
    """Lines of the same name and unit beside each other."""
    by_name = [{(line.suite, line.what, line.unit): line for line in lines} for lines in of_runs]
    names = dict.fromkeys(name for lines in by_name for name in lines)
    return tuple(_row([lines.get(name) for lines in by_name]) for name in names)


def _row(lines: Sequence[Line | None]) -> Row:
    some = next(line for line in lines if line)
    return Row(some.what, target(some.claim), goal(some.claim), tuple(map(_cell, lines)))


def _cell(line: Line | None) -> Cell:
    if line is None:
        return Cell()
    return Cell(
        median(line.measured, line.unit), between(line.measured), line.verdict or "", line.reaches_goal
    )
