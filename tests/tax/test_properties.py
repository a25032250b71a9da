"""Nothing is lost and nothing appears, whatever happened; and a plain reading unit by unit finds the same."""

from __future__ import annotations

from collections import Counter
from datetime import date, timedelta
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from tests.support.ledger import Ledger
from tests.support.lives import lives
from tests.support.movements import buy, sell
from tests.support.property import quick
from tests.support.streams import Choices, load
from tests.tax.oracle import Taxes, Trade, taxes
from tests.tax.views import own, taxable_gains, taxable_open_lots, wash_sales

WINDOW = 2  # lives last ten days


def decode_trades(codes: list[int]) -> list[Trade]:
    """Trades of a person with two accounts, which sell only what they hold."""
    day = date(2025, 1, 1)
    units = [0, 0]
    trades = []
    for code in codes:
        pick = Choices(code)
        day += timedelta(days=pick.of([1, 2, 5, 9, 14, 30]))
        account = pick.of([0, 0, 1])
        change = pick.of([4, 1, 2, 7, -3, -1, -2, -5, -8])
        change = max(change, -units[account])
        if change:
            units[account] += change
            trades.append(Trade(account, day, change, pick.of([5, 4, 3, 6, 9])))
    return trades


def movements(ledger: Ledger, kind: str) -> set[int]:
    return {
        row.movement_id
        for row in ledger.rows("SELECT movement_id FROM rollforward_data.movement WHERE kind = %s", kind)
    }


people = st.lists(
    st.tuples(st.booleans(), st.lists(st.integers(0, 2**24), min_size=2, max_size=16).map(decode_trades)),
    min_size=30,
    max_size=30,
)


@quick(12)
@given(people=people)
def test_a_reading_unit_by_unit_finds_the_same(ledger, people):
    ledger.clear()
    ledger.instrument("ACME")
    account_ids = []
    for number, (lifo, trades) in enumerate(people):
        pair = [
            ledger.account(f"{number} {place}", cost_method="lifo" if lifo else "fifo") for place in (0, 1)
        ]
        own(ledger, f"person {number}", pair)
        account_ids += pair
        ledger.record_all(
            (
                pair[trade.account],
                (buy if trade.units > 0 else sell)(
                    trade.on.isoformat(), "ACME", abs(trade.units), abs(trade.units) * trade.price
                ),
            )
            for trade in trades
        )
    ledger.process(account_ids)

    found = {number: Taxes() for number in range(len(people))}
    number_of = {account: place // 2 for place, account in enumerate(account_ids)}
    index_of = {account: place % 2 for place, account in enumerate(account_ids)}
    opened_on = {
        row.movement_id: row.accounting_date
        for row in ledger.rows("SELECT movement_id, accounting_date FROM rollforward_data.movement")
    }
    for row in wash_sales(ledger, account_ids):
        key = (
            row.closed_on,
            index_of[row.account_id],
            opened_on[row.opened_by],
            index_of[row.replacement_account_id],
            row.replaced_on,
        )
        found[number_of[row.account_id]].washes[key] += row.disallowed_loss
    for row in taxable_gains(ledger, account_ids):
        person = found[number_of[row.account_id]]
        sale = (index_of[row.account_id], row.closed_on, row.opened_on, row.holding_from)
        person.added += row.cost_added
        person.sold[sale] += row.quantity
        person.gains[sale] += row.taxable_gain
    for row in taxable_open_lots(ledger, account_ids):
        lot = (index_of[row.account_id], row.opened_on, row.holding_from)
        found[number_of[row.account_id]].held[lot, row.cost_added / row.quantity] += row.quantity

    for number, (lifo, trades) in enumerate(people):
        assert found[number] == taxes(trades, lifo, 30), trades


@quick(12)
@given(batch=lives(10), pairs=st.booleans())
def test_nothing_is_lost_and_the_parts_add_up_to_the_ledger(ledger, batch, pairs):
    batch.one_person = False  # but for the pairs below
    account_ids = load(ledger, batch)
    owner = {account: account for account in account_ids}
    if pairs:
        for first, second in zip(account_ids[::2], account_ids[1::2], strict=True):
            own(ledger, f"person {first}", [first, second])
            owner[second] = first
    ledger.process(account_ids)
    gains = taxable_gains(ledger, account_ids, WINDOW)
    lots = taxable_open_lots(ledger, account_ids, WINDOW)
    washes = wash_sales(ledger, account_ids, WINDOW)

    # rows of a piece add up to it
    closed: dict = {}
    for row in gains:
        key = (row.account_id, row.instrument_id, row.currency, row.side, row.opened_by, row.closed_by)
        sums = closed.setdefault(key, [0, 0, 0])
        for place, value in enumerate([row.quantity, row.cost, row.gain]):
            sums[place] += value
    matched = ledger.rows(
        "SELECT account_id, instrument_id, currency::text, side, opened_by, closed_by,"
        " sum(quantity) AS quantity, sum(cost) AS cost, sum(gain) AS gain"
        " FROM rollforward.lot_match GROUP BY 1, 2, 3, 4, 5, 6"
    )
    assert closed == {row[:6]: list(row[6:]) for row in matched}
    remaining: dict = {}
    for row in lots:
        key = (row.account_id, row.instrument_id, row.currency, row.side, row.opened_by)
        sums = remaining.setdefault(key, [0, 0])
        for place, value in enumerate([row.quantity, row.cost]):
            sums[place] += value
    still_open = ledger.rows(
        "SELECT account_id, instrument_id, currency::text, side, opened_by,"
        " sum(quantity) AS quantity, sum(cost) AS cost"
        " FROM rollforward.open_lot GROUP BY 1, 2, 3, 4, 5"
    )
    assert remaining == {row[:5]: list(row[5:]) for row in still_open}

    # what is disallowed is added elsewhere
    balance: Counter = Counter()
    for row in gains:
        who = owner[row.account_id], row.currency
        balance[who] += row.disallowed_loss - row.cost_added
        assert row.disallowed_loss >= 0
        assert row.cost_added >= 0
        assert row.holding_from <= row.opened_on
        if row.side == "long":
            assert row.taxable_gain == row.proceeds - row.cost - row.cost_added + row.disallowed_loss
        if row.disallowed_loss:
            assert row.taxable_gain <= 0
    for row in lots:
        balance[owner[row.account_id], row.currency] -= row.cost_added
        assert row.taxable_cost == row.cost + row.cost_added
    assert {who: rest for who, rest in balance.items() if rest} == {}

    # sum of taxable gains = sum of gains + what was added to lots that are still there, or left
    left = movements(ledger, "securities_out")
    deferred = sum(row.cost_added for row in lots) + sum(
        row.cost_added for row in gains if row.closed_by in left
    )
    assert sum(row.taxable_gain for row in gains) == sum(row.gain for row in gains) + deferred

    # the two functions tell the same story
    assert sum(row.disallowed_loss for row in washes) == sum(row.disallowed_loss for row in gains)
    assert all(abs((row.closed_on - row.replaced_on).days) <= WINDOW for row in washes)
    replaced: Counter = Counter()
    for row in washes:
        assert row.quantity > 0
        assert row.opened_by != row.replaced_by
        replaced[row.replaced_by] += row.disallowed_loss
    assert replaced.keys() <= movements(ledger, "buy")
    assert sum(replaced.values()) == Decimal(sum(row.disallowed_loss for row in washes))
