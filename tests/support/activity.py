"""IBKR activity statements in tests: made section by section, with a cash report that is added up by hand."""

from __future__ import annotations

import csv
import io
from collections import defaultdict
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from tests.support.ledger import Ledger

HEADERS = {
    "Trades": "DataDiscriminator,Asset Category,Currency,Symbol,Date/Time,Quantity,T. Price,C. Price,"
    "Proceeds,Comm/Fee,Basis,Realized P/L,Realized P/L %,MTM P/L,Code",
    "Forex": "DataDiscriminator,Asset Category,Currency,Symbol,Date/Time,Quantity,T. Price,,Proceeds,"
    "Comm in USD,,,,MTM in USD,Code",
    "Deposits & Withdrawals": "Currency,Settle Date,Description,Amount",
    "Dividends": "Currency,Date,Description,Amount",
    "Withholding Tax": "Currency,Date,Description,Amount,Code",
    "Interest": "Currency,Date,Description,Amount",
    "Fees": "Subtitle,Currency,Date,Description,Amount",
    "Commission Adjustments": "Currency,Date,Description,Amount,Code",
    "Transfers": "Asset Category,Currency,Symbol,Date,Type,Direction,Xfer Company,Xfer Account,Qty,"
    "Xfer Price,Market Value,Realized P/L,Cash Amount,Code",
    "Corporate Actions": "Asset Category,Currency,Report Date,Date/Time,Description,Quantity,Proceeds,Value,"
    "Realized P/L,Code",
    "Cash Report": "Currency Summary,Currency,Total,Securities,Futures,Month to Date,Year to Date,",
    "Open Positions": "DataDiscriminator,Asset Category,Currency,Symbol,Quantity,Mult,Cost Price,Cost Basis,"
    "Close Price,Value,Unrealized P/L,Unrealized P/L %,Code",
    "Financial Instrument Information": "Asset Category,Symbol,Description,Conid,Underlying,Multiplier,"
    "Expiry,Type,Strike,Code",
    "Realized & Unrealized Performance Summary": "Asset Category,Symbol,Cost Adj.,Realized Total,Total,Code",
}


class Activity:
    """A statement that is being written."""

    def __init__(self, period: str = "January 1, 2024 - December 31, 2024", base: str = "USD") -> None:
        self.rows: list[list[str]] = [
            ["Statement", "Header", "Field Name", "Field Value"],
            ["Statement", "Data", "Title", "Activity Statement"],
            ["Statement", "Data", "Period", period],
            ["Account Information", "Header", "Field Name", "Field Value"],
            ["Account Information", "Data", "Base Currency", base],
        ]
        self._headed: str | None = None

    def data(self, section: str, *fields: Any, under: str | None = None) -> Activity:
        """A row of a section, with the header before it if it is the first one."""
        header = under or section
        if self._headed != header:
            self.rows.append([section, "Header", *HEADERS[header].split(",")])
            self._headed = header
        self.rows.append([section, "Data", *(str(field) for field in fields)])
        return self

    def total(self, section: str, *fields: Any) -> Activity:
        self.rows.append([section, "Total", *(str(field) for field in fields)])
        return self

    def trade(
        self,
        moment: str,
        symbol: str,
        quantity: Any,
        proceeds: Any,
        commission: Any = 0,
        *,
        category: str = "Stocks",
        currency: str = "USD",
        code: str = "O",
        kind: str = "Order",
    ) -> Activity:
        return self.data(
            "Trades", kind, category, currency, symbol, moment, quantity, "", "", proceeds, commission,
            "", "", "", "", code,
        )  # fmt: skip

    def forex(self, moment: str, pair: str, quantity: Any, proceeds: Any, commission: Any = 0) -> Activity:
        quote = pair.split(".")[1]
        return self.data(
            "Trades", "Order", "Forex", quote, pair, moment, quantity, "1.1", "", proceeds, commission,
            "", "", "", "", "",
            under="Forex",
        )  # fmt: skip

    def option(
        self, moment: str, symbol: str, quantity: Any, proceeds: Any, commission: Any = 0, **more: Any
    ):
        return self.trade(
            moment, symbol, quantity, proceeds, commission, category="Equity and Index Options", **more
        )

    def cash(self, currency: str, item: str, amount: Any) -> Activity:
        return self.data("Cash Report", item, currency, amount, amount, 0, "", "", "")

    @property
    def text(self) -> str:
        written = io.StringIO()
        csv.writer(written, lineterminator="\n").writerows(self.rows)
        return written.getvalue()


def stage(ledger: Ledger, rows: Sequence[Sequence[str]]) -> None:
    """Copy rows into the staging table; this and the import belong in one transaction."""
    copy = "COPY rollforward_data.ibkr_row (line, section, row_type, fields) FROM STDIN"
    with ledger.connection.cursor().copy(copy) as stream:
        for line, (section, row_type, *fields) in enumerate(rows, 1):
            stream.write_row((line, section, row_type, fields))


def import_activity(ledger: Ledger, statement: Activity, account: str = "7") -> Any:
    """Stage and import a statement."""
    with ledger.connection.transaction():
        stage(ledger, statement.rows)
        return ledger.row("SELECT * FROM rollforward.import_statement('ibkr', %s)", account)


def cash_of(ledger: Ledger, account: int) -> dict[str, Decimal]:
    """The cash of an account by currency, added up from its movements without any function of ours."""
    cash: dict[str, Decimal] = defaultdict(Decimal)
    for row in ledger.rows(
        "SELECT currency, amount, commission, fee, tax, commission_currency, counter_amount, counter_currency"
        " FROM rollforward_data.movement WHERE account_id = %s",
        account,
    ):
        cash[row.currency] += row.amount - row.fee - row.tax
        cash[row.commission_currency or row.currency] -= row.commission
        if row.counter_currency:
            cash[row.counter_currency] += row.counter_amount
    return {currency: amount for currency, amount in cash.items() if amount}
