"""A late fact costs what lies behind it, not what lies before: counted, not timed."""

from __future__ import annotations

import pytest

from tests.support.plans import buffers, explained

MONTH = 30
HISTORY = """
    INSERT INTO rollforward_data.movement
        (account_id, occurred_at, accounting_date, kind, effect, currency, instrument_id, quantity, amount,
         natural_key)
    SELECT %s, day.midnight + interval '9 hours' + n * interval '1 millisecond', day.midnight::date,
           trade.kind::rollforward_data.movement_kind, trade.effect::rollforward_data.movement_effect,
           'USD', %s, 10, trade.amount, int8send(%s) || int8send(n)
    FROM generate_series(1, %s) AS n
    CROSS JOIN LATERAL (
        SELECT timestamptz '2025-06-30 00:00+00' - (n / %s) * interval '1 day') AS day (midnight)
    CROSS JOIN LATERAL (
        SELECT * FROM (VALUES (0, 'sell', 'close', 99 + n %% 7), (1, 'buy', 'open', -100)) AS either
        WHERE n %% 2 = either.column1) AS trade (parity, kind, effect, amount)
"""
A_DAY = 20  # movements
SHORT, LONG = 5_000, 50_000


@pytest.fixture
def accounts(ledger):
    """Accounts of equal days, one with ten times as many of them."""
    made = {}
    for movements in (SHORT, LONG):
        instrument = ledger.instrument(f"ACME {movements}")
        made[movements] = ledger.account(str(movements))
        ledger.rows(HISTORY, made[movements], instrument, made[movements], movements, A_DAY)
    ledger.process(list(made.values()))
    ledger.rows("VACUUM (ANALYZE)")
    return made


def late_deposit(ledger, account, days_ago):
    ledger.rows(
        "INSERT INTO rollforward_data.movement"
        " (account_id, occurred_at, accounting_date, kind, currency, amount)"
        " SELECT %s, day + interval '8 hours', day::date, 'deposit', 'USD', 1"
        " FROM (SELECT timestamptz '2025-06-30 00:00+00' - %s * interval '1 day' AS day) AS given",
        account,
        days_ago,
    )


def pages_of_a_late_deposit(ledger, account, days_ago):
    late_deposit(ledger, account, days_ago)
    # plans of the bulk calculation are not those of a small one; settings stay: other tests share the session
    ledger.rows("DISCARD TEMP")
    ledger.rows("DISCARD PLANS")
    plan = explained(ledger, "SELECT * FROM rollforward.process_stale()")
    return buffers(plan), plan["Local Hit Blocks"] + plan["Local Read Blocks"]


def test_a_back_dated_event_costs_no_more_than_the_suffix_it_touches(ledger, accounts):
    late_deposit(ledger, accounts[LONG], MONTH)
    result = ledger.process_stale()
    assert result.movements_processed == (MONTH + 1) * A_DAY
    assert result.snapshots_saved == result.dates_processed == MONTH + 1

    short, long = (pages_of_a_late_deposit(ledger, account, MONTH) for account in accounts.values())
    assert long[0] <= 1.1 * short[0]  # whole tables read for it would be 4,000 pages more
    assert long[1] <= 1.1 * short[1]
    assert pages_of_a_late_deposit(ledger, accounts[LONG], 40 * MONTH)[1] > 10 * long[1]  # it does follow


def test_the_last_of_many_accounts_costs_what_the_first_does(ledger):
    """Small calls are planned before any account is known; a join that reads on from the first account to
    the one that is meant would look cheap there."""
    instrument = ledger.instrument("ACME")
    accounts = [ledger.account(f"{number:03}") for number in range(400)]
    for account in accounts:
        ledger.rows(HISTORY, account, instrument, account, 40, 1)
    ledger.process(accounts)
    ledger.rows("VACUUM (ANALYZE)")
    first, last = (pages_of_a_late_deposit(ledger, account, MONTH) for account in (accounts[0], accounts[-1]))
    assert last[0] <= 1.1 * first[0]
    assert last[1] <= 1.1 * first[1]
