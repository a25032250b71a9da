"""How printed texts are read."""

from __future__ import annotations

from decimal import Decimal

import pytest

from tests.support.statements import import_rows, printed

NUMBERS = {
    "1,234.56": "1234.56",
    "-1,234,567.89": "-1234567.89",
    "0.00": "0",
    "+5": "5",
    " 7.50 ": "7.50",
    "1234567.123456789012": "1234567.123456789012",
}


@pytest.mark.parametrize(("text", "number"), NUMBERS.items())
def test_numbers_are_read_as_statements_print_them(ledger, text, number):
    assert ledger.value("SELECT rollforward.statement_number(%s)", text) == Decimal(number)


@pytest.mark.parametrize("text", ["", "--", " ", " -- "])
def test_what_is_blank_is_null(ledger, text):
    assert ledger.value("SELECT rollforward.statement_number(%s)", text) is None


@pytest.mark.parametrize("text", ["NaN", "1,23", "1e3", "0x10", "1.", ".5", "$5", "1 000", "Infinity", "5-"])
def test_what_is_no_number_is_not_a_number(ledger, text):
    assert ledger.value("SELECT rollforward.statement_number(%s)", text).is_nan()


@pytest.mark.parametrize(
    ("year", "month", "day", "date"),
    [
        ("2024", "2", "29", "2024-02-29"),
        ("2025", "2", "29", None),
        ("2025", "04", "31", None),
        ("2025", "12", "31", "2025-12-31"),
        ("2025", "0", "1", None),
        ("2025", "1", "", None),
        ("25", "1", "1", None),
    ],
)
def test_dates_are_days_of_the_calendar(ledger, year, month, day, date):
    read = ledger.value("SELECT rollforward.statement_date(%s, %s, %s)::text", year, month, day)
    assert read == date


@pytest.mark.parametrize(
    ("printed_at", "local_day"),
    [
        ("2024-05-31T14:42:13+0100", "2024-05-31"),
        ("2024-05-31T23:59:59-0500", "2024-05-31"),
        ("2024-05-31T00:00:01+0900", "2024-05-31"),
        ("2024-05-31T00:00:01Z", "2024-05-31"),
    ],
)
@pytest.mark.parametrize("zone", ["UTC", "Asia/Tokyo", "America/New_York"])
def test_the_accounting_date_is_the_local_day_of_the_statement_in_any_time_zone(
    ledger, printed_at, local_day, zone
):
    ledger.rows("SELECT set_config('timezone', %s, false)", zone)
    try:
        import_rows(ledger, [printed(printed_at, "Money Movement", "Deposit", Value="1.00")], "7")
    finally:
        ledger.rows("RESET timezone")
    assert str(ledger.value("SELECT accounting_date FROM rollforward.movement")) == local_day


KINDS = [
    ("Deposit", "5.00", "deposit"),
    ("Deposit", "-5.00", "withdrawal"),
    ("Withdrawal", "-5.00", "withdrawal"),
    ("Transfer", "5.00", "cash_in"),
    ("Transfer", "-5.00", "cash_out"),
    ("Fee", "-5.00", "fee"),
    ("Balance Adjustment", "-0.01", "adjustment"),
    ("Balance Adjustment", "0.01", "adjustment"),
    ("Credit Interest", "0.30", "interest"),
    ("Debit Interest", "-0.01", "interest_paid"),
    ("Fully Paid Stock Lending Income", "0.30", "lending"),
    ("Dividend", "5.00", "dividend"),
    ("Dividend", "-0.75", "dividend_tax"),
]


@pytest.mark.parametrize(("sub_type", "value", "kind"), KINDS)
def test_money_movements_keep_their_signed_amount(ledger, sub_type, value, kind):
    account = import_rows(
        ledger, [printed("2025-03-03", "Money Movement", sub_type, Value=value)], "7"
    ).account_id
    ledger.process([account])
    booked = ledger.row("SELECT * FROM rollforward.movement")
    assert (booked.kind, booked.amount) == (kind, Decimal(value))
    assert ledger.snapshot(account).cash_balance == Decimal(value)


def test_a_dividend_names_its_share(ledger):
    row = printed(
        "2025-03-03", "Money Movement", "Dividend", Value="5.00", Symbol="ACME", Instrument_Type="Equity"
    )
    account = import_rows(ledger, [row], "7").account_id
    ledger.process([account])
    position = ledger.row("SELECT * FROM rollforward.position_snapshot")
    assert (position.symbol, position.dividends, position.quantity) == ("ACME", 5, 0)


@pytest.mark.parametrize(("text", "external_id"), [(" 51 ", "51"), ("  ", None), ("", None)])
def test_an_order_number_has_no_blanks_around_it(ledger, text, external_id):
    row = printed(
        "2025-03-03", "Trade", "Buy to Open", Action="BUY_TO_OPEN", Symbol="ACME", Instrument_Type="Equity",
        Value="-10.00", Quantity="1", Average_Price="-10.00", Order_no=text,
    )  # fmt: skip
    import_rows(ledger, [row], "7")
    assert ledger.value("SELECT external_id FROM rollforward_data.movement") == external_id


@pytest.mark.parametrize("blank", [None, "", " "])
def test_a_blank_field_of_a_row_with_plain_numbers_is_none(ledger, blank):
    """However it came into the stage: an empty field of a file is NULL, what SQL writes may be ''."""
    with ledger.connection.transaction():
        ledger.rows(
            "INSERT INTO rollforward_data.generic_row"
            " (occurred_at, kind, effect, symbol, quantity, price, amount, tax, currency)"
            " VALUES ('2025-01-02', 'buy', 'open', 'ACME', '1,000', '2.5', %s, %s, 'USD'),"
            " ('2025-01-01', 'deposit', %s, %s, %s, %s, '3000', %s, 'USD')",
            *[blank] * 7,
        )
        ledger.rows("SELECT rollforward.import_statement('generic', 'mine')")
    found = ledger.rows(
        "SELECT quantity, price, amount, tax FROM rollforward.movement ORDER BY accounting_date"
    )
    assert [tuple(row) for row in found] == [(None, None, 3000, 0), (1000, Decimal("2.5"), -2500, 0)]
