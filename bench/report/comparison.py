"""Two benchmarks side by side: on which verdicts they agree."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from bench.claims import NOISE, UNJUDGED, Line
from bench.report.document import Document


@dataclass(frozen=True)
class Pair:
    """The same line of two benchmarks, judged in both."""

    postgresql: str  # the version of the server
    here: Line
    there: Line

    @property
    def agrees(self) -> bool:
        return self.here.verdict == self.there.verdict

    @property
    def contradicts(self) -> bool:
        """One is met and the other missed, and neither lies within noise."""
        return not self.agrees and NOISE not in (self.here.verdict, self.there.verdict)


def pairs(one: Document, other: Document) -> list[Pair]:
    """The lines that both judge, on the same version of PostgreSQL, in the order of the first."""
    known = {(version, _name(line)): line for version, line in _judged(other)}
    return [
        Pair(version, line, known[version, _name(line)])
        for version, line in _judged(one)
        if (version, _name(line)) in known
    ]


def summary(compared: Sequence[Pair]) -> str:
    """How many verdicts agree, lie within noise in one of the two, and contradict each other."""
    agreeing = sum(pair.agrees for pair in compared)
    contrary = sum(pair.contradicts for pair in compared)
    return (
        f"{len(compared)} verdicts compared: {agreeing} the same, "
        f"{len(compared) - agreeing - contrary} within noise in one of the two, {contrary} contrary"
    )


def _name(line: Line) -> tuple[str, str, str]:
    return line.suite, line.what, line.unit


def _judged(document: Document) -> list[tuple[str, Line]]:
    return [
        (run.postgresql, line)
        for run in document.runs
        for line in run.lines
        if line.verdict not in (None, UNJUDGED)
    ]
