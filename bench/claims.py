"""What DESIGN section 5 claims, and whether a measurement bears it out."""

from __future__ import annotations

from dataclasses import dataclass

from bench.measure import Spread

MET, MISSED, NOISE = "met", "missed", "within noise"


@dataclass(frozen=True)
class Claim:
    """A bound of DESIGN section 5: what is accepted, and what we are really after."""

    to_reach: float
    goal: float | None = None
    at_least: bool = False  # else: at most

    def verdict(self, measured: Spread) -> str:
        """Met or missed when every repetition says so, otherwise within noise."""
        holds = [self._holds(sample) for sample in measured.samples]
        if all(holds):
            return MET
        return NOISE if any(holds) else MISSED

    def _holds(self, value: float) -> bool:
        return value >= self.to_reach if self.at_least else value <= self.to_reach


BATCH_OVER_FLOOR = Claim(2.5, 1.5)
CLIENT_OVER_BATCH = Claim(100, 200, at_least=True)
FIFO_TRADES_PER_SECOND = Claim(250_000, 400_000, at_least=True)
FIFO_ONE_OVER_MANY = Claim(1.5)
METHOD_GROWTH = Claim(1.2, 1.1)
BACKDATED_MS = Claim(15, 5)
BACKDATED_BUFFERS_RATIO = Claim(1.5)
END_OF_DAY_SECONDS = Claim(3, 1)
BACKFILL_SECONDS = Claim(15, 5)
LOOKUP_ONE_BUFFERS = Claim(5)
LOOKUP_MANY_MS = Claim(100, 40)
SAVE_MS = {100: Claim(3, 2), 1_000: Claim(25, 12), 10_000: Claim(250, 120)}
SAVE_OVER_PER_ROW = Claim(20, at_least=True)
STATEMENT_ROWS_PER_SECOND = Claim(40_000, 100_000, at_least=True)
STREAM_ROWS_PER_SECOND = Claim(40_000, 100_000, at_least=True)
TWO_WORKERS = Claim(1.5, at_least=True)
RUN_OVERHEAD = Claim(2)
ANALYTICS_SECONDS = Claim(10)
ANALYTICS_OVER_NUMPY = Claim(1)
ANALYTICS_STATEMENTS = Claim(60, 30)
ANALYTICS_GROWTH = Claim(1.1, 1)

NOT_YET_BUILT = (
    "figures computed outside (polars, DuckDB) ÷ batch",
    "growth exponent 10⁴ → 10⁶",
)


@dataclass(frozen=True)
class Line:
    """One line of the report."""

    suite: str
    what: str
    unit: str
    measured: Spread
    claim: Claim | None = None

    @property
    def verdict(self) -> str | None:
        return self.claim.verdict(self.measured) if self.claim else None
