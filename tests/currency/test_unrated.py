"""Which rates are missing."""

from __future__ import annotations

from datetime import date

import pytest

from tests.currency.rates import refusal, save
from tests.support.movements import buy, deposit, sell

CALL = "SELECT * FROM rollforward.unrated(%s::date, %s::date)"


@pytest.fixture
def foreign(ledger):
    """Two accounts in USD with snapshots and lots in other currencies."""
    one, two = ledger.account("one"), ledger.account("two")
    ledger.instrument("SAP", currency="EUR")
    ledger.record(
        one,
        deposit("2025-01-02", 1),
        deposit("2025-01-03", 1, currency="EUR"),
        deposit("2025-01-06", 1, currency="GBP"),
        buy("2025-01-07", "SAP", 1, 5, currency="EUR"),
        sell("2025-01-09", "SAP", 1, 5, currency="EUR"),
    )
    ledger.record(two, deposit("2025-01-08", 1, currency="EUR"))
    ledger.process([one, two])
    return ledger


def listed(ledger, start="2025-01-01", end="2025-12-31"):
    return [
        (row.currency, row.quote_currency, row.first_date.day, row.last_date.day, row.accounts)
        for row in ledger.rows(CALL, start, end)
    ]


def test_pairs_without_a_rate_are_listed_with_their_days(foreign):
    assert listed(foreign) == [("EUR", "USD", 3, 9, 2), ("GBP", "USD", 6, 6, 1)]
    assert listed(foreign, "2025-01-04", "2025-01-07") == [("EUR", "USD", 7, 7, 1), ("GBP", "USD", 6, 6, 1)]
    assert listed(foreign, "2025-01-04", "2025-01-05") == []
    assert len(listed(foreign, "-infinity", "infinity")) == 2


def test_what_has_a_rate_by_then_is_not_listed(foreign):
    save(foreign, ("USD", "EUR", "2025-01-08", 1))
    assert listed(foreign) == [("EUR", "USD", 3, 7, 1), ("GBP", "USD", 6, 6, 1)]
    save(foreign, ("USD", "EUR", "2025-01-03", 1), ("EUR", "GBP", "2025-01-06", 1))
    assert listed(foreign) == []


@pytest.mark.breaks_figures
def test_a_lot_needs_a_rate_on_the_day_it_was_opened_too(foreign):
    """Without the snapshot of that day, which needs it as well."""
    foreign.rows("DELETE FROM rollforward_data.account_snapshot WHERE snapshot_date <> '2025-01-09'")
    save(foreign, ("EUR", "USD", "2025-01-08", 1))
    assert listed(foreign) == [("EUR", "USD", 7, 7, 1)]


def test_it_lists_what_the_views_do_not_know(foreign):
    save(foreign, ("USD", "EUR", "2025-01-08", 1))
    unknown = foreign.rows(
        "SELECT currency, min(snapshot_date) AS first_date FROM rollforward.account_snapshot_base"
        " WHERE cash_balance IS NULL GROUP BY currency ORDER BY currency"
    )
    assert [tuple(row) for row in unknown] == [("EUR", date(2025, 1, 3)), ("GBP", date(2025, 1, 6))]
    assert [(row.currency, row.first_date) for row in foreign.rows(CALL, "2025-01-01", "2025-12-31")] == [
        tuple(row) for row in unknown
    ]


@pytest.mark.parametrize(
    ("arguments", "named"),
    [
        ((None, "2025-01-01"), {"start_date"}),
        (("2025-01-01", None), {"end_date"}),
        (("2025-01-02", "2025-01-01"), {"start_date", "end_date"}),
    ],
)
def test_a_range_that_makes_no_sense_is_named(ledger, arguments, named):
    assert {offence["argument"] for offence in refusal(ledger, CALL, *arguments)} == named
