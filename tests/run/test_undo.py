"""What was recorded by mistake is taken back, and leaves no trace."""

from __future__ import annotations

import json

import psycopg
import pytest

from tests.support.movements import buy

SPLIT = "SELECT rollforward.save_splits(%s, %s::date[], %s)"
TAKE_BACK = "SELECT rollforward.delete_splits(%s, %s::date[])"


@pytest.fixture
def account(ledger) -> int:
    for symbol in ("ACME", "BOLT"):
        ledger.instrument(symbol)
        ledger.price(symbol, "2025-01-02", 100)
    account = ledger.account()
    ledger.record(account, *(buy("2025-01-02", symbol, 10, 1000) for symbol in ("ACME", "BOLT")))
    ledger.process([account])
    return account


def test_splits_that_are_taken_back_never_were(ledger, account):
    before = ledger.dump([account])
    ledger.rows(SPLIT, ["ACME", "BOLT"], ["2025-01-03", "2025-01-03"], ["2/1", "3/1"])
    ledger.process_stale()
    assert ledger.dump([account]) != before
    assert ledger.value(TAKE_BACK, ["ACME", "BOLT"], ["2025-01-03", "2025-01-03"]) == 2
    assert [str(row.from_date) for row in ledger.stale()] == ["2025-01-03"]
    ledger.process_stale()
    assert ledger.dump([account]) == before


def test_a_split_is_taken_back_by_symbol_and_day(ledger, account):
    ledger.rows(
        SPLIT, ["ACME", "ACME", "BOLT"], ["2025-01-03", "2025-01-06", "2025-01-03"], ["2/1", "3/1", "4/1"]
    )
    assert ledger.value(TAKE_BACK, ["ACME", "BOLT", "NONE"], ["2025-01-03", "2025-01-06", "2025-01-03"]) == 1
    assert ledger.value(TAKE_BACK, ["ACME", "ACME"], ["2025-01-03", "2025-01-06"]) == 1
    assert ledger.value(TAKE_BACK, [], []) == 0
    assert [row.symbol for row in ledger.rows("SELECT symbol FROM rollforward.split")] == ["BOLT"]


REFUSED = {
    "delete_splits('{A,B}', '{2025-01-01}')": [("split_dates", 1), ("symbols", 2)],
    "delete_splits('{A,NULL}', '{2025-01-01,2025-01-02}')": [("symbols", None)],
    "delete_splits('{A,B}', '{2025-01-01,NULL}')": [("split_dates", None)],
    "delete_fx_rates('{USD}', '{EUR}', '{}')": [
        ("currencies", 1), ("quote_currencies", 1), ("rate_dates", 0),
    ],
    "delete_fx_rates('{NULL,NULL}', '{EUR,EUR}', '{2025-01-01,2025-01-01}')": [("currencies", None)] * 2,
    "save_splits('{ACME}', '{2025-01-01}', '{2/0}')": [("ratios", "2/0")],
    "save_splits('{NONE}', '{infinity}', '{2}', '{NONE}')": [
        ("split_dates", "infinity"), ("symbols", "NONE"), ("to_symbols", "NONE"), ("to_symbols", "NONE"),
    ],
}  # fmt: skip


@pytest.mark.parametrize(("call", "offences"), REFUSED.items(), ids=REFUSED)
def test_arguments_are_named_as_they_are_called(ledger, account, call, offences):
    before = ledger.facts_and_figures()
    with pytest.raises(psycopg.Error) as refused:
        ledger.rows(f"SELECT rollforward.{call}")
    assert refused.value.sqlstate == "22R01"
    found = json.loads(refused.value.diag.message_detail)
    assert [(each["argument"], each["value"]) for each in found] == offences
    assert ledger.facts_and_figures() == before
