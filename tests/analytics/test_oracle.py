"""Whatever markets and accounts look like, every figure is what numpy and scipy say."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from tests.analytics.oracle import ridge
from tests.analytics.world import BEGIN, DAYS, ETFS, TODAY, Holding, World, walk
from tests.support.analytics import analyse, differences
from tests.support.ledger import Ledger
from tests.support.property import quick, thorough

DAY_BEFORE = date(2025, 8, 28)
STOCKS = ("A", "B", "C", "D", "E", "F")


def random_world(ledger: Ledger, seed: int) -> World:
    """Ten instruments of all kinds and five accounts, with what real data have wrong with them."""
    ledger.clear()
    rng = np.random.default_rng(seed)
    world = World(ledger)
    symbols = [symbol for symbol in ETFS if rng.random() > 0.05]
    world.factors(rng, symbols)
    for symbol in symbols:
        if rng.random() < 0.2:
            thin_out(world, rng, symbol)
    for place, symbol in enumerate(STOCKS):
        currency = ("USD", "EUR", "USD", "GBP", "USD", "EUR")[place]
        days = DAYS if rng.random() < 0.7 else DAYS[-int(rng.integers(2, 300)) :]
        if symbol == "F" and rng.random() < 0.5:  # trades on Saturdays and Sundays
            days = [TODAY - timedelta(number) for number in range(450, -1, -1)]
        world.instrument(symbol, walk(rng, days, float(rng.uniform(0.002, 0.05))), currency=currency)
        if rng.random() < 0.5:
            thin_out(world, rng, symbol)
    world.instrument("A C50", walk(rng, DAYS[-80:], 0.1), "option", underlying="A", option_right="call")
    world.instrument("X P50", walk(rng, DAYS[-80:], 0.1), "option", underlying="X")
    world.instrument("OWN", kind="private")
    for symbol in STOCKS:
        if rng.random() < 0.6:
            beta = float(rng.choice([0, 0.5, 1.25, 7]))
            sector = rng.choice(["Technology", "Financial Services", "Basic Materials", None])
            world.profile(symbol, beta=beta, sector=sector)
    for day in DAYS[::40]:
        world.rate("EUR", "USD", day, round(float(rng.uniform(1.0, 1.2)), 4))
    if rng.random() < 0.7:
        world.rate("GBP", "USD", BEGIN, 1.25)
    world.account("plain", 50_000, *holdings(rng, "ABCD"))
    market = [symbol for symbol in symbols if symbol == "SPY"]
    world.account("hedged", 400_000, *holdings(rng, ["A", *market, "A C50", "OWN", "X P50"], shorts=True))
    world.account("euros", 20_000, *holdings(rng, "ABEF"), base="EUR" if rng.random() < 0.5 else "USD")
    world.account("cash", 1000)
    world.account("all", 0, *holdings(rng, [*STOCKS, "A C50", *market, "OWN"], shorts=True))
    world.account("new", 0)
    if rng.random() < 0.7:
        world.split("A", DAYS[-int(rng.integers(2, 120))], 3)
    if rng.random() < 0.7:
        world.split("B", DAYS[-int(rng.integers(2, 120))], 2, booked=True)
    if rng.random() < 0.5:
        world.tag(world.accounts[0], "A", "Energy")
    world.process()
    return world


def holdings(rng: np.random.Generator, symbols: list[str] | str, *, shorts: bool = False) -> list[Holding]:
    return [
        Holding(
            symbol,
            int(rng.integers(1, 900)) * (-1 if shorts and rng.random() < 0.4 else 1),
            float(rng.integers(10, 90)),
        )
        for symbol in symbols
    ]


def thin_out(world: World, rng: np.random.Generator, symbol: str) -> None:
    """Some days have no close."""
    closes = world.market.closes.get(symbol)
    if closes:
        gone = [day for day in closes if rng.random() < 0.04]
        for day in gone:
            del closes[day]
        world.ledger.rows(
            "DELETE FROM rollforward_data.price WHERE instrument_id = %s AND price_date = ANY (%s)",
            world.market.instruments[symbol].instrument_id,
            gone,
        )


def check(world: World, *days: date) -> None:
    analyse(world.ledger, world.accounts, days[0], days[-1])
    for day in days:
        accounts = world.accounts if len(days) == 1 else valued(world, day)
        assert differences(world.found(day), world.wanted(day, accounts)) == [], day


def valued(world: World, day: date) -> list[int]:
    """Of a range, accounts are analysed on their own days."""
    rows = world.ledger.rows(
        "SELECT account_id FROM rollforward.equity_snapshot WHERE snapshot_date = %s", day
    )
    return [account for account in world.accounts if account in {row.account_id for row in rows}]


@quick(2)
@given(st.integers(0, 2**32))
def test_every_figure_is_what_an_independent_computation_says(ledger, seed):
    check(random_world(ledger, seed), TODAY)


@quick(1)
@given(st.integers(0, 2**32))
def test_so_are_those_of_a_range(ledger, seed):
    check(random_world(ledger, seed), date(2025, 8, 27), DAY_BEFORE, TODAY)


@pytest.mark.long
@thorough(150)
@given(st.integers(0, 2**32), st.integers(0, 3))
def test_every_figure_is_right_in_many_worlds(ledger, seed, days):
    check(random_world(ledger, seed), *DAYS[-1 - days :])


# Functions


@quick(40)
@given(st.floats(-60, 60), st.integers(1, 400))
def test_the_tail_of_students_t_is_that_of_scipy(ledger, t, degrees):
    found = ledger.value("SELECT rollforward.student_tail(%s, %s)", t, degrees)
    assert found == pytest.approx(2 * stats.t.sf(abs(t), degrees), rel=1e-9, abs=1e-12)


@quick(30)
@given(st.integers(0, 2**32), st.integers(3, 300))
def test_the_tail_of_a_correlation_is_that_of_scipy(ledger, seed, observations):
    x, y = np.random.default_rng(seed).normal(size=(2, observations))
    wanted = stats.pearsonr(x, y)
    found = ledger.value("SELECT rollforward.correlation_tail(%s, %s)", float(wanted[0]), observations)
    assert found == pytest.approx(wanted[1], rel=1e-8, abs=1e-12)


@quick(40)
@given(st.integers(0, 2**32), st.integers(1, 7))
def test_equations_are_solved_as_numpy_does(ledger, seed, n):
    rng = np.random.default_rng(seed)
    equations, constants = rng.normal(size=(n, n)), rng.normal(size=n)
    found = ledger.value(
        "SELECT rollforward.solved(%s::float8[], %s::float8[])",
        equations.ravel().tolist(),
        constants.tolist(),
    )
    assert found == pytest.approx(np.linalg.solve(equations, constants).tolist(), rel=1e-6)


@pytest.mark.parametrize("equations", ["{0,0,0,0}", "{1,2,2,4}", "{1,1,1,1.00000000000001}", "{NULL,1,1,2}"])
def test_equations_that_determine_nothing_have_no_solution(ledger, equations):
    assert ledger.value("SELECT rollforward.solved(%s::float8[], '{1,1}')", equations) is None


@quick(30)
@given(st.integers(0, 2**32), st.integers(1, 6), st.sampled_from([0, 1, 10]))
def test_regressions_are_those_of_numpy(ledger, seed, k, alpha):
    rng = np.random.default_rng(seed)
    x = rng.normal(size=(50, k)) @ rng.normal(size=(k, k)) + rng.normal(size=k)
    y = x @ rng.normal(size=k) + rng.normal(size=50)
    covariances = np.cov(np.column_stack([x, y]).T, bias=True)
    found = ledger.row(
        "SELECT * FROM rollforward.regressed(50, %s::float8[], %s::float8[], %s, %s::float8[], %s, %s)",
        covariances[:k, :k].ravel().tolist(),
        covariances[:k, k].tolist(),
        float(covariances[k, k]),
        x.mean(0).tolist(),
        float(y.mean()),
        alpha,
    )
    slopes, intercept, r_squared = ridge(x, y, alpha)
    assert found.slopes == pytest.approx(slopes, rel=1e-6, abs=1e-9)
    assert found.intercept == pytest.approx(intercept, rel=1e-6, abs=1e-9)
    assert found.r_squared == pytest.approx(r_squared, rel=1e-8)
