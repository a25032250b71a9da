"""What makes no series of values is refused, with every row that is wrong."""

from __future__ import annotations

from decimal import Decimal

import psycopg
import pytest

from tests.returns.calls import AMOUNTS, arguments, call_with, day, refusal

FUNCTIONS = list(AMOUNTS)
VALUED = ["time_weighted_returns", "money_weighted_returns", "modified_dietz_returns"]
ARGUMENTS = [(function, name) for function in FUNCTIONS for name in arguments(function)]
AMOUNT_ARGUMENTS = [(function, name) for function in FUNCTIONS for name in AMOUNTS[function]]

NO_AMOUNT = ["NaN", "Infinity", "-Infinity", "1e30", "-1e30", "1e-51"]
OPTIONS = {
    "flow_timing": VALUED,
    "first_day": VALUED,
    "day_count": ["money_weighted_returns", "modified_dietz_returns", "xirr"],
}
CHOICES = [(function, name) for name, functions in OPTIONS.items() for function in functions]


def three_days(function):
    """Arguments that are right: two series, of two days and one."""
    given = {"series_ids": [7, 7, 8], "dates": [day(0), day(1), day(0)]}
    return given | {name: [Decimal(1), Decimal(2), Decimal(3)] for name in AMOUNTS[function]}


@pytest.mark.parametrize("function", FUNCTIONS)
def test_what_is_right_is_not_refused(ledger, function):
    assert call_with(ledger, function, three_days(function))


@pytest.mark.parametrize(("function", "name"), ARGUMENTS)
def test_null_for_an_array_is_refused(ledger, function, name):
    message, offences = refusal(ledger, function, three_days(function) | {name: None})
    assert message == f"{name} must not be NULL"
    assert offences == [{"argument": name, "value": None}]


@pytest.mark.parametrize(("function", "name"), ARGUMENTS)
def test_arrays_of_other_lengths_are_refused(ledger, function, name):
    arrays = three_days(function)
    arrays[name] = arrays[name][:2]
    _, offences = refusal(ledger, function, arrays)
    assert sorted(each["value"] for each in offences) == [2, 3]
    assert {each["argument"] for each in offences} >= {"series_ids"}


@pytest.mark.parametrize(("function", "name"), ARGUMENTS)
def test_a_null_among_the_rows_is_refused_by_its_place(ledger, function, name):
    arrays = three_days(function)
    arrays[name] = [arrays[name][0], None, None]
    _, offences = refusal(ledger, function, arrays)
    assert [(each["argument"], each["value"], each["position"]) for each in offences] == [
        (name, None, 2),
        (name, None, 3),
    ]


@pytest.mark.parametrize("value", NO_AMOUNT)
@pytest.mark.parametrize(("function", "name"), AMOUNT_ARGUMENTS)
def test_what_is_no_amount_is_refused(ledger, function, name, value):
    arrays = three_days(function)
    arrays[name] = [Decimal(1), Decimal(value), Decimal(2)]
    message, (offence,) = refusal(ledger, function, arrays)
    assert message.startswith(f"{name}[2] is no amount: ")
    assert repr(float(offence.pop("value"))) == repr(float(value))  # NaN too
    assert offence == {"argument": name, "position": 2, "series_id": 7, "date": str(day(1))}


@pytest.mark.parametrize("value", ["infinity", "-infinity"])
@pytest.mark.parametrize("function", FUNCTIONS)
def test_a_day_that_is_none_is_refused(ledger, function, value):
    arrays = three_days(function) | {"dates": [str(day(0)), value, str(day(0))]}
    message, (offence,) = refusal(ledger, function, arrays)
    assert message == f"dates[2] is {value}"
    assert offence["value"] == value


@pytest.mark.parametrize("function", [each for each in FUNCTIONS if each != "xirr"])
def test_a_day_twice_is_refused(ledger, function):
    arrays = three_days(function) | {"series_ids": [7, 7, 7]}
    message, (offence,) = refusal(ledger, function, arrays)
    assert message == f"series 7 has 2 rows for {day(0)}"
    assert (offence["argument"], offence["value"], offence["series_id"]) == ("dates", str(day(0)), 7)


@pytest.mark.parametrize("value", [None, "noon"])
@pytest.mark.parametrize(("function", "name"), CHOICES)
def test_an_unknown_convention_is_refused(ledger, function, name, value):
    _, offences = refusal(ledger, function, three_days(function), **{name: value})
    assert offences == [{"argument": name, "value": value}]


@pytest.mark.parametrize("function", ["money_weighted_returns", "modified_dietz_returns"])
@pytest.mark.parametrize("place", [0, 2])
def test_the_ends_of_a_series_need_their_value(ledger, function, place):
    values = [Decimal(1), None, Decimal(3)]
    values[place] = None
    arrays = {
        "series_ids": [7, 7, 7],
        "dates": [day(0), day(1), day(2)],
        "closing_values": values,
        "flows": [Decimal(0)] * 3,
    }
    message, (offence,) = refusal(ledger, function, arrays)
    assert message == f"closing_values[{place + 1}] is no amount: NULL"
    assert offence["position"] == place + 1


def test_a_hundred_offences_are_listed(ledger):
    arrays = {"series_ids": [1] * 500, "dates": [day(each) for each in range(500)], "levels": [None] * 500}
    _, offences = refusal(ledger, "max_drawdowns", arrays)
    assert [each["position"] for each in offences] == list(range(1, 101))


@pytest.mark.parametrize(("name", "values"), [
    ("start_date", "0.1, NULL, '2025-01-02'"),
    ("end_date", "0.1, '2025-01-02', NULL"),
    ("day_count", "0.1, '2025-01-02', '2025-01-03', NULL"),
    ("day_count", "0.1, '2025-01-02', '2025-01-03', '30/360'"),
])  # fmt: skip
def test_annualising_needs_a_period_and_a_day_count(ledger, name, values):
    with pytest.raises(psycopg.Error) as refused:
        ledger.rows(f"SELECT rollforward.annualised_return({values})")
    assert refused.value.sqlstate == "22R01"
    assert f'"{name}"' in refused.value.diag.message_detail


def test_a_reader_may_call_them_all(ledger):
    ledger.rows("GRANT rollforward_reader TO CURRENT_USER")
    ledger.rows("SET ROLE rollforward_reader")
    try:
        for function in FUNCTIONS:
            assert call_with(ledger, function, three_days(function))
        assert ledger.value("SELECT rollforward.annualised_return(1, '2025-01-01', '2026-01-01')") == 1
    finally:
        ledger.rows("RESET ROLE")
