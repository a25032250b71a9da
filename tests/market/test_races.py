"""Two loads at the same time: neither waits for ever, and what both say is said once."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from typing import Any

import psycopg
import pytest

from tests.embedded.commands import eventually
from tests.market.files import HEADERS, closes, counts, load, stage
from tests.support.ledger import Ledger

WAITING = "SELECT count(*) FROM pg_locks WHERE NOT granted"


def while_open(ledger: Ledger, kind: str, first: Sequence[Any], second: Sequence[Any]) -> tuple[Any, Any]:
    """Load one file and, before that is committed, another on a connection of its own; both results."""
    results: list[Any] = []

    def load_second() -> None:
        with psycopg.connect(ledger.connection.info.dsn, autocommit=True) as other:
            results.append(load(Ledger(other), kind, second, source="second.csv"))

    thread = threading.Thread(target=load_second)
    with ledger.connection.transaction():
        stage(ledger, HEADERS[kind], first)
        one = ledger.row(f"SELECT * FROM rollforward.load_{kind}('first.csv')")
        thread.start()
        with psycopg.connect(ledger.connection.info.dsn, autocommit=True) as watcher:
            assert eventually(lambda: Ledger(watcher).value(WAITING) > 0)
    thread.join(30)
    assert results, "the second load did not end"
    return one, results[0]


def test_the_same_prices_at_once_are_saved_once(ledger):
    ledger.instrument("ACME")
    ledger.instrument("XQZ")
    rows = [(symbol, "2025-01-02", "20", "USD") for symbol in ("ACME", "XQZ")]
    one, other = while_open(ledger, "prices", rows, rows[::-1])
    assert counts(one) == {"rows_read": 2, "saved": 2}
    assert counts(other) == {"rows_read": 2, "unchanged": 2}


def test_other_prices_at_once_are_corrections_whoever_comes_last(ledger):
    ledger.instrument("ACME")
    one, other = while_open(
        ledger, "prices", [("ACME", "2025-01-02", "20", "USD")], [("ACME", "2025-01-02", "21", "USD")]
    )
    assert (counts(one)["saved"], counts(other)["corrected"]) == (1, 1)
    assert closes(ledger) == {("ACME", "2025-01-02"): "21"}
    assert ledger.value("SELECT former_close FROM rollforward.price_correction") == 20


@pytest.mark.parametrize(("second", "reason"), [("CHF", None), ("USD", "other_currency")])
def test_the_currency_of_an_instrument_is_given_once(ledger, second, reason):
    ledger.instrument("NEW", currency=None)
    _, other = while_open(
        ledger, "prices", [("NEW", "2025-01-02", "20", "CHF")], [("NEW", "2025-01-03", "20", second)]
    )
    assert [each["reason"] for each in other.rejects] == ([reason] if reason else [])
    assert ledger.value("SELECT currency FROM rollforward.instrument") == "CHF"
