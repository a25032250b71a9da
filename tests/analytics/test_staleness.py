"""What changes marks the analyses that rest on it, and no others; made anew, they are as if from scratch."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

import numpy as np
import pytest

from tests.analytics.world import BEGIN, DAYS, TODAY, Holding, World, walk
from tests.support.analytics import (
    ABOUT_ACCOUNTS,
    FINDINGS,
    analyse,
    differences,
    findings,
    stale_analyses,
    versions,
)
from tests.support.ledger import Ledger
from tests.support.movements import buy, deposit

DAY = date(2025, 8, 13)
ANALYSED = [date(2025, 8, 12), DAY]
FIRST, SECOND, OPTIONS, CASH = 1, 2, 3, 4
EVERYBODY = [FIRST, SECOND, OPTIONS, CASH]

Change = Callable[[World], None]


@pytest.fixture
def world(ledger: Ledger) -> World:
    """Four accounts, analysed on two days; one has an option, one has cash alone."""
    rng = np.random.default_rng(5)
    world = World(ledger)
    world.factors(rng)
    for symbol in ("A", "B", "C", "D"):
        world.instrument(symbol, walk(rng))
    world.instrument("C P50", walk(rng), "option", underlying="C")
    world.account("first", 50_000, Holding("A", 900), Holding("B", 900))
    world.account("second", 50_000, Holding("B", 700), Holding("D", 100))
    world.account("options", 50_000, Holding("C P50", 10))
    world.account("cash", 1000)
    world.process()
    analyse(ledger, world.accounts, ANALYSED[0], ANALYSED[-1])
    assert stale_analyses(ledger) == set()
    return world


def since(day: date, *accounts: int) -> set[tuple[int, str]]:
    return {(account, str(each)) for account in accounts for each in ANALYSED if each >= day}


def price(symbol: str, day: date, factor: float = 1.01) -> Change:
    return lambda world: world.close(
        symbol, {day: round(world.market.closes[symbol].get(day, 40) * factor, 6)}
    )


def sql(statement: str) -> Change:
    return lambda world: world.ledger.rows(statement) and None


def without_closes(symbol: str) -> Change:
    return sql(
        "DELETE FROM rollforward_data.price USING rollforward_data.instrument"
        f" WHERE instrument.instrument_id = price.instrument_id AND symbol = '{symbol}'"
    )


def moved(account: int, day: date) -> Change:
    return lambda world: world.ledger.record(
        account, deposit(str(day), 5000), buy(str(day), "D", 50, "2500", price=50)
    )


# A change, the analyses that it marks before anything is computed, and after the accounts are.
CHANGES: dict[str, tuple[Change, set[tuple[int, str]], set[tuple[int, str]]]] = {
    "a price of a day that was analysed": (price("A", DAY), since(DAY, FIRST), since(DAY, FIRST)),
    "a price from before the account": (price("A", DAYS[120]), since(DAYS[0], FIRST), since(DAYS[0], FIRST)),
    "a price of what two hold":
        (price("B", DAY), since(DAY, FIRST, SECOND), since(DAY, FIRST, SECOND)),
    "a price of an underlying": (price("C", DAY), since(DAY, OPTIONS), since(DAY, OPTIONS)),
    "a price of a factor": (price("SPY", DAY), since(DAY, *EVERYBODY), since(DAY, *EVERYBODY)),
    "a price of the short side of a spread":
        (price("VTV", DAYS[-60]), since(DAYS[0], *EVERYBODY), since(DAYS[0], *EVERYBODY)),
    "a price of what nobody holds": (price("C P50", TODAY + timedelta(1)), set(), set()),
    "a later price": (price("B", TODAY + timedelta(3)), set(), set()),
    "all prices of an instrument":
        (without_closes("A"), since(DAYS[0], FIRST), since(DAYS[0], FIRST)),
    "all prices of a factor":
        (without_closes("TLT"), since(DAYS[0], *EVERYBODY), since(DAYS[0], *EVERYBODY)),
    "all prices of a style":
        (without_closes("IWM"), since(DAYS[0], *EVERYBODY), since(DAYS[0], *EVERYBODY)),
    "a movement in the past": (moved(FIRST, DAY), since(DAY, FIRST), since(DAY, FIRST)),
    "a movement on a later day": (moved(FIRST, TODAY), set(), set()),
    "a split":
        (lambda world: world.ledger.split("B", DAY, 2), since(DAY, FIRST, SECOND), since(DAY, FIRST, SECOND)),
    "a split of a factor":
        (lambda world: world.ledger.split("SPY", DAY, 2), since(DAY, *EVERYBODY), since(DAY, *EVERYBODY)),
    "a profile":
        (lambda world: world.profile("A", beta=1.5, sector="Energy"),
         since(DAYS[0], FIRST), since(DAYS[0], FIRST)),
    "a tag":
        (lambda world: world.tag(SECOND, "B", "Energy"), since(DAYS[0], SECOND), since(DAYS[0], SECOND)),
    "a scenario":
        (sql("""SELECT rollforward.save_scenario('fall', '{"Market": -0.5}')"""),
         since(DAYS[0], *EVERYBODY), since(DAYS[0], *EVERYBODY)),
    "a factor":
        (sql("SELECT rollforward.save_factor('Short Rate', 'single', 'USMV', window_days => 90)"),
         since(DAYS[0], *EVERYBODY), since(DAYS[0], *EVERYBODY)),
    "a factor that nobody knows":
        (sql("SELECT rollforward.save_factor('Market', 'single', 'XQZ', is_shocked => true)"),
         since(DAYS[0], *EVERYBODY), since(DAYS[0], *EVERYBODY)),
}  # fmt: skip


@pytest.mark.parametrize(("change", "before", "after"), CHANGES.values(), ids=CHANGES.keys())
def test_a_change_marks_what_rests_on_it_and_made_anew_it_is_as_from_scratch(world, change, before, after):
    ledger = world.ledger
    with ledger.connection.transaction(force_rollback=True):
        change(world)
        assert stale_analyses(ledger) == before
        ledger.process_stale()
        assert stale_analyses(ledger) == after
        done = analyse(ledger, world.accounts, "-infinity", "infinity", only_stale=True)
        assert done.analyses == len(after)
        assert stale_analyses(ledger) == set()
        found = findings(ledger)
        for table in FINDINGS:
            ledger.rows(f"DELETE FROM rollforward_data.{table}")
        analyse(ledger, world.accounts, ANALYSED[0], ANALYSED[-1])
        assert differences(found, findings(ledger)) == []


def test_analysed_twice_nothing_but_the_analyses_is_written(world):
    before = versions(world.ledger)
    done = analyse(world.ledger, world.accounts, ANALYSED[0], ANALYSED[-1])
    after = versions(world.ledger)
    assert {table for table in FINDINGS if before[table] != after[table]} == {"analysis"}
    assert done.findings == 2 * done.analyses == 2 * len(ANALYSED) * len(EVERYBODY)


@pytest.mark.parametrize(
    "assignment", ["percentile = NULL", "percentile = percentile + 1e-9", "trend = NULL"]
)
def test_a_stored_figure_that_is_not_the_one_found_is_replaced(world, ledger, assignment):
    found = findings(ledger)
    ledger.rows(f"UPDATE rollforward_data.series_volatility SET {assignment}")
    analyse(ledger, world.accounts, ANALYSED[0], ANALYSED[-1])
    assert differences(findings(ledger), found, tolerance=1e-11) == []


def test_an_earlier_day_leaves_later_ones_as_they_are(world):
    before = findings(world.ledger)
    analyse(world.ledger, world.accounts, ANALYSED[0] - timedelta(1))
    now = findings(world.ledger)
    assert sum(map(len, now.values())) > sum(map(len, before.values()))
    assert [
        key for table, rows in before.items() for key, row in rows.items() if now[table][key] != row
    ] == []


def test_a_deleted_account_takes_its_findings_along(world, ledger):
    account = world.account("gone", 0)
    analyse(ledger, [account], DAY)
    others = findings(ledger, ABOUT_ACCOUNTS)
    assert any(key[0] == str(account) for key in others["analysis"])
    ledger.rows("DELETE FROM rollforward_data.account WHERE account_id = %s", account)
    assert findings(ledger, ABOUT_ACCOUNTS) == {
        table: {key: row for key, row in rows.items() if key[0] != str(account)}
        for table, rows in others.items()
    }


def test_no_accounts_have_no_findings(world, ledger):
    with ledger.connection.transaction(force_rollback=True):
        ledger.rows("TRUNCATE rollforward_data.account CASCADE")
        assert not any(findings(ledger, ABOUT_ACCOUNTS).values())


def test_an_analysis_begun_and_not_finished_is_not_whole(world, ledger):
    analyse(ledger, [FIRST], DAY, engines=["holdings", "sectors"])
    assert stale_analyses(ledger) == {(FIRST, str(DAY))}
    analyse(ledger, [FIRST], DAY, engines=["completion"])
    assert stale_analyses(ledger) == set()


def test_engines_one_by_one_find_what_they_find_together(world, ledger):
    wanted = findings(ledger)
    with ledger.connection.transaction(force_rollback=True):
        for table in FINDINGS:
            ledger.rows(f"DELETE FROM rollforward_data.{table}")
        for row in ledger.rows("SELECT engine FROM rollforward.analysis_engine ORDER BY place"):
            analyse(ledger, world.accounts, ANALYSED[0], ANALYSED[-1], engines=[row.engine])
        assert differences(findings(ledger), wanted) == []


def test_days_before_the_account_begins_are_analysed_as_not_valued(world, ledger):
    analyse(ledger, [FIRST], BEGIN - timedelta(7))
    assert (
        ledger.value("SELECT reason FROM rollforward.portfolio_risk WHERE calculation_date < %s", BEGIN)
        == "not_valued"
    )
