"""Many sessions at once: nothing is refused, nobody waits for ever, and no change is lost."""

from __future__ import annotations

import random
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from typing import Any

import psycopg
import pytest

from tests.support.ledger import Ledger
from tests.support.movements import buy, deposit, movement, sell

ACCOUNTS = 24
SYMBOLS = ["ACME", "BOLT", "CORE", "DUST"]
FIRST_DAY = date(2025, 1, 1)
WRITERS, WORKERS = 8, 2
NO_CLOCK = "SELECT set_config('rollforward.today', '2000-01-01', false)"
NEW_ROW = "ON CONFLICT ON CONSTRAINT price_pkey DO UPDATE SET close = excluded.close"


@contextmanager
def session(ledger: Ledger, *, autocommit: bool = True) -> Iterator[Ledger]:
    """Another session on the same database. A wait that never ends would be a deadlock of the test."""
    with psycopg.connect(ledger.connection.info.dsn, autocommit=autocommit) as connection:
        connection.execute(NO_CLOCK)
        connection.execute("SET lock_timeout = '60s'")
        if not autocommit:
            connection.commit()
        other = Ledger(connection)
        other.instruments = ledger.instruments
        yield other


def check_like_new(ledger: Ledger, account_ids: list[int]) -> None:
    """Compute what is stale; it is what a forced calculation, and one from nothing, give."""
    result = ledger.process_stale()
    assert (result.success, result.fell_back) == (True, False), result.errors
    assert ledger.stale() == []
    assert ledger.rows("SELECT * FROM rollforward_data.shared_mark") == []
    incremental = ledger.dump(account_ids)
    assert ledger.verify(account_ids) == []
    assert ledger.ties(account_ids) == []
    ledger.process(account_ids, end="infinity", force_recalculation=True)
    assert ledger.dump(account_ids) == incremental
    ledger.forget(account_ids)
    ledger.process_stale()
    assert ledger.dump(account_ids) == incremental


# Many sessions for some time


def test_sessions_for_some_seconds(ledger):
    check_sessions(ledger, 6)


@pytest.mark.long
def test_sessions_for_a_minute(ledger):
    check_sessions(ledger, 60)


def check_sessions(ledger: Ledger, seconds: float) -> None:
    for symbol in SYMBOLS:
        ledger.instrument(symbol, currency="EUR" if symbol == "DUST" else "USD")
    account_ids = [ledger.account(f"account {number}") for number in range(ACCOUNTS)]
    ledger.rate("EUR", "USD", "2025-01-01", 2)

    errors: list[BaseException] = []
    counts = [0] * (WRITERS + WORKERS)
    until = time.monotonic() + seconds

    def run(number: int, act: Callable[[Ledger, random.Random, list[int]], None]) -> None:
        dice = random.Random(number)
        try:
            with session(ledger) as own:
                while time.monotonic() < until and not errors:
                    act(own, dice, account_ids)
                    counts[number] += 1
        except BaseException as error:
            errors.append(error)

    threads = [threading.Thread(target=run, args=(number, write)) for number in range(WRITERS)]
    threads += [threading.Thread(target=run, args=(WRITERS + number, compute)) for number in range(WORKERS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not errors, errors
    assert min(counts) > 0, counts
    check_like_new(ledger, account_ids)


class RolledBack(Exception):
    """What a client changes its mind with."""


def write(own: Ledger, dice: random.Random, account_ids: list[int]) -> None:
    """One statement that commits by itself; or several that commit, or do not, together."""
    if dice.random() < 0.4:
        dice.choice([*MOVEMENTS, *PRICES])(own, dice, account_ids)
        return
    # at most one statement about prices: two would lock their rows in any order, the fault of who writes so
    statements = [*dice.choices(MOVEMENTS, k=dice.randint(1, 3)), *dice.sample(PRICES, dice.randint(0, 1))]
    try:
        with own.connection.transaction():
            for statement in statements:
                statement(own, dice, account_ids)
            if dice.random() < 0.3:
                raise RolledBack
    except RolledBack:
        pass


def compute(own: Ledger, dice: random.Random, account_ids: list[int]) -> None:
    """What is stale; or some of the accounts, in some range."""
    if dice.random() < 0.6:
        result = own.process_stale()
        assert (result.success, result.fell_back) == (True, False), result.errors
    else:
        start = any_day(dice)
        own.process(dice.sample(account_ids, 6), start, start + timedelta(days=dice.randrange(9)))


def add_movements(own: Ledger, dice: random.Random, account_ids: list[int]) -> None:
    symbol, on = dice.choice(SYMBOLS), any_day(dice).isoformat()
    currency = "EUR" if symbol == "DUST" else "USD"
    added = [
        deposit(on, 100),
        buy(on, symbol, dice.randint(1, 9), 50, currency=currency),
        sell(on, symbol, dice.randint(1, 5), 40, currency=currency),
        movement("securities_in", on, symbol="ACME", quantity=2, effect="open", price=5),
        movement("securities_out", on, symbol="ACME", quantity=1, effect="close"),
    ]
    own.record(dice.choice(account_ids), *dice.sample(added, 2))


def remove_movements(own: Ledger, dice: random.Random, account_ids: list[int]) -> None:
    """Some of one account; those that another session removes are left to it."""
    own.rows(
        "DELETE FROM rollforward_data.movement WHERE (account_id, movement_id) IN ("
        " SELECT account_id, movement_id FROM rollforward_data.movement"
        " WHERE account_id = %s AND movement_id %% 7 = 0 FOR UPDATE SKIP LOCKED)",
        dice.choice(account_ids),
    )


def add_prices(own: Ledger, dice: random.Random, account_ids: list[int]) -> None:
    on = any_day(dice)
    own.rows(
        "INSERT INTO rollforward_data.price SELECT instrument_id, %s, %s FROM rollforward_data.instrument"
        f" ORDER BY instrument_id {NEW_ROW}",
        on,
        dice.randint(1, 90),
    )


def add_price(own: Ledger, dice: random.Random, account_ids: list[int]) -> None:
    own.price(dice.choice(SYMBOLS), any_day(dice), dice.randint(1, 90))


MOVEMENTS = [add_movements, add_movements, remove_movements]
PRICES = [add_prices, add_price]


def any_day(dice: random.Random) -> date:
    return FIRST_DAY + timedelta(days=dice.randrange(40))


# A change that is committed while another session computes


@pytest.fixture
def account(ledger):
    """An account that is valued until the 10th, without securities."""
    ledger.instrument("ACME")
    ledger.instrument("BOLT")
    account = ledger.account()
    ledger.record(account, deposit("2025-01-02", 1000), deposit("2025-01-10", 1))
    ledger.price("BOLT", "2025-01-10", 1)
    ledger.process_stale()
    return account


def equity(ledger: Ledger, on: str = "2025-01-10") -> Any:
    return ledger.value(
        "SELECT closing_equity FROM rollforward_data.equity_snapshot WHERE snapshot_date = %s", on
    )


def hold(ledger: Ledger, account: int) -> None:
    """Ten shares for 100."""
    ledger.record(account, buy("2025-01-03", "ACME", 10, 100))


@pytest.mark.parametrize("change", ["price", "movement", "first holding", "setting", "split"])
def test_a_change_while_an_account_is_computed_is_computed_next(ledger, account, change):
    hold(ledger, account)
    with session(ledger, autocommit=False) as computing:
        computing.process_stale()
        if change == "price":
            ledger.price("ACME", "2025-01-06", 15)
        elif change == "movement":
            ledger.record(account, deposit("2025-01-06", 5))
        elif change == "first holding":
            ledger.record(account, buy("2025-01-06", "BOLT", 1, 7))
        elif change == "split":
            ledger.split("ACME", "2025-01-06", 2)
        else:
            ledger.rows("INSERT INTO rollforward_data.setting VALUES ('lookback_days', '1')")
        computing.connection.commit()
    assert [row.account_id for row in ledger.stale()] == [account]
    check_like_new(ledger, [account])


@contextmanager
def recording_meanwhile(ledger: Ledger) -> Iterator[None]:
    """Whenever a calculation takes marks away, new ones come: as if others recorded without end."""
    ledger.rows(
        """
        CREATE FUNCTION rollforward_data.record_meanwhile() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            INSERT INTO rollforward_data.stale_mark (account_id, from_date)
            SELECT account_id, from_date FROM taken;
            RETURN NULL;
        END
        $$;
        CREATE TRIGGER record_meanwhile AFTER DELETE ON rollforward_data.stale_mark
            REFERENCING OLD TABLE AS taken
            FOR EACH STATEMENT EXECUTE FUNCTION rollforward_data.record_meanwhile()
        """
    )
    try:
        yield
    finally:
        ledger.rows("DROP FUNCTION rollforward_data.record_meanwhile CASCADE")


@pytest.mark.parametrize(
    "calculation",
    ["SELECT rollforward.process_stale()", "CALL rollforward.process_all('2025-01-01', '2025-01-31')"],
)
def test_a_calculation_ends_though_others_go_on_recording(ledger, account, calculation):
    """For accounts that received securities too: what they received has not changed."""
    other = ledger.account("other")
    ledger.record(other, deposit("2025-01-06", 1))
    ledger.record(
        account, movement("securities_in", "2025-01-06", symbol="ACME", quantity=2, effect="open", price=5)
    )
    with recording_meanwhile(ledger):
        ledger.rows(calculation)
    assert [row.account_id for row in ledger.stale()] == [account, other]
    check_like_new(ledger, [account, other])


def test_a_first_holding_that_another_session_has_not_committed_is_found_by_a_price(ledger, account):
    """The price is resolved while the position that it concerns cannot be seen."""
    hold(ledger, account)
    other = ledger.account("other")
    with session(ledger, autocommit=False) as computing:
        computing.process_stale()
        ledger.price("ACME", "2025-01-06", 15)
        ledger.process([other])  # resolves the mark
        computing.connection.commit()
    check_like_new(ledger, [account, other])
    assert equity(ledger) == 1001 - 100 + 150


OWN_TRANSACTION = {
    "price": ("", "INSERT INTO price VALUES (1, '2025-01-06', 15)"),
    "split": ("", "INSERT INTO split (instrument_id, split_date, quantity, per_quantity)"
                  " VALUES (1, '2025-01-08', 2, 1)"),
    "calendar": ("UPDATE account SET calendar = 'BUSY'",
                 "INSERT INTO trading_calendar VALUES ('BUSY', '2025-01-06'), ('BUSY', '2025-01-08')"),
    "rate": ("UPDATE account SET base_currency = 'EUR'",
             "INSERT INTO fx_rate VALUES ('USD', 'EUR', '2025-01-06', 2)"),
}  # fmt: skip


@pytest.mark.parametrize("what", OWN_TRANSACTION)
def test_a_holding_recorded_and_computed_in_one_transaction_is_found_by_what_comes_meanwhile(
    ledger, account, what
):
    before, change = OWN_TRANSACTION[what]
    ledger.price("ACME", "2025-01-02", 11)
    other = ledger.account("other")
    ledger.process_stale()
    with session(ledger, autocommit=False) as computing:
        if before:
            execute(computing, before + f" WHERE account_id = {account}")
        hold(computing, account)
        computing.process_stale()
        execute(ledger, change)
        ledger.process([other])  # resolves the mark
        computing.connection.commit()
    check_like_new(ledger, [account, other])


def test_an_account_opened_and_computed_in_one_transaction_is_found_by_what_comes_meanwhile(ledger, account):
    with session(ledger, autocommit=False) as computing:
        added = computing.account("new")
        hold(computing, added)
        computing.process_stale()
        ledger.rows("INSERT INTO rollforward_data.setting VALUES ('lookback_days', '1')")
        ledger.price("ACME", "2025-01-02", 11)
        ledger.process([account])
        computing.connection.commit()
    check_like_new(ledger, [account, added])


@pytest.mark.parametrize("first", ["giver", "receiver"])
def test_lots_that_change_while_the_receiver_is_computed_for_another_reason_are_computed_next(
    ledger, account, first
):
    """The mark of the other reason cannot stand for what the session that takes it does not see."""
    receiver = ledger.account("receiver")
    hold(ledger, account)
    leg = {"symbol": "ACME", "quantity": 10, "external_id": "T1"}
    ledger.record(account, movement("securities_out", "2025-01-07", effect="close", **leg))
    ledger.record(receiver, movement("securities_in", "2025-01-07", effect="open", **leg))
    ledger.process_stale()
    ledger.record(account, buy("2025-01-02", "ACME", 10, 70))
    ledger.record(receiver, deposit("2025-01-02", 1))
    with session(ledger, autocommit=False) as one, session(ledger, autocommit=False) as two:
        for own in (one, two) if first == "giver" else (two, one):
            own.process([account if own is one else receiver])
        one.connection.commit()
        two.connection.commit()
    assert [row.account_id for row in ledger.stale()] == [receiver]
    check_like_new(ledger, [account, receiver])


@pytest.mark.parametrize("commits", [True, False])
def test_two_sessions_resolve_one_mark(ledger, account, commits):
    """The first may fail after it has removed the mark: then it is there for the second."""
    hold(ledger, account)
    ledger.process_stale()
    other = ledger.account("other")
    ledger.price("ACME", "2025-01-06", 15)
    with session(ledger, autocommit=False) as first:
        first.process([other])
        if commits:
            ledger.process([account], "2025-01-02", "2025-01-03")
            first.connection.commit()
        else:
            first.connection.rollback()
    check_like_new(ledger, [account, other])
    assert equity(ledger) == 1001 - 100 + 150


def execute(ledger: Ledger, statement: str) -> None:
    """Plain SQL on the tables of the data schema."""
    with ledger.connection.transaction():
        ledger.rows("SET LOCAL search_path = rollforward_data")
        ledger.rows(statement)
