"""The report on the terminal."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from rich.console import Console
from rich.table import Table

from bench.claims import MET, MISSED, NOISE
from bench.report.comparison import Pair, summary
from bench.report.design import answers
from bench.report.document import Document, Run
from bench.report.numbers import COSTS, between, cost_figures, goal, median, target

_COLOURS = {MET: "green", MISSED: "red", NOISE: "yellow"}


def show(document: Document, console: Console | None = None) -> None:
    """Print, for each server, the lines, what was counted, and DESIGN section 5; to stdout."""
    console = console or _console()
    for run in document.runs:
        where = f"PostgreSQL {run.postgresql}, {document.cpus} CPUs"
        console.print(_lines(run, f"rollforward bench ({document.scale}), {where}"))
        if run.costs:
            console.print(_costs(run))
        console.print(_design(run))
        counted = Counter(answer.verdict for answer in answers(run.lines))
        summary = ", ".join(f"{count} {verdict}" for verdict, count in counted.items())
        console.print(f"DESIGN section 5: {summary}", highlight=False)


def show_comparison(compared: Sequence[Pair], console: Console | None = None) -> None:
    """Print the verdicts on which two benchmarks do not agree, and how many do; to stdout."""
    console = console or _console()
    if differing := [pair for pair in compared if not pair.agrees]:
        console.print(_differing(differing))
    console.print(summary(compared), highlight=False)


def _console() -> Console:
    return Console(width=None if Console().is_terminal else 150)


def _lines(run: Run, title: str) -> Table:
    table = Table("suite", "what", title=title)
    for column in ("measured", "min … max", "to reach", "goal"):
        table.add_column(column, justify="right", no_wrap=True)
    table.add_column("verdict")
    previous = None
    for line in run.lines:
        if previous not in (None, line.suite):
            table.add_section()
        previous = line.suite
        table.add_row(
            line.suite,
            line.what,
            median(line.measured, line.unit),
            between(line.measured),
            target(line.claim),
            goal(line.claim),
            _coloured(line.verdict),
        )
    return table


def _costs(run: Run) -> Table:
    table = Table("suite", "what", title="counted, not timed: statements, shared buffers, WAL, peak memory")
    for column in COSTS:
        table.add_column(column, justify="right", no_wrap=True)
    for cost in run.costs:
        table.add_row(cost.suite, cost.what, *cost_figures(cost))
    return table


def _design(run: Run) -> Table:
    table = Table("DESIGN section 5", "measured as", title="what is claimed")
    for column in ("measured", "to reach", "goal"):
        table.add_column(column, justify="right", no_wrap=True)
    table.add_column("verdict")
    for answer in answers(run.lines):
        table.add_section()
        if not answer.lines:
            table.add_row(answer.design, "", "", "", "", answer.verdict)
        for number, line in enumerate(answer.lines):
            table.add_row(
                answer.design if number == 0 else "",
                line.what,
                median(line.measured, line.unit),
                target(line.claim),
                goal(line.claim),
                _coloured(line.verdict),
            )
    return table


def _differing(differing: Sequence[Pair]) -> Table:
    table = Table("suite", "what", title="verdicts that differ")
    for column in ("to reach", "here", "there"):
        table.add_column(column, justify="right", no_wrap=True)
    table.add_column("verdict here")
    table.add_column("verdict there")
    for pair in differing:
        table.add_row(
            pair.here.suite,
            pair.here.what,
            target(pair.here.claim),
            between(pair.here.measured),
            between(pair.there.measured),
            _coloured(pair.here.verdict),
            _coloured(pair.there.verdict),
        )
    return table


def _coloured(verdict: str | None) -> str:
    if verdict is None:
        return ""
    return f"[{_COLOURS[verdict]}]{verdict}[/]" if verdict in _COLOURS else verdict
