"""The lines of DESIGN section 5, each with what was measured of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from bench.claims import MET, MISSED, NOISE, UNJUDGED, Design, Line

UNMEASURED = "not measured"

_WORST_FIRST = (MISSED, NOISE, UNJUDGED, MET)


@dataclass(frozen=True)
class Answer:
    """What a run says to a line of DESIGN section 5."""

    design: Design
    lines: tuple[Line, ...]

    @property
    def verdict(self) -> str:
        """The worst of its lines."""
        found = {line.verdict for line in self.lines}
        return next((verdict for verdict in _WORST_FIRST if verdict in found), UNMEASURED)


def answers(lines: Sequence[Line]) -> list[Answer]:
    """One for every line of DESIGN section 5, in its order, measured or not."""
    return [
        Answer(design, tuple(line for line in lines if line.claim and line.claim.design is design))
        for design in Design
    ]
