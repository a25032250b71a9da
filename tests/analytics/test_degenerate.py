"""Data that are not what they should be: figures are NULL with a reason, others as they are."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import numpy as np
import psycopg
import pytest

from tests.analytics.oracle import Row
from tests.analytics.world import BEGIN, DAYS, ETFS, TODAY, Holding, World, walk
from tests.support.analytics import analyse, differences, findings
from tests.support.ledger import Ledger
from tests.support.movements import movement


@pytest.fixture
def world(ledger: Ledger) -> World:
    """Factors, and an account that nothing is wrong with."""
    rng = np.random.default_rng(7)
    world = World(ledger)
    world.factors(rng)
    world.instrument("FINE", walk(rng))
    world.instrument("ALSO", walk(rng))
    world.account("fine", 50_000, Holding("FINE", 500), Holding("ALSO", 900))
    return world


@pytest.fixture
def rng() -> np.random.Generator:
    return np.random.default_rng(8)


def analysed(world: World, day: date = TODAY) -> None:
    """Analyse all accounts. What was found is what the oracle says, and it is whole."""
    world.process()
    alone = set_aside(world, day)
    assert analyse(world.ledger, world.accounts, day).analyses == len(world.accounts)
    assert differences(world.found(day), world.wanted(day)) == []
    assert world.ledger.rows("SELECT FROM rollforward.portfolio_risk WHERE NOT is_whole OR is_stale") == []
    of_all = {
        table: {key: row for key, row in rows.items() if key[0] == "1"}
        for table, rows in findings(world.ledger).items()
    }
    assert differences(of_all, alone) == []


def set_aside(world: World, day: date) -> dict[str, dict[tuple[str, ...], Row]]:
    """What is found about the account that nothing is wrong with when it is alone."""
    with world.ledger.connection.transaction(force_rollback=True):
        analyse(world.ledger, world.accounts[:1], day)
        found = findings(world.ledger)
    assert not found["analysis"]["1", str(day)]["reason"]
    return {table: rows for table, rows in found.items() if table.startswith(("account", "analysed"))}


def risk(world: World, account: int) -> Any:
    return world.ledger.row("SELECT * FROM rollforward.portfolio_risk WHERE account_id = %s", account)


def reasons(world: World, symbol: str) -> set[str | None]:
    return {
        row.reason
        for row in world.ledger.rows(
            "SELECT reason FROM rollforward.instrument_factor WHERE symbol = %s", symbol
        )
    }


def beta(ledger: Ledger, symbol: str) -> float:
    return ledger.value(
        "SELECT beta FROM rollforward.instrument_factor WHERE symbol = %s AND factor = 'Market'", symbol
    )


def flat(close: float = 25.0, days: list[date] = DAYS) -> dict[date, float]:
    return dict.fromkeys(days, close)


def test_constant_prices(world):
    world.instrument("FLAT", flat())
    account = world.account("flat", 10, Holding("FLAT", 1000))
    analysed(world)
    assert reasons(world, "FLAT") == {"constant_prices"}
    found = risk(world, account)
    assert (found.market_beta, found.realized_volatility_21d) == (None, None)
    assert found.volatility_reason == "constant_prices"
    assert found.hhi == 10000


def test_prices_that_stand_still_at_last(world, rng, ledger):
    closes = walk(rng)
    world.instrument("STILL", closes | flat(closes[DAYS[-60]], DAYS[-60:]))
    account = world.account("still", 10, Holding("STILL", 1000))
    analysed(world)
    found = ledger.row("SELECT * FROM rollforward.position_volatility WHERE account_id = %s", account)
    assert (found.realized_vol_21d, found.vol_trend, found.vol_trend_strength) == (0, "stable", None)


def test_prices_that_grow_evenly(world):
    """Returns differ by the rounding of floating point alone."""
    world.instrument("EVEN", {day: 10 * 1.001**place for place, day in enumerate(DAYS)})
    world.account("even", 10, Holding("EVEN", 1000))
    analysed(world)
    assert reasons(world, "EVEN") == {"constant_prices"}


@pytest.mark.parametrize("closes", [0, 1, 2, 3])
def test_hardly_any_closes(world, rng, closes):
    world.instrument("NEW", walk(rng, DAYS[len(DAYS) - closes :]))
    world.account("new", 1000, Holding("NEW", 1000))
    analysed(world)
    assert reasons(world, "NEW") == {"too_few_observations"}


def test_factors_that_are_the_same(world, ledger):
    """Ridge divides between them what either would have."""
    world.close("VUG", world.market.closes["VTV"])
    world.account("more", 10, Holding("FINE", 10))
    analysed(world)
    value, growth = (
        ledger.value(
            "SELECT beta FROM rollforward.instrument_factor WHERE symbol = 'FINE' AND factor = %s", factor
        )
        for factor in ("Value", "Growth")
    )
    assert value == pytest.approx(growth)
    spread = "SELECT DISTINCT reason FROM rollforward.instrument_factor WHERE factor = 'Growth-Value Spread'"
    assert ledger.value(spread) == "constant_factor"


@pytest.mark.parametrize("growth", [1, 1.0005], ids=["constant", "even"])
def test_a_factor_that_never_moves(world, ledger, growth):
    for symbol in ("SPY", "USMV"):
        world.close(symbol, {day: 100 * growth**place for place, day in enumerate(DAYS)})
    account = world.account("more", 10, Holding("FINE", 10))
    analysed(world)
    found = ledger.rows(
        "SELECT factor, beta, reason FROM rollforward.position_factor"
        " WHERE account_id = %s AND factor = 'Market'",
        account,
    )
    assert [tuple(row) for row in found] == [("Market", None, "constant_factor")]
    assert risk(world, account).market_beta is None
    assert ledger.value("SELECT max(abs(beta)) FROM rollforward.instrument_factor") <= 5


def test_gaps_of_months(world, rng):
    world.instrument("GAP", walk(rng, DAYS[:250] + DAYS[-40:]))
    world.instrument("RARE", walk(rng, DAYS[::15]))
    world.account("gaps", 10, Holding("GAP", 1000), Holding("RARE", 500))
    analysed(world)


@pytest.mark.parametrize("equity", [0, -1000], ids=["none", "negative"])
def test_no_equity(world, ledger, equity):
    account = world.account("poor", 0, Holding("FINE", 100))
    last = world.market.closes["FINE"][TODAY]
    ledger.record(account, movement("withdrawal", str(BEGIN), f"{equity - 100 * last:.6f}"))
    analysed(world)
    found = risk(world, account)
    assert (found.reason, found.market_beta, found.volatility_reason) == ("no_equity", None, "no_equity")
    assert found.equity <= 0
    exposed = ledger.row(
        "SELECT * FROM rollforward.factor_exposure WHERE account_id = %s AND factor = 'Market'", account
    )
    assert exposed.exposure is None
    assert exposed.exposure_amount == pytest.approx(100 * last * beta(ledger, "FINE"))


def test_shorts_alone(world, ledger):
    account = world.account("short", 100_000, Holding("FINE", -500), Holding("ALSO", -900))
    analysed(world)
    assert risk(world, account).market_beta * risk(world, 1).market_beta < 0
    rows = ledger.rows("SELECT * FROM rollforward.stress_result WHERE account_id = %s", account)
    assert {row.is_floored for row in rows} == {False}


def test_nothing_but_private_holdings(world):
    world.instrument("OWN", kind="private")
    account = world.account("private", 10, Holding("OWN", 1000))
    analysed(world)
    found = risk(world, account)
    assert (found.positions, found.market_beta, found.volatility_reason) == (1, None, "low_coverage")
    assert (found.correlation_reason, found.hhi) == ("too_few_positions", 10000)


def test_nothing_but_cash(world, ledger):
    account = world.account("cash", 1000)
    analysed(world)
    found = risk(world, account)
    assert (found.positions, found.market_beta, found.volatility_reason) == (0, 0, "no_positions")
    assert (found.hhi, found.reason) == (None, None)
    losses = ledger.rows(
        "SELECT correlated_pnl FROM rollforward.stress_result WHERE account_id = %s", account
    )
    assert {row.correlated_pnl for row in losses} == {0}


def test_no_closes_of_factors(ledger, rng):
    world = World(ledger)
    world.instrument("FINE", walk(rng))
    account = world.account("fine", 50_000, Holding("FINE", 500))
    analysed(world)
    assert risk(world, account).realized_volatility_21d > 0
    assert {row.reason for row in ledger.rows("SELECT reason FROM rollforward.factor_exposure")} == {
        "no_betas"
    }
    assert {
        (row.direct_pnl, row.reason) for row in ledger.rows("SELECT * FROM rollforward.stress_result")
    } == {(None, "no_exposure")}


def test_an_option_whose_underlying_is_no_instrument(world, rng, ledger):
    world.instrument("X P50", walk(rng), "option", underlying="X")
    account = world.account("option", 5000, Holding("X P50", 10))
    analysed(world)
    found = ledger.row("SELECT * FROM rollforward.position_volatility WHERE account_id = %s", account)
    assert (found.series, found.reason) == ("X P50", None)


def test_an_account_that_was_not_valued_yet(world, ledger):
    account = world.account("new", 0)
    analysed(world)
    assert risk(world, account).reason == "not_valued"


def test_a_missing_rate(world, rng):
    world.instrument("YEN", walk(rng), currency="JPY")
    account = world.account("yen", 10_000, Holding("YEN", 1000), Holding("FINE", 10))
    analysed(world)
    found = risk(world, account)
    assert (found.reason, found.unvalued, found.positions) == ("rate_missing", 1, 1)
    assert (found.market_beta, found.volatility_reason) == (None, "rate_missing")


@pytest.mark.parametrize("ago", [1, 10, 50, 200])
@pytest.mark.parametrize("factor", [1e6, 1e-4], ids=["up a million times", "down by 99.99 %"])
def test_huge_jumps(world, rng, ago, factor):
    """What comes after a jump is told as well as what comes before."""
    closes = walk(rng)
    for day in DAYS[-ago:]:
        closes[day] *= factor
    world.instrument("JUMP", closes)
    world.account("jump", 1000, Holding("JUMP", 100))
    analysed(world)


def test_down_to_nothing_and_back(world, rng):
    closes = walk(rng)
    for day in DAYS[-60:-55]:
        closes[day] /= 10000
    world.instrument("BACK", closes)
    world.account("back", 1000, Holding("BACK", 100))
    analysed(world)


def test_a_saturday(world):
    analysed(world, TODAY - timedelta(6))
    assert (TODAY - timedelta(6)).weekday() == 5


def test_a_day_before_all(world, ledger):
    day = date(2020, 1, 1)
    analyse(ledger, world.accounts, day)
    assert risk(world, 1).reason == "not_valued"


def test_a_range_without_days_is_nothing(world, ledger):
    world.process()
    done = analyse(ledger, world.accounts, date(2019, 1, 1), date(2020, 1, 1))
    assert (done.analyses, done.findings) == (0, 0)
    assert analyse(ledger, [], TODAY).analyses == 0


def test_a_factor_listed_late_explains_nothing_before(ledger, rng):
    """What is found about a day does not depend on the days that are analysed with it."""
    world = World(ledger)
    world.factors(rng, [symbol for symbol in ETFS if symbol not in ("IWM", "TLT")])
    for symbol in ("IWM", "TLT", "IEF"):
        world.instrument(symbol, walk(rng, DAYS[-3:]), kind="etf")
    world.instrument("FINE", walk(rng))
    world.account("fine", 50_000, Holding("FINE", 500))
    world.process()
    days = DAYS[-6:]
    analyse(ledger, world.accounts, days[0], days[-1])
    for day in days:
        assert differences(world.found(day), world.wanted(day)) == [], day


def test_nothing_but_what_has_no_rate(world, rng, ledger):
    """What it would lose is not known, and is not nothing."""
    world.instrument("YEN", walk(rng), currency="JPY")
    account = world.account("yen", 10_000, Holding("YEN", 1000))
    analysed(world)
    found = risk(world, account)
    assert (found.unvalued, found.positions) == (1, 0)
    assert {found.volatility_reason, found.concentration_reason, found.market_beta_reason} == {"rate_missing"}
    rows = ledger.rows("SELECT * FROM rollforward.stress_result WHERE account_id = %s", account)
    assert {(row.direct_pnl, row.correlated_pnl, row.reason) for row in rows} == {(None, None, "no_exposure")}


def test_a_factor_listed_late_takes_no_correlation_from_others(world, rng, ledger):
    world.instrument("YOUNG", walk(rng, DAYS[-5:]), kind="etf")
    with ledger.connection.transaction(force_rollback=True):
        ledger.rows("SELECT rollforward.save_factor('Young', 'single', 'YOUNG', is_shocked => true)")
        world.define()
        analysed(world)
        known = "SELECT count(correlation) FROM rollforward.factor_correlation WHERE factor_1 = 'Market'"
        assert ledger.value(known) == len(ETFS)


def test_a_factor_that_scenarios_shock_stays_one_that_is_shocked(ledger):
    with pytest.raises(psycopg.errors.Error, match="shocked by scenarios") as refused:
        ledger.rows("SELECT rollforward.save_factor('Interest Rate', 'single', 'TLT', window_days => 90)")
    assert refused.value.sqlstate == "22R01"


def test_what_analysts_say_is_not_estimated(ledger):
    with pytest.raises(psycopg.errors.Error, match="what analysts say") as refused:
        ledger.rows("SELECT rollforward.save_factor('Provider', 'single', 'SPY')")
    assert refused.value.sqlstate == "22R01"
