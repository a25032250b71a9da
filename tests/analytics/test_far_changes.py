"""Changes that reach analyses by a detour: made anew, these are as if from scratch, too."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import numpy as np
import pytest

from tests.analytics.world import BEGIN, DAYS, Holding, World, walk
from tests.support.analytics import ABOUT_ACCOUNTS, FINDINGS, analyse, differences, findings, stale_analyses
from tests.support.ledger import Ledger
from tests.support.movements import buy, deposit, movement

FRIDAY, SATURDAY = date(2025, 8, 15), date(2025, 8, 16)
FIRST, SECOND, OPTIONS, EUROS, NO_POUNDS, CASH = range(1, 7)
EVERYBODY = {FIRST, SECOND, OPTIONS, EUROS, NO_POUNDS, CASH}

Change = Callable[[World], None]


@pytest.fixture
def world(ledger: Ledger) -> World:
    """Six accounts, analysed on a Friday and a Saturday; one has an option on what is no instrument."""
    rng = np.random.default_rng(5)
    world = World(ledger)
    world.factors(rng)
    for symbol in ("A", "B", "C", "D"):
        world.instrument(symbol, walk(rng))
    world.instrument("E", walk(rng), currency="EUR")
    world.instrument("G", walk(rng), currency="GBP")
    world.instrument("X P50", walk(rng), "option", underlying="X")
    world.rate("EUR", "USD", BEGIN, 1.1)
    world.account("first", 50_000, Holding("A", 900), Holding("B", 900))
    world.account("second", 50_000, Holding("B", 700), Holding("D", 700))
    world.account("options", 50_000, Holding("X P50", 10))
    world.account("euros", 50_000, Holding("E", 700), Holding("A", 300))
    world.account("no pounds", 50_000, Holding("E", 700), Holding("G", 300))
    world.account("cash", 1000)
    world.process()
    for day in (FRIDAY, SATURDAY):
        analyse(ledger, world.accounts, day)
    assert stale_analyses(ledger) == set()
    return world


def sql(*statements: str) -> Change:
    def change(world: World) -> None:
        for statement in statements:
            world.ledger.rows(statement)

    return change


def named(symbol: str, becomes: str) -> Change:
    return sql(f"UPDATE rollforward_data.instrument SET {becomes} WHERE symbol = '{symbol}'")


def booked(*days: date) -> Change:
    def change(world: World) -> None:
        for account, day in zip((FIRST, SECOND), days, strict=False):
            terms = {"symbol": "B", "currency": "USD", "quantity": 2, "per_quantity": 1}
            world.ledger.record(account, movement("split", day, **terms))

    return change


def both_rates(world: World) -> None:
    world.rate("EUR", "USD", date(2025, 8, 18), 1.1)
    world.rate("EUR", "USD", SATURDAY, 1.5)


# A change, the accounts whose analyses of the Friday it marks in the end, and those of the Saturday.
CHANGES: dict[str, tuple[Change, set[int], set[int]]] = {
    "an underlying that becomes known":
        (lambda world: world.instrument("X", walk(np.random.default_rng(7))) and None, {OPTIONS}, {OPTIONS}),
    "an underlying without closes":
        (lambda world: world.instrument("X") and None, set(), set()),
    "an instrument that is called as an underlying": (named("C", "symbol = 'X'"), {OPTIONS}, {OPTIONS}),
    "a factor's instrument that is called otherwise": (named("SPY", "symbol = 'S'"), EVERYBODY, EVERYBODY),
    "a factor's instrument that is gone":
        (sql("DELETE FROM rollforward_data.price USING rollforward_data.instrument"
             " WHERE instrument.instrument_id = price.instrument_id AND symbol = 'SPY'",
             "DELETE FROM rollforward_data.instrument WHERE symbol = 'SPY'"),
         EVERYBODY, EVERYBODY),
    "a split that one of two holders has booked":
        (booked(date(2025, 8, 12)), {FIRST, SECOND}, {FIRST, SECOND}),
    "a rate of a day without trading":
        (lambda world: world.rate("EUR", "USD", SATURDAY, 1.5), set(), {EUROS, NO_POUNDS}),
    "a rate of a day without trading, and of the next one": (both_rates, set(), {EUROS, NO_POUNDS}),
    "a rate where another one is missing":
        (lambda world: world.rate("EUR", "USD", FRIDAY, 1.5), {EUROS, NO_POUNDS}, {EUROS, NO_POUNDS}),
    "a position that becomes private": (named("D", "kind = 'private'"), {SECOND}, {SECOND}),
    "a purchase on a day without trading":
        (lambda world: world.ledger.record(
            FIRST, deposit(str(SATURDAY), 5000), buy(str(SATURDAY), "D", 50, "2500", price=50)),
         set(), {FIRST}),
}  # fmt: skip

VIEWS = ["position_factor", "position_volatility", "pairwise_correlation", "factor_exposure"]


@pytest.mark.parametrize(("change", "friday", "saturday"), CHANGES.values(), ids=CHANGES.keys())
def test_a_change_by_a_detour(world, ledger, change, friday, saturday):
    with ledger.connection.transaction(force_rollback=True):
        change(world)
        ledger.process_stale()
        assert stale_analyses(ledger) == {
            *((account, str(FRIDAY)) for account in friday),
            *((account, str(SATURDAY)) for account in saturday),
        }
        analyse(ledger, world.accounts, "-infinity", "infinity", only_stale=True)
        found, shown = findings(ledger, ABOUT_ACCOUNTS), views(ledger)
        for table in FINDINGS:
            ledger.rows(f"DELETE FROM rollforward_data.{table}")
        for day in (FRIDAY, SATURDAY):
            analyse(ledger, world.accounts, day)
        assert differences(found, findings(ledger, ABOUT_ACCOUNTS)) == []
        assert shown == views(ledger)


def views(ledger: Ledger) -> dict[str, set[str]]:
    return {view: {str(row) for row in ledger.rows(f"SELECT * FROM rollforward.{view}")} for view in VIEWS}


def test_a_split_that_is_not_booked_any_more_marks_other_holders(world, ledger):
    booked(date(2025, 8, 12))(world)
    ledger.process_stale()
    analyse(ledger, world.accounts, "-infinity", "infinity", only_stale=True)
    ledger.rows("DELETE FROM rollforward_data.movement WHERE kind = 'split'")
    ledger.process_stale()
    assert {account for account, _ in stale_analyses(ledger)} == {FIRST, SECOND}


@pytest.mark.parametrize("later", [0, 1, 4, 7])
def test_a_split_that_two_have_booked_on_different_days_is_one(world, ledger, later):
    first = DAYS[-30]
    booked(first, date.fromordinal(first.toordinal() + later))(world)
    found = ledger.rows("SELECT split_date, ratio FROM rollforward.split_event")
    assert [(row.split_date, row.ratio) for row in found] == [(first, 2)]


def test_splits_in_a_row_are_several(world, ledger):
    booked(DAYS[-60], DAYS[-30])(world)
    assert ledger.value("SELECT count(*) FROM rollforward.split_event") == 2
