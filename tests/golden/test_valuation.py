"""Daily equity is what an independent computation says, and what goes wrong elsewhere comes out right.

The cases are told once and processed in three manners: as they are told, in one go when all is known, and by
recomputing only what is stale.
"""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from typing import Any

import psycopg
import pytest

from tests.support.golden import table
from tests.support.ledger import Ledger
from tests.support.movements import Movement, buy, deposit, movement, sell
from tests.support.valuation import (
    Batch,
    Processing,
    Reference,
    expected_equity,
    load_account,
    load_market,
    valuation_folder,
)

PROCESSINGS: dict[str, Processing] = {"batch": Batch(), "reference": Reference()}
MANNERS = ["as told", "in one go", "what is stale"]
FIRST_DAY = "2025-08-18"
LAST_DAY = "2025-08-29"
STARTING_EQUITY = Decimal(100000)

CLOSES = {
    "S": ["100", "101", "103", "102", "105.5", "106", "104"],
    "F": ["20", "20.1", "20.4", "20.3", "20.6", "20.7", "20.5"],
    "X": ["50", "51", "52", "5.3", "5.4", "5.5", "5.6"],
    "Z": ["10", "10.1", "0", "10.3", "10.4", "10.5", "10.6"],
}
DAYS = ["18", "19", "20", "21", "22", "25", "26"]


@pytest.fixture(params=PROCESSINGS.values(), ids=PROCESSINGS.keys())
def processing(request: pytest.FixtureRequest) -> Processing:
    return request.param


@pytest.fixture(autouse=True)
def last_day(ledger: Ledger):
    """It is the last day of the cases."""
    ledger.rows("SELECT set_config('rollforward.today', %s, false)", LAST_DAY)
    yield
    ledger.rows("RESET rollforward.today")


# equity.csv


@pytest.mark.parametrize("key", ["P1", "P3", "P5"])
def test_every_field_of_every_day_is_right(ledger, processing: Processing, key):
    folder = valuation_folder()
    expected = expected_equity(folder)[key]
    load_market(ledger, folder)
    account = load_account(ledger, folder, key, FIRST_DAY)
    processing.range(ledger, account, FIRST_DAY, LAST_DAY)

    stored = ledger.dicts(
        "SELECT * FROM rollforward_data.equity_snapshot WHERE account_id = %s ORDER BY snapshot_date", account
    )
    assert [str(row["snapshot_date"]) for row in stored] == [row["snapshot_date"] for row in expected]
    assert [
        f"{row['snapshot_date']} {field}: {row[field]}, expected {text}"
        for row, wanted in zip(stored, expected, strict=True)
        for field, text in wanted.items()
        if field != "snapshot_date" and row[field] != Decimal(text)
    ] == []
    assert ledger.verify([account]) == []


@pytest.mark.parametrize("key", ["P1", "P2", "P3", "P4", "P5", "P6"])
def test_every_account_begins_with_its_equity_and_nothing_earned(ledger, processing: Processing, key):
    folder = valuation_folder()
    (portfolio,) = (row for row in table(folder / "inputs" / "portfolios.csv") if row["key"] == key)
    load_market(ledger, folder)
    account = load_account(ledger, folder, key, FIRST_DAY)
    processing.range(ledger, account, FIRST_DAY, LAST_DAY)

    first, *later = ledger.rows(
        "SELECT * FROM rollforward_data.equity_snapshot WHERE account_id = %s ORDER BY snapshot_date", account
    )
    balance = Decimal(portfolio["equity_balance"])
    assert (first.opening_equity, first.net_flow, first.closing_equity) == (0, balance, balance)
    assert [row.other_pnl for row in (first, *later)] == [0] * 10
    assert ledger.orphans([account]) == []
    assert ledger.verify([account]) == []


# failures.csv


class Story:
    """An account of 100,000 and what happens to it, each step told as the setup of a scenario tells it."""

    def __init__(self, ledger: Ledger, processing: Processing, manner: str) -> None:
        self.ledger = ledger
        self.processing = processing
        self.manner = manner
        self.account = ledger.account()
        for symbol in CLOSES:
            ledger.instrument(symbol)
        ledger.option("CALL", underlying="S", expiration="2025-08-15", option_right="call", strike=110)
        for symbol in "SFX":
            self.closes(symbol)

    def closes(self, symbol: str, *, but: str | None = None) -> None:
        """Closes of all days, or of all days but one."""
        self.ledger.rows(
            "DELETE FROM rollforward_data.price WHERE instrument_id = %s", self.ledger.instruments[symbol]
        )
        for day, close in zip(DAYS, CLOSES[symbol], strict=True):
            if day != but:
                self.ledger.price(symbol, f"2025-08-{day}", close)

    def holds(self, *positions: tuple[str, int]) -> None:
        """Begin with positions, and with the cash that is left of the equity at their first closes."""
        worth = sum(
            (Decimal(CLOSES[symbol][0]) * units for symbol, units in positions if symbol in CLOSES), Decimal()
        )
        self.happens(
            deposit(FIRST_DAY, STARTING_EQUITY - worth),
            *(
                movement("securities_in", FIRST_DAY, symbol=symbol, effect="open", quantity=units, price=1)
                for symbol, units in positions
            ),
        )

    def happens(self, *movements: Movement) -> None:
        self.ledger.record(self.account, *movements)

    def processed(self, start: str, end: str | None = None, *, session: Ledger | None = None) -> None:
        if self.manner == "as told":
            first, last = f"2025-08-{start}", f"2025-08-{end or start}"
            self.processing.range(session or self.ledger, self.account, first, last)
        elif self.manner == "what is stale":
            self.processing.stale(session or self.ledger, self.account)

    def killed(self, day: str) -> None:
        """A processing of which nothing is left."""
        with self.ledger.connection.transaction(force_rollback=True):
            self.processed(day)

    def processed_by_four(self, day: str) -> None:
        def one(_: int) -> None:
            with psycopg.connect(self.ledger.connection.info.dsn, autocommit=True) as connection:
                self.processed(day, session=Ledger(connection))

        with ThreadPoolExecutor(4) as sessions:
            list(sessions.map(one, range(4)))

    def figures_dropped(self) -> None:
        self.ledger.forget([self.account])
        self.ledger.rows("DELETE FROM rollforward_data.equity_snapshot WHERE account_id = %s", self.account)

    def ends(self, day: str) -> Any:
        """The row of the day on which the figure is checked, and no earlier one left out."""
        if self.manner == "in one go":
            self.processing.range(self.ledger, self.account, FIRST_DAY, day)
        return self.ledger.row(
            "SELECT * FROM rollforward_data.equity_snapshot WHERE (account_id, snapshot_date) = (%s, %s)",
            self.account,
            day,
        )


def closed_position(story: Story) -> None:
    story.holds(("S", 100))
    story.happens(sell("2025-08-20", "S", 100, 10300))
    story.processed("18", "22")


def late_price(story: Story) -> None:
    story.closes("F", but="20")
    story.holds(("F", 1000))
    story.processed("18", "20")
    story.closes("F")
    story.processed("21", "22")


def missed_day(story: Story) -> None:
    story.holds(("S", 100))
    story.processed("18")
    story.processed("19")
    story.processed("21")


def out_of_order(story: Story) -> None:
    missed_day(story)
    story.processed("22")
    story.processed("20")


def rebuild(story: Story) -> None:
    story.holds(("S", 100))
    story.processed("18", "20")
    story.figures_dropped()
    story.processed("18", "20")


def crash_midway(story: Story) -> None:
    story.holds(("S", 100))
    story.processed("18", "19")
    story.killed("20")
    story.processed("21")


def split(story: Story) -> None:
    story.holds(("X", 100))
    story.ledger.split("X", "2025-08-21", 10)
    story.processed("18", "22")


def zero_print(story: Story) -> None:
    story.holds(("Z", 1000))
    with pytest.raises(psycopg.errors.CheckViolation, match="price_close_is_positive"):
        story.closes("Z")
    story.closes("Z", but="20")
    story.processed("18", "22")


def entry_day(story: Story) -> None:
    story.holds(("S", 10))
    story.happens(buy("2025-08-20", "S", 100, 10000))
    story.processed("18", "20")


def full_close(story: Story) -> None:
    story.holds(("S", 100))
    story.happens(sell("2025-08-21", "S", 100, 10200))
    story.processed("18", "21")


def weekend_flow(story: Story) -> None:
    story.holds(("S", 100))
    story.happens(deposit("2025-08-23", 5000))
    story.processed("18", "25")


def expired_option(story: Story) -> None:
    story.holds(("S", 100), ("CALL", 5))
    story.processed("18")


def empty_account(story: Story) -> None:
    story.holds()
    story.processed("18")


def same_day_four_times(story: Story) -> None:
    story.holds(("S", 100))
    story.processed("18")
    story.processed_by_four("19")


SCENARIOS: list[Callable[[Story], None]] = [
    closed_position,
    late_price,
    missed_day,
    out_of_order,
    rebuild,
    crash_midway,
    split,
    zero_print,
    entry_day,
    full_close,
    weekend_flow,
    expired_option,
    empty_account,
    same_day_four_times,
]


@pytest.mark.parametrize("manner", MANNERS)
@pytest.mark.parametrize("scenario", SCENARIOS, ids=lambda scenario: scenario.__name__)
def test_what_goes_wrong_elsewhere_comes_out_right(ledger, processing: Processing, scenario, manner):
    (case,) = (
        row for row in table(valuation_folder() / "failures.csv") if row["scenario"] == scenario.__name__
    )
    story = Story(ledger, processing, manner)
    scenario(story)
    row = story.ends(case["check_date"])
    assert getattr(row, case["field"]) == Decimal(case["right"])
    assert ledger.verify([story.account]) == []


def test_every_scenario_is_told():
    assert {row["scenario"] for row in table(valuation_folder() / "failures.csv")} == {
        scenario.__name__ for scenario in SCENARIOS
    }
