"""A ledger in a test database: facts in, calculations, and what came out of them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import psycopg
from psycopg import sql
from psycopg.rows import dict_row, namedtuple_row

from tests.support.dump import tables
from tests.support.movements import Movement

FIRST_DAY = "2000-01-01"
LAST_DAY = "2100-01-01"

COLUMNS = [
    "account_id",
    "occurred_at",
    "accounting_date",
    "kind",
    "effect",
    "side",
    "currency",
    "instrument_id",
    "to_instrument_id",
    "quantity",
    "price",
    "amount",
    "commission",
    "fee",
    "tax",
    "commission_currency",
    "counter_amount",
    "counter_currency",
    "per_quantity",
    "lot_ref",
    "external_id",
    "description",
    "natural_key",
]

# Stored rows as text; events are named by what they are, so that ids do not matter.
DUMPED = {
    "lot_slice": """
        WITH event (event_id, name) AS (
            SELECT movement_id, encode(natural_key, 'hex') FROM rollforward_data.movement
            UNION ALL
            SELECT event_id, 'split of ' || instrument_id || ' on ' || split_date FROM rollforward_data.split
            UNION ALL
            SELECT event_id, method || ' from ' || from_date FROM rollforward_data.account_cost_method
        )
        SELECT slice.xmin::text, (to_jsonb(slice) || jsonb_build_object(
                   'opened_by', opening.name, 'entered_by', entry.name, 'closed_by', closing.name))::text
                   AS content
        FROM rollforward_data.lot_slice AS slice
        LEFT JOIN event AS opening ON opening.event_id = slice.opened_by
        LEFT JOIN event AS entry ON entry.event_id = slice.entered_by
        LEFT JOIN event AS closing ON closing.event_id = slice.closed_by
        WHERE slice.account_id = ANY (%s)""",
    "position_snapshot": """
        SELECT snapshot.xmin::text, to_jsonb(snapshot)::text AS content
        FROM rollforward_data.position_snapshot AS snapshot
        WHERE snapshot.account_id = ANY (%s)""",
    "account_snapshot": """
        SELECT snapshot.xmin::text, to_jsonb(snapshot)::text AS content
        FROM rollforward_data.account_snapshot AS snapshot
        WHERE snapshot.account_id = ANY (%s)""",
    "equity_snapshot": """
        SELECT snapshot.xmin::text, to_jsonb(snapshot)::text AS content
        FROM rollforward_data.equity_snapshot AS snapshot
        WHERE snapshot.account_id = ANY (%s)""",
    "position": """
        SELECT held.xmin::text, (to_jsonb(held) - 'written_in')::text AS content
        FROM rollforward_data.position AS held
        WHERE held.account_id = ANY (%s)""",
}


# What a migration puts there is not a fact of a test; who changes it puts it back.
DEFINITIONS = {"factor", "scenario", "scenario_shock", "sector_name"}
_NUMBERS_OF_DEFINITIONS = {"factor_factor_id_seq", "scenario_scenario_id_seq"}

# What check_ties reports of facts that do not fit, and not of figures.
UNFIT_FACTS = {"orphan closing", "transfer without its other leg"}


class Ledger:
    """Facts and figures of one database. Amounts go in and come out as the database writes them."""

    def __init__(self, connection: psycopg.Connection[Any]) -> None:
        self.connection = connection
        self.instruments: dict[str, int] = {}

    def clear(self) -> None:
        """Remove all facts and figures; identities begin anew. Plans, statistics and dead rows stay.

        Definitions stay as well.
        """
        names = [f"rollforward_data.{table}" for table in tables(self.connection) if table not in DEFINITIONS]
        sequences = self.rows(
            "SELECT oid::regclass::text AS name FROM pg_class"
            " WHERE relnamespace = 'rollforward_data'::regnamespace AND relkind = 'S'"
            " AND relname <> ALL (%s)",
            sorted(_NUMBERS_OF_DEFINITIONS),
        )
        self.rows(
            "BEGIN; SET LOCAL session_replication_role = replica;"
            + "".join(f"DELETE FROM {name};" for name in names)
            + "".join(f"SELECT setval('{sequence.name}', 1, false);" for sequence in sequences)
            + "COMMIT"
        )
        self.instruments.clear()

    # Facts

    def account(
        self,
        number: str = "7",
        *,
        costs_in_lot: bool = True,
        premium_in_cost: bool = False,
        currency: str = "USD",
        cost_method: str | None = None,
    ) -> int:
        account_id: int = self.value(
            "INSERT INTO rollforward_data.account (number, base_currency, costs_in_lot, premium_in_cost)"
            " VALUES (%s, %s, %s, %s) RETURNING account_id",
            number,
            currency,
            costs_in_lot,
            premium_in_cost,
        )
        if cost_method:
            self.cost_method(account_id, cost_method)
        return account_id

    def instrument(self, symbol: str, kind: str = "stock", *, currency: str = "USD", **terms: Any) -> int:
        columns = {"symbol": symbol, "kind": kind, "currency": currency, **terms}
        statement = sql.SQL(
            "INSERT INTO rollforward_data.instrument ({}) VALUES ({}) RETURNING instrument_id"
        ).format(
            sql.SQL(", ").join(map(sql.Identifier, columns)),
            sql.SQL(", ").join(sql.Placeholder() * len(columns)),
        )
        self.instruments[symbol] = self.value(statement, *columns.values())
        return self.instruments[symbol]

    def option(
        self,
        symbol: str,
        *,
        underlying: str = "ACME",
        expiration: str = "2025-12-19",
        strike: Any = 20,
        option_right: str = "put",
        multiplier: Any = 100,
        **terms: Any,
    ) -> int:
        return self.instrument(
            symbol,
            terms.pop("kind", "option"),
            underlying=underlying,
            expiration=expiration,
            strike=strike,
            option_right=option_right,
            multiplier=multiplier,
            **terms,
        )

    def price(self, symbol: str, price_date: Any, close: Any) -> None:
        self.rows(
            "INSERT INTO rollforward_data.price VALUES (%s, %s, %s)"
            " ON CONFLICT ON CONSTRAINT price_pkey DO UPDATE SET close = excluded.close",
            self.instruments[symbol],
            price_date,
            close,
        )

    def split(
        self, symbol: str, on: Any, quantity: Any = 1, per_quantity: Any = 1, to_symbol: str | None = None
    ) -> None:
        self.rows(
            "INSERT INTO rollforward_data.split"
            " (instrument_id, split_date, quantity, per_quantity, to_instrument_id)"
            " VALUES (%s, %s, %s, %s, %s)",
            self.instruments[symbol],
            on,
            quantity,
            per_quantity,
            self.instruments[to_symbol] if to_symbol else None,
        )

    def rate(self, currency: str, quote_currency: str, on: Any, rate: Any) -> None:
        self.rows(
            "INSERT INTO rollforward_data.fx_rate VALUES (%s, %s, %s, %s)", currency, quote_currency, on, rate
        )

    def cost_method(
        self, account_id: int, method: str, since: Any = "0001-01-01", ranked_by: str = "cost"
    ) -> None:
        self.rows(
            "INSERT INTO rollforward_data.account_cost_method (account_id, from_date, method, ranked_by)"
            " VALUES (%s, %s, %s, %s)",
            account_id,
            since,
            method,
            ranked_by,
        )

    def record(self, account_id: int, *movements: Movement) -> None:
        """Copy movements into the account."""
        self.record_all((account_id, each) for each in movements)

    def record_all(self, movements: Iterable[tuple[int, Movement]]) -> None:
        """Copy movements of many accounts in one statement; columns none of them has keep their defaults."""
        rows = [self._columns(account_id, each) for account_id, each in movements]
        used = [name for name in COLUMNS if any(name in row for row in rows)]
        if not rows:
            return
        defaults = {"amount": 0, "commission": 0, "fee": 0, "tax": 0}
        copy = sql.SQL("COPY rollforward_data.movement ({}) FROM STDIN").format(
            sql.SQL(", ").join(map(sql.Identifier, used))
        )
        with self.connection.cursor().copy(copy) as stream:
            for row in rows:
                stream.write_row([row.get(name, defaults.get(name)) for name in used])

    def _columns(self, account_id: int, each: Movement) -> dict[str, Any]:
        row = {name: value for name, value in each.items() if name in COLUMNS}
        row["account_id"] = account_id
        if each.get("symbol") is not None:
            row["instrument_id"] = self.instruments[each["symbol"]]
        if each.get("to_symbol") is not None:
            row["to_instrument_id"] = self.instruments[each["to_symbol"]]
        return row

    # Calculations

    def process(
        self,
        account_ids: Sequence[int],
        start: Any = FIRST_DAY,
        end: Any = LAST_DAY,
        *,
        force_recalculation: bool = False,
    ) -> Any:
        return self.row(
            "SELECT * FROM rollforward.process_batch(%s::bigint[], %s, %s, %s)",
            list(account_ids),
            start,
            end,
            force_recalculation,
        )

    def process_per_date(self, account_id: int, start: Any = FIRST_DAY, end: Any = LAST_DAY) -> Any:
        return self.row("SELECT * FROM rollforward.process_per_date(%s, %s, %s)", account_id, start, end)

    def process_stale(self) -> Any:
        return self.row("SELECT * FROM rollforward.process_stale()")

    def forget(self, account_ids: Sequence[int]) -> None:
        """Drop everything derived and mark the accounts, as if they had never been computed."""
        for table in DUMPED:
            self.rows(f"DELETE FROM rollforward_data.{table} WHERE account_id = ANY (%s)", list(account_ids))
        self.rows(
            "INSERT INTO rollforward_data.stale_mark (account_id, from_date)"
            " SELECT unnest(%s::bigint[]), '0001-01-01'",
            list(account_ids),
        )

    # What came out

    def verify(self, account_ids: Sequence[int], start: Any = None, end: Any = None) -> list[Any]:
        return self.rows("SELECT * FROM rollforward.verify(%s, %s, %s)", list(account_ids), start, end)

    def ties(self, account_ids: Sequence[int]) -> list[Any]:
        """Broken identities; facts that do not fit are not among them."""
        return [tie for tie in self._check_ties(account_ids) if tie.identity not in UNFIT_FACTS]

    def orphans(self, account_ids: Sequence[int]) -> list[Any]:
        return [tie for tie in self._check_ties(account_ids) if tie.identity == "orphan closing"]

    def _check_ties(self, account_ids: Sequence[int]) -> list[Any]:
        return self.rows("SELECT * FROM rollforward.check_ties(%s)", list(account_ids))

    def stale(self) -> list[Any]:
        return self.rows("SELECT account_id, from_date FROM rollforward.stale_account ORDER BY 1")

    def dump(self, account_ids: Sequence[int]) -> dict[str, list[str]]:
        """Every derived row of the accounts, as text."""
        return {
            table: [row.content for row in self.rows(f"{query} ORDER BY 2", list(account_ids))]
            for table, query in DUMPED.items()
        }

    def versions(self, account_ids: Sequence[int]) -> dict[str, dict[str, str]]:
        """Every derived row of the accounts, and the transaction that wrote it."""
        return {
            table: {row.content: row.xmin for row in self.rows(query, list(account_ids))}
            for table, query in DUMPED.items()
        }

    def snapshot(self, account_id: int, on: Any = LAST_DAY, currency: str = "USD") -> Any:
        """The account snapshot that stands on a day."""
        found = self.rows("SELECT * FROM rollforward.snapshots_as_of(%s, %s)", [account_id], on)
        return next((row for row in found if row.currency == currency), None)

    def facts_and_figures(self) -> dict[str, int]:
        """How many rows each table has."""
        tables = self.rows(
            "SELECT relname FROM pg_class WHERE relnamespace = 'rollforward_data'::regnamespace"
            " AND relkind = 'r' ORDER BY 1"
        )
        return {
            row.relname: self.value(f"SELECT count(*) FROM rollforward_data.{row.relname}") for row in tables
        }

    # Any query

    def rows(self, query: Any, *arguments: Any) -> list[Any]:
        with self.connection.cursor(row_factory=namedtuple_row) as cursor:
            cursor.execute(query, arguments or None)
            return cursor.fetchall() if cursor.description else []

    def dicts(self, query: Any, *arguments: Any) -> list[dict[str, Any]]:
        with self.connection.cursor(row_factory=dict_row) as cursor:
            cursor.execute(query, arguments or None)
            return cursor.fetchall()

    def row(self, query: Any, *arguments: Any) -> Any:
        (only,) = self.rows(query, *arguments)
        return only

    def value(self, query: Any, *arguments: Any) -> Any:
        return self.row(query, *arguments)[0]
