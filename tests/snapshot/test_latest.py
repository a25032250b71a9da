"""Latest look-ups: which row they give, and one index descent per key."""

from __future__ import annotations

from datetime import date

import pytest

from tests.support.ledger import Ledger
from tests.support.movements import buy, deposit, sell
from tests.support.plans import buffers, explained, nodes

ACCOUNTS = 1000
DAYS = 120

pytestmark = pytest.mark.breaks_figures  # snapshots without a movement behind them


@pytest.fixture
def many_snapshots(ledger) -> Ledger:
    """A thousand accounts with 120 snapshots each."""
    ledger.rows(
        "INSERT INTO rollforward_data.account (account_id, number, base_currency)"
        " SELECT id, 'account ' || id, 'USD' FROM generate_series(1, %s) AS id",
        ACCOUNTS,
    )
    ledger.rows(
        "INSERT INTO rollforward_data.account_currency SELECT id, 'USD' FROM generate_series(1, %s) AS id",
        ACCOUNTS,
    )
    ledger.rows(
        "INSERT INTO rollforward_data.account_snapshot"
        " SELECT id, 'USD', date '2025-01-01' + day, day + 1, day,"
        " 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, day, 0, 0, 0"
        " FROM generate_series(0, %s - 1) AS day, generate_series(1, %s) AS id",
        DAYS,
        ACCOUNTS,
    )
    ledger.rows("ANALYZE rollforward_data.account_snapshot")
    ledger.rows("ANALYZE rollforward_data.account_currency")
    ledger.rows("ANALYZE rollforward_data.account")
    return ledger


LOOK_UPS = {
    "latest": "SELECT * FROM rollforward.latest_snapshots(%s, date '2025-03-01')",
    "as of": "SELECT * FROM rollforward.snapshots_as_of(%s, date '2025-03-01')",
}


@pytest.mark.parametrize("keys", [1, 20, ACCOUNTS])
@pytest.mark.parametrize("look_up", LOOK_UPS.values(), ids=LOOK_UPS.keys())
def test_each_key_is_one_descent_of_the_primary_key(many_snapshots, look_up, keys):
    wanted = list(range(1, keys + 1))
    explained(many_snapshots, look_up, wanted)
    plan = explained(many_snapshots, look_up, wanted)

    scans = [node for node in nodes(plan) if node.get("Relation Name") == "account_snapshot"]
    assert [node["Node Type"] for node in scans] == ["Index Scan"]
    (scan,) = scans
    assert scan["Index Name"] == "account_snapshot_pkey"
    assert scan["Actual Loops"] == keys
    assert scan["Actual Rows"] == 1
    assert buffers(scan) <= 5 * keys
    assert plan["Actual Rows"] == keys


@pytest.mark.parametrize("look_up", LOOK_UPS.values(), ids=LOOK_UPS.keys())
def test_a_call_costs_the_descents_of_its_keys_and_little_beside(many_snapshots, look_up):
    """Currencies and names are three buffers each for one account, and less for many."""
    for wanted, beside in (([ACCOUNTS // 2], 6), (list(range(1, ACCOUNTS + 1)), 3 * ACCOUNTS)):
        explained(many_snapshots, look_up, wanted)
        plan = explained(many_snapshots, look_up, wanted)
        (scan,) = [node for node in nodes(plan) if node.get("Relation Name") == "account_snapshot"]
        assert buffers(plan) <= buffers(scan) + beside


def test_many_keys_are_looked_up_in_the_order_of_the_index(many_snapshots):
    """Whatever the order in which they are asked for: a descent then ends on the page of the one before."""
    wanted = [1 + number * 389 % ACCOUNTS for number in range(ACCOUNTS)]
    found = many_snapshots.rows(LOOK_UPS["latest"], wanted)
    assert [row.account_id for row in found] == sorted(wanted)


def test_only_rows_that_are_found_are_divided(many_snapshots):
    """Percentages are made of what is behind the LIMIT, and the account is not joined before it."""
    plan = explained(many_snapshots, LOOK_UPS["latest"], [7])
    (limit,) = [node for node in nodes(plan) if node["Node Type"] == "Limit"]
    assert [node["Relation Name"] for node in nodes(limit) if "Relation Name" in node] == ["account_snapshot"]


def test_the_cost_of_a_key_does_not_depend_on_its_history(many_snapshots):
    """The first and the last day of an account with 120 snapshots cost the same."""
    per_day = {
        buffers(
            explained(
                many_snapshots, "SELECT * FROM rollforward.latest_snapshots(ARRAY[500::bigint], %s)", day
            )
        )
        for _ in range(2)
        for day in (date(2025, 1, 2), date(2025, 3, 1), date(2026, 1, 1))
    }
    assert max(per_day) - min(per_day) <= 2


@pytest.fixture
def three_days(ledger) -> tuple[Ledger, int]:
    account = ledger.account()
    ledger.record(
        account,
        deposit("2025-01-02", 1),
        deposit("2025-01-06", 2),
        deposit("2025-01-06", 5, currency="EUR"),
        deposit("2025-01-08", 4),
    )
    ledger.process([account])
    return ledger, account


@pytest.mark.parametrize(
    ("day", "before", "as_of"),
    [
        ("2025-01-02", {}, {"USD": 1}),
        ("2025-01-03", {"USD": 1}, {"USD": 1}),
        ("2025-01-06", {"USD": 1}, {"USD": 3, "EUR": 5}),
        ("2025-01-08", {"USD": 3, "EUR": 5}, {"USD": 7, "EUR": 5}),
        ("infinity", {"USD": 7, "EUR": 5}, {"USD": 7, "EUR": 5}),
        ("-infinity", {}, {}),
    ],
)
def test_latest_is_strictly_before_and_as_of_includes_the_day(three_days, day, before, as_of):
    ledger, account = three_days
    for function, expected in (("latest_snapshots", before), ("snapshots_as_of", as_of)):
        found = ledger.rows(f"SELECT * FROM rollforward.{function}(%s, %s)", [account], day)
        assert {row.currency: row.deposited for row in found} == expected


def test_unknown_accounts_yield_no_row_and_repeated_ones_no_second(three_days):
    ledger, account = three_days
    found = ledger.rows(
        "SELECT * FROM rollforward.latest_snapshots(%s, '2025-01-03')", [account, account, 10**9]
    )
    assert len(found) == 1
    assert ledger.rows("SELECT * FROM rollforward.latest_snapshots('{}', '2025-01-03')") == []


def test_at_the_end_of_all_days_a_position_stands_as_the_account_does(ledger):
    """What is open for ever is open then; what was closed is not."""
    for symbol in ("ACME", "BOLT"):
        ledger.instrument(symbol)
    ledger.price("ACME", "2025-01-03", 12)
    account = ledger.account()
    ledger.record(
        account,
        buy("2025-01-02", "ACME", 3, 30),
        buy("2025-01-02", "BOLT", 3, 30),
        sell("2025-01-06", "BOLT", 3, 33),
    )
    ledger.process([account])
    found = (
        "SELECT symbol, snapshot_date::text, quantity, market_value FROM rollforward.positions_as_of(%s, %s)"
    )
    for day in ("2025-01-06", "infinity"):
        assert [tuple(row) for row in ledger.rows(found, [account], day)] == [("ACME", day, 3, 36)]
        assert ledger.snapshot(account, day).invested == 30
