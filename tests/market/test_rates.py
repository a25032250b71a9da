"""Loading rates, splits and calendars."""

from __future__ import annotations

from decimal import Decimal

import pytest

from tests.market.files import counts, forget_marks, load, marks, refusal, rejects, versions


def rates(ledger) -> dict[tuple[str, str, str], Decimal]:
    return {
        (row.currency, row.quote_currency, str(row.rate_date)): row.rate
        for row in ledger.rows("SELECT * FROM rollforward.fx_rate")
    }


def test_rates_land_and_are_corrected(ledger):
    first = load(ledger, "fx", "EUR, USD, 2025-01-02, 1.03\nEUR, USD, 2025-01-03, 1.04")
    assert counts(first) == {"rows_read": 2, "saved": 2}
    second = load(
        ledger, "fx", "EUR, USD, 2025-01-03, 1.05\nEUR, USD, 2025-01-02, 1.030\nEUR, USD, 2025-01-04, 1.06"
    )
    assert counts(second) == {"rows_read": 3, "saved": 1, "corrected": 1, "unchanged": 1}
    assert list(rates(ledger).values()) == [Decimal("1.03"), Decimal("1.05"), Decimal("1.06")]


@pytest.mark.parametrize(
    ("row", "offence"),
    [
        ("eur, USD, 2025-01-02, 1", ("currency", "eur", "not_a_currency")),
        (", USD, 2025-01-02, 1", ("currency", None, "missing")),
        ("EUR, EUR, 2025-01-02, 1", ("quote_currency", "EUR", "same_currency")),
        ("EUR, $, 2025-01-02, 1", ("quote_currency", "$", "not_a_currency")),
        ("EUR, , 2025-01-02, 1", ("quote_currency", None, "missing")),
        ("EUR, USD, , 1", ("date", None, "missing")),
        ("EUR, USD, 2025-02-30, 1", ("date", "2025-02-30", "not_a_date")),
        ("EUR, USD, 2025-01-02,", ("rate", None, "missing")),
        ("EUR, USD, 2025-01-02, x", ("rate", "x", "not_a_number")),
        ("EUR, USD, 2025-01-02, NaN", ("rate", "NaN", "not_a_number")),
        ("EUR, USD, 2025-01-02, 0", ("rate", "0", "not_positive")),
        ("EUR, USD, 2025-01-02, -1", ("rate", "-1", "not_positive")),
        ("EUR, USD, 2025-01-02, 1e-19", ("rate", "1e-19", "too_small")),
        ("EUR, USD, 2025-01-02, 1e20", ("rate", "1e20", "too_large")),
    ],
)
def test_a_rate_that_cannot_be_is_rejected(ledger, row, offence):
    result = load(ledger, "fx", f"{row}\nGBP, USD, 2025-01-02, 1.25")
    assert counts(result) == {"rows_read": 2, "saved": 1, "rejected": 1}
    assert rejects(result) == [(2, *offence)]


def test_the_same_pair_and_day_twice_with_different_rates_rejects_both(ledger):
    result = load(
        ledger,
        "fx",
        "EUR, USD, 2025-01-02, 1.03\nEUR, USD, 2025-01-02, 1.04\n"
        "USD, EUR, 2025-01-02, 0.9\nUSD, EUR, 2025-01-02, .90",
    )
    assert counts(result) == {"rows_read": 4, "saved": 1, "unchanged": 1, "rejected": 2}
    assert [(line, reason) for line, *_, reason in rejects(result)] == [
        (2, "contradicts_another_row"),
        (3, "contradicts_another_row"),
    ]


def test_rates_again_write_nothing(ledger):
    load(ledger, "fx", "EUR, USD, 2025-01-02, 1.03")
    forget_marks(ledger)
    before = versions(ledger, "fx_rate")
    assert counts(load(ledger, "fx", "EUR, USD, 2025-01-02, 1.03")) == {"rows_read": 1, "unchanged": 1}
    assert (versions(ledger, "fx_rate"), marks(ledger)) == (before, [])


def test_strict_rates_are_all_or_none(ledger):
    message, offences = refusal(ledger, "fx", "EUR, USD, 2025-01-02, 1.03\nEUR, USD, 2025-01-03, 0")
    assert message == "batch rejected: 1 of 2 rows cannot be saved"
    assert offences == [{"line": 3, "column": "rate", "value": "0", "reason": "not_positive"}]


# Splits


def splits(ledger) -> list[tuple[str, str, Decimal, Decimal, str | None]]:
    return [
        (row.symbol, str(row.split_date), row.quantity, row.per_quantity, row.to_symbol)
        for row in ledger.rows("SELECT * FROM rollforward.split ORDER BY symbol, split_date")
    ]


def test_splits_land_and_are_corrected(ledger):
    ledger.instrument("ACME")
    load(ledger, "splits", "ACME, 2025-01-02, 10/1\nACME, 2025-06-02, 2")
    result = load(ledger, "splits", "ACME, 2025-01-02, 1/10\nACME, 2025-06-02, 2/1\nACME, 2025-07-01, 1.5/1")
    assert counts(result) == {"rows_read": 3, "saved": 1, "corrected": 1, "unchanged": 1}
    assert splits(ledger) == [
        ("ACME", "2025-01-02", 1, 10, None),
        ("ACME", "2025-06-02", 2, 1, None),
        ("ACME", "2025-07-01", Decimal("1.5"), 1, None),
    ]


@pytest.mark.parametrize(
    ("row", "offence"),
    [
        ("XQZ, 2025-01-02, 2", ("symbol", "XQZ", "unknown_symbol")),
        (", 2025-01-02, 2", ("symbol", None, "missing")),
        ("ACME, , 2", ("date", None, "missing")),
        ("ACME, 2025-02-29, 2", ("date", "2025-02-29", "not_a_date")),
        ("ACME, 2025-01-02,", ("ratio", None, "missing")),
        ("ACME, 2025-01-02, 2:1", ("ratio", "2:1", "not_a_ratio")),
        ("ACME, 2025-01-02, 0/1", ("ratio", "0/1", "not_a_ratio")),
        ("ACME, 2025-01-02, -2/1", ("ratio", "-2/1", "not_a_ratio")),
        ("ACME, 2025-01-02, 2/0.0", ("ratio", "2/0.0", "not_a_ratio")),
    ],
)
def test_a_split_that_cannot_be_is_rejected(ledger, row, offence):
    ledger.instrument("ACME")
    result = load(ledger, "splits", f"{row}\nACME, 2025-01-03, 3/1")
    assert counts(result) == {"rows_read": 2, "saved": 1, "rejected": 1}
    assert rejects(result) == [(2, *offence)]


def test_the_same_split_twice_counts_once_with_another_ratio_never(ledger):
    ledger.instrument("ACME")
    result = load(
        ledger,
        "splits",
        "ACME, 2025-01-02, 2/1\nACME, 2025-01-02, 2/1\nACME, 2025-01-03, 2\nACME, 2025-01-03, 3",
    )
    assert counts(result) == {"rows_read": 4, "saved": 1, "unchanged": 1, "rejected": 2}
    assert {reason for *_, reason in rejects(result)} == {"contradicts_another_row"}


def test_one_ratio_may_be_spelled_in_two_ways(ledger):
    ledger.instrument("ACME")
    result = load(ledger, "splits", "ACME, 2025-01-02, 2/1\nACME, 2025-01-02, 2\nACME, 2025-01-02, 2.0/1")
    assert counts(result) == {"rows_read": 3, "saved": 1, "unchanged": 2}


def test_a_change_of_symbol_that_goes_with_a_split_stays(ledger):
    ledger.instrument("ACME")
    ledger.instrument("NEXT")
    ledger.rows("SELECT rollforward.save_splits('{ACME}', '{2025-01-02}', '{2/1}', '{NEXT}')")
    load(ledger, "splits", "ACME, 2025-01-02, 3/1")
    assert splits(ledger) == [("ACME", "2025-01-02", 3, 1, "NEXT")]


def test_splits_again_write_nothing(ledger):
    ledger.instrument("ACME")
    load(ledger, "splits", "ACME, 2025-01-02, 2/1")
    forget_marks(ledger)
    before = versions(ledger, "split")
    load(ledger, "splits", "ACME, 2025-01-02, 2/1")
    assert (versions(ledger, "split"), marks(ledger)) == (before, [])


def test_strict_splits_are_all_or_none(ledger):
    ledger.instrument("ACME")
    _, offences = refusal(ledger, "splits", "ACME, 2025-01-02, 2/1\nXQZ, 2025-01-03, 2")
    assert [offence["reason"] for offence in offences] == ["unknown_symbol"]


# Calendars


def test_days_are_added_to_calendars(ledger):
    first = load(ledger, "calendar", "XNYS, 2025-01-02\nXNYS, 2025-01-03\nXLON, 2025-01-02")
    assert counts(first) == {"rows_read": 3, "saved": 3}
    again = load(ledger, "calendar", "XNYS, 2025-01-03\nXNYS, 2025-01-06\nXNYS, 2025-01-06")
    assert counts(again) == {"rows_read": 3, "saved": 1, "unchanged": 2}
    assert [
        (row.calendar, str(row.trading_date))
        for row in ledger.rows("SELECT * FROM rollforward.trading_calendar ORDER BY 1, 2")
    ] == [("XLON", "2025-01-02"), ("XNYS", "2025-01-02"), ("XNYS", "2025-01-03"), ("XNYS", "2025-01-06")]


def test_a_day_that_cannot_be_is_rejected(ledger):
    result = load(
        ledger,
        "calendar",
        f"XNYS, 2025-01-02\n, 2025-01-02\nXNYS,\nXNYS, 2025-06-31\n{'X' * 201}, 2025-01-02",
    )
    assert counts(result) == {"rows_read": 5, "saved": 1, "rejected": 4}
    assert rejects(result) == [
        (3, "calendar", None, "missing"),
        (4, "date", None, "missing"),
        (5, "date", "2025-06-31", "not_a_date"),
        (6, "calendar", "X" * 201, "too_long"),
    ]


def test_calendars_again_write_nothing_and_days_more_or_less_are_marked(ledger):
    load(ledger, "calendar", "XNYS, 2025-01-02\nXNYS, 2025-01-03")
    forget_marks(ledger)
    before = versions(ledger, "trading_calendar")
    load(ledger, "calendar", "XNYS, 2025-01-02\nXNYS, 2025-01-03")
    assert (versions(ledger, "trading_calendar"), marks(ledger)) == (before, [])
    load(ledger, "calendar", "XNYS, 2025-01-06")
    assert [(mark.kind, str(mark.from_date)) for mark in marks(ledger)] == [("calendar", "2025-01-04")]
    forget_marks(ledger)
    ledger.rows("DELETE FROM rollforward_data.trading_calendar WHERE trading_date = '2025-01-03'")
    assert [(mark.kind, str(mark.from_date)) for mark in marks(ledger)] == [("calendar", "2025-01-03")]


def test_strict_calendars_are_all_or_none(ledger):
    _, offences = refusal(ledger, "calendar", "XNYS, 2025-01-02\nXNYS, x")
    assert offences == [{"line": 3, "column": "date", "value": "x", "reason": "not_a_date"}]


def test_an_account_follows_a_calendar_that_was_loaded(ledger):
    ledger.account("7")
    load(ledger, "calendar", "XNYS, 2025-01-02")
    forget_marks(ledger)

    def calendar() -> str | None:
        return ledger.value("SELECT calendar FROM rollforward.account")

    ledger.rows("SELECT rollforward.set_account('7', 'calendar', 'XNYS')")
    assert (calendar(), [mark.kind for mark in marks(ledger)]) == ("XNYS", ["account"])
    for nothing in ("''", "NULL"):
        ledger.rows("SELECT rollforward.set_account('7', 'calendar', 'XNYS')")
        ledger.rows(f"SELECT rollforward.set_account('7', 'calendar', {nothing})")
        assert calendar() is None
    ledger.rows("SELECT rollforward.add_account('8', calendar => 'XNYS')")
    assert ledger.value("SELECT calendar FROM rollforward.account WHERE account_number = '8'") == "XNYS"
