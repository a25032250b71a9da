"""What happens to options and shares on a Tastytrade statement beside trades."""

from __future__ import annotations

from decimal import Decimal

import psycopg
import pytest

from tests.support.statements import Printed, import_rows, printed

CONTRACT = {
    "Instrument_Type": "Equity Option", "Multiplier": "100", "Root_Symbol": "ACME",
    "Underlying_Symbol": "ACME", "Expiration_Date": "6/20/25", "Strike_Price": "20",
    "Symbol": "ACME  250620P00020000",
    "Call_or_Put": "PUT",
}  # fmt: skip
CALL = CONTRACT | {"Symbol": "ACME  250620C00020000", "Call_or_Put": "CALL"}


def option(
    date: str, type_: str, sub_type: str, contract: dict[str, str] = CONTRACT, **columns: str
) -> Printed:
    return printed(date, type_, sub_type, **(contract | {"Quantity": "1"} | columns))


def share(date: str, type_: str, sub_type: str, **columns: str) -> Printed:
    return printed(date, type_, sub_type, **({"Instrument_Type": "Equity", "Symbol": "ACME"} | columns))


def cash(date: str, sub_type: str, value: str, **columns: str) -> Printed:
    return printed(date, "Money Movement", sub_type, Value=value, **columns)


def computed(ledger, *rows: Printed) -> int:
    account = import_rows(ledger, rows, "7").account_id
    ledger.process([account])
    assert ledger.verify([account]) == []
    assert ledger.ties([account]) == []
    return account


def held(ledger, account: int) -> dict[str, tuple[Decimal, Decimal]]:
    """Quantity and cost of what is open."""
    rows = ledger.rows(
        "SELECT symbol, quantity, cost FROM rollforward.open_lot WHERE account_id = %s", account
    )
    return {row.symbol: (row.quantity, row.cost) for row in rows}


def test_an_assigned_put_keeps_its_premium_and_delivers_the_shares(ledger):
    account = computed(
        ledger,
        option("2025-03-03", "Trade", "Sell to Open", Action="SELL_TO_OPEN", Value="150.00"),
        option("2025-06-20", "Receive Deliver", "Assignment", Description="Removal due to assignment"),
        share(
            "2025-06-20", "Receive Deliver", "Buy to Open", Action="BUY_TO_OPEN", Value="-2,000.00",
            Quantity="100", Average_Price="-20.00", Fees="-5.00",
        ),
    )  # fmt: skip
    snapshot = ledger.snapshot(account)
    assert (snapshot.realized_gains, snapshot.options_income, snapshot.cash_balance) == (150, 150, -1855)
    assert held(ledger, account) == {"ACME": (100, 2005)}


def test_an_exercised_call_loses_its_premium_and_delivers_the_shares(ledger):
    account = computed(
        ledger,
        option("2025-03-03", "Trade", "Buy to Open", CALL, Action="BUY_TO_OPEN", Value="-150.00"),
        option("2025-06-20", "Receive Deliver", "Exercise", CALL, Description="Removal due to exercise"),
        share(
            "2025-06-20", "Receive Deliver", "Buy to Open", Action="BUY_TO_OPEN", Value="-2,000.00",
            Quantity="100", Average_Price="-20.00",
        ),
    )  # fmt: skip
    assert ledger.snapshot(account).realized_gains == -150
    assert held(ledger, account) == {"ACME": (100, 2000)}


@pytest.mark.parametrize(
    ("opening", "value", "ending", "settled", "gain"),
    [
        ("Sell to Open", "150.00", "Cash Settled Assignment", "-400.00", -250),
        ("Buy to Open", "-150.00", "Cash Settled Exercise", "400.00", 250),
    ],
)
def test_what_is_settled_in_cash_is_realized_with_it(ledger, opening, value, ending, settled, gain):
    account = computed(
        ledger,
        option("2025-03-03", "Trade", opening, Value=value),
        option("2025-06-20", "Receive Deliver", ending, Value=settled),
    )
    snapshot = ledger.snapshot(account)
    assert (snapshot.realized_gains, snapshot.cash_balance, snapshot.open_trades) == (gain, gain, False)


@pytest.mark.parametrize("turned", [False, True])
@pytest.mark.parametrize(
    ("sub_type", "before", "after"), [("Forward Split", 10, 40), ("Reverse Split", 40, 10)]
)
def test_a_split_keeps_cost_and_day_of_the_lots(ledger, sub_type, before, after, turned):
    halves = [
        share(
            "2025-06-10", "Receive Deliver", sub_type, Action="SELL_TO_CLOSE", Value="1,000.00",
            Quantity=str(before), Description=f"{sub_type}: Close {before} ACME",
        ),
        share(
            "2025-06-10", "Receive Deliver", sub_type, Action="BUY_TO_OPEN", Value="-1,000.00",
            Quantity=str(after), Description=f"{sub_type}: Open {after} ACME",
        ),
    ]  # fmt: skip
    rows = [
        share("2025-03-03", "Trade", "Buy to Open", Value="-800.00", Quantity=str(before)),
        *(halves[::-1] if turned else halves),
        share("2025-06-11", "Trade", "Sell to Close", Value="1,100.00", Quantity=str(after)),
    ]
    account = computed(ledger, *rows)
    [match] = ledger.rows("SELECT quantity, cost, gain, opened_on::text FROM rollforward.lot_match")
    assert match == (after, 800, 300, "2025-03-03")
    assert ledger.snapshot(account).cash_balance == 300
    assert import_rows(ledger, rows[::-1], "7").saved == 0


def test_a_short_option_goes_on_under_its_new_symbol(ledger):
    old = CALL | {"Symbol": "OLD   250620C00020000", "Root_Symbol": "OLD", "Underlying_Symbol": "OLD"}
    new = CALL | {"Symbol": "NEW   250620C00020000", "Root_Symbol": "NEW", "Underlying_Symbol": "NEW"}
    account = computed(
        ledger,
        option("2025-03-03", "Trade", "Sell to Open", old, Value="130.00"),
        option("2025-04-01", "Receive Deliver", "Symbol Change", old, Action="BUY_TO_CLOSE", Value="-132.00"),
        option("2025-04-01", "Receive Deliver", "Symbol Change", new, Action="SELL_TO_OPEN", Value="132.00"),
        option("2025-04-02", "Trade", "Buy to Close", new, Value="-30.00"),
    )
    snapshot = ledger.snapshot(account)
    assert (snapshot.realized_gains, snapshot.cash_balance, snapshot.open_trades) == (100, 100, False)
    [match] = ledger.rows("SELECT symbol, side::text, opened_on::text FROM rollforward.lot_match")
    assert match == (new["Symbol"], "short", "2025-03-03")


def test_a_merger_turns_shares_into_other_shares(ledger):
    account = computed(
        ledger,
        share("2025-03-03", "Trade", "Buy to Open", Symbol="OLD", Value="-800.00", Quantity="10"),
        share("2025-04-01", "Receive Deliver", "Stock Merger", Symbol="OLD",
              Action="SELL_TO_CLOSE", Value="900.00", Quantity="10"),
        share("2025-04-01", "Receive Deliver", "Stock Merger", Symbol="NEW",
              Action="BUY_TO_OPEN", Value="-900.00", Quantity="4"),
    )  # fmt: skip
    assert held(ledger, account) == {"NEW": (4, 800)}
    assert ledger.snapshot(account).realized_gains == 0


def test_half_of_a_pair_is_refused(ledger):
    half = share(
        "2025-06-10",
        "Receive Deliver",
        "Forward Split",
        Action="BUY_TO_OPEN",
        Value="-1,000.00",
        Quantity="40",
    )
    with pytest.raises(psycopg.Error, match="1 of 1 rows") as refused:
        import_rows(ledger, [half], "7")
    assert '"unpaired"' in refused.value.diag.message_detail


def test_shares_that_are_transferred_keep_the_price_that_is_printed(ledger):
    account = computed(
        ledger,
        share(
            "2025-03-03",
            "Receive Deliver",
            "ACAT",
            Action="BUY_TO_OPEN",
            Quantity="10",
            Average_Price="12.50",
        ),
        share("2025-04-01", "Receive Deliver", "ACAT", Action="SELL_TO_CLOSE", Quantity="4"),
    )
    assert held(ledger, account) == {"ACME": (6, 75)}


def test_futures_are_settled_in_cash_every_day(ledger):
    future = {"Instrument_Type": "Future", "Symbol": "/MESU5", "Quantity": "1", "Value": "0.00"}
    account = computed(
        ledger,
        printed("2025-03-03", "Trade", "Buy", Action="BUY", Commissions="-0.75", Fees="-0.50", **future),
        cash("2025-03-03T23:00:00+0100", "Mark to Market", "125.00", Symbol="/MESU5"),
        printed("2025-03-04", "Trade", "Sell", Action="SELL", Commissions="-0.75", Fees="-0.50", **future),
        cash("2025-03-04T23:00:00+0100", "Mark to Market", "-25.00", Symbol="/MESU5"),
    )  # fmt: skip
    snapshot = ledger.snapshot(account)
    assert (snapshot.other_income, snapshot.cash_balance, snapshot.open_trades) == (
        100,
        Decimal("97.50"),
        False,
    )
    assert ledger.value("SELECT kind::text FROM rollforward.instrument WHERE symbol = '/MESU5'") == "future"


def test_coins_are_bought_and_sold_like_shares(ledger):
    coin = {"Instrument_Type": "Cryptocurrency", "Symbol": "BTC/USD", "Quantity": "0.0125"}
    account = computed(
        ledger,
        printed("2025-03-03", "Trade", "Buy to Open", Value="-1,000.00", **coin),
        printed("2025-03-04", "Trade", "Sell to Close", Value="1,100.00", **coin),
    )
    assert ledger.snapshot(account).realized_gains == 100
    assert ledger.value("SELECT kind::text FROM rollforward.instrument") == "crypto"


@pytest.mark.parametrize(
    ("sub_type", "value", "description", "kind"),
    [
        ("Deposit", "5.00", "ACH DEPOSIT", "deposit"),
        ("Deposit", "-5.00", "ACH RETURNED", "withdrawal"),
        ("Withdrawal", "-5.00", "ACH DISBURSEMENT", "withdrawal"),
        ("Withdrawal", "5.00", "Wire Funds Received", "deposit"),
        ("Transfer", "-5.00", "to another account", "cash_out"),
        ("Credit Interest", "0.50", "INTEREST ON CREDIT BALANCE", "interest"),
        ("Credit Interest", "-0.50", "taken back", "interest_paid"),
        ("Debit Interest", "-0.50", "FROM 05/16 THRU 06/15 @ 8    %", "interest_paid"),
        ("Fully Paid Stock Lending Income", "0.50", "lent", "lending"),
        ("Fee", "-1.00", "MONTHLY WIRE FEE", "fee"),
        ("Balance Adjustment", "-0.03", "Regulatory fee adjustment", "adjustment"),
        ("Dividend", "8.00", "ACME CORPORATION", "dividend"),
        ("Dividend", "-1.20", "ACME CORPORATION", "dividend_tax"),
        ("Dividend", "-8.00", "ACME CORPORATION - reversal", "dividend"),
        ("Dividend", "-8.00", "CANCELLED DIVIDEND ACME", "dividend"),
    ],
)
def test_money_goes_where_its_row_says(ledger, sub_type, value, description, kind):
    columns = {"Symbol": "ACME", "Instrument_Type": "Equity"} if sub_type == "Dividend" else {}
    account = computed(ledger, cash("2025-03-03", sub_type, value, Description=description, **columns))
    assert ledger.value("SELECT kind::text FROM rollforward.movement") == kind
    assert ledger.snapshot(account).cash_balance == Decimal(value)


def changed(action: str, symbol: str, strike: str) -> Printed:
    """Half of a change of symbol of a worthless call: only its terms say where it belongs."""
    root = symbol.split()[0]
    return option(
        "2025-04-01", "Receive Deliver", "Symbol Change", CALL, Action=action, Value="0.00", Symbol=symbol,
        Root_Symbol=root, Underlying_Symbol=root, Strike_Price=strike,
    )  # fmt: skip


@pytest.mark.parametrize("order", [(0, 1, 2, 3), (0, 3, 1, 2), (3, 2, 1, 0), (1, 3, 0, 2)])
def test_worthless_contracts_keep_their_strikes_in_any_order_of_rows(ledger, order):
    rows = [
        changed("SELL_TO_CLOSE", "OLD C10", "10"),
        changed("SELL_TO_CLOSE", "OLD C20", "20"),
        changed("BUY_TO_OPEN", "NEW C20", "20"),
        changed("BUY_TO_OPEN", "NEW C10", "10"),
    ]
    import_rows(ledger, [rows[place] for place in order], "7")
    assert import_rows(ledger, rows, "7").saved == 0
    changes = ledger.rows(
        "SELECT symbol, to_symbol FROM rollforward.movement WHERE kind = 'split' ORDER BY 1"
    )
    assert [tuple(row) for row in changes] == [("OLD C10", "NEW C10"), ("OLD C20", "NEW C20")]


def test_two_splits_of_one_moment_and_value_stay_apart(ledger):
    rows = [
        share("2025-06-10", "Receive Deliver", "Reverse Split", Symbol=symbol, Action=action, Quantity=units)
        for symbol, action, units in (
            ("AAA", "SELL_TO_CLOSE", "10"), ("BBB", "SELL_TO_CLOSE", "50"),
            ("BBB", "BUY_TO_OPEN", "5"), ("AAA", "BUY_TO_OPEN", "1"),
        )
    ]  # fmt: skip
    import_rows(ledger, rows, "7")
    splits = ledger.rows(
        "SELECT symbol, to_symbol, quantity, per_quantity FROM rollforward.movement ORDER BY symbol"
    )
    assert [tuple(row) for row in splits] == [("AAA", None, 1, 10), ("BBB", None, 5, 50)]


def test_what_might_have_become_either_is_refused(ledger):
    rows = [
        share("2025-06-10", "Receive Deliver", "Symbol Change", Symbol=symbol, Action=action, Quantity="10")
        for symbol, action in (
            ("A", "SELL_TO_CLOSE"), ("B", "SELL_TO_CLOSE"), ("C", "BUY_TO_OPEN"), ("D", "BUY_TO_OPEN"),
        )
    ]  # fmt: skip
    with pytest.raises(psycopg.Error, match="4 of 4 rows") as refused:
        import_rows(ledger, rows, "7")
    assert refused.value.diag.message_detail.count('"unpaired"') == 4
