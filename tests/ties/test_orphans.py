"""check_ties reports the orphan closings of a ledger, all of them and nothing else."""

from __future__ import annotations

from collections import defaultdict
from decimal import Decimal
from fractions import Fraction

from hypothesis import given

from tests.support.fifo import flat_positions, net_cash, replay
from tests.support.ledger import Ledger
from tests.support.movements import buy, expire, sell
from tests.support.property import quick
from tests.support.streams import MULTIPLIERS, Batch, batches, load


@quick(5)
@given(batch=batches(80))
def test_orphans_reported_are_exactly_those_of_a_queue(ledger, batch):
    check_orphans(ledger, batch)


@quick(5)
@given(batch=batches(80))
def test_a_flat_position_without_orphan_has_realized_its_cash(ledger, batch):
    check_flat_positions(ledger, batch)


def test_an_orphan_keeps_its_cash_and_opens_nothing(ledger):
    ledger.instrument("ACME")
    account = ledger.account()
    ledger.record(account, buy("2025-01-02", "ACME", 3, "30"), sell("2025-01-03", "ACME", 5, "100"))
    ledger.process([account])

    (orphan,) = ledger.orphans([account])
    assert (orphan.expected, orphan.actual) == (5, 3)
    assert orphan.key["symbol"] == "ACME"
    assert orphan.key["accounting_date"] == "2025-01-03"
    assert ledger.ties([account]) == []
    stood = ledger.snapshot(account)
    assert stood.realized_gains == Decimal(30)  # three fifths of the proceeds, less cost
    assert stood.cash_balance == Decimal(70)
    assert stood.open_trades is False


def test_closing_the_other_side_is_an_orphan_and_not_a_match(ledger):
    """Long and short are separate queues: buying to close finds nothing where only a long is open."""
    ledger.instrument("ACME")
    account = ledger.account()
    ledger.record(
        account, buy("2025-01-02", "ACME", 3, "30"), buy("2025-01-03", "ACME", 3, "36", effect="close")
    )
    ledger.process([account])
    assert [orphan.actual for orphan in ledger.orphans([account])] == [0]
    assert ledger.snapshot(account).invested == Decimal(30)


def test_an_expiration_of_nothing_is_an_orphan(ledger):
    ledger.option("ACME P20")
    account = ledger.account()
    ledger.record(account, expire("2025-12-19", "ACME P20", 2))
    ledger.process([account])
    assert [(orphan.expected, orphan.actual) for orphan in ledger.orphans([account])] == [(2, 0)]


def test_ties_of_a_broken_figure_name_it(ledger):
    """Each identity notices when what is stored is changed behind its back."""
    ledger.instrument("ACME")
    account = ledger.account()
    ledger.record(account, buy("2025-01-02", "ACME", 3, "30"), sell("2025-01-03", "ACME", 1, "11"))
    ledger.process([account])
    assert ledger.ties([account]) == []
    breaks = {
        "UPDATE rollforward_data.account_snapshot SET cash_balance = cash_balance + 1": {
            "cash balance = sum of all signed amounts",
            "equity cash = cash balance",
            "gains + income - costs = value - net contributions",
        },
        "UPDATE rollforward_data.account_snapshot SET realized_gains = 0": {
            "realized gains = gains of closed lots",
            "gains + income - costs = value - net contributions",
        },
        "UPDATE rollforward_data.position_snapshot SET long_quantity = long_quantity + 1": {
            "open lots = position"
        },
        "UPDATE rollforward_data.position_snapshot SET long_cost = 0": {
            "cost of open lots = cost basis",
            "equity values = value of what is held",
        },
        "DELETE FROM rollforward_data.lot_slice WHERE closed_by IS NULL": {
            "slices of a lot = its quantity",
            "cost of slices = cost of lots",
            "open lots = position",
            "cost of open lots = cost basis",
            "equity values = value of what is held",
            "flat position: realized = cash",
        },
        "UPDATE rollforward_data.equity_snapshot SET opening_equity = opening_equity + 1, pnl = pnl - 1,"
        " other_pnl = other_pnl - 1": {"opening equity = closing equity of the day before"},
    }
    for breaking, identities in breaks.items():
        with ledger.connection.transaction(force_rollback=True):
            ledger.rows(breaking)
            assert {tie.identity for tie in ledger.ties([account])} == identities
            assert ledger.verify([account]) != []


def check_orphans(ledger: Ledger, batch: Batch) -> None:
    account_ids = load(ledger, batch)
    ledger.process(account_ids)
    keys = {
        row.movement_id: row.natural_key
        for row in ledger.rows("SELECT movement_id, natural_key FROM rollforward_data.movement")
    }
    reported: dict[int, dict[bytes, Fraction]] = defaultdict(dict)
    for orphan in ledger.orphans(account_ids):
        reported[orphan.account_id][keys[orphan.key["movement_id"]]] = Fraction(orphan.actual)
    for stream in batch.streams:
        expected = replay(stream.movements, stream.costs_in_lot, MULTIPLIERS).orphans
        assert reported[stream.account_id] == expected, stream
    broken = ledger.ties(account_ids)
    assert not broken, batch.about(broken)


def check_flat_positions(ledger: Ledger, batch: Batch) -> None:
    account_ids = load(ledger, batch)
    ledger.process(account_ids)
    gains = {
        (row.account_id, row.symbol, row.currency): row.gain
        for row in ledger.rows(
            "SELECT account_id, symbol, currency, sum(gain) AS gain FROM rollforward.lot_match"
            " WHERE account_id = ANY (%s) GROUP BY account_id, symbol, currency",
            account_ids,
        )
    }
    for stream in batch.streams:
        outcome = replay(stream.movements, stream.costs_in_lot, MULTIPLIERS)
        for positions in flat_positions(stream.movements, outcome):
            cash = sum(
                net_cash(each, stream.costs_in_lot)
                for each in stream.movements
                if each.get("effect") and (each["symbol"], each["currency"]) in positions
            )
            realized = sum(gains.get((stream.account_id, *position), 0) for position in positions)
            assert Fraction(realized) == cash, (positions, stream)


def test_a_closing_that_was_moved_before_its_opening_is_an_orphan_at_once(ledger):
    """What it closed before is of a day that is still to be computed."""
    ledger.instrument("ACME")
    account = ledger.account()
    ledger.record(account, buy("2025-01-03", "ACME", 10, 100), sell("2025-01-06", "ACME", 10, 120))
    ledger.process([account])
    assert ledger.orphans([account]) == []
    ledger.rows(
        "UPDATE rollforward_data.movement"
        " SET accounting_date = '2025-01-02', occurred_at = '2025-01-02 12:00+00'"
        " WHERE kind = 'sell'"
    )
    ledger.process([account], end="2025-01-03")
    (orphan,) = ledger.orphans([account])
    assert (orphan.expected, orphan.actual) == (10, 0)
    ledger.process_stale()
    assert len(ledger.orphans([account])) == 1
