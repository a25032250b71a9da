"""Loading prices: what lands, what is corrected, and every reason for which a row is rejected."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import psycopg
import pytest

from tests.market.files import (
    HEADERS,
    closes,
    counts,
    forget_marks,
    load,
    marks,
    refusal,
    rejects,
    rows_of,
    stage,
    versions,
)
from tests.support.movements import buy, deposit

SATURDAY = "2025-01-04"


@pytest.fixture
def acme(ledger) -> int:
    return ledger.instrument("ACME")


def corrections(ledger) -> list[tuple[str, str, Decimal, Decimal | None]]:
    return [
        (row.symbol, str(row.price_date), row.former_close, row.close)
        for row in ledger.rows("SELECT * FROM rollforward.price_correction ORDER BY correction_id")
    ]


def test_prices_land(ledger, acme):
    result = load(ledger, "prices", "ACME, 2025-01-02, 20.40, USD\nACME, 2025-01-03, 20.5, USD")
    assert counts(result) == {"rows_read": 2, "saved": 2}
    assert closes(ledger) == {("ACME", "2025-01-02"): "20.4", ("ACME", "2025-01-03"): "20.5"}
    assert rejects(result) == []


def test_prices_value_what_is_held(ledger, acme):
    account = ledger.account()
    ledger.record(account, deposit("2025-01-02", 100), buy("2025-01-02", "ACME", 2, 40))
    ledger.process_stale()
    load(ledger, "prices", "ACME, 2025-01-02, 21, USD")
    ledger.process([account], force_recalculation=True)
    assert ledger.snapshot(account).unrealized_gains == 2


def test_numbers_are_read_as_data_vendors_print_them(ledger, acme):
    printed = ["20", "+20.50", "20.", ".5", "1e2", "1.25E-1", "20.399999618530273", "9" * 22]
    days = ["2025-01-02", "2025-01-03", *(f"2025-01-{day:02}" for day in (6, 7, 8, 9, 10, 13))]
    result = load(ledger, "prices", zip(["ACME"] * 8, days, printed, ["USD"] * 8, strict=True))
    assert counts(result) == {"rows_read": 8, "saved": 8}
    assert list(closes(ledger).values()) == [
        "2E+1", "20.5", "2E+1", "0.5", "1E+2", "0.125", "20.39999961853", "9" * 22,
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("close", "reason"),
    [
        ("", "missing"),
        ("abc", "not_a_number"),
        ("NaN", "not_a_number"),
        ("Infinity", "not_a_number"),
        ("1,234.50", "not_a_number"),
        ("1_000", "not_a_number"),
        ("0x1F", "not_a_number"),
        (".", "not_a_number"),
        ("1" * 61, "not_a_number"),
        ("0", "not_positive"),
        ("-20.40", "not_positive"),
        ("-1e99", "not_positive"),
        ("0.0000000000004", "too_small"),
        ("1e22", "too_large"),
        ("1e99", "too_large"),
    ],
)
def test_a_close_that_is_not_a_positive_number_is_rejected(ledger, acme, close, reason):
    result = load(
        ledger, "prices", [["ACME", "2025-01-02", close, "USD"], ["ACME", "2025-01-03", "1", "USD"]]
    )
    assert counts(result) == {"rows_read": 2, "saved": 1, "rejected": 1}
    assert rejects(result) == [(2, "close", close or None, reason)]
    assert closes(ledger) == {("ACME", "2025-01-03"): "1"}


@pytest.mark.parametrize(
    ("day", "reason"),
    [
        ("", "missing"),
        ("2025-02-30", "not_a_date"),
        ("2025-13-01", "not_a_date"),
        ("2025-02-00", "not_a_date"),
        ("02/01/2025", "not_a_date"),
        ("2025-1-2", "not_a_date"),
        ("infinity", "not_a_date"),
        ("today", "not_a_date"),
        ("0000-01-01", "not_a_date"),
        ("2099-01-02", "in_the_future"),
        (SATURDAY, "not_a_trading_day"),
        ("2025-01-05", "not_a_trading_day"),
    ],
)
def test_a_date_on_which_nothing_is_priced_is_rejected(ledger, acme, day, reason):
    result = load(ledger, "prices", [["ACME", day, "20", "USD"]])
    assert counts(result) == {"rows_read": 1, "rejected": 1}
    assert rejects(result) == [(2, "date", day or None, reason)]
    assert closes(ledger) == {}


def test_a_leap_day_is_one_in_leap_years(ledger, acme):
    result = load(
        ledger, "prices", "ACME, 2024-02-29, 1, USD\nACME, 2023-02-29, 1, USD\nACME, 2024-01-31, 1, USD"
    )
    assert rejects(result) == [(3, "date", "2023-02-29", "not_a_date")]


def test_tomorrow_is_no_future_the_day_after_is(ledger):
    ledger.instrument("BTC", "crypto")
    today = ledger.value("SELECT current_date")
    days = [today + timedelta(days=days) for days in (0, 1, 2)]
    result = load(ledger, "prices", [["BTC", str(day), "1", "USD"] for day in days])
    assert rejects(result) == [(4, "date", str(days[2]), "in_the_future")]


def test_an_unknown_symbol_is_rejected(ledger, acme):
    result = load(
        ledger, "prices", f"XQZ, {SATURDAY}, 20, EUR\n, 2025-01-02, 20, USD\nacme, 2025-01-02, 20, USD"
    )
    assert rejects(result) == [
        (2, "symbol", "XQZ", "unknown_symbol"),
        (3, "symbol", None, "missing"),
        (4, "symbol", "acme", "unknown_symbol"),
    ]


def test_a_price_in_another_currency_is_rejected(ledger, acme):
    result = load(
        ledger, "prices", "ACME, 2025-01-02, 20, EUR\nACME, 2025-01-03, 20, usd\nACME, 2025-01-06, 20,"
    )
    assert rejects(result) == [
        (2, "currency", "EUR", "other_currency"),
        (3, "currency", "usd", "not_a_currency"),
    ]
    assert closes(ledger) == {("ACME", "2025-01-06"): "2E+1"}


def test_the_same_day_twice_with_different_closes_rejects_both(ledger, acme):
    result = load(
        ledger,
        "prices",
        "ACME, 2025-01-02, 20, USD\nACME, 2025-01-03, 21, USD\nACME, 2025-01-02, 20.01, USD",
    )
    assert counts(result) == {"rows_read": 3, "saved": 1, "rejected": 2}
    assert rejects(result) == [
        (2, "close", "20", "contradicts_another_row"),
        (4, "close", "20.01", "contradicts_another_row"),
    ]
    assert closes(ledger) == {("ACME", "2025-01-03"): "21"}


def test_a_row_that_is_bad_by_itself_contradicts_nothing(ledger, acme):
    result = load(
        ledger, "prices", "ACME, 2025-01-02, 20, USD\nACME, 2025-01-02, -1, USD\nACME, 2025-01-02, x, USD"
    )
    assert counts(result) == {"rows_read": 3, "saved": 1, "rejected": 2}
    assert closes(ledger) == {("ACME", "2025-01-02"): "2E+1"}


def test_an_exact_repetition_counts_once(ledger, acme):
    result = load(ledger, "prices", "ACME, 2025-01-02, 20, USD\nACME, 2025-01-02, 20.00, USD")
    assert counts(result) == {"rows_read": 2, "saved": 1, "unchanged": 1}


def test_all_that_is_wrong_with_a_row_is_said(ledger, acme):
    result = load(ledger, "prices", f"ACME, {SATURDAY}, 0, EUR")
    assert rejects(result) == [
        (2, "date", SATURDAY, "not_a_trading_day"),
        (2, "close", "0", "not_positive"),
        (2, "currency", "EUR", "other_currency"),
    ]


def test_rejected_rows_are_kept_with_their_reasons(ledger, acme):
    load(ledger, "prices", f"ACME, {SATURDAY}, 0, USD\nACME, 2025-01-03, 21, USD", source="eod.csv")
    (kept,) = ledger.rows("SELECT * FROM rollforward.rejected_row")
    assert (kept.kind, kept.source, kept.line, kept.reason) == ("prices", "eod.csv", 2, "not_a_trading_day")
    assert kept.content == {"symbol": "ACME", "date": SATURDAY, "close": "0", "currency": "USD"}
    assert kept.offences == [
        {"column": "date", "value": SATURDAY, "reason": "not_a_trading_day"},
        {"column": "close", "value": "0", "reason": "not_positive"},
    ]
    assert kept.rejected_at is not None


def test_a_line_that_is_no_row_is_rejected_and_judged_no_further(ledger, acme):
    columns = ("unreadable", *HEADERS["prices"])
    rows = [["wrong_field_count", "ACME", "2025-01-02", "x", ""], [None, "ACME", "2025-01-02", "20", "USD"]]
    result = load(ledger, "prices", rows, columns=columns)
    assert counts(result) == {"rows_read": 2, "saved": 1, "rejected": 1}
    assert rejects(result) == [(2, "", None, "wrong_field_count")]


def test_a_hundred_offences_are_listed_and_all_are_kept(ledger, acme):
    result = load(ledger, "prices", [["ACME", "2025-01-02", "x", "EUR"]] * 300)
    assert (result.rejected, len(result.rejects)) == (300, 100)
    assert rejects(result)[-1] == (51, "currency", "EUR", "other_currency")
    assert ledger.value("SELECT count(*) FROM rollforward.rejected_row") == 300


def test_a_changed_close_is_a_correction_whose_former_value_is_kept(ledger, acme):
    load(ledger, "prices", "ACME, 2025-01-02, 20, USD\nACME, 2025-01-03, 21, USD")
    result = load(ledger, "prices", "ACME, 2025-01-02, 20.5, USD\nACME, 2025-01-03, 21, USD")
    assert counts(result) == {"rows_read": 2, "corrected": 1, "unchanged": 1}
    assert corrections(ledger) == [("ACME", "2025-01-02", Decimal(20), Decimal("20.5"))]
    load(ledger, "prices", "ACME, 2025-01-02, 20, USD")
    assert corrections(ledger)[1:] == [("ACME", "2025-01-02", Decimal("20.5"), Decimal(20))]


@pytest.mark.parametrize(
    ("change", "kept"),
    [
        (
            "UPDATE rollforward_data.price SET close = 25 WHERE price_date = '2025-01-02'",
            ["2025-01-02 20 25"],
        ),
        ("UPDATE rollforward_data.price SET close = close", []),
        ("DELETE FROM rollforward_data.price WHERE price_date = '2025-01-02'", ["2025-01-02 20 -"]),
        (
            "UPDATE rollforward_data.price SET price_date = '2025-01-06' WHERE price_date = '2025-01-02'",
            ["2025-01-02 20 -"],
        ),
        ("UPDATE rollforward_data.price SET close = close + 1", ["2025-01-02 20 21", "2025-01-03 21 22"]),
    ],
    ids=["changed", "written as it was", "deleted", "moved", "all changed"],
)
def test_former_closes_are_kept_by_whatever_road_the_change_came(ledger, acme, change, kept):
    load(ledger, "prices", "ACME, 2025-01-02, 20, USD\nACME, 2025-01-03, 21, USD")
    ledger.rows(change)
    assert [
        f"{day} {former.normalize():f} {'-' if close is None else f'{close.normalize():f}'}"
        for _, day, former, close in corrections(ledger)
    ] == kept


def test_loading_a_file_again_writes_nothing_and_leaves_no_mark(ledger, acme):
    good = "ACME, 2025-01-02, 20, USD\nACME, 2025-01-03, 21, USD\nACME, 2025-01-03, 21,"
    file = f"{good}\nACME, {SATURDAY}, 20, USD"
    first = load(ledger, "prices", file)
    assert counts(first) == {"rows_read": 4, "saved": 2, "unchanged": 1, "rejected": 1}
    forget_marks(ledger)
    tables = ("price", "price_correction", "rejected_row", "instrument")
    before = {table: versions(ledger, table) for table in tables}
    again = load(ledger, "prices", file)
    assert counts(again) == {"rows_read": 4, "unchanged": 3, "rejected": 1}
    assert again.rejects == first.rejects
    assert {table: versions(ledger, table) for table in tables} == before
    assert ledger.value("SELECT count(*) FROM rollforward_data.price WHERE xmax <> 0") == 0
    assert marks(ledger) == []


def test_new_and_corrected_prices_mark_the_instrument_from_the_first_on(ledger, acme):
    forget_marks(ledger)
    load(ledger, "prices", "ACME, 2025-01-03, 20, USD\nACME, 2025-01-02, 20, USD")
    assert {(mark.kind, str(mark.from_date)) for mark in marks(ledger)} == {("price", "2025-01-02")}
    forget_marks(ledger)
    load(ledger, "prices", "ACME, 2025-01-02, 20, USD\nACME, 2025-01-03, 21, USD")
    assert {(mark.kind, str(mark.from_date)) for mark in marks(ledger)} == {("price", "2025-01-03")}


def test_strict_refuses_the_whole_file(ledger, acme):
    message, offences = refusal(
        ledger, "prices", f"ACME, {SATURDAY}, 0, USD\nXQZ, 2025-01-02, 1, USD\nACME, 2025-01-02, 1, USD"
    )
    assert message == "batch rejected: 2 of 3 rows cannot be saved"
    assert offences == [
        {"line": 2, "column": "date", "value": SATURDAY, "reason": "not_a_trading_day"},
        {"line": 2, "column": "close", "value": "0", "reason": "not_positive"},
        {"line": 3, "column": "symbol", "value": "XQZ", "reason": "unknown_symbol"},
    ]


def test_strict_lists_a_hundred_offences_at_most(ledger, acme):
    message, offences = refusal(ledger, "prices", [["ACME", "2025-01-02", "x", "USD"]] * 300)
    assert ("300 of 300" in message, len(offences)) == (True, 100)


def test_strict_saves_a_good_file(ledger, acme):
    assert counts(load(ledger, "prices", "ACME, 2025-01-02, 20, USD", strict=True)) == {
        "rows_read": 1,
        "saved": 1,
    }


def test_rows_staged_by_another_transaction_are_not_loaded(ledger, acme):
    stage(ledger, HEADERS["prices"], rows_of("ACME, 2025-01-02, 20, USD"))  # committed, and so nobody's
    with pytest.raises(psycopg.Error) as refused:
        load(ledger, "prices", [])
    assert refused.value.sqlstate == "22R02"
    load(ledger, "prices", "ACME, 2025-01-03, 20, USD")
    assert list(closes(ledger)) == [("ACME", "2025-01-03")]
    assert ledger.value("SELECT count(*) FROM rollforward_data.market_row") == 0


def test_lines_are_counted_where_nobody_says_them(ledger, acme):
    """As psql's \\copy stages them: without lines, and blanks as NULL."""
    with ledger.connection.transaction():
        ledger.rows(
            "INSERT INTO rollforward_data.market_row (symbol, date, close)"
            " VALUES ('ACME', '2025-01-02', '20'), (NULL, '2025-01-02', '20'), ('ACME', ' 2025-01-03 ', 'x')"
        )
        result = ledger.row("SELECT * FROM rollforward.load_prices('prices.csv')")
    assert rejects(result) == [(3, "symbol", None, "missing"), (4, "close", "x", "not_a_number")]


# Days on which markets trade


def calendar(ledger, name: str, *days: str) -> None:
    load(ledger, "calendar", [[name, day] for day in days])


def priced(ledger, *days: str, symbol: str = "ACME") -> list[str]:
    """The days of these on which the instrument can be priced."""
    result = load(ledger, "prices", [[symbol, day, "1", ""] for day in days])
    assert {reason for *_, reason in rejects(result)} <= {"not_a_trading_day"}
    return [day for _, day in closes(ledger)]


def test_a_calendar_decides_between_its_first_and_last_day(ledger, acme):
    calendar(ledger, "XNYS", "2025-01-02", "2025-01-04", "2025-01-07")
    days = [str(date(2025, 1, 1) + timedelta(days=day)) for day in range(10)]
    assert priced(ledger, *days) == [
        "2025-01-01",  # before the calendar begins: a Wednesday
        "2025-01-02",
        "2025-01-04",  # a Saturday that it lists; not the Friday and the Monday around it
        "2025-01-07",
        "2025-01-08",  # behind its end
        "2025-01-09",
        "2025-01-10",
    ]


def test_one_calendar_that_lists_a_day_is_enough(ledger, acme):
    calendar(ledger, "XNYS", "2025-01-02", "2025-01-06")
    calendar(ledger, "XTAE", "2025-01-05", "2025-01-05")
    assert priced(ledger, "2025-01-03", "2025-01-05", "2025-01-06") == ["2025-01-05", "2025-01-06"]


def test_between_two_calendars_it_is_monday_to_friday(ledger, acme):
    calendar(ledger, "old", "2024-12-30", "2024-12-31")
    calendar(ledger, "new", "2025-01-07", "2025-01-08")
    assert priced(ledger, "2025-01-02", "2025-01-03", "2025-01-04") == ["2025-01-02", "2025-01-03"]


@pytest.mark.parametrize("kind", ["crypto", "private"])
def test_coins_and_private_instruments_are_priced_on_any_day(ledger, kind):
    ledger.instrument("ANY", kind)
    calendar(ledger, "XNYS", "2025-01-02", "2025-01-31")
    assert priced(ledger, "2025-01-03", SATURDAY, symbol="ANY") == ["2025-01-03", SATURDAY]


def test_a_private_instrument_is_carried_at_cost_until_a_value_is_stated(ledger):
    ledger.instrument("GMBH", "private")
    account = ledger.account()
    ledger.record(account, deposit("2025-01-02", 100), buy("2025-01-03", "GMBH", 10, 80))
    ledger.process_stale()
    assert ledger.snapshot(account).market_value == 80
    load(ledger, "prices", f"GMBH, {SATURDAY}, 9.5, USD")
    assert (
        ledger.row("SELECT * FROM rollforward.positions_as_of(%s, '2025-01-05')", [account]).market_value
        == 95
    )
    assert (
        ledger.row("SELECT * FROM rollforward.positions_as_of(%s, '2025-01-03')", [account]).market_value
        == 80
    )


# Instruments whose currency is yet to come


@pytest.fixture
def unquoted(ledger) -> None:
    ledger.instrument("NEW", currency=None)


def currency(ledger, symbol: str = "NEW") -> str | None:
    return ledger.value("SELECT currency FROM rollforward.instrument WHERE symbol = %s", symbol)


def test_the_first_price_gives_an_instrument_its_currency(ledger, unquoted):
    assert counts(load(ledger, "prices", "NEW, 2025-01-02, 20, CHF")) == {"rows_read": 1, "saved": 1}
    assert currency(ledger) == "CHF"
    assert rejects(load(ledger, "prices", "NEW, 2025-01-03, 20, USD")) == [
        (2, "currency", "USD", "other_currency")
    ]


def test_a_price_that_nobody_says_the_currency_of_is_rejected(ledger, unquoted):
    result = load(ledger, "prices", [["NEW", "2025-01-02", "20"]], columns=("symbol", "date", "close"))
    assert rejects(result) == [(2, "currency", None, "no_currency")]
    assert currency(ledger) is None


def test_the_earliest_good_price_decides_whatever_the_order_of_rows(ledger, unquoted):
    result = load(
        ledger,
        "prices",
        "NEW, 2025-01-01, x, GBP\nNEW, 2025-01-06, 20, USD\nNEW, 2025-01-03, 21, CHF\nNEW, 2025-01-07, 21,",
    )
    assert currency(ledger) == "CHF"
    assert rejects(result) == [
        (2, "close", "x", "not_a_number"),
        (2, "currency", "GBP", "other_currency"),
        (3, "currency", "USD", "other_currency"),
    ]
    assert list(closes(ledger)) == [("NEW", "2025-01-03"), ("NEW", "2025-01-07")]


def test_rejected_prices_give_no_currency(ledger, unquoted):
    load(ledger, "prices", f"NEW, {SATURDAY}, 20, CHF\nNEW, 2025-01-03, 0, EUR")
    assert currency(ledger) is None
