"""Days without equity and closes that are missing: found by comparing with the calendar, and said aloud."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import psycopg
import pytest

from tests.support.movements import buy, deposit, movement, sell


@pytest.fixture
def account(ledger):
    ledger.instrument("ACME")
    ledger.instrument("HOME", "private")
    account = ledger.account()
    ledger.record(account, deposit("2025-01-02", 1000), buy("2025-01-03", "ACME", 10, 100))
    return account


@pytest.fixture(autouse=True)
def today(ledger):
    """It is Friday, the 10th."""
    ledger.rows("SELECT set_config('rollforward.today', '2025-01-10', false)")
    yield
    ledger.rows("SELECT set_config('rollforward.today', '2000-01-01', false)")


def days(rows):
    return [row.snapshot_date.day for row in rows]


def missing(ledger, account_ids=None, start="2025-01-01", end="2025-01-31"):
    return ledger.rows("SELECT * FROM rollforward.missing_snapshots(%s, %s, %s)", account_ids, start, end)


def valued(ledger, account):
    return days(
        ledger.rows(
            "SELECT snapshot_date FROM rollforward.equity_snapshot WHERE account_id = %s ORDER BY 1", account
        )
    )


def unpriced(ledger, start="2025-01-01", end="2025-01-31"):
    return [
        (row.symbol, row.price_date.day, row.latest_price_date and row.latest_price_date.day)
        for row in ledger.rows("SELECT * FROM rollforward.unpriced(%s, %s)", start, end)
    ]


def test_days_are_missing_from_the_first_movement_until_today(ledger, account):
    assert days(missing(ledger)) == [2, 3, 6, 7, 8, 9, 10]
    assert days(missing(ledger, [account], "2025-01-04", "2025-01-07")) == [6, 7]
    ledger.process_stale()  # as far as facts go
    assert days(missing(ledger)) == [6, 7, 8, 9, 10]
    ledger.process([account], "2025-01-06", "2025-01-08")
    assert days(missing(ledger)) == [9, 10]
    ledger.process([account])
    assert missing(ledger) == []


def test_a_day_that_was_lost_in_the_middle_is_found(ledger, account):
    ledger.process([account])
    ledger.rows("DELETE FROM rollforward_data.equity_snapshot WHERE snapshot_date = '2025-01-07'")
    assert days(missing(ledger)) == [7]
    ledger.process([account], "2025-01-07", "2025-01-07")
    assert missing(ledger) == []


def test_only_trading_days_of_the_calendar_are_missing(ledger, account):
    ledger.rows(
        "INSERT INTO rollforward_data.trading_calendar"
        " SELECT 'SIX', day::date FROM generate_series(timestamp '2025-01-01', '2025-01-31', '1 day') AS day"
        " WHERE extract(isodow FROM day) < 7 AND day <> '2025-01-08'"
    )
    ledger.rows("UPDATE rollforward_data.account SET calendar = 'SIX'")
    assert days(missing(ledger)) == [2, 3, 4, 6, 7, 9, 10]
    ledger.process([account])
    assert valued(ledger, account) == [2, 3, 4, 6, 7, 9, 10]
    assert missing(ledger) == []


def test_every_account_or_those_asked_for(ledger, account):
    other = ledger.account("other")
    ledger.record(other, deposit("2025-01-09", 1))
    ledger.account("empty")
    assert {row.account_id for row in missing(ledger)} == {account, other}
    assert days(missing(ledger, [other])) == [9, 10]


def test_a_new_day_of_prices_makes_every_account_stale_that_lacks_it(ledger, account):
    """Also one that holds nothing of what has a price."""
    saver = ledger.account("saver")
    ledger.record(saver, deposit("2025-01-03", 5))
    ledger.price("ACME", "2025-01-03", 10)
    ledger.process_stale()
    assert valued(ledger, saver) == [3]
    ledger.price("ACME", "2025-01-07", 11)
    assert [row.account_id for row in ledger.stale()] == [account, saver]
    ledger.process_stale()
    assert (valued(ledger, account), valued(ledger, saver)) == ([2, 3, 6, 7], [3, 6, 7])
    assert ledger.stale() == []


def test_a_day_that_was_asked_for_stays_when_something_is_computed_again(ledger, account):
    ledger.process([account], "2025-01-01", "2025-01-09")
    ledger.record(account, deposit("2025-01-02", 5))
    ledger.process_stale()
    assert valued(ledger, account) == [2, 3, 6, 7, 8, 9]


def test_closes_to_fetch_are_those_of_days_on_which_something_was_held(ledger, account):
    ledger.price("ACME", "2025-01-06", 11)
    ledger.record(account, sell("2025-01-09", "ACME", 10, 120), buy("2025-01-08", "HOME", 1, 50))
    ledger.process([account])
    assert unpriced(ledger) == [("ACME", 3, None), ("ACME", 7, 6), ("ACME", 8, 6)]
    assert unpriced(ledger, "2025-01-07", "2025-01-07") == [("ACME", 7, 6)]


def test_an_option_needs_no_close_after_its_expiration(ledger, account):
    ledger.option("ACME P20", expiration="2025-01-07")
    ledger.record(account, sell("2025-01-06", "ACME P20", 1, 30, effect="open"))
    ledger.process([account])
    assert [row for row in unpriced(ledger) if row[0] != "ACME"] == [
        ("ACME P20", 6, None),
        ("ACME P20", 7, None),
    ]


@pytest.mark.parametrize("function", ["missing_snapshots(NULL, ", "unpriced("])
@pytest.mark.parametrize(
    "range_", ["'2025-01-02', '2025-01-01'", "'-infinity', '2025-01-01'", "'2025-01-01', 'infinity'"]
)
def test_a_range_that_makes_no_sense_is_refused(ledger, function, range_):
    with pytest.raises(psycopg.Error) as error:
        ledger.rows(f"SELECT * FROM rollforward.{function}{range_})")
    assert error.value.sqlstate == "22R01"


def test_closes_as_of_a_day_in_the_order_asked_for(ledger, account):
    acme, home = ledger.instruments["ACME"], ledger.instruments["HOME"]
    ledger.price("ACME", "2025-01-03", 10)
    ledger.price("ACME", "2025-01-06", 11)
    query = "SELECT * FROM rollforward.price_as_of(%s, %s, %s)"
    rows = ledger.rows(query, [home, acme, acme], "2025-01-05", 2)
    assert [(row.instrument_id, row.price_date, row.close, row.age_days, row.carried) for row in rows] == [
        (home, None, None, None, True),
        (acme, date(2025, 1, 3), 10, 2, False),
        (acme, date(2025, 1, 3), 10, 2, False),
    ]
    assert ledger.row(query, [acme], "2025-01-09", 2).carried
    assert not ledger.row("SELECT * FROM rollforward.price_as_of(%s, '2025-01-16')", [acme]).carried


@pytest.fixture
def warnings(ledger):
    heard = []
    listener = lambda notice: heard.append((notice.sqlstate, notice.message_primary))  # noqa: E731
    ledger.connection.add_notice_handler(listener)
    yield heard
    ledger.connection.remove_notice_handler(listener)


def test_a_calculation_that_rests_on_few_closes_warns(ledger, account, warnings):
    ledger.price("ACME", "2025-01-06", 11)
    result = ledger.process([account])  # Friday at cost, five days of the week after with a close
    assert result.coverage == Decimal("83.33")
    assert warnings == [("01R01", "only 83.33 % of the positions valued have a close no older than 10 days")]
    warnings.clear()
    ledger.price("ACME", "2025-01-03", 10)
    assert ledger.process_stale().coverage == 100
    assert warnings == []


def test_without_any_price_nobody_is_warned(ledger, account, warnings):
    assert ledger.process([account]).coverage == 0
    assert warnings == []


def test_private_instruments_are_no_gap(ledger, warnings):
    account = ledger.account("private")
    ledger.instrument("HOME", "private")
    ledger.instrument("ACME")
    ledger.price("ACME", "2025-01-06", 11)
    ledger.record(account, buy("2025-01-06", "HOME", 1, 50))
    assert ledger.process([account]).coverage is None
    ledger.price("HOME", "2025-01-08", 60)  # a value that is stated
    ledger.process_stale()
    row = ledger.row("SELECT * FROM rollforward.equity_snapshot WHERE snapshot_date = '2025-01-08'")
    assert (row.long_value, row.positions_priced, row.positions_carried) == (60, 1, 0)
    assert warnings == []


def test_a_calendar_without_a_day_for_a_month_is_refused_not_skipped(ledger, account):
    ledger.rows(
        "INSERT INTO rollforward_data.trading_calendar VALUES ('GONE', '2024-01-01'), ('GONE', '2026-01-01')"
    )
    ledger.rows("UPDATE rollforward_data.account SET calendar = 'GONE'")
    with pytest.raises(psycopg.Error) as error:
        ledger.process([account], "2025-01-01", "infinity")
    assert error.value.sqlstate == "22R04"


def test_income_and_costs_are_those_of_the_day(ledger, account):
    ledger.record(
        account,
        movement("dividend", "2025-01-06", 10, symbol="ACME", tax=2),
        movement("fee", "2025-01-06", -1),
        sell("2025-01-07", "ACME", 10, 130, commission=3),
    )
    ledger.process([account])
    rows = {
        row.snapshot_date.day: row
        for row in ledger.rows("SELECT * FROM rollforward.equity_snapshot ORDER BY snapshot_date")
    }
    assert (rows[6].income, rows[6].costs, rows[6].pnl) == (8, 1, 7)
    assert (rows[7].realized_pnl, rows[7].costs, rows[7].pnl, rows[7].other_pnl) == (27, 0, 27, 0)
    assert rows[7].daily_return == round(27 / rows[6].closing_equity, 12)


@pytest.mark.parametrize("calendar", [None, "BUSY"])
def test_no_market_trades_on_an_infinite_day(ledger, calendar):
    """Positions that are still held are held until infinity, and a plan may ask about that day."""
    ledger.rows("INSERT INTO rollforward_data.trading_calendar VALUES ('BUSY', '2025-01-05')")
    asked = "SELECT rollforward.is_trading_day(%s, %s)"
    assert [ledger.value(asked, calendar, day) for day in ("infinity", "-infinity")] == [False, False]
    assert ledger.value(asked, calendar, "2025-01-05") is (calendar == "BUSY")
    assert ledger.value("SELECT rollforward.last_trading_day(%s, 'infinity')", calendar) is None


def valued_days(ledger, account):
    rows = ledger.rows(
        "SELECT snapshot_date FROM rollforward.equity_snapshot WHERE account_id = %s ORDER BY 1", account
    )
    return [row.snapshot_date.day for row in rows]


def test_days_that_were_reached_by_what_was_taken_back_are_gone(ledger, account):
    """They lie before the movement that is deleted; nothing reaches them any more."""
    ledger.price("ACME", "2025-01-06", 11)
    ledger.record(account, deposit("2025-01-09", 1))
    ledger.process_stale()
    assert valued_days(ledger, account) == [2, 3, 6, 7, 8, 9]
    ledger.rows("DELETE FROM rollforward_data.movement WHERE accounting_date = '2025-01-09'")
    ledger.process_stale()
    assert valued_days(ledger, account) == [2, 3, 6]
    assert ledger.verify([account]) == []


def test_a_last_movement_on_a_day_without_trading_reaches_the_next_one(ledger, account):
    ledger.record(account, deposit("2025-01-04", 1), deposit("2025-01-08", 1))
    ledger.process_stale()
    assert valued_days(ledger, account) == [2, 3, 6, 7, 8]
    ledger.rows("DELETE FROM rollforward_data.movement WHERE accounting_date = '2025-01-08'")
    ledger.process_stale()
    assert valued_days(ledger, account) == [2, 3, 6]
    assert ledger.verify([account]) == []


def test_the_last_day_of_prices_taken_back_is_taken_back_for_all(ledger, account):
    other = ledger.account("other")
    ledger.record(other, deposit("2025-01-02", 5))
    ledger.price("ACME", "2025-01-06", 11)
    ledger.price("ACME", "2025-01-08", 12)
    ledger.process_stale()
    assert valued_days(ledger, account) == valued_days(ledger, other) == [2, 3, 6, 7, 8]
    ledger.rows("DELETE FROM rollforward_data.price WHERE price_date = '2025-01-08'")
    assert {row.account_id for row in ledger.stale()} == {account, other}
    ledger.process_stale()
    assert valued_days(ledger, account) == valued_days(ledger, other) == [2, 3, 6]
    assert ledger.verify([account, other]) == []


def test_the_reference_takes_days_back_too(ledger, account):
    ledger.record(account, deposit("2025-01-09", 1))
    ledger.process_stale()
    ledger.rows("DELETE FROM rollforward_data.movement WHERE accounting_date = '2025-01-09'")
    ledger.process_per_date(account, "2025-01-09", "infinity")
    assert valued_days(ledger, account) == [2, 3]


def test_coverage_and_dates_are_those_of_all_accounts_however_many(ledger):
    """They are computed in slices; what the last one lacks is little of all."""
    few = ledger.instrument("ACME"), ledger.instrument("DUST")
    ledger.price("ACME", "2025-01-02", 10)
    accounts = ledger.value(
        "WITH made AS (INSERT INTO rollforward_data.account (number, base_currency)"
        " SELECT 'slice ' || n, 'USD' FROM generate_series(1, 2501) AS n RETURNING account_id)"
        " SELECT array_agg(account_id ORDER BY account_id) FROM made"
    )
    ledger.rows(
        "INSERT INTO rollforward_data.movement (account_id, occurred_at, accounting_date, kind, effect,"
        " currency, instrument_id, quantity, amount, natural_key)"
        " SELECT account_id, '2025-01-02 12:00+00', '2025-01-02', 'buy', 'open', 'USD',"
        " CASE WHEN account_id = %s THEN %s ELSE %s END, 1, -10, int8send(account_id) || int8send(account_id)"
        " FROM unnest(%s) AS account_id",
        accounts[-1],
        few[1],
        few[0],
        accounts,
    )
    ledger.record(accounts[-1], deposit("2025-01-03", 1))
    result = ledger.process(accounts)
    assert (result.coverage, result.dates_processed) == (Decimal("99.96"), 2)
    ledger.record(accounts[0], deposit("2025-01-06", 1))
    assert ledger.process(accounts).dates_processed == 3
