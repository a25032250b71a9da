"""Loading profiles: instruments that are new, terms that change, and what analysts say."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from tests.market.files import counts, forget_marks, load, marks, profiles, rejects, versions
from tests.support.movements import buy, deposit
from tests.support.statements import import_rows, printed

CALL = {
    "symbol": "ACME C50", "kind": "option", "multiplier": "100", "underlying": "ACME",
    "expiration": "2025-12-19", "strike": "50", "option_right": "call",
}  # fmt: skip


def instrument(ledger, symbol: str) -> dict[str, Any]:
    (found,) = ledger.dicts(
        "SELECT kind::text, currency::text, multiplier::numeric, underlying, expiration::text,"
        " strike::numeric, option_right::text FROM rollforward_data.instrument WHERE symbol = %s",
        symbol,
    )
    return found


def profile(ledger, symbol: str) -> tuple[Any, ...]:
    (found,) = ledger.rows(
        "SELECT sector, industry, beta, is_etf FROM rollforward.instrument_profile WHERE symbol = %s", symbol
    )
    return tuple(found)


def test_instruments_that_are_not_known_are_created(ledger):
    result = profiles(
        ledger,
        CALL,  # its underlying comes later
        {
            "symbol": "ACME",
            "kind": "stock",
            "sector": "Industry",
            "industry": "Anvils",
            "beta": "1.25",
            "is_etf": "false",
        },
        {"symbol": "VTI", "kind": "ETF", "is_etf": "TRUE"},
        {"symbol": "GMBH", "kind": "private"},
        CALL | {"symbol": "XQZ C50", "underlying": "XQZ", "option_right": "PUT"},  # and its is nowhere
    )
    assert counts(result) == {"rows_read": 5, "saved": 5}
    assert instrument(ledger, "ACME C50") == {
        "kind": "option", "currency": None, "multiplier": Decimal(100), "underlying": "ACME",
        "expiration": "2025-12-19", "strike": Decimal(50), "option_right": "call",
    }  # fmt: skip
    assert instrument(ledger, "ACME")["multiplier"] == 1
    assert instrument(ledger, "XQZ C50")["option_right"] == "put"
    assert profile(ledger, "ACME") == ("Industry", "Anvils", 1.25, False)
    assert profile(ledger, "VTI") == (None, None, None, True)


@pytest.mark.parametrize(
    ("row", "offences"),
    [
        ({"symbol": ""}, [("symbol", None, "missing")]),
        ({"symbol": "S" * 201}, [("symbol", "S" * 201, "too_long")]),
        ({"kind": ""}, [("kind", None, "missing")]),
        ({"kind": "bond"}, [("kind", "bond", "unknown_kind")]),
        ({"beta": "high"}, [("beta", "high", "not_a_number")]),
        ({"beta": "NaN"}, [("beta", "NaN", "not_a_number")]),
        ({"is_etf": "maybe"}, [("is_etf", "maybe", "not_true_or_false")]),
        ({"multiplier": "0"}, [("multiplier", "0", "not_positive")]),
        ({"multiplier": "x"}, [("multiplier", "x", "not_a_number")]),
        ({"kind": "future"}, [("multiplier", None, "missing")]),
        (CALL | {"multiplier": ""}, [("multiplier", None, "missing")]),
        (CALL | {"underlying": ""}, [("underlying", None, "missing")]),
        (CALL | {"expiration": ""}, [("expiration", None, "missing")]),
        (CALL | {"expiration": "12/19/25"}, [("expiration", "12/19/25", "not_a_date")]),
        (CALL | {"strike": ""}, [("strike", None, "missing")]),
        (CALL | {"strike": "-50"}, [("strike", "-50", "not_positive")]),
        (CALL | {"strike": "1e30"}, [("strike", "1e30", "too_large")]),
        (CALL | {"option_right": ""}, [("option_right", None, "missing")]),
        (CALL | {"option_right": "C"}, [("option_right", "c", "not_call_or_put")]),
        (
            {"kind": "option", "multiplier": "1"},
            [(name, None, "missing") for name in ("underlying", "expiration", "strike", "option_right")],
        ),
    ],
)
def test_a_profile_that_cannot_be_is_rejected(ledger, row, offences):
    result = profiles(ledger, {"symbol": "ACME", "kind": "stock"} | row, {"symbol": "GOOD", "kind": "fund"})
    assert counts(result) == {"rows_read": 2, "saved": 1, "rejected": 1}
    assert rejects(result) == [(2, *offence) for offence in offences]


def test_one_instrument_twice_counts_once_with_another_profile_never(ledger):
    good = {"symbol": "ACME", "kind": "stock", "beta": "1"}
    other = {"symbol": "XQZ", "kind": "stock", "beta": "1"}
    result = profiles(ledger, good, good, other, other | {"beta": "2"})
    assert counts(result) == {"rows_read": 4, "saved": 1, "unchanged": 1, "rejected": 2}
    assert rejects(result) == [(line, "symbol", "XQZ", "contradicts_another_row") for line in (4, 5)]


def test_a_blank_leaves_what_is_known(ledger):
    profiles(ledger, CALL | {"sector": "Industry", "beta": "1"})
    result = profiles(
        ledger, {"symbol": "ACME C50", "kind": "", "sector": "", "beta": "2", "is_etf": "false"}
    )
    assert counts(result) == {"rows_read": 1, "corrected": 1}
    assert instrument(ledger, "ACME C50")["strike"] == 50
    assert profile(ledger, "ACME C50") == ("Industry", None, 2, False)


def test_terms_of_what_is_held_may_change_and_mark_it(ledger):
    ledger.instrument("ACME F")
    account = ledger.account()
    ledger.record(account, deposit("2025-01-02", 100), buy("2025-01-03", "ACME F", 1, 80))
    ledger.process_stale()
    forget_marks(ledger)
    assert counts(profiles(ledger, {"symbol": "ACME F", "kind": "future", "multiplier": "50"})) == {
        "rows_read": 1,
        "saved": 1,
    }
    assert instrument(ledger, "ACME F")["multiplier"] == 50
    assert [mark.kind for mark in marks(ledger)] == ["terms"]
    again = profiles(ledger, {"symbol": "ACME F", "kind": "future", "multiplier": "5"})
    assert counts(again) == {"rows_read": 1, "corrected": 1}


def test_profiles_again_write_nothing(ledger):
    rows = [CALL, {"symbol": "ACME", "kind": "stock", "sector": "Industry", "beta": "1.1"}]
    profiles(ledger, *rows)
    forget_marks(ledger)
    before = versions(ledger, "instrument"), versions(ledger, "instrument_profile")
    assert counts(profiles(ledger, *rows)) == {"rows_read": 2, "unchanged": 2}
    assert (versions(ledger, "instrument"), versions(ledger, "instrument_profile")) == before
    assert marks(ledger) == []


def test_strict_profiles_are_all_or_none(ledger):
    before = ledger.facts_and_figures()
    with pytest.raises(Exception, match="batch rejected: 1 of 2 rows cannot be saved"):
        profiles(ledger, CALL, {"symbol": "X", "kind": "bond"}, strict=True)
    assert ledger.facts_and_figures() == before


# The currency of an instrument


def statement(symbol: str, currency: str) -> list[dict[str, str]]:
    return [
        printed(
            "2025-03-03", "Trade", "Buy to Open", Action="BUY_TO_OPEN", Symbol=symbol,
            Instrument_Type="Equity", Value="-200.00", Quantity="10", Average_Price="20.00",
            Underlying_Symbol=symbol, Currency=currency,
        )
    ]  # fmt: skip


def test_the_first_movement_gives_an_instrument_its_currency(ledger):
    profiles(ledger, {"symbol": "ACME", "kind": "stock"})
    account = import_rows(ledger, statement("ACME", "CHF"), "7").account_id
    assert instrument(ledger, "ACME")["currency"] == "CHF"
    result = load(ledger, "prices", "ACME, 2025-03-03, 21, CHF\nACME, 2025-03-04, 21, USD")
    assert rejects(result) == [(3, "currency", "USD", "other_currency")]
    ledger.process([account])
    assert ledger.snapshot(account, currency="CHF").unrealized_gains == 10
    assert ledger.verify([account]) == []


def test_later_movements_in_another_currency_do_not_change_it(ledger):
    profiles(ledger, {"symbol": "ACME", "kind": "stock"})
    load(ledger, "prices", "ACME, 2025-03-03, 21, CHF")
    account = import_rows(ledger, statement("ACME", "USD"), "7").account_id
    assert instrument(ledger, "ACME")["currency"] == "CHF"
    ledger.process([account])
    assert ledger.snapshot(account).market_value == 200  # no close in dollars: at cost
    assert ledger.verify([account]) == []


def test_what_has_no_currency_yet_is_carried_at_cost(ledger):
    """Movements that did not come through an import, of an instrument that only a profile has named."""
    profiles(ledger, {"symbol": "ACME", "kind": "stock"})
    ledger.instruments["ACME"] = ledger.value("SELECT instrument_id FROM rollforward.instrument")
    account = ledger.account()
    ledger.record(account, deposit("2025-01-02", 100), buy("2025-01-03", "ACME", 2, 40))
    ledger.process([account])
    assert ledger.snapshot(account).market_value == 40
    assert ledger.verify([account]) == []
    forget_marks(ledger)
    load(ledger, "prices", "ACME, 2025-01-03, 21, USD")
    assert {mark.kind for mark in marks(ledger)} == {"price", "terms"}
    ledger.process([account], force_recalculation=True)
    assert ledger.snapshot(account).market_value == 42
    assert ledger.verify([account]) == []
