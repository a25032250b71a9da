"""Latest look-ups among 1,000,000 account snapshots: one key, and 20,000 by one call.

Buffers are those that EXPLAIN counts while the query executes. The claim is about one (account, currency): a
descent of the primary key, and the row. Who gives only the account has its currencies and its name looked up
too, three buffers each, which is a line of its own.

``computed`` is the time of a call whose rows are all made, every column, and not sent: what the database
does, planning and the keys on their way to it included. ``fetched`` is the same call with its rows brought
into Python, 22 values each. ``descents alone`` finds the same rows and makes nothing of them: no look-up by
this index can be faster.
"""

from __future__ import annotations

from collections.abc import Iterator

from bench.claims import LOOKUP_MANY_MS, LOOKUP_ONE_BUFFERS, Line
from bench.data import FIRST_DATE
from bench.database import BenchDatabase, BenchServer
from bench.measure import Contestant, Spread, buffers, interleaved
from bench.settings import Scale

_SNAPSHOTS_EACH = 50
_CLAIMED_ACCOUNTS = 20_000
_ONE_KEY = """
    SELECT * FROM rollforward.account_figure
    WHERE account_id = %s AND currency = 'USD' AND snapshot_date < 'infinity'
    ORDER BY snapshot_date DESC
    LIMIT 1
"""
_DESCENTS = """
    SELECT latest.movement_counter
    FROM rollforward.account_currency AS held
    CROSS JOIN LATERAL (
        SELECT figure.movement_counter
        FROM rollforward.account_figure AS figure
        WHERE figure.account_id = held.account_id
          AND figure.currency = held.currency
          AND figure.snapshot_date < 'infinity'
        ORDER BY figure.snapshot_date DESC
        LIMIT 1
    ) AS latest
"""
_LOOKUP = "SELECT * FROM rollforward.latest_snapshots(%s::bigint[], 'infinity')"

_LOAD = (
    """
    INSERT INTO rollforward_data.account (account_id, number, base_currency)
    SELECT number, 'A' || number, 'USD' FROM generate_series(1, %(accounts)s) AS number
    """,
    """
    INSERT INTO rollforward_data.account_currency (account_id, currency)
    SELECT number, 'USD' FROM generate_series(1, %(accounts)s) AS number
    """,
    # day by day, as snapshots come in: the rows of an account lie far apart
    """
    INSERT INTO rollforward_data.account_snapshot (
        account_id, currency, snapshot_date, movement_counter, deposited, withdrawn, invested, realized_gains,
        unrealized_gains, commissions, fees, options_income, dividends_received, dividend_taxes, other_income,
        contributed, cash_balance, market_value, open_units, lot_costs)
    SELECT number, 'USD', %(first_date)s::date + day, day + 1, 1000, 0, 10.5 * day, day,
           0, day, 0, 0, 0, 0, 0,
           1000, 1000 - day, day, 1000, 0
    FROM generate_series(0, %(days)s - 1) AS day
    CROSS JOIN generate_series(1, %(accounts)s) AS number
    """,
)


def measure(server: BenchServer, scale: Scale) -> Iterator[Line]:
    """Buffers and milliseconds of one key and of all."""
    with server.database() as database:
        _load(database, scale.lookup_accounts)
        everyone = list(range(1, scale.lookup_accounts + 1))
        step = scale.lookup_accounts // scale.repetitions
        buffers(database.connection, _ONE_KEY, (1,))  # the first query of a session reads the catalogue too
        some = everyone[::step]
        key_buffers = [float(buffers(database.connection, _ONE_KEY, (number,))) for number in some]
        account_buffers = [float(buffers(database.connection, _LOOKUP, ([number],))) for number in some]
        all_buffers = float(buffers(database.connection, _LOOKUP, (everyone,)))
        taken = interleaved(
            {
                "one": Contestant(lambda: _look_up(database, [some[1]])),
                "descents": Contestant(lambda: _compute(database, _DESCENTS, everyone)),
                "computed": Contestant(lambda: _compute(database, _LOOKUP, everyone)),
                "fetched": Contestant(lambda: _look_up(database, everyone)),
            },
            1 + scale.repetitions,
        )
    rows = f"among {scale.lookup_accounts * _SNAPSHOTS_EACH:,} rows"
    is_claimed = scale.lookup_accounts == _CLAIMED_ACCOUNTS
    one, many = LOOKUP_ONE_BUFFERS.judged_if(is_claimed), LOOKUP_MANY_MS.judged_if(is_claimed)
    keys = f"{scale.lookup_accounts:,} keys"
    yield Line("lookup", f"one key {rows}", "buffers", Spread(tuple(key_buffers)), one)
    yield Line("lookup", f"one account {rows}", "buffers", Spread(tuple(account_buffers)))
    yield Line("lookup", f"one account {rows}", "ms", _warm_milliseconds(taken["one"]))
    yield Line("lookup", f"{keys} {rows}", "buffers/key", Spread((all_buffers / scale.lookup_accounts,)))
    yield Line("lookup", f"{keys} {rows}, descents alone", "ms", _warm_milliseconds(taken["descents"]))
    yield Line("lookup", f"{keys} {rows}, computed", "ms", _warm_milliseconds(taken["computed"]), many)
    yield Line("lookup", f"{keys} {rows}, fetched", "ms", _warm_milliseconds(taken["fetched"]))


def _load(database: BenchDatabase, accounts: int) -> None:
    values = {"accounts": accounts, "days": _SNAPSHOTS_EACH, "first_date": FIRST_DATE}
    for statement in _LOAD:
        database.connection.execute(statement, values)
    database.connection.execute("VACUUM (ANALYZE)")
    database.owner.checkpoint()


def _look_up(database: BenchDatabase, account_ids: list[int]) -> None:
    found = database.connection.execute(_LOOKUP, (account_ids,), binary=True).fetchall()
    assert len(found) == len(account_ids)


def _compute(database: BenchDatabase, query: str, account_ids: list[int]) -> None:
    values = (account_ids,) if "%s" in query else ()
    statement = f"{query} OFFSET {len(account_ids)}"
    assert database.connection.execute(statement.encode(), values).fetchall() == []


def _warm_milliseconds(spread: Spread) -> Spread:
    """The first call of a session loads the catalogue and is left out."""
    return Spread(spread.samples[1:]).map(lambda seconds: seconds * 1000)
