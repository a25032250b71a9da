"""After any changes of facts, in any order, computing what is stale gives what computing everything gives."""

from __future__ import annotations

import random
from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.support.ledger import Ledger
from tests.support.lives import METHODS, lives
from tests.support.movements import buy, deposit, movement
from tests.support.property import quick
from tests.support.streams import CONTRACTS, SHARES, Batch, Choices, load

FIRST_DAY = date(2024, 12, 28)  # some days before and behind all movements, weekends among them
DAYS = range(20)
HELD = [*SHARES, "ACME P10", "ACME P9"]
CALENDARS = ["BUSY", "LAZY"]
CURRENCIES = ["USD", "EUR", "GBP"]

Accounts = set[int]
Steps = list[int]


def steps(longest: int) -> st.SearchStrategy[Steps]:
    return st.lists(st.integers(0, 2**60 - 1), min_size=longest // 2, max_size=longest)


@quick(5)
@given(batch=lives(24, longest=10), codes=steps(16))
def test_changes_in_any_order_are_followed_by_computing_what_is_stale(ledger, batch, codes):
    check_changes(ledger, batch, codes)


def check_changes(ledger: Ledger, batch: Batch, codes: Steps) -> None:
    load(ledger, batch)
    use_calendars(ledger)
    for code in codes:
        pick = Choices(code)
        if pick.once_in(3):
            process_something(ledger, batch, pick)
        else:
            change_something(ledger, batch, pick)
    follow(ledger, batch)
    check_like_new(ledger, batch)


def use_calendars(ledger: Ledger) -> None:
    """A third of the accounts trades on weekdays, the others by the calendars; every other one owns euros."""
    ledger.rows(
        "UPDATE rollforward_data.account SET calendar = (ARRAY[NULL, 'BUSY', 'LAZY'])[account_id % 3 + 1],"
        " base_currency = (ARRAY['USD', 'EUR'])[account_id % 2 + 1]"
    )


# What is checked


def follow(ledger: Ledger, batch: Batch) -> None:
    """Compute what is stale: nothing stays stale, and no row is written that was right."""
    before = ledger.versions(batch.account_ids)
    result = ledger.process_stale()
    assert (result.success, result.fell_back) == (True, False), result.errors
    assert ledger.stale() == []
    for table, rows in ledger.versions(batch.account_ids).items():
        kept = rows.keys() & before[table].keys()
        assert {row: rows[row] for row in kept} == {row: before[table][row] for row in kept}


def check_like_new(ledger: Ledger, batch: Batch) -> None:
    """What is stored is what a calculation from nothing gives, by the batch and by the reference."""
    account_ids = batch.account_ids
    incremental = ledger.dump(account_ids)
    differences, broken = ledger.verify(account_ids), ledger.ties(account_ids)
    ledger.forget(account_ids)
    assert not ledger.process_stale().fell_back
    anew = ledger.dump(account_ids)
    for table, rows in anew.items():
        assert incremental[table] == rows, table
    assert not differences, batch.about(differences)
    assert not broken, batch.about(broken)


# Calculations in between


def process_something(ledger: Ledger, batch: Batch, pick: Choices) -> None:
    what = pick.of(["stale", "range", "accounts", "stale"])
    start = day(pick)
    if what == "stale":
        follow(ledger, batch)
    elif what == "range":
        ledger.process(batch.account_ids, start, start + timedelta(days=pick.of(range(6))))
    else:
        ledger.process(some_accounts(batch, pick), start, "infinity")


# Changes


def change_something(ledger: Ledger, batch: Batch, pick: Choices) -> None:
    """Change facts; where nothing was stale before, only accounts that the change concerns are afterwards."""
    was_settled = ledger.stale() == []
    last_price = latest_price(ledger)
    concerned = pick.of(CHANGES)(ledger, batch, pick)
    if was_settled and concerned is not None and latest_price(ledger) == last_price:
        stale = {row.account_id for row in ledger.stale()}
        assert stale <= concerned, f"{stale - concerned} are not concerned"


def change_movements(ledger: Ledger, batch: Batch, pick: Choices) -> Accounts | None:
    what = pick.of(["move", "delete", "double", "more", "move", "delete", "truncate"])
    if what == "truncate" and pick.once_in(4):
        ledger.rows("TRUNCATE rollforward_data.movement")
        return None
    account_ids = some_accounts(batch, pick)
    if what == "move":
        statement = "UPDATE rollforward_data.movement SET accounting_date = accounting_date + 3"
    elif what == "double":
        statement = "UPDATE rollforward_data.movement SET amount = amount * 2"
    elif what == "delete":
        statement = "DELETE FROM rollforward_data.movement"
    else:
        return add_movements(ledger, account_ids, pick)
    ledger.rows(
        f"{statement} WHERE account_id = ANY (%s) AND movement_id %% 3 = %s",
        account_ids,
        pick.of(range(3)),
    )
    return set(account_ids)


def add_movements(ledger: Ledger, account_ids: list[int], pick: Choices) -> Accounts:
    on, symbol = day(pick), pick.of(HELD)
    added = pick.of(
        [
            buy(on.isoformat(), symbol, 3, 40, currency={**SHARES}.get(symbol, "USD")),
            deposit(on.isoformat(), 100, currency=pick.of(CURRENCIES)),
            movement("securities_in", on, symbol="ACME", quantity=2, effect="open", price=5),
            movement("securities_out", on, symbol="ACME", quantity=1, effect="close"),
        ]
    )
    ledger.record_all((account_id, added) for account_id in account_ids)
    return set(account_ids)


def change_prices(ledger: Ledger, batch: Batch, pick: Choices) -> Accounts | None:
    what = pick.of(["late", "late", "late", "correct", "move", "delete", "delete latest", "truncate"])
    symbol, on = pick.of(HELD), day(pick)
    instrument = ledger.instruments[symbol]
    concerned = holders(ledger, instrument)
    if what == "late":
        ledger.price(symbol, on, pick.money() + 1)
    elif what == "correct":
        ledger.rows(
            "UPDATE rollforward_data.price SET close = close + 1 WHERE instrument_id = %s", instrument
        )
    elif what == "move":
        ledger.rows(
            "UPDATE rollforward_data.price SET price_date = price_date - 1000 WHERE instrument_id = %s"
            " AND price_date > '2024-01-01' AND price_date <= %s",
            instrument,
            on,
        )
    elif what == "delete":
        ledger.rows(
            "DELETE FROM rollforward_data.price WHERE instrument_id = %s AND price_date <= %s", instrument, on
        )
    elif what == "delete latest":
        ledger.rows("DELETE FROM rollforward_data.price WHERE price_date = %s", latest_price(ledger))
        return None
    else:
        ledger.rows("TRUNCATE rollforward_data.price")
        return None
    return concerned


def change_splits(ledger: Ledger, batch: Batch, pick: Choices) -> Accounts | None:
    what = pick.of(["add", "change", "delete", "move", "truncate"])
    symbol, on = pick.of(["ACME", "BOLT"]), day(pick)
    instrument = ledger.instruments[symbol]
    concerned = holders(ledger, instrument)
    if what == "add":
        ledger.rows(
            "INSERT INTO rollforward_data.split (instrument_id, split_date, quantity, per_quantity)"
            " VALUES (%s, %s, %s, 1) ON CONFLICT DO NOTHING",
            instrument,
            on,
            pick.of([2, 3]),
        )
    elif what == "change":
        ledger.rows(
            "UPDATE rollforward_data.split SET quantity = quantity + 1 WHERE instrument_id = %s", instrument
        )
    elif what == "move":
        ledger.rows(
            "UPDATE rollforward_data.split SET split_date = split_date - 40 WHERE instrument_id = %s",
            instrument,
        )
    elif what == "delete":
        ledger.rows("DELETE FROM rollforward_data.split WHERE instrument_id = %s", instrument)
    else:
        ledger.rows("TRUNCATE rollforward_data.split")
        return None
    # lots that travel are taken on by others
    return concerned | holders(ledger, ledger.instruments["ACME P8"]) if symbol == "BOLT" else None


def change_rates(ledger: Ledger, batch: Batch, pick: Choices) -> Accounts | None:
    pair, on = pick.of([("EUR", "USD"), ("USD", "EUR"), ("GBP", "USD"), ("GBP", "EUR")]), day(pick)
    what = pick.of(["add", "add", "change", "delete", "truncate"])
    concerned = owners(ledger, pair)
    if what == "add":
        ledger.rows(
            "INSERT INTO rollforward_data.fx_rate VALUES (%s, %s, %s, %s)"
            " ON CONFLICT ON CONSTRAINT fx_rate_pkey DO UPDATE SET rate = excluded.rate",
            *pair,
            on,
            pick.of([Decimal("1.25"), Decimal("0.8"), Decimal(3)]),
        )
    elif what == "change":
        ledger.rows(
            "UPDATE rollforward_data.fx_rate SET rate = rate + 1, rate_date = rate_date - 30"
            " WHERE (currency, quote_currency) = (%s, %s)",
            *pair,
        )
    elif what == "delete":
        ledger.rows("DELETE FROM rollforward_data.fx_rate WHERE (currency, quote_currency) = (%s, %s)", *pair)
    else:
        ledger.rows("TRUNCATE rollforward_data.fx_rate")
        return None
    return concerned


def change_calendars(ledger: Ledger, batch: Batch, pick: Choices) -> Accounts | None:
    calendar, on = pick.of(CALENDARS), day(pick)
    what = pick.of(["add", "add", "add", "remove", "move", "truncate"])
    if what == "add":
        ledger.rows(
            "INSERT INTO rollforward_data.trading_calendar SELECT %s, %s::date + number"
            " FROM generate_series(0, %s) AS number ON CONFLICT DO NOTHING",
            calendar,
            on,
            pick.of(range(4)),
        )
    elif what == "remove":
        ledger.rows(
            "DELETE FROM rollforward_data.trading_calendar WHERE calendar = %s AND trading_date <= %s",
            calendar,
            on,
        )
    elif what == "move":
        ledger.rows(
            "UPDATE rollforward_data.trading_calendar SET trading_date = trading_date - 60"
            " WHERE calendar = %s AND trading_date > '2024-12-20' AND trading_date <= %s",
            calendar,
            on,
        )
    else:
        ledger.rows("TRUNCATE rollforward_data.trading_calendar")
        return None
    return ids(ledger, "SELECT account_id FROM rollforward_data.account WHERE calendar = %s", calendar)


def change_accounts(ledger: Ledger, batch: Batch, pick: Choices) -> Accounts | None:
    account_ids = some_accounts(batch, pick)
    change = pick.of(
        [
            "calendar = 'BUSY'",
            "calendar = NULL",
            "base_currency = 'GBP'",
            "base_currency = 'USD'",
            "costs_in_lot = NOT costs_in_lot",
            "premium_in_cost = NOT premium_in_cost",
            "number = number || '+'",
        ]
    )
    ledger.rows(f"UPDATE rollforward_data.account SET {change} WHERE account_id = ANY (%s)", account_ids)
    return set() if change.startswith("number") else set(account_ids)


def change_methods(ledger: Ledger, batch: Batch, pick: Choices) -> Accounts | None:
    account_ids = some_accounts(batch, pick)
    what = pick.of(["add", "add", "delete", "move"])
    if what == "add":
        ledger.rows(
            "INSERT INTO rollforward_data.account_cost_method (account_id, from_date, method)"
            " SELECT unnest(%s::bigint[]), %s, %s::rollforward_data.cost_method"
            " ON CONFLICT ON CONSTRAINT account_cost_method_pkey DO UPDATE SET method = excluded.method",
            account_ids,
            day(pick),
            pick.of(METHODS),
        )
    elif what == "delete":
        ledger.rows(
            "DELETE FROM rollforward_data.account_cost_method WHERE account_id = ANY (%s)", account_ids
        )
    else:
        ledger.rows(
            "UPDATE rollforward_data.account_cost_method SET from_date = from_date + 2"
            " WHERE account_id = ANY (%s)",
            account_ids,
        )
    return set(account_ids)


def change_terms(ledger: Ledger, batch: Batch, pick: Choices) -> Accounts | None:
    symbol = pick.of([*SHARES, *CONTRACTS])
    change = pick.of(
        [
            "multiplier = multiplier + 1",
            "currency = CASE currency WHEN 'USD' THEN 'EUR' ELSE 'USD' END",
            "expiration = expiration - 2",
            "strike = strike + 1",
        ]
    )
    instrument = ledger.instruments[symbol]
    concerned = holders(ledger, instrument)
    ledger.rows(f"UPDATE rollforward_data.instrument SET {change} WHERE instrument_id = %s", instrument)
    return concerned


def change_settings(ledger: Ledger, batch: Batch, pick: Choices) -> Accounts | None:
    ledger.rows(
        "INSERT INTO rollforward_data.setting VALUES ('lookback_days', %s)"
        " ON CONFLICT ON CONSTRAINT setting_pkey DO UPDATE SET value = excluded.value",
        pick.of(["1", "3", "10"]),
    )


CHANGES: list[Callable[[Ledger, Batch, Choices], Accounts | None]] = [
    change_movements,
    change_prices,
    change_rates,
    change_splits,
    change_calendars,
    change_accounts,
    change_methods,
    change_terms,
    change_settings,
    change_prices,
]


# Whom a change may concern


def some_accounts(batch: Batch, pick: Choices) -> list[int]:
    dice = random.Random(pick.of(range(1000)))
    return sorted(dice.sample(batch.account_ids, 1 + pick.of(range(6))))


def holders(ledger: Ledger, instrument: int) -> Accounts:
    """Accounts with a position of an instrument, now or before."""
    return ids(
        ledger, "SELECT account_id FROM rollforward_data.position WHERE instrument_id = %s", instrument
    )


def owners(ledger: Ledger, pair: tuple[str, str]) -> Accounts:
    """Accounts that convert something, from or to one of two currencies."""
    return ids(
        ledger,
        "SELECT account_id FROM rollforward_data.account JOIN rollforward_data.account_currency AS held"
        " USING (account_id) WHERE held.currency <> base_currency"
        " AND (held.currency = ANY (%s) OR base_currency = ANY (%s))",
        list(pair),
        list(pair),
    )


def ids(ledger: Ledger, query: str, *arguments: Any) -> Accounts:
    return {row.account_id for row in ledger.rows(query, *arguments)}


def latest_price(ledger: Ledger) -> Any:
    return ledger.value("SELECT max(price_date) FROM rollforward_data.price")


def day(pick: Choices) -> date:
    return FIRST_DAY + timedelta(days=pick.of(DAYS))


# Every statement on every table of facts


@pytest.fixture
def settled(ledger):
    """Two accounts, computed; only the first has ACME, euros, a calendar and a cost method."""
    ledger.instrument("ACME")
    ledger.instrument("BOLT")
    holder, other = ledger.account("holder"), ledger.account("other")
    ledger.rows("UPDATE rollforward_data.account SET calendar = 'BUSY' WHERE account_id = %s", holder)
    ledger.rows("INSERT INTO rollforward_data.trading_calendar VALUES ('BUSY', '2025-01-03')")
    ledger.rows("INSERT INTO rollforward_data.setting VALUES ('lookback_days', '10')")
    ledger.record(
        holder,
        deposit("2025-01-02", 1000),
        deposit("2025-01-02", 1000, currency="EUR"),
        buy("2025-01-03", "ACME", 10, 100),
    )
    ledger.record(other, deposit("2025-01-02", 1000), buy("2025-01-03", "BOLT", 10, 100))
    ledger.cost_method(holder, "lifo", "2025-01-01")
    ledger.price("ACME", "2025-01-03", 11)
    ledger.price("BOLT", "2025-01-10", 11)
    ledger.split("ACME", "2025-01-08", 2)
    ledger.rate("EUR", "USD", "2025-01-02", 2)
    ledger.process_stale()
    assert ledger.stale() == []
    return holder, other


HOLDER, BOTH = [0], [0, 1]
MARKING = [
    (HOLDER, "INSERT INTO movement (account_id, occurred_at, accounting_date, kind, currency, amount)"
             " VALUES (1, '2025-01-06', '2025-01-06', 'deposit', 'USD', 1)"),
    (HOLDER, "UPDATE movement SET amount = amount + 1 WHERE account_id = 1"),
    (BOTH, "UPDATE movement SET account_id = 2 WHERE kind = 'deposit' AND account_id = 1"),
    (HOLDER, "DELETE FROM movement WHERE account_id = 1 AND kind = 'buy'"),
    (BOTH, "TRUNCATE movement"),
    (HOLDER, "INSERT INTO price VALUES (1, '2025-01-06', 12)"),
    (HOLDER, "UPDATE price SET close = 13 WHERE instrument_id = 1"),
    (HOLDER, "DELETE FROM price WHERE instrument_id = 1"),
    (BOTH, "DELETE FROM price WHERE instrument_id = 2"),  # the last day that has a price
    (BOTH, "UPDATE price SET price_date = '2025-01-06' WHERE instrument_id = 2"),
    (BOTH, "TRUNCATE price"),
    (HOLDER, "INSERT INTO split (instrument_id, split_date, quantity, per_quantity)"
             " VALUES (1, '2025-01-09', 2, 1)"),
    (HOLDER, "UPDATE split SET quantity = 3"),
    (HOLDER, "DELETE FROM split"),
    (BOTH, "TRUNCATE split"),
    (HOLDER, "INSERT INTO fx_rate VALUES ('EUR', 'USD', '2025-01-03', 3)"),
    (HOLDER, "UPDATE fx_rate SET rate = 4"),
    (HOLDER, "DELETE FROM fx_rate"),
    (BOTH, "TRUNCATE fx_rate"),
    (HOLDER, "INSERT INTO trading_calendar VALUES ('BUSY', '2025-01-07')"),
    (HOLDER, "UPDATE trading_calendar SET trading_date = '2025-01-04'"),
    (HOLDER, "DELETE FROM trading_calendar"),
    (BOTH, "TRUNCATE trading_calendar"),
    (HOLDER, "INSERT INTO account_cost_method VALUES (1, '2025-01-03', 'hifo')"),
    (HOLDER, "UPDATE account_cost_method SET method = 'average'"),
    (HOLDER, "DELETE FROM account_cost_method"),
    (BOTH, "TRUNCATE account_cost_method"),
    (BOTH, "UPDATE setting SET name = 'workers'"),
    (BOTH, "UPDATE setting SET value = '1'"),
    (BOTH, "DELETE FROM setting"),
    (BOTH, "TRUNCATE setting"),
    (HOLDER, "UPDATE instrument SET multiplier = 2 WHERE instrument_id = 1"),
    (HOLDER, "UPDATE instrument SET symbol = 'NEW' WHERE instrument_id = 1"),  # an option may name it
    (HOLDER, "UPDATE account SET costs_in_lot = false WHERE account_id = 1"),
    (HOLDER, "UPDATE account SET premium_in_cost = true WHERE account_id = 1"),
    (HOLDER, "UPDATE account SET base_currency = 'EUR' WHERE account_id = 1"),
    (HOLDER, "UPDATE account SET calendar = NULL WHERE account_id = 1"),
    (BOTH, "TRUNCATE instrument CASCADE"),
]  # fmt: skip


@pytest.mark.parametrize(("concerned", "statement"), MARKING, ids=[statement for _, statement in MARKING])
def test_every_statement_marks_those_it_concerns(ledger, settled, concerned, statement):
    execute(ledger, statement)
    assert [row.account_id for row in ledger.stale()] == [settled[number] for number in concerned]
    follow_plainly(ledger, settled)


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE price SET close = close",
        "UPDATE fx_rate SET rate = rate",
        "UPDATE instrument SET multiplier = multiplier",
        "UPDATE account SET number = number || '+', calendar = calendar",
        "INSERT INTO instrument (symbol, kind, currency) VALUES ('NEW', 'stock', 'USD')",
        "INSERT INTO account (number, base_currency) VALUES ('new', 'USD')",
        "INSERT INTO price SELECT 1, '2025-01-03', 1 WHERE false",
    ],
)
def test_what_changes_no_figure_marks_nothing(ledger, settled, statement):
    execute(ledger, statement)
    assert ledger.stale() == []


@pytest.mark.parametrize("statement", ["DELETE FROM account", "TRUNCATE account CASCADE"])
def test_accounts_that_go_take_their_figures_and_marks_along(ledger, settled, statement):
    if statement.startswith("DELETE"):
        execute(ledger, "DELETE FROM movement")
    execute(ledger, statement)
    assert not any(ledger.dump(settled).values())
    ledger.price("ACME", "2025-01-06", 12)
    assert ledger.process_stale().success


def test_an_instrument_that_goes_takes_its_figures_along(ledger, settled):
    for table in ("movement", "price", "split", "instrument"):
        execute(ledger, f"DELETE FROM {table} WHERE instrument_id = 1")
    follow_plainly(ledger, settled)


@pytest.mark.parametrize(
    "change",
    [
        "INSERT INTO price VALUES (1, '2025-01-06', 55)",
        "INSERT INTO split (instrument_id, split_date, quantity, per_quantity)"
        " VALUES (1, '2025-01-06', 2, 1)",
    ],
)
def test_what_left_on_a_weekend_has_the_close_of_the_next_trading_day(ledger, change):
    ledger.instrument("ACME")
    account = ledger.account()
    ledger.record(
        account,
        deposit("2025-01-02", 100),
        movement("securities_in", "2025-01-03", symbol="ACME", quantity=1, effect="open", price=10),
        movement("securities_out", "2025-01-04", symbol="ACME", quantity=1, effect="close"),
        deposit("2025-01-08", 1),
    )
    ledger.price("ACME", "2025-01-03", 20)
    ledger.process_stale()
    execute(ledger, change)
    assert [row.account_id for row in ledger.stale()] == [account]
    follow_plainly(ledger, (account,))


def test_a_new_symbol_may_be_what_an_option_delivers(ledger):
    ledger.instrument("OLD")
    ledger.option("ACME P20", expiration="2025-03-21")
    account = ledger.account(premium_in_cost=True)
    ledger.record(
        account,
        movement("sell", "2025-01-03", 150, symbol="ACME P20", quantity=1, effect="open"),
        movement("assignment", "2025-01-06", symbol="ACME P20", quantity=1, effect="close", side="short"),
        buy("2025-01-06", "OLD", 100, 2000, price=20),
    )
    ledger.process_stale()
    assert ledger.snapshot(account).invested == 2000
    execute(ledger, "UPDATE instrument SET symbol = 'ACME' WHERE symbol = 'OLD'")
    follow_plainly(ledger, (account,))
    assert ledger.snapshot(account).invested == 1850


def execute(ledger: Ledger, statement: str) -> None:
    """Plain SQL on the tables of the data schema."""
    with ledger.connection.transaction():
        ledger.rows("SET LOCAL search_path = rollforward_data")
        ledger.rows(statement)


def follow_plainly(ledger: Ledger, account_ids: tuple[int, ...]) -> None:
    """Compute what is stale; it is what a calculation from nothing gives."""
    assert not ledger.process_stale().fell_back
    assert ledger.stale() == []
    incremental = ledger.dump(account_ids)
    differences = ledger.verify(account_ids)
    ledger.forget(account_ids)
    ledger.process_stale()
    assert incremental == ledger.dump(account_ids)
    assert differences == []
