"""Facts by plain SQL, figures by the reference: what the hand-computed examples are written in.

Amounts are written as a statement prints them; what comes out is text without trailing zeros, so that
examples read like the arithmetic beside them. A movement may be given a name, by which slices speak of it.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import psycopg
from psycopg import sql
from psycopg.rows import dict_row

LAST_DAY = "2030-12-31"
Row = dict[str, Any]


class Books:
    def __init__(self, connection: psycopg.Connection[Any]) -> None:
        self.connection = connection
        self.instruments: dict[str, int] = {}
        self.names: dict[int, str] = {}

    # Facts

    def account(self, number: str = "7", **settings: Any) -> int:
        return self._insert("account", "account_id", **{"number": number, "base_currency": "USD", **settings})

    def stock(self, symbol: str, *, kind: str = "stock", currency: str = "USD", **terms: Any) -> None:
        self.instruments[symbol] = self._insert(
            "instrument", "instrument_id", symbol=symbol, kind=kind, currency=currency, **terms
        )

    def option(self, symbol: str, option_right: str, strike: Any, **terms: Any) -> None:
        defaults = {"underlying": "ACME", "expiration": "2025-12-19", "multiplier": 100, "kind": "option"}
        self.stock(symbol, option_right=option_right, strike=strike, **{**defaults, **terms})

    def price(self, symbol: str, day: str, close: Any) -> None:
        self._insert(
            "price", "price_date", instrument_id=self.instruments[symbol], price_date=day, close=close
        )

    def split(self, symbol: str, day: str, quantity: Any, per: Any = 1, *, to: str | None = None) -> None:
        event = self._insert(
            "split",
            "event_id",
            instrument_id=self.instruments[symbol],
            split_date=day,
            quantity=quantity,
            per_quantity=per,
            to_instrument_id=to and self.instruments[to],
        )
        self.names[event] = "split"

    def rate(self, currency: str, quote_currency: str, day: str, rate: Any) -> None:
        self._insert(
            "fx_rate", "rate", currency=currency, quote_currency=quote_currency, rate_date=day, rate=rate
        )

    def calendar(self, calendar: str, *days: str) -> None:
        for day in days:
            self._insert("trading_calendar", "calendar", calendar=calendar, trading_date=day)

    def setting(self, name: str, value: Any) -> None:
        self._insert("setting", "name", name=name, value=str(value))

    def today(self, day: str) -> None:
        """Let it be that day, until the test is over."""
        self.rows("SELECT set_config('rollforward.today', %s, false)", day)

    def method(self, account: int, method: str, day: str = "2000-01-01", ranked_by: str = "cost") -> None:
        event = self._insert(
            "account_cost_method",
            "event_id",
            account_id=account,
            from_date=day,
            method=method,
            ranked_by=ranked_by,
        )
        self.names[event] = "method"

    def deposit(self, account: int, day: str, amount: Any, **more: Any) -> int:
        return self.move(account, "deposit", day, amount, **more)

    def move(
        self,
        account: int,
        kind: str,
        day: str,
        amount: Any = 0,
        *,
        at: str = "12:00",
        symbol: str | None = None,
        to: str | None = None,
        name: str | None = None,
        **more: Any,
    ) -> int:
        """Record a movement; without a name it goes by the digits of its day and its kind."""
        columns = {
            "account_id": account,
            "kind": kind,
            "accounting_date": day,
            "occurred_at": more.pop("occurred_at", f"{day} {at}+00"),
            "amount": amount,
            "currency": "USD",
            "instrument_id": symbol and self.instruments[symbol],
            "to_instrument_id": to and self.instruments[to],
            **more,
        }
        movement = self._insert("movement", "movement_id", **columns)
        self.names[movement] = name or f"{kind} {day[5:]}"
        return movement

    def buy(
        self, account: int, day: str, quantity: Any, amount: Any, *, symbol: str = "ACME", **more: Any
    ) -> int:
        """A purchase; opens unless told otherwise."""
        return self.move(
            account,
            "buy",
            day,
            f"-{amount}",
            symbol=symbol,
            quantity=quantity,
            **{"effect": "open", **more},
        )

    def sell(
        self, account: int, day: str, quantity: Any, amount: Any, *, symbol: str = "ACME", **more: Any
    ) -> int:
        """A sale; closes unless told otherwise."""
        return self.move(
            account, "sell", day, amount, symbol=symbol, quantity=quantity, **{"effect": "close", **more}
        )

    def arrive(self, account: int, day: str, quantity: Any, *, symbol: str = "ACME", **more: Any) -> int:
        return self.move(
            account, "securities_in", day, symbol=symbol, quantity=quantity, effect="open", **more
        )

    def leave(self, account: int, day: str, quantity: Any, *, symbol: str = "ACME", **more: Any) -> int:
        return self.move(
            account, "securities_out", day, symbol=symbol, quantity=quantity, effect="close", **more
        )

    # Figures

    def process(self, *accounts: int, start: str = "2000-01-01", end: str = LAST_DAY) -> None:
        for account in accounts:
            self.rows("SELECT rollforward.process_per_date(%s, %s, %s)", account, start, end)

    def slices(self, account: int, columns: str, where: str = "true") -> list[list[str]]:
        """Chosen columns of the slices, in the order in which they closed, entered and were opened."""
        rows = self.rows(
            f"SELECT {', '.join(columns.split())} FROM rollforward_data.lot_slice"
            f" WHERE account_id = %s AND {where}"
            " ORDER BY closed_on, closed_by, side, opened_on, opened_by, entered_by, lot_offset",
            account,
        )
        return [[self._shown(column, row[column]) for column in columns.split()] for row in rows]

    def closed(self, account: int) -> list[list[str]]:
        """Opening, quantity, cost, proceeds of what movements closed."""
        return self.slices(account, "opened_by quantity cost proceeds", where="proceeds IS NOT NULL")

    def open(self, account: int) -> list[list[str]]:
        """Opening, quantity, cost of what is open."""
        return self.slices(account, "opened_by quantity cost", where="closed_on = 'infinity'")

    def position(self, account: int, day: str, symbol: str = "ACME", currency: str = "USD") -> Row:
        """The snapshot that a position has on a day."""
        (row,) = self.rows(
            "SELECT * FROM rollforward_data.position_snapshot"
            " WHERE (account_id, snapshot_date, instrument_id, currency) = (%s, %s, %s, %s)",
            account,
            day,
            self.instruments[symbol],
            currency,
        )
        return row

    def totals(self, account: int, day: str, currency: str = "USD") -> Row:
        """The snapshot that the account has on a day."""
        (row,) = self.rows(
            "SELECT * FROM rollforward_data.account_snapshot"
            " WHERE (account_id, snapshot_date, currency) = (%s, %s, %s)",
            account,
            day,
            currency,
        )
        return row

    def equity(self, account: int, columns: str = "closing_equity") -> dict[str, list[str]]:
        """Chosen columns of the equity rows, by their day."""
        rows = self.rows(
            "SELECT * FROM rollforward_data.equity_snapshot WHERE account_id = %s ORDER BY snapshot_date",
            account,
        )
        return {shown(row["snapshot_date"]): figures(row, columns) for row in rows}

    def days(self, account: int, table: str = "position_snapshot") -> list[str]:
        """Days with snapshots, each followed by what it is of."""
        what = "instrument_id" if table == "position_snapshot" else "currency"
        rows = self.rows(
            f"SELECT snapshot_date, {what} AS what FROM rollforward_data.{table} WHERE account_id = %s"
            " ORDER BY 1, 2",
            account,
        )
        return [f"{row['snapshot_date']:%m-%d} {self._shown(what, row['what'])}" for row in rows]

    def rows(self, query: Any, *arguments: Any) -> list[Row]:
        with self.connection.cursor(row_factory=dict_row) as cursor:
            cursor.execute(query, arguments or None)
            return cursor.fetchall() if cursor.description else []

    def _insert(self, table: str, returning: str, **columns: Any) -> Any:
        statement = sql.SQL("INSERT INTO rollforward_data.{} ({}) VALUES ({}) RETURNING {}").format(
            sql.Identifier(table),
            sql.SQL(", ").join(map(sql.Identifier, columns)),
            sql.SQL(", ").join(sql.Placeholder() * len(columns)),
            sql.Identifier(returning),
        )
        (row,) = self.rows(statement, *columns.values())
        return row[returning]

    def _shown(self, column: str, value: Any) -> str:
        if value is None:
            return "-"
        if column in ("opened_by", "entered_by", "closed_by"):
            return self.names[value]
        if column in ("instrument_id", "carried_to"):
            return next(symbol for symbol, known in self.instruments.items() if known == value)
        return shown(value)


def shown(value: Any) -> str:
    """A figure without the zeros behind it, a day without its year."""
    if isinstance(value, Decimal):
        return f"{value.normalize() + 0:f}"
    if hasattr(value, "strftime"):
        return f"{value:%m-%d}"
    return str(value)


def figures(row: Row, names: str) -> list[str]:
    return [shown(row[name]) for name in names.split()]
