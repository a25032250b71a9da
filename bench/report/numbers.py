"""How figures are written."""

from __future__ import annotations

from bench.claims import Claim
from bench.counting import Cost
from bench.measure import Spread


def number(value: float) -> str:
    """With two or three digits that count; large ones in full."""
    size = abs(value)
    if size >= 100:
        return f"{value:,.0f}"
    if size >= 10:
        return f"{value:.1f}"
    return f"{value:.2f}" if size >= 0.1 or value == 0 else f"{value:.2g}"


def median(spread: Spread, unit: str) -> str:
    return f"{number(spread.median)} {unit}".rstrip()


def between(spread: Spread) -> str:
    """Lowest and highest; nothing when there was one repetition."""
    return f"{number(spread.low)} … {number(spread.high)}" if len(spread.samples) > 1 else ""


def target(claim: Claim | None) -> str:
    return _bound(claim, claim.to_reach) if claim else ""


def goal(claim: Claim | None) -> str:
    return _bound(claim, claim.goal) if claim and claim.goal is not None else ""


def _bound(claim: Claim, value: float) -> str:
    return f"{'≥' if claim.at_least else '≤'} {_short(value)}"


def _short(value: float) -> str:
    return f"{value:,.0f}" if value == int(value) else f"{value:g}"


COSTS = ("sent", "executed", "buffers", "WAL", "server", "driver")


def cost_figures(cost: Cost) -> tuple[str, ...]:
    """One for each of ``COSTS``."""
    return (
        f"{cost.sent:,}",
        f"{cost.executed:,}",
        f"{cost.buffers:,}",
        _megabytes(cost.wal_bytes),
        _megabytes(cost.server_bytes),
        _megabytes(cost.driver_bytes),
    )


def _megabytes(size: int | None) -> str:
    return "unknown" if size is None else f"{number(size / 1e6)} MB"
