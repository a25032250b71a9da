"""Statements that cannot be booked: a typed error names every offence, and nothing is written."""

from __future__ import annotations

import json

import psycopg
import pytest

from tests.support.statements import Printed, import_rows, printed, stage

CASH = printed("2025-03-03", "Money Movement", "Deposit", Value="5.00", Description="ACH DEPOSIT")
SHARE = printed(
    "2025-03-03", "Trade", "Buy to Open", Action="BUY_TO_OPEN", Symbol="ACME", Instrument_Type="Equity",
    Value="-10.00", Quantity="1", Average_Price="-10.00", Order_no="1",
)  # fmt: skip
OPTION = printed(
    "2025-03-03", "Trade", "Sell to Open", Action="SELL_TO_OPEN", Symbol="ACME  250620P00020000",
    Instrument_Type="Equity Option", Value="10.00", Quantity="1", Average_Price="10.00", Multiplier="100",
    Root_Symbol="ACME", Underlying_Symbol="ACME", Expiration_Date="6/20/25", Strike_Price="20",
    Call_or_Put="PUT",
)  # fmt: skip

# a row, the column that is wrong, what is printed there, the reason
WRONG = [
    (CASH, "Value", "NaN", "not_a_number"),
    (CASH, "Value", "Infinity", "not_a_number"),
    (CASH, "Value", "12,34.00", "not_a_number"),
    (CASH, "Value", "1e5", "not_a_number"),
    (CASH, "Value", "five", "not_a_number"),
    (CASH, "Value", "12.3.4", "not_a_number"),
    (CASH, "Quantity", "one", "not_a_number"),
    (CASH, "Commissions", "1.0.0", "not_a_number"),
    (CASH, "Fees", "- 1", "not_a_number"),
    (SHARE, "Average Price", "abc", "not_a_number"),
    (SHARE, "Quantity", "-3", "not_positive"),
    (SHARE, "Quantity", "0", "not_positive"),
    (SHARE, "Quantity", "--", "not_positive"),
    (SHARE, "Symbol", "", "missing"),
    (SHARE, "Order #", "1\n2", "not_a_name"),
    (CASH, "Date", "2025-02-30T15:00:00+0100", "not_a_time"),
    (CASH, "Date", "2025-13-01T15:00:00+0100", "not_a_time"),
    (CASH, "Date", "2025-02-03T25:00:00+0100", "not_a_time"),
    (CASH, "Date", "2025-02-03T15:00:00", "not_a_time"),
    (CASH, "Date", "2025-02-03", "not_a_time"),
    (CASH, "Date", "03/02/2025", "not_a_time"),
    (CASH, "Date", "", "not_a_time"),
    (CASH, "Date", "infinity", "not_a_time"),
    (CASH, "Currency", "", "unknown_currency"),
    (CASH, "Currency", "US", "unknown_currency"),
    (CASH, "Currency", "$", "unknown_currency"),
    (OPTION, "Multiplier", "0", "not_positive"),
    (OPTION, "Multiplier", "-100", "not_positive"),
    (OPTION, "Multiplier", "hundred", "not_positive"),
    (OPTION, "Expiration Date", "2/30/25", "not_a_date"),
    (OPTION, "Expiration Date", "", "not_a_date"),
    (OPTION, "Expiration Date", "2025-06-20", "not_a_date"),
    (OPTION, "Strike Price", "0", "not_positive"),
    (OPTION, "Strike Price", "", "not_positive"),
    (OPTION, "Strike Price", "twenty", "not_positive"),
    (OPTION, "Call or Put", "CALLS", "missing"),
    (OPTION, "Call or Put", "", "missing"),
]  # fmt: skip

# type, sub type, instrument type, action, the reason
UNBOOKABLE = [
    ("Money Movement", "Windfall", "", "", "unknown_row_kind"),
    ("Trade", "Buy to Keep", "Equity", "BUY_TO_OPEN", "unknown_row_kind"),
    ("", "", "", "", "unknown_row_kind"),
    ("Receive Deliver", "Expiration", "Equity Option", "SELL_TO_OPEN", "unknown_row_kind"),
    ("Receive Deliver", "Expiration", "Equity", "", "unknown_row_kind"),
    ("Receive Deliver", "Exercise", "Equity", "", "unknown_row_kind"),
    ("Receive Deliver", "Forward Split", "Equity", "", "unknown_row_kind"),
    ("Trade", "Buy to Open", "Bond", "BUY_TO_OPEN", "unknown_row_kind"),
]


def refused(ledger, rows: list[Printed]) -> list[dict]:
    """The offences for which an import is refused, once it is certain that nothing was written."""
    before = ledger.facts_and_figures()
    with pytest.raises(psycopg.Error) as refusal:
        import_rows(ledger, rows, "7")
    assert refusal.value.sqlstate == "23R01"
    assert refusal.value.diag.message_hint
    assert ledger.facts_and_figures() == before
    return json.loads(refusal.value.diag.message_detail)


@pytest.mark.parametrize("row", [CASH, SHARE, OPTION], ids=["cash", "share", "option"])
def test_the_rows_these_tests_spoil_are_right_to_begin_with(ledger, row):
    assert import_rows(ledger, [row], "7").saved == 1


@pytest.mark.parametrize(
    ("row", "column", "text", "reason"), WRONG, ids=lambda part: part if isinstance(part, str) else ""
)
def test_a_field_that_cannot_be_read_is_named(ledger, row, column, text, reason):
    offences = refused(ledger, [CASH, row | {column: text}])
    assert {"line": 3, "column": column, "value": text, "reason": reason} in offences
    assert {(each["line"], each["column"]) for each in offences} == {(3, column)}


@pytest.mark.parametrize(("type_", "sub_type", "instrument", "action", "reason"), UNBOOKABLE)
def test_a_kind_of_row_that_cannot_be_booked_is_named(ledger, type_, sub_type, instrument, action, reason):
    row = OPTION | {"Type": type_, "Sub Type": sub_type, "Instrument Type": instrument, "Action": action}
    (offence,) = [each for each in refused(ledger, [CASH, row]) if each["column"] == "Type"]
    assert (offence["line"], offence["reason"]) == (3, reason)
    assert offence["value"] == " / ".join([type_, *filter(None, [sub_type, instrument, action])])


def test_all_offences_are_reported_at_once_in_the_order_of_lines(ledger):
    rows = [
        CASH | {"Value": "x"},
        CASH,
        SHARE | {"Quantity": "-1", "Date": "never"},
        OPTION | {"Strike Price": ""},
    ]
    offences = refused(ledger, rows)
    assert [each["line"] for each in offences] == [2, 4, 4, 5]


def test_a_hundred_offences_are_listed_and_all_are_counted(ledger):
    with pytest.raises(psycopg.Error, match="300 of 300 rows") as refusal:
        import_rows(ledger, [CASH | {"Value": "x"}] * 300, "7")
    assert len(json.loads(refusal.value.diag.message_detail)) == 100


def test_offences_can_be_read_before_importing(ledger):
    with ledger.connection.transaction(force_rollback=True):
        stage(ledger, [CASH, CASH | {"Value": "x"}])
        found = ledger.rows("SELECT * FROM rollforward.statement_offences('tastytrade')")
    assert [tuple(row) for row in found] == [(3, "Value", "x", "not_a_number")]


def test_without_line_numbers_rows_count_from_the_line_below_the_header(ledger):
    with ledger.connection.transaction(force_rollback=True):
        stage(ledger, [CASH, CASH, CASH | {"Value": "x"}], lines=[None] * 3)
        found = ledger.rows("SELECT line FROM rollforward.statement_offences('tastytrade')")
    assert [row.line for row in found] == [4]


@pytest.mark.parametrize("account", [None, "", "  "])
def test_an_account_without_a_name_is_refused(ledger, account):
    with pytest.raises(psycopg.Error) as refusal:
        import_rows(ledger, [CASH], account)
    assert refusal.value.sqlstate == "22R01"
    assert json.loads(refusal.value.diag.message_detail) == [{"argument": "account_number", "value": account}]


def test_a_statement_without_rows_is_refused(ledger):
    before = ledger.facts_and_figures()
    with pytest.raises(psycopg.Error, match="empty") as refusal:
        import_rows(ledger, [], "7")
    assert refusal.value.sqlstate == "22R02"
    assert ledger.facts_and_figures() == before


def test_rows_of_another_transaction_are_not_imported(ledger):
    stage(ledger, [CASH])  # committed by itself, so it belongs to nobody
    with pytest.raises(psycopg.Error) as refusal:
        ledger.row("SELECT * FROM rollforward.import_statement('tastytrade', '7')")
    assert refusal.value.sqlstate == "22R02"
