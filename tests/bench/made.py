"""Made-up results of a benchmark."""

from __future__ import annotations

from bench.claims import Claim, Design, Line, Place
from bench.counting import Cost
from bench.measure import Spread
from bench.report.document import Document, Run

SECONDS = "Seconds by the number of movements"
BARS = "One account, 30 dates"


def line(*samples: float, claim: Claim | None = None, place: Place | None = None, what: str = "it") -> Line:
    return Line("batch", what, "s", Spread(samples), claim, place)


def document(*versions: str) -> Document:
    """Results with a line for every line of DESIGN section 5 but the last, bars, a curve, and costs."""
    runs = tuple(_run(version) for version in versions or ("18.6",))
    return Document(
        taken_at="2026-01-02T03:04+00:00",
        scale="quick",
        repetitions=3,
        seed=7,
        settings={"fsync": "on"},
        python="3.11.7",
        platform="Linux",
        cpu="A <fast> & cheap one",
        cpus=2,
        memory="23 GiB",
        runs=runs,
    )


def _run(version: str) -> Run:
    claimed = [
        line(1.0, 2.0, 3.0, claim=Claim(to_reach, 0.5, design=design), what=f"part of {design.name}")
        for to_reach, design in zip([4, 2, 0.9] * 4, list(Design)[:-1], strict=False)
    ]
    bars = [line(2.0, place=Place(BARS, "batch")), line(8.0, 9.0, 10.0, place=Place(BARS, "client"))]
    curve = [line(10.0 ** (power - 3), place=Place(SECONDS, "batch", 10.0**power)) for power in (3, 4, 5)]
    costs = (Cost("batch", "batch, 10 movements", 1, 384, 33_868, 569_583, 18_780_160, None),)
    return Run(version, (*claimed, *bars, *curve), costs, {"batch": 12.3})
