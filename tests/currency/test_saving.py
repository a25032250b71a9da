"""Recording rates: all rows or none, and every bad one named."""

from __future__ import annotations

from decimal import Decimal

import pytest

from tests.currency.rates import refusal, save
from tests.support.movements import deposit

CALL = "SELECT rollforward.save_fx_rates(%s::text[], %s::text[], %s::date[], %s::numeric[])"
OFFENCES = "SELECT * FROM rollforward.fx_rate_offences(%s::text[], %s::text[], %s::date[], %s::numeric[])"


def recorded(ledger) -> dict[tuple[str, str, str], tuple[Decimal, str]]:
    """Rates, and the transaction that wrote each."""
    rows = ledger.rows("SELECT *, xmin::text AS version FROM rollforward_data.fx_rate")
    return {(row.currency, row.quote_currency, str(row.rate_date)): (row.rate, row.version) for row in rows}


def test_rates_are_recorded_corrected_and_left_alone(ledger):
    assert save(ledger, ("EUR", "USD", "2025-01-02", "1.03"), ("EUR", "USD", "2025-01-03", "1.04")) == 2
    before = recorded(ledger)
    assert save(ledger, ("EUR", "USD", "2025-01-02", "1.030"), ("EUR", "USD", "2025-01-03", "1.05")) == 1
    after = recorded(ledger)
    assert after["EUR", "USD", "2025-01-02"] == before["EUR", "USD", "2025-01-02"]
    assert after["EUR", "USD", "2025-01-03"][0] == Decimal("1.05")
    assert [row.rate for row in ledger.rows("SELECT * FROM rollforward.fx_rate ORDER BY rate_date")] == [
        Decimal("1.03"),
        Decimal("1.05"),
    ]


def test_no_rates_are_none(ledger):
    assert save(ledger) == 0


def test_a_row_may_be_repeated(ledger):
    row = ("EUR", "USD", "2025-01-02", "1.03")
    assert save(ledger, row, row, ("EUR", "USD", "2025-01-02", "1.0300000000000000001")) == 1


def test_rates_are_kept_with_18_decimals(ledger):
    save(ledger, ("BTC", "EUR", "2025-01-02", "99999999999999999999.123456789012345678"))
    save(ledger, ("IDR", "BTC", "2025-01-02", "0.0000000000000000006"))
    assert {key[0]: rate for key, (rate, _) in recorded(ledger).items()} == {
        "BTC": Decimal("99999999999999999999.123456789012345678"),
        "IDR": Decimal("0.000000000000000001"),
    }


BAD_ROWS = [
    ("EUR", "USD", "2025-01-02", "1.03"),  # this one is good
    ("eur", "US", "2025-01-02", "1.03"),
    (None, None, None, None),
    ("EUR", "EUR", "infinity", "0"),
    ("EUR", "USD", "2025-01-03", "-1"),
    ("EUR", "USD", "2025-01-04", "NaN"),
    ("EUR", "USD", "2025-01-05", "Infinity"),
    ("EUR", "USD", "2025-01-06", "-Infinity"),
    ("EUR", "USD", "2025-01-07", "1e20"),
    ("EUR", "USD", "2025-01-08", "1e-19"),
    ("EUR", "USD", "2025-01-02", "1.04"),
]
EXPECTED = [
    (2, "currency", "eur", "not_a_currency"),
    (2, "quote_currency", "US", "not_a_currency"),
    (3, "currency", None, "missing"),
    (3, "quote_currency", None, "missing"),
    (3, "rate_date", None, "missing"),
    (3, "rate", None, "missing"),
    (4, "quote_currency", "EUR", "same_currency"),
    (4, "rate_date", "infinity", "not_finite"),
    (4, "rate", "0", "not_positive"),
    (5, "rate", "-1", "not_positive"),
    (6, "rate", "NaN", "not_a_number"),
    (7, "rate", "Infinity", "too_large"),
    (8, "rate", "-Infinity", "not_positive"),
    (9, "rate", "100000000000000000000", "too_large"),
    (10, "rate", "0.0000000000000000001", "too_small"),
    (11, "rate", "1.04", "contradicts_earlier_row"),
]


def test_every_bad_row_is_named_and_none_is_saved(ledger):
    columns = list(map(list, zip(*BAD_ROWS, strict=True)))
    found = refusal(ledger, CALL, *columns)
    assert [(each["ordinal"], each["field"], each["value"], each["code"]) for each in found] == EXPECTED
    assert list(map(tuple, ledger.rows(OFFENCES, *columns))) == EXPECTED


def test_the_message_counts_rows_not_offences(ledger):
    columns = list(map(list, zip(*BAD_ROWS, strict=True)))
    with pytest.raises(Exception, match=r"10 of 11 rates cannot be saved"):
        ledger.rows(CALL, *columns)


@pytest.mark.parametrize("call", [CALL, OFFENCES], ids=["save", "offences"])
def test_arguments_are_arrays_of_one_length(ledger, call):
    good = [["EUR"], ["USD"], ["2025-01-02"], [1]]
    for place, name in enumerate(["currencies", "quote_currencies", "rate_dates", "rates"]):
        missing = [*good[:place], None, *good[place + 1 :]]
        assert refusal(ledger, call, *missing) == [{"argument": name, "value": None}]
    assert refusal(ledger, call, *good[:3], [1, 2]) == [
        {"argument": "currencies", "value": 1},
        {"argument": "quote_currencies", "value": 1},
        {"argument": "rate_dates", "value": 1},
        {"argument": "rates", "value": 2},
    ]


def test_what_is_offence_to_the_function_is_so_to_the_table_and_the_other_way_round(ledger):
    """Each row alone: what the function lets pass the table takes, and nothing else."""
    for row in [*BAD_ROWS[1:-1], BAD_ROWS[0], ("BTC", "USD1234567", "0001-01-01 BC", "1e-18")]:
        refused = bool(ledger.rows(OFFENCES, *([value] for value in row)))
        try:
            with ledger.connection.transaction(force_rollback=True):
                ledger.rows("INSERT INTO rollforward_data.fx_rate VALUES (%s, %s, %s, %s)", *row)
        except Exception:
            assert refused, row
        else:
            assert not refused, row


def test_rates_are_taken_back_by_pair_and_day(ledger):
    save(
        ledger,
        ("EUR", "USD", "2025-01-02", "1.1"),
        ("EUR", "USD", "2025-01-03", "1.2"),
        ("USD", "EUR", "2025-01-02", "0.9"),
    )
    take_back = "SELECT rollforward.delete_fx_rates(%s, %s, %s::date[])"
    # the pair turned round is another one, and what is not recorded is left out
    assert ledger.value(take_back, ["EUR", "EUR"], ["USD", "GBP"], ["2025-01-02", "2025-01-02"]) == 1
    assert ledger.value(take_back, ["EUR"], ["USD"], ["2025-01-02"]) == 0
    assert [
        tuple(row)
        for row in ledger.rows("SELECT currency, rate_date::text FROM rollforward.fx_rate ORDER BY 1")
    ] == [("EUR", "2025-01-03"), ("USD", "2025-01-02")]


def test_a_rate_that_is_taken_back_makes_stale_what_it_valued(ledger):
    account = ledger.account()
    ledger.record(account, deposit("2025-01-02", 10, currency="EUR"))
    save(ledger, ("EUR", "USD", "2025-01-02", "1.1"))
    ledger.process([account])
    assert ledger.stale() == []
    ledger.rows("SELECT rollforward.delete_fx_rates('{EUR}', '{USD}', '{2025-01-02}')")
    assert [row.account_id for row in ledger.stale()] == [account]
    ledger.process_stale()
    assert ledger.value("SELECT rates_missing FROM rollforward.equity_snapshot LIMIT 1") == 1
