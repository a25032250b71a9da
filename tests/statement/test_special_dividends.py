"""Special dividends: which pairs of rows become a strike adjustment."""

from __future__ import annotations

import json

import psycopg
import pytest

from tests.support.statements import Printed, import_rows, printed


def special(
    strike: str,
    value: str,
    *,
    quantity: str = "1",
    at: str = "12:01:30",
    expiration: str = "12/20/24",
    right: str = "CALL",
) -> Printed:
    month, day, year = expiration.split("/")
    symbol = f"TSLL  {year}{month:0>2}{day:0>2}{right[0]}{float(strike) * 1000:08.0f}"
    return printed(
        f"2024-12-11T{at}+0000",
        "Receive Deliver",
        "Special Dividend",
        Action="SELL_TO_OPEN" if value.startswith("-") else "BUY_TO_CLOSE",
        Symbol=symbol,
        Instrument_Type="Equity Option",
        Value=value,
        Quantity=quantity,
        Multiplier="100",
        Root_Symbol="TSLL",
        Underlying_Symbol="TSLL",
        Expiration_Date=expiration,
        Strike_Price=strike,
        Call_or_Put=right,
    )


NEAR = [special("36.00", "96.00"), special("35.70", "-96.00")]
FAR = {"at": "12:02:00", "expiration": "01/16/26"}

# rows, the strikes each adjustment leads from and to
PAIRED = {
    "a pair": (NEAR, [(36, 35.7)]),
    "two pairs": (
        [*NEAR, special("10.73", "2280.00", **FAR), special("10.43", "-2280.00", **FAR)],
        [(10.73, 10.43), (36, 35.7)],
    ),
    "an imbalance within a cent": ([special("36.00", "96.00"), special("35.70", "-96.005")], [(36, 35.7)]),
    "two contracts": (
        [special("36.00", "192.00", quantity="2"), special("35.70", "-192.00", quantity="2")],
        [(36, 35.7)],
    ),
    "signs the other way": ([special("35.70", "96.00"), special("36.00", "-96.00")], [(36, 35.7)]),
    "two seconds apart": (
        [special("36.00", "96.00"), special("35.70", "-96.00", at="12:01:32")],
        [(36, 35.7)],
    ),
    "puts": ([special("36.00", "96.00", right="PUT"), special("35.70", "-96.00", right="PUT")], [(36, 35.7)]),
    "rows in reverse": (NEAR[::-1], [(36, 35.7)]),
}

UNPAIRED = {
    "one row": [special("36.00", "96.00")],
    "call and put": [special("36.00", "96.00"), special("35.70", "-96.00", right="PUT")],
    "other expirations": [special("36.00", "96.00"), special("35.70", "-96.00", expiration="12/27/24")],
    "an imbalance above a cent": [special("36.00", "96.00"), special("35.70", "-95.98")],
    "the same strike": [special("36.00", "96.00"), special("36.00", "-96.00")],
    "other quantities": [special("36.00", "96.00"), special("35.70", "-96.00", quantity="2")],
    "three seconds apart": [special("36.00", "96.00"), special("35.70", "-96.00", at="12:01:33")],
    "the same sign": [special("36.00", "96.00"), special("35.70", "96.00")],
}


@pytest.mark.parametrize(("rows", "strikes"), PAIRED.values(), ids=PAIRED.keys())
def test_a_pair_becomes_one_adjustment_to_the_smaller_strike(ledger, rows, strikes):
    account = import_rows(ledger, rows, "7").account_id
    ledger.process([account])
    adjustments = ledger.rows("""
        SELECT movement.*, old.strike::float AS old_strike, new.strike::float AS new_strike
        FROM rollforward.movement
        JOIN rollforward.instrument AS old USING (instrument_id)
        JOIN rollforward.instrument AS new ON new.instrument_id = movement.to_instrument_id
        ORDER BY old.strike
    """)
    assert [(each.old_strike, each.new_strike) for each in adjustments] == strikes
    assert {(each.kind, each.amount, each.commission, each.fee) for each in adjustments} == {
        ("strike_adjustment", 0, 0, 0)
    }
    assert ledger.snapshot(account) is None  # neither cash nor quantity moved


@pytest.mark.parametrize("rows", UNPAIRED.values(), ids=UNPAIRED.keys())
def test_rows_without_a_partner_are_refused_and_named(ledger, rows):
    before = ledger.facts_and_figures()
    with pytest.raises(psycopg.Error) as refusal:
        import_rows(ledger, rows, "7")
    assert refusal.value.sqlstate == "23R01"
    offences = json.loads(refusal.value.diag.message_detail)
    assert [(each["line"], each["reason"]) for each in offences] == [
        (line, "unpaired") for line in range(2, len(rows) + 2)
    ]
    assert ledger.facts_and_figures() == before


def test_a_pair_imported_twice_is_one_adjustment(ledger):
    import_rows(ledger, NEAR, "7")
    assert import_rows(ledger, NEAR[::-1], "7").saved == 0
