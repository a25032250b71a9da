"""What DESIGN section 5 claims, whether a measurement bears it out, and the lines of the report."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum

from bench.measure import Spread

MET, MISSED, NOISE, UNJUDGED = "met", "missed", "within noise", "not judged"


class Design(StrEnum):
    """The lines of DESIGN section 5, in its order."""

    FLOOR = "batch ÷ floor, 10,000 accounts, 1,000,000 movements, all tables written"
    CLIENT = "per-date client (4 statements a date, committed) ÷ batch, one account, 365 dates"
    OUTSIDE = "the same figures computed outside (polars; DuckDB) and copied back ÷ batch"
    FIFO = "FIFO matching, trades a second on one core; one giant position ÷ many small"
    BACKDATED = "one back-dated movement among 10,000 accounts"
    END_OF_DAY = "end of day: 10,000 accounts x 15 positions"
    BACKFILL = "120-day backfill, 1,000 accounts x 15 positions"
    LOOKUP = "latest snapshot: one (account, currency) / 20,000 keys among 1,000,000 rows"
    SAVE = "save 100 / 1,000 / 10,000 rows: validated, inserted, logged"
    STATEMENT = "statement file to facts, 1,000,000 rows, validated"
    ANALYTICS = "analytics, one day, any number of accounts: statements"
    GROWTH = "growth 10⁴ → 10⁶ movements: exponent"


@dataclass(frozen=True)
class Claim:
    """A bound: what is accepted, and what we are really after."""

    to_reach: float
    goal: float | None = None
    at_least: bool = False  # else: at most
    design: Design | None = None  # the line of DESIGN section 5 that it is part of
    judged: bool = True  # else: measured on other data than the claim is about

    def judged_if(self, condition: bool) -> Claim:
        """The same claim; a measurement is held against it only on the data that it is about."""
        return replace(self, judged=condition)

    def verdict(self, measured: Spread) -> str:
        """Met or missed when every repetition says so, otherwise within noise."""
        if not self.judged:
            return UNJUDGED
        holds = [_holds(sample, self.to_reach, self.at_least) for sample in measured.samples]
        if all(holds):
            return MET
        return NOISE if any(holds) else MISSED

    def reaches_goal(self, measured: Spread) -> bool:
        """Whether every repetition is as good as the goal, or better."""
        return (
            self.judged
            and self.goal is not None
            and all(_holds(sample, self.goal, self.at_least) for sample in measured.samples)
        )


def _holds(value: float, bound: float, at_least: bool) -> bool:
    return value >= bound if at_least else value <= bound


BATCH_OVER_FLOOR = Claim(2.5, 1.5, design=Design.FLOOR)
CLIENT_OVER_BATCH = Claim(100, 200, at_least=True, design=Design.CLIENT)
OUTSIDE_OVER_BATCH = Claim(1, 2, at_least=True, design=Design.OUTSIDE)
FIFO_TRADES_PER_SECOND = Claim(250_000, 400_000, at_least=True, design=Design.FIFO)
FIFO_ONE_OVER_MANY = Claim(1.5, design=Design.FIFO)
METHOD_GROWTH = Claim(1.2, 1.1)
BACKDATED_MS = Claim(15, 5, design=Design.BACKDATED)
BACKDATED_BUFFERS_RATIO = Claim(1.5, design=Design.BACKDATED)
END_OF_DAY_SECONDS = Claim(3, 1, design=Design.END_OF_DAY)
BACKFILL_SECONDS = Claim(15, 5, design=Design.BACKFILL)
LOOKUP_ONE_BUFFERS = Claim(5, design=Design.LOOKUP)
LOOKUP_MANY_MS = Claim(100, 40, design=Design.LOOKUP)
SAVE_MS = {
    100: Claim(3, 2, design=Design.SAVE),
    1_000: Claim(25, 12, design=Design.SAVE),
    10_000: Claim(250, 120, design=Design.SAVE),
}
SAVE_OVER_PER_ROW = Claim(20, at_least=True, design=Design.SAVE)
STATEMENT_ROWS_PER_SECOND = Claim(40_000, 100_000, at_least=True, design=Design.STATEMENT)
STREAM_ROWS_PER_SECOND = Claim(40_000, 100_000, at_least=True)
TWO_WORKERS = Claim(1.5, at_least=True)
RUN_OVERHEAD = Claim(2)
ANALYTICS_SECONDS = Claim(10)
ANALYTICS_OVER_NUMPY = Claim(1)
ANALYTICS_STATEMENTS = Claim(60, 30, design=Design.ANALYTICS)
ANALYTICS_STATEMENTS_RATIO = Claim(1, design=Design.ANALYTICS)
ANALYTICS_GROWTH = Claim(1.1, 1)
GROWTH = Claim(1.1, 1, design=Design.GROWTH)


@dataclass(frozen=True)
class Place:
    """Where a line stands in a chart of its suite."""

    chart: str  # its title
    series: str  # whose bar, or whose curve
    size: float | None = None  # of the data, for a curve


@dataclass(frozen=True)
class Line:
    """One line of the report."""

    suite: str
    what: str
    unit: str
    measured: Spread
    claim: Claim | None = None
    place: Place | None = None

    @property
    def verdict(self) -> str | None:
        return self.claim.verdict(self.measured) if self.claim else None

    @property
    def reaches_goal(self) -> bool:
        return self.claim is not None and self.claim.reaches_goal(self.measured)
