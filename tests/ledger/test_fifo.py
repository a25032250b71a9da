"""Lots match first in, first out, as a queue in Python does it."""

from __future__ import annotations

from collections import defaultdict
from decimal import Decimal
from fractions import Fraction

from hypothesis import given

from tests.support.fifo import Match, Outcome, replay
from tests.support.ledger import Ledger
from tests.support.property import quick
from tests.support.streams import MULTIPLIERS, Batch, batches, load

A_UNIT_OF_THE_LAST_DECIMAL = Fraction(1, 10**8)

MATCHES = """
    SELECT matched.account_id, opening.natural_key AS opened_by, closing.natural_key AS closed_by,
           matched.symbol, matched.currency, matched.side::text, matched.closed_on,
           matched.quantity, matched.cost, matched.proceeds, matched.gain
    FROM rollforward.lot_match AS matched
    JOIN rollforward_data.movement AS opening
        ON opening.account_id = matched.account_id AND opening.movement_id = matched.opened_by
    JOIN rollforward_data.movement AS closing
        ON closing.account_id = matched.account_id AND closing.movement_id = matched.closed_by
    WHERE matched.account_id = ANY (%s)
"""
OPEN_LOTS = """
    SELECT lot.account_id, opening.natural_key AS opened_by, lot.symbol, lot.currency, lot.side::text,
           lot.quantity, lot.cost
    FROM rollforward.open_lot AS lot
    JOIN rollforward_data.movement AS opening
        ON opening.account_id = lot.account_id AND opening.movement_id = lot.opened_by
    WHERE lot.account_id = ANY (%s)
"""


@quick(8)
@given(batch=batches(80))
def test_matches_and_open_lots_are_those_of_a_queue(ledger, batch):
    check_fifo(ledger, batch)


def check_fifo(ledger: Ledger, batch: Batch) -> None:
    account_ids = load(ledger, batch)
    ledger.process(account_ids)
    matches, lots = defaultdict(list), defaultdict(list)
    for row in ledger.rows(MATCHES, account_ids):
        matches[row.account_id].append(row)
    for row in ledger.rows(OPEN_LOTS, account_ids):
        lots[row.account_id].append(row)

    for stream in batch.streams:
        outcome = replay(stream.movements, stream.costs_in_lot, MULTIPLIERS)
        try:
            check_matches(matches[stream.account_id], outcome)
            check_open_lots(lots[stream.account_id], outcome)
        except AssertionError as difference:
            raise AssertionError(f"{difference}\n{stream}") from difference


def check_matches(rows: list, outcome: Outcome) -> None:
    expected: dict[tuple, Match] = {
        (match.opened_by, match.closed_by, match.side, *match.position, match.closed_on): match
        for match in outcome.matches
    }
    found = {
        (row.opened_by, row.closed_by, row.side, row.symbol, row.currency, row.closed_on): row for row in rows
    }
    assert len(rows) == len(found)
    assert len(outcome.matches) == len(expected)
    assert found.keys() == expected.keys()
    for key, row in found.items():
        match = expected[key]
        assert Fraction(row.quantity) == match.units
        assert abs(Fraction(row.cost) - match.cost) <= A_UNIT_OF_THE_LAST_DECIMAL
        assert abs(Fraction(row.proceeds) - match.proceeds) <= 2 * A_UNIT_OF_THE_LAST_DECIMAL
        assert row.gain == (row.proceeds - row.cost) * (1 if row.side == "long" else -1)
    exact = sum((match.gain for match in outcome.matches), Fraction())
    rounding = len(rows) * A_UNIT_OF_THE_LAST_DECIMAL
    assert abs(Fraction(sum((row.gain for row in rows), Decimal())) - exact) <= rounding


def check_open_lots(rows: list, outcome: Outcome) -> None:
    found = {(row.opened_by, row.symbol, row.currency, row.side): row for row in rows}
    expected = {(lot.opened_by, *lot.position, lot.side): lot for lot in outcome.lots}
    assert len(rows) == len(found)
    assert found.keys() == expected.keys()
    for key, row in found.items():
        assert Fraction(row.quantity) == expected[key].units
        cost = expected[key].units * expected[key].unit_cost
        assert abs(Fraction(row.cost) - cost) <= A_UNIT_OF_THE_LAST_DECIMAL
