"""IBKR activity statements, section by section: what each row becomes, and what is refused."""

from __future__ import annotations

import json
from decimal import Decimal

import psycopg
import pytest

from tests.support.activity import Activity, cash_of, import_activity

PUT = "ACME 21JUN24 20 P"
CALL = "ACME 21JUN24 20 C"


def computed(ledger, statement: Activity) -> int:
    account = import_activity(ledger, statement).account_id
    ledger.process([account])
    assert ledger.verify([account]) == []
    assert ledger.ties([account]) == []
    assert import_activity(ledger, statement).saved == 0
    return account


def kinds(ledger) -> list[tuple]:
    return ledger.rows(
        "SELECT kind::text, currency::text, amount FROM rollforward.movement ORDER BY occurred_at, amount"
    )


def refused(ledger, statement: Activity) -> list[dict]:
    before = ledger.facts_and_figures()
    with pytest.raises(psycopg.Error) as refusal:
        import_activity(ledger, statement)
    assert refusal.value.sqlstate == "23R01"
    assert ledger.facts_and_figures() == before
    return json.loads(refusal.value.diag.message_detail)


def a_year() -> Activity:
    """Everything that moves cash, in two currencies; the cash report is added up by hand."""
    statement = Activity()
    statement.trade("2024-02-01, 09:30:00", "ACME", 100, -2000, "-1.50", code="O;P")
    statement.trade("2024-03-01, 09:30:00", "ACME", -40, 900, "-1.25", code="C")
    statement.trade("2024-03-01, 09:31:00", "ACME", -40, 900, "-1.25", code="C", kind="ClosedLot")
    statement.total("Trades", "", "Stocks", "USD", "", "", "", "", "", -1100, -2.75)
    statement.trade("2024-02-02, 10:00:00", "LLOY", 1000, -485, "-1.50", currency="GBP", code="O")
    statement.option("2024-02-05, 11:00:00", PUT, -1, 150, "-0.65")
    statement.option("2024-02-05, 11:00:01", CALL, 2, -300, "-1.30")
    statement.option("2024-06-21, 16:20:00", PUT, 1, 0, 0, code="A;C")
    statement.trade("2024-06-21, 16:20:00", "ACME", 100, -2000, 0, code="A;O")
    statement.option("2024-06-21, 16:20:00", CALL, -1, 0, 0, code="C;Ep")
    statement.option("2024-06-21, 16:20:00", CALL, -1, 0, 0, code="C;Ex")
    statement.trade("2024-06-21, 16:20:01", "ACME", 100, -2000, 0, code="Ex;O")
    # 2.00 and 4.00 dollars, of which 3.00 pounds were charged for the first and 4.00 dollars for the second
    statement.forex("2024-01-03, 05:39:25", "GBP.USD", -1000, "1250", "-3.75")
    statement.forex("2024-01-04, 05:39:25", "EUR.USD", 500, "-540", "-4.00")
    statement.data("Deposits & Withdrawals", "USD", "2024-01-02", "Electronic Fund Transfer", "10,000")
    statement.data("Deposits & Withdrawals", "GBP", "2024-01-02", "Electronic Fund Transfer", 2000)
    statement.data("Deposits & Withdrawals", "USD", "2024-12-02", "Disbursement", -250)
    statement.data("Deposits & Withdrawals", "Total", "", "", 9750)
    statement.data("Deposits & Withdrawals", "Total in USD", "", "", 12250)
    statement.data("Dividends", "USD", "2024-04-01", "ACME(US0000000001) Cash Dividend USD 0.5 per Share", 30)
    statement.data("Dividends", "USD", "2024-04-02", "ACME(US0000000001) Cash Dividend - Reversal", -30)
    statement.data("Dividends", "USD", "2024-04-03", "ACME(US0000000001) Payment in Lieu of Dividend", 30)
    statement.data(
        "Withholding Tax", "USD", "2024-04-03", "ACME(US0000000001) Cash Dividend - US Tax", "-4.5", ""
    )
    statement.data(
        "Withholding Tax", "USD", "2024-04-04", "ACME(US0000000001) Cash Dividend - US Tax", "1.5", ""
    )
    statement.data("Interest", "USD", "2024-05-03", "USD Credit Interest for Apr-2024", "2.25")
    statement.data("Interest", "GBP", "2024-05-03", "GBP Debit Interest for Apr-2024", "-0.75")
    statement.data("Interest", "USD", "2024-05-04", "USD IBKR Managed Securities (SYEP) Interest", "0.40")
    statement.data("Fees", "Other Fees", "USD", "2024-05-05", "Snapshot Market Data", "-1.10")
    statement.data("Fees", "Other Fees", "USD", "2024-05-06", "Snapshot Market Data refunded", "0.10")
    statement.data("Commission Adjustments", "USD", "2024-05-07", "Adjustment ACME", "0.05", "")
    commissions = Decimal("-1.50") - Decimal("1.25") - Decimal("0.65") - Decimal("1.30")
    statement.cash("Base Currency Summary", "Commissions", -13)
    statement.cash("USD", "Starting Cash", 0).cash("GBP", "Starting Cash", 0).cash("EUR", "Starting Cash", 0)
    statement.cash("USD", "Commissions", commissions)
    statement.cash("GBP", "Commissions", Decimal("-1.50") - 3)
    statement.cash("EUR", "Commissions", "-3.70")
    statement.cash("USD", "Ending Cash", usd() + commissions).cash("GBP", "Ending Cash", Decimal("509.75"))
    statement.cash("EUR", "Ending Cash", "496.30")
    for symbol, currency, quantity in (("ACME", "USD", 260), ("LLOY", "GBP", 1000)):
        statement.data(
            "Open Positions", "Summary", "Stocks", currency, symbol, quantity, 1, "", "", "", "", "", "", ""
        )
    statement.data("Open Positions", "Lot", "Stocks", "USD", "ACME", 60, 1, "", "", "", "", "", "", "")
    return statement


def usd() -> Decimal:
    trades = -2000 + 900 + 150 - 300 - 2000 - 2000 + 1250 - 540
    rest = 10_000 - 250 + 30 - 30 + 30 + Decimal("-4.5") + Decimal("1.5") + Decimal("2.25") + Decimal("0.40")
    return trades + rest + Decimal("-1.10") + Decimal("0.10") + Decimal("0.05")


def test_cash_ties_in_every_currency_and_positions_do(ledger):
    account = computed(ledger, a_year())
    assert cash_of(ledger, account) == {
        "USD": usd() - Decimal("4.70"),
        "GBP": 2000 - 1000 - 485 - Decimal("4.50") - Decimal("0.75"),
        "EUR": Decimal("496.30"),
    }
    assert ledger.rows("SELECT * FROM rollforward.reconcile(%s)", account) == []
    counted = ledger.rows("SELECT subject, count(*) FROM rollforward.assertion GROUP BY 1 ORDER BY 1")
    assert [tuple(row) for row in counted] == [("cash", 6), ("quantity", 4)]  # both options: none


def test_every_row_becomes_what_it_says(ledger):
    computed(ledger, a_year())
    counted = dict(
        tuple(row) for row in ledger.rows("SELECT kind::text, count(*) FROM rollforward.movement GROUP BY 1")
    )
    assert counted == {
        "deposit": 2, "withdrawal": 1, "conversion": 2, "buy": 5, "sell": 2, "assignment": 1, "expiration": 1,
        "exercise": 1, "dividend": 3, "dividend_tax": 2, "interest": 1, "interest_paid": 1, "lending": 1,
        "fee": 3,
    }  # fmt: skip
    [contract] = ledger.rows("SELECT * FROM rollforward.instrument WHERE symbol = %s", PUT)
    assert (contract.kind, contract.underlying, contract.option_right) == ("option", "ACME", "put")
    assert (contract.strike, contract.multiplier) == (20, 100)
    assert str(contract.expiration) == "2024-06-21"


def test_what_is_left_of_the_cash_report_is_shared_by_what_is_printed(ledger):
    statement = Activity()
    statement.forex("2024-01-03, 05:00:00", "GBP.USD", -100, 125, -1)
    statement.forex("2024-01-03, 06:00:00", "GBP.USD", -100, 125, -2)
    statement.cash("GBP", "Commissions", "-2.50000001")
    computed(ledger, statement)
    charged = ledger.rows(
        "SELECT commission, commission_currency FROM rollforward.movement ORDER BY occurred_at"
    )
    assert [tuple(row) for row in charged] == [
        (Decimal("0.83333334"), "GBP"),
        (Decimal("1.66666667"), "GBP"),
    ]


def test_without_a_cash_report_commissions_are_in_the_currency_they_are_printed_in(ledger):
    statement = Activity().forex("2024-01-03, 05:00:00", "EUR.CHF", -100, 95, -1)
    computed(ledger, statement)
    [row] = ledger.rows("SELECT commission, commission_currency, currency FROM rollforward.movement")
    assert tuple(row) == (1, "USD", "CHF")


def test_the_same_trade_in_a_shorter_statement_is_known(ledger):
    """Its commission is charged in another currency there: it is the same trade."""
    computed(ledger, a_year())
    day = Activity("January 3, 2024").forex("2024-01-03, 05:39:25", "GBP.USD", "-1,000", "1250.00", "-3.75")
    day.cash("USD", "Commissions", "-3.75")
    assert import_activity(ledger, day).already_known == 1


def test_executions_count_only_where_there_are_no_orders(ledger):
    parts = [("2024-02-01, 09:30:00", 60, -600), ("2024-02-01, 09:30:01", 40, -400)]
    both = Activity().trade(parts[0][0], "ACME", 100, -1000)
    for moment, quantity, proceeds in parts:
        both.trade(moment, "ACME", quantity, proceeds, kind="Trade")
    assert import_activity(ledger, both, "orders").saved == 1
    alone = Activity()
    for moment, quantity, proceeds in parts:
        alone.trade(moment, "ACME", quantity, proceeds, kind="Trade")
    assert import_activity(ledger, alone, "executions").saved == 2


@pytest.mark.parametrize(
    ("descriptions", "quantities", "held"),
    [
        (["ACME(US01) Split 4 for 1 (ACME, ACME CORP, US01)"], [300], {"ACME": (400, 2000)}),
        (
            [
                "ACME(US01) Split 1 for 10 (ACME.OLD, ACME CORP, US01)",
                "ACME(US01) Split 1 for 10 (ACME, ACME CORP, US02)",
            ],
            [-100, 10],
            {"ACME": (10, 2000)},
        ),
        (
            [
                "ACME(US01) CUSIP/ISIN Change to (US02) (ACME, ACME CORP, US01)",
                "ACME(US01) CUSIP/ISIN Change to (US02) (APEX, APEX CORP, US02)",
            ],
            [-100, 100],
            {"APEX": (100, 2000)},
        ),
        (
            [
                "ACME(US01) Merged(Acquisition) WITH US02 1 for 4 (APEX, APEX CORP, US02)",
                "ACME(US01) Merged(Acquisition) WITH US02 1 for 4 (ACME, ACME CORP, US01)",
            ],
            [25, -100],
            {"APEX": (25, 2000)},
        ),
        (
            ["ACME(US01) Spinoff 1 for 5 (CHILD, CHILD CORP, US03)"],
            [20],
            {"ACME": (100, 2000), "CHILD": (20, 0)},
        ),
    ],
    ids=["split", "reverse split", "change of name", "merger", "spin-off"],
)  # fmt: skip
def test_a_corporate_action_keeps_what_was_paid(ledger, descriptions, quantities, held):
    statement = Activity().trade("2024-02-01, 09:30:00", "ACME", 100, -2000)
    for description, quantity in zip(descriptions, quantities, strict=True):
        statement.data(
            "Corporate Actions", "Stocks", "USD", "2024-03-04", "2024-03-01, 20:25:00", description, quantity,
            0, 0, 0, "",
        )  # fmt: skip
    account = computed(ledger, statement)
    rows = ledger.rows(
        "SELECT symbol, quantity, cost FROM rollforward.open_lot WHERE account_id = %s", account
    )
    assert {row.symbol: (row.quantity, row.cost) for row in rows} == held


def test_shares_that_are_bought_out_are_sold_for_what_they_bring(ledger):
    statement = Activity().trade("2024-02-01, 09:30:00", "ACME", 100, -2000)
    statement.data(
        "Corporate Actions", "Stocks", "USD", "2024-03-04", "2024-03-01, 20:25:00",
        "ACME(US01) Merged(Acquisition) for USD 25.00 per Share (ACME, ACME CORP, US01)",
        -100, 2500, 0, 0, "",
    )  # fmt: skip
    assert ledger.snapshot(computed(ledger, statement)).realized_gains == 500


def test_transfers_bring_shares_and_cash_without_a_trade(ledger):
    statement = Activity()
    for row in (
        ("ACME", "2024-02-01", "ACATS", "In", "Elsewhere", "X1", 100, 0, 2500, 0, 0, ""),
        ("--", "2024-02-01", "ACATS", "In", "Elsewhere", "X1", 0, 0, 0, 0, "120.50", ""),
        ("ACME", "2024-03-01", "ACATS", "Out", "Elsewhere", "X1", -40, 0, -1100, 0, 0, ""),
    ):
        statement.data("Transfers", "Stocks", "USD", *row)
    account = computed(ledger, statement)
    assert [row.kind for row in kinds(ledger)] == ["securities_in", "cash_in", "securities_out"]
    assert ledger.snapshot(account).invested == 1500


def test_a_statement_without_movements_is_a_statement(ledger):
    statement = Activity("March 1, 2024", base="EUR")
    assert import_activity(ledger, statement).rows_read == 0
    assert ledger.value("SELECT base_currency::text FROM rollforward.account") == "EUR"


TRADE = (
    "Order",
    "Stocks",
    "USD",
    "ACME",
    "2024-02-01, 09:30:00",
    100,
    20,
    "",
    -2000,
    -1,
    "",
    "",
    "",
    "",
    "O",
)


@pytest.mark.parametrize(
    ("place", "text", "column", "reason"),
    [
        (0, "Basket", "", "unknown_row_kind"),
        (1, "CFDs", "Asset Category", "unknown_row_kind"),
        (2, "dollars!", "Currency", "unknown_currency"),
        (3, "", "Symbol", "missing"),
        (4, "2024-02-30, 09:30:00", "Date/Time", "not_a_time"),
        (4, "yesterday", "Date/Time", "not_a_time"),
        (5, "many", "Quantity", "not_a_number"),
        (8, "=1+1", "Amount", "not_a_number"),
        (8, "", "Amount", "missing"),
        (9, "one", "Comm/Fee", "not_a_number"),
    ],
)
def test_a_trade_that_cannot_be_read_is_named(ledger, place, text, column, reason):
    fields = [*TRADE[:place], text, *TRADE[place + 1 :]]
    offences = refused(ledger, Activity().data("Trades", *TRADE).data("Trades", *fields))
    assert {(each["line"], each["column"], each["reason"]) for each in offences} == {(8, column, reason)}


def test_a_row_that_was_cut_is_refused(ledger):
    [offence] = refused(ledger, Activity().data("Trades", *TRADE[:-3]))
    assert (offence["line"], offence["reason"]) == (7, "wrong_field_count")


def test_an_option_must_say_what_it_is(ledger):
    [offence] = refused(ledger, Activity().option("2024-02-01, 09:30:00", "MYSTERY", 1, -100))
    assert (offence["column"], offence["reason"]) == ("Symbol", "not_a_contract")


def test_the_statement_may_say_of_any_symbol_what_it_is(ledger):
    statement = Activity().option("2024-02-01, 09:30:00", "MYSTERY", 1, -100)
    statement.data(
        "Financial Instrument Information", "Equity and Index Options", "MYSTERY", "", 1, "ACME", 10,
        "2024-06-21", "P", "12.5", "",
    )  # fmt: skip
    import_activity(ledger, statement)
    [contract] = ledger.rows("SELECT * FROM rollforward.instrument")
    assert (contract.underlying, contract.multiplier, contract.strike) == ("ACME", 10, Decimal("12.5"))


def test_a_section_that_moves_money_and_nobody_knows_is_refused(ledger):
    statement = Activity()
    statement.rows += [
        ["Windfalls", "Header", "Currency", "Date", "Description", "Amount"],
        ["Windfalls", "Data", "USD", "2024-01-01", "from an aunt", "5"],
        ["Windfalls", "Data", "Total", "", "", "5"],
    ]
    [offence] = refused(ledger, statement)
    assert (offence["line"], offence["reason"]) == (7, "unknown_section")


def test_a_file_that_says_nothing_is_refused(ledger):
    statement = Activity()
    statement.rows = statement.rows[:3]
    with pytest.raises(psycopg.Error, match="neither movements nor totals") as refusal:
        import_activity(ledger, statement)
    assert refusal.value.sqlstate == "22R02"


def held(ledger, account: int) -> list[tuple]:
    return [
        tuple(row)
        for row in ledger.rows(
            "SELECT symbol, side::text, quantity, cost FROM rollforward.open_lot WHERE account_id = %s"
            " ORDER BY 1, 3",
            account,
        )
    ]


def action(statement: Activity, description: str, quantity: object, code: str = "", proceeds: object = 0):
    statement.data(
        "Corporate Actions", "Stocks", "USD", "2024-03-04", "2024-03-01, 20:25:00", description, quantity,
        proceeds, 0, 0, code,
    )  # fmt: skip


def test_a_trade_that_is_taken_back_leaves_no_short_lot(ledger):
    statement = Activity()
    statement.trade("2024-02-01, 09:30:00", "ACME", 100, -2000, code="O")
    statement.trade("2024-02-01, 09:30:01", "ACME", -100, 2000, code="Ca;O")
    statement.trade("2024-02-01, 09:30:02", "ACME", 100, -1990, code="Co;O")
    assert held(ledger, computed(ledger, statement)) == [("ACME", "long", 100, 1990)]


def test_a_split_that_is_taken_back_did_not_happen(ledger):
    statement = Activity().trade("2024-02-01, 09:30:00", "ACME", 100, -2000)
    action(statement, "ACME(US01) Split 2 for 1 (ACME, ACME CORP, US01)", 100)
    action(statement, "ACME(US01) Split 2 for 1 (ACME, ACME CORP, US01)", -100, "Ca")
    assert held(ledger, computed(ledger, statement)) == [("ACME", "long", 100, 2000)]


def test_ratios_may_have_decimals_and_names_brackets(ledger):
    statement = Activity().trade("2024-02-01, 09:30:00", "ACME", 150, -3000)
    action(statement, "ACME(US01) Split 1 for 1.5 (ACME, ACME (THE) CORP, US01)", -50)
    action(statement, "OLDY(US07) Spinoff 1 for 5 (CHILD, CHILD (RTS) INC - RIGHTS, US03)", 20)
    assert held(ledger, computed(ledger, statement)) == [
        ("ACME", "long", 100, 3000), ("CHILD", "long", 20, 0),
    ]  # fmt: skip


def test_one_share_that_becomes_two_is_refused_and_not_half_booked(ledger):
    statement = Activity().trade("2024-02-01, 09:30:00", "M2", 100, -2000)
    for symbol, quantity in (("M2", -100), ("NEWA", 50), ("NEWB", 25)):
        action(statement, f"M2(US01) Merged(Acquisition) WITH US02 ({symbol}, SOME CORP, US0)", quantity)
    assert {offence["reason"] for offence in refused(ledger, statement)} == {"ambiguous"}


def test_half_of_a_merger_in_a_shorter_statement_is_not_booked_twice(ledger):
    half, whole = Activity(), Activity()
    for statement in (half, whole):
        action(statement, "M(US01) Merged(Acquisition) WITH US02 1 for 4 (M, M CORP, US01)", -100)
    action(whole, "M(US01) Merged(Acquisition) WITH US02 1 for 4 (N, N CORP, US02)", 25)
    import_activity(ledger, half)
    assert import_activity(ledger, whole).saved == 0


def test_a_rounding_remainder_takes_no_commission_away(ledger):
    statement = Activity()
    statement.trade("2024-02-02, 10:00:00", "LLOY", 1000, -485, "-1.123456789", currency="GBP")
    statement.forex("2024-01-03, 05:39:25", "GBP.USD", -1000, 1250, "-2.00")
    statement.cash("GBP", "Commissions", "-1.12345679").cash("USD", "Commissions", "-2.00")
    account = computed(ledger, statement)
    assert cash_of(ledger, account)["USD"] == 1248


def test_what_is_left_and_is_worth_something_else_is_not_the_commission(ledger):
    statement = Activity().forex("2024-01-03, 05:39:25", "GBP.USD", -1000, 1250, "-2.00")
    statement.cash("GBP", "Commissions", "-16")
    statement.rows += [
        ["Base Currency Exchange Rate", "Header", "Currency", "Rate"],
        ["Base Currency Exchange Rate", "Data", "GBP", "1.25"],
    ]
    assert cash_of(ledger, computed(ledger, statement)) == {"USD": 1248, "GBP": -1000}


def test_a_deposit_that_speaks_of_fees_is_a_deposit(ledger):
    statement = Activity().data(
        "Deposits & Withdrawals", "USD", "2024-01-02", "Electronic Fund Transfer (wire fee waived)", 10_000
    )
    statement.data("Deposits & Withdrawals", "USD", "2024-01-03", "Commission for wire", -5)
    computed(ledger, statement)
    assert [row.kind for row in kinds(ledger)] == ["deposit", "fee"]


def test_rows_without_a_header_are_refused_where_money_moves(ledger):
    statement = Activity().trade("2024-02-01, 09:30:00", "ACME", 100, -2000)
    del statement.rows[-2]
    [offence] = refused(ledger, statement)
    assert (offence["line"], offence["reason"]) == (6, "missing_header")


def test_a_statement_of_several_accounts_is_refused(ledger):
    statement = Activity()
    statement.rows.append(["Interest", "Header", "Currency", "Account", "Date", "Description", "Amount"])
    for number in ("U111", "U222"):
        statement.rows.append(["Interest", "Data", "USD", number, "2024-01-01", "Interest", "5"])
    assert {offence["reason"] for offence in refused(ledger, statement)} == {"several_accounts"}


def test_futures_are_refused_until_their_daily_cash_is_known(ledger):
    statement = Activity().trade("2024-02-01, 09:30:00", "ESM4", 1, -250_000, category="Futures")
    assert [offence["reason"] for offence in refused(ledger, statement)] == ["not_supported_yet"]


def test_what_a_list_of_positions_leaves_out_is_none(ledger):
    statement = Activity().trade("2024-02-01, 09:30:00", "ACME", 100, -2000)
    statement.trade("2024-02-01, 09:30:01", "GONE", 100, -2000)
    statement.data("Open Positions", "Summary", "Stocks", "USD", "ACME", 100, 1, *[""] * 7)
    account = computed(ledger, statement)
    found = ledger.rows("SELECT symbol, stated, computed FROM rollforward.reconcile(%s)", account)
    assert [tuple(row) for row in found] == [("GONE", 0, 100)]


def test_a_corrected_statement_takes_back_what_the_first_one_said(ledger):
    statement = Activity().trade("2024-02-01, 09:30:00", "ACME", 100, -2000)
    statement.data("Open Positions", "Summary", "Stocks", "USD", "ACME", 100, 1, *[""] * 7)
    statement.data("Open Positions", "Summary", "Stocks", "USD", "WRONG", 99, 1, *[""] * 7)
    import_activity(ledger, statement)
    del statement.rows[-1]
    assert ledger.rows("SELECT * FROM rollforward.reconcile(%s)", computed(ledger, statement)) == []
