"""Arguments that make no sense, who may ask, and that asking writes nothing."""

from __future__ import annotations

import json

import psycopg
import pytest

from tests.support.movements import buy, sell
from tests.tax.views import own

FUNCTIONS = ["wash_sales", "taxable_gains", "taxable_open_lots"]
WRONG = {
    "no accounts": ("NULL", "30", {"account_ids": None}),
    "a NULL among accounts": ("'{1,NULL}'", "30", {"account_ids": [1, None]}),
    "an unknown account": ("'{1,99}'", "30", {"account_id": 99}),
    "no window": ("'{1}'", "NULL", {"window_days": None}),
    "a negative window": ("'{1}'", "-1", {"window_days": -1}),
}


@pytest.fixture
def account(ledger) -> int:
    ledger.instrument("ACME")
    account = ledger.account()
    other = ledger.account("8")
    own(ledger, "Ann", [account, other])
    ledger.record(
        account,
        buy("2025-01-02", "ACME", 100, 1000),
        sell("2025-03-03", "ACME", 100, 750),
        buy("2025-03-13", "ACME", 100, 800),
        sell("2025-06-02", "ACME", 50, 800),
    )
    ledger.process([account])
    return account


@pytest.mark.parametrize("function", FUNCTIONS)
@pytest.mark.parametrize(("accounts", "days", "offences"), WRONG.values(), ids=WRONG.keys())
def test_a_wrong_argument_is_named_with_its_value(ledger, account, function, accounts, days, offences):
    with pytest.raises(psycopg.Error) as refused:
        ledger.rows(f"SELECT * FROM rollforward.{function}({accounts}::bigint[], {days})")
    assert refused.value.sqlstate == "22R01"
    assert refused.value.diag.message_hint
    found = json.loads(refused.value.diag.message_detail)
    assert {each["argument"]: each["value"] for each in found} == offences


def test_a_reader_asks_in_a_read_only_transaction(ledger, account):
    with ledger.connection.transaction(force_rollback=True):
        ledger.rows("SET TRANSACTION READ ONLY")
        for function in FUNCTIONS:
            assert ledger.rows(f"SELECT * FROM rollforward.{function}(%s)", [account])
        assert ledger.value("SELECT pg_current_xact_id_if_assigned()") is None


@pytest.mark.parametrize("role", ["reader", "writer", "operator"])
def test_every_role_may_ask_and_only_for_the_answer(ledger, role):
    allowed = ledger.rows(
        "SELECT proname FROM pg_proc WHERE pronamespace = 'rollforward'::regnamespace"
        " AND has_function_privilege(%s, oid, 'EXECUTE')",
        f"rollforward_{role}",
    )
    names = {row.proname for row in allowed}
    assert names >= set(FUNCTIONS)
    assert not names & {"tax_parts", "tax_pieces", "wash_pass", "part_units", "require_window"}
