"""What is read of a day that was analysed just now is found by its keys: the planner does not know it yet."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from tests.analytics.world import DAYS, Holding, World, walk
from tests.support.analytics import analyse
from tests.support.ledger import Ledger

TABLES = ["analysis", "analysed_position", "factor_beta", "series_volatility", "instrument_correlation"]


def compared(plan: Any) -> int:
    """Rows that a plan came across and did not want."""
    here = sum(
        plan.get(f"Rows Removed by {kind}", 0) * plan["Actual Loops"]
        for kind in ("Join Filter", "Filter", "Index Recheck")
    )
    return int(here + sum(compared(part) for part in plan.get("Plans", [])))


@pytest.fixture
def world(ledger: Ledger) -> World:
    """Thirty accounts, of whose last day statistics know nothing."""
    rng = np.random.default_rng(4)
    world = World(ledger)
    world.factors(rng, ["SPY", "TLT"])
    symbols = [f"S{number}" for number in range(40)]
    for symbol in symbols:
        world.instrument(symbol, walk(rng))
    for number in range(30):
        chosen = rng.choice(symbols, 15, replace=False)
        world.account(f"account {number}", 50_000, *(Holding(str(symbol), 900) for symbol in chosen))
    world.process()
    analyse(ledger, world.accounts, DAYS[-12], DAYS[-2])
    for table in TABLES:
        ledger.rows(f"ANALYZE rollforward_data.{table}")
    analyse(ledger, world.accounts, DAYS[-1])
    return world


def test_a_new_day_is_read_by_its_keys(world, ledger):
    ledger.rows("SET statement_timeout = '60s'")
    for view in ("position_beta", "position_factor", "position_volatility", "pairwise_correlation"):
        ((found,),) = ledger.rows(
            "EXPLAIN (ANALYZE, TIMING OFF, FORMAT JSON)"
            f" SELECT * FROM rollforward.{view} WHERE calculation_date = '{DAYS[-1]}'"
        )
        plan = found[0]["Plan"]
        assert plan["Actual Rows"] > 0
        assert compared(plan) <= 5 * plan["Actual Rows"], view
    ledger.rows("RESET statement_timeout")
