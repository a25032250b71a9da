"""Generated data: the same seed gives the same bytes, on every version of PostgreSQL.

Everything is one INSERT … SELECT FROM generate_series; chance comes from ``hashint8extended`` of the account
and the step, so no row depends on the order in which others are made. Accounts are loaded one after the
other, as a backfill does. Only ``Holdings`` has prices; elsewhere positions are carried at cost.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from psycopg import Connection
from psycopg.rows import TupleRow

SEED = 20250102
FIRST_DATE = date(2020, 1, 6)  # a Monday

# 500 shares, 500 options on them, 50 funds.
_INSTRUMENTS = """
INSERT INTO rollforward_data.instrument (
    instrument_id, symbol, kind, currency, multiplier, underlying, expiration, strike, option_right)
SELECT number, 'S' || number, 'stock'::rollforward_data.instrument_kind, 'USD', 1, NULL, NULL::date,
       NULL::numeric, NULL::rollforward_data.option_right
FROM generate_series(1, 500) AS number
UNION ALL
SELECT 500 + number, 'S' || number || ' 301220C00100000', 'option', 'USD', 100, 'S' || number, '2030-12-20',
       100, 'call'
FROM generate_series(1, 500) AS number
UNION ALL
SELECT 1000 + number, 'F' || number, 'etf', 'USD', 1, NULL, NULL, NULL, NULL
FROM generate_series(1, 50) AS number
"""

_ACCOUNTS = """
INSERT INTO rollforward_data.account (account_id, number, base_currency)
SELECT number, 'A' || number, 'USD'
FROM generate_series(1, %(accounts)s) AS number
"""

# A round of ten movements, drawn by chance where there are two kinds: money comes or goes; shares are bought,
# pay a dividend, and are sold in two parts, of which some stays; options are sold short, half bought back,
# half expire; a fee or interest; a fund is bought or sold whatever its position, across zero. Shares and
# options return every fourth round, so queues hold several lots.
_MOVEMENTS = """
INSERT INTO rollforward_data.movement (
    account_id, occurred_at, accounting_date, kind, effect, side, currency, instrument_id, quantity, price,
    amount, commission, fee, tax, natural_key)
WITH script (
    slot, kind, other_kind, effect, side, first_instrument, instruments, part, price_factor) AS (VALUES
    (0, 'deposit', 'withdrawal', NULL, NULL, NULL, NULL, NULL, NULL),
    (1, 'buy', 'buy', 'open', NULL, 1, 500, 1, 1),
    (2, 'sell', 'sell', 'open', NULL, 501, 500, 1, 0.10),
    (3, 'dividend', 'dividend', NULL, NULL, 1, 500, NULL, NULL),
    (4, 'sell', 'sell', 'close', NULL, 1, 500, 0.4, 1.05),
    (5, 'buy', 'buy', 'close', NULL, 501, 500, 0.5, 0.08),
    (6, 'fee', 'interest', NULL, NULL, NULL, NULL, NULL, NULL),
    (7, 'sell', 'sell', 'close', NULL, 1, 500, 0.3, 0.97),
    (8, 'expiration', 'expiration', 'close', 'short', 501, 500, 0.5, 0),
    (9, 'buy', 'sell', 'auto', NULL, 1001, 50, 1, 1)
),
drawn AS MATERIALIZED (
    SELECT account_id, step, step %% 10 AS slot,
           abs(hashint8extended(account_id * 1000 + step / 10, %(seed)s) %% 1000000) AS chance,
           abs(hashint8extended(account_id * 1000 + step / 10 %% 4, %(seed)s) %% 1000000) AS choice,
           step::bigint * %(dates)s / %(per_account)s AS day
    FROM generate_series(1, %(accounts)s) AS account_id
    CROSS JOIN generate_series(0, %(per_account)s - 1) AS step
),
shaped AS MATERIALIZED (
    SELECT drawn.account_id, drawn.step, drawn.chance, script.effect, script.side,
           %(first_date)s::date + (drawn.day / 5 * 7 + drawn.day %% 5)::integer AS on_date,
           CASE drawn.chance %% 2 WHEN 0 THEN script.kind ELSE script.other_kind END AS kind,
           script.first_instrument
               + CASE WHEN script.effect = 'auto' THEN drawn.account_id ELSE drawn.choice END
               %% script.instruments AS instrument_id,
           script.part * CASE script.first_instrument
                             WHEN 501 THEN 2 * (1 + drawn.chance %% 5) ELSE 2.5 * (1 + drawn.chance %% 20)
                         END AS quantity,
           round(script.price_factor * (10 + drawn.chance %% 9000 / 100.0), 2) AS price,
           CASE script.first_instrument WHEN 501 THEN 100 ELSE 1 END AS multiplier
    FROM drawn
    JOIN script USING (slot)
)
SELECT account_id,
       on_date + time '14:30' + step * interval '1 second',
       on_date,
       kind::rollforward_data.movement_kind,
       effect::rollforward_data.movement_effect,
       side::rollforward_data.position_side,
       'USD',
       instrument_id,
       quantity,
       price,
       CASE kind
           WHEN 'deposit' THEN 1000 + chance %% 9000
           WHEN 'withdrawal' THEN -100 - chance %% 900
           WHEN 'dividend' THEN 1 + chance %% 1000 / 100.0
           WHEN 'interest' THEN 1 + chance %% 100 / 100.0
           WHEN 'fee' THEN -5
           WHEN 'expiration' THEN 0
           ELSE round(CASE kind WHEN 'buy' THEN -1 ELSE 1 END * quantity * price * multiplier, 2)
       END,
       CASE WHEN kind IN ('buy', 'sell') THEN 1 ELSE 0 END,
       CASE WHEN kind IN ('buy', 'sell') THEN 0.12 ELSE 0 END,
       CASE kind WHEN 'dividend' THEN round((1 + chance %% 1000 / 100.0) * 0.15, 2) ELSE 0 END,
       int8send(account_id) || int8send(step)
FROM shaped
ORDER BY account_id, step
"""

# Six purchases in ten, four sales of the same mean size; with auto the position crosses zero now and then.
_TRADES = """
INSERT INTO rollforward_data.movement (
    account_id, occurred_at, accounting_date, kind, effect, currency, instrument_id, quantity, price, amount,
    natural_key)
SELECT 1 + trade.position / 50,
       %(first_date)s::date + time '09:00' + trade.step * interval '1 minute',
       %(first_date)s::date + (trade.step / 1000)::integer,
       (CASE WHEN trade.buys THEN 'buy' ELSE 'sell' END)::rollforward_data.movement_kind,
       (CASE WHEN %(auto)s THEN 'auto' WHEN trade.buys THEN 'open' ELSE 'close' END
       )::rollforward_data.movement_effect,
       'USD',
       1 + trade.position %% 50,
       trade.quantity,
       trade.price,
       CASE WHEN trade.buys THEN -1 ELSE 1 END * trade.price * trade.quantity,
       int8send(trade.number)
FROM (
    SELECT number,
           number %% %(positions)s AS position,
           number / %(positions)s AS step,
           1 + abs(hashint8extended(number, %(seed)s) %% 100) AS quantity,
           5 + abs(hashint8extended(number, %(seed)s + 2) %% 1000) / 100.0 AS price,
           abs(hashint8extended(number, %(seed)s + 1) %% 10) < CASE WHEN %(auto)s THEN 5 ELSE 6 END AS buys
    FROM generate_series(0, %(trades)s::bigint - 1) AS number
) AS trade
ORDER BY trade.position, trade.step
"""


@dataclass(frozen=True)
class Ledger:
    """A generated ledger: how many accounts, over how many weekdays, with how many movements each."""

    accounts: int
    dates: int
    per_account: int

    @property
    def account_ids(self) -> list[int]:
        return list(range(1, self.accounts + 1))

    @property
    def days(self) -> list[date]:
        """Its weekdays; each has a movement when there are as many movements as dates."""
        return [FIRST_DATE + timedelta(days=day // 5 * 7 + day % 5) for day in range(self.dates)]

    @property
    def last_date(self) -> date:
        return self.days[-1]

    def load(self, connection: Connection[TupleRow]) -> None:
        """Write the instruments, the accounts and their movements; forget the stale marks; analyze."""
        connection.execute(_INSTRUMENTS)
        connection.execute(_ACCOUNTS, {"accounts": self.accounts})
        values = {"accounts": self.accounts, "dates": self.dates, "per_account": self.per_account}
        connection.execute(_MOVEMENTS, {**values, "seed": SEED, "first_date": FIRST_DATE})
        _settle(connection)


# All bought on the first day, and then held.
_HOLDINGS = """
INSERT INTO rollforward_data.movement (
    account_id, occurred_at, accounting_date, kind, effect, currency, instrument_id, quantity, amount,
    natural_key)
SELECT account_id, %(first_date)s::date + time '14:30' + place * interval '1 second', %(first_date)s,
       (CASE place WHEN 0 THEN 'deposit' ELSE 'buy' END)::rollforward_data.movement_kind,
       (CASE WHEN place > 0 THEN 'open' END)::rollforward_data.movement_effect,
       'USD',
       CASE WHEN place > 0 THEN 1 + (account_id * 7 + place * 31) %% 500 END,
       CASE WHEN place > 0 THEN 5 + place END,
       CASE place WHEN 0 THEN 100000 ELSE -100 - place END,
       int8send(account_id) || int8send(place)
FROM generate_series(1, %(accounts)s) AS account_id
CROSS JOIN generate_series(0, %(positions)s) AS place
ORDER BY account_id, place
"""

# A close of every share on every weekday of a range of days.
_PRICES = """
INSERT INTO rollforward_data.price (instrument_id, price_date, close)
SELECT instrument_id, day::date,
       round(10 + abs(hashint8extended(instrument_id * 100000 + extract(epoch FROM day)::bigint / 86400,
                                       %(seed)s) %% 1000) / 100.0, 2)
FROM generate_series(%(first_date)s::timestamp, %(last_date)s, '1 day') AS day
CROSS JOIN generate_series(1, 500) AS instrument_id
WHERE extract(isodow FROM day) < 6
"""


@dataclass(frozen=True)
class Holdings:
    """Accounts that hold shares with a close on every trading day."""

    accounts: int
    positions: int
    dates: int

    @property
    def account_ids(self) -> list[int]:
        return list(range(1, self.accounts + 1))

    def day(self, number: int) -> date:
        """The weekday with that number, from 0 on."""
        return FIRST_DATE + timedelta(days=number // 5 * 7 + number % 5)

    def load(self, connection: Connection[TupleRow]) -> None:
        """Write instruments, accounts, purchases and closes; forget the stale marks; analyze."""
        connection.execute(_INSTRUMENTS)
        connection.execute(_ACCOUNTS, {"accounts": self.accounts})
        values = {"accounts": self.accounts, "positions": self.positions, "first_date": FIRST_DATE}
        connection.execute(_HOLDINGS, values)
        self.load_prices(connection, 0, self.dates - 1)
        _settle(connection)

    def load_prices(self, connection: Connection[TupleRow], first: int, last: int) -> None:
        """Write the closes of some weekdays, both ends included."""
        values = {"seed": SEED, "first_date": self.day(first), "last_date": self.day(last)}
        connection.execute(_PRICES, values)


# Symbols of the factors, then shares. Of every tenth a provider knows a beta, a few have no profile.
_LISTED = """
WITH listed AS (
    INSERT INTO rollforward_data.instrument (instrument_id, symbol, kind, currency)
    SELECT number, coalesce(proxies[number], 'S' || number),
           (CASE WHEN number <= cardinality(proxies) THEN 'etf' ELSE 'stock' END
           )::rollforward_data.instrument_kind,
           'USD'
    FROM generate_series(1, %(instruments)s) AS number
    CROSS JOIN (VALUES ('{SPY,TLT,IEF,SHY,HYG,LQD,VTV,VUG,MTUM,QUAL,USMV,IWM}'::text[])) AS factor (proxies)
    RETURNING instrument_id, kind
)
INSERT INTO rollforward_data.instrument_profile (instrument_id, sector, beta, is_etf)
SELECT instrument_id,
       ('{Technology,Financial Services,Energy,Healthcare,Consumer Cyclical,Utilities}'::text[]
       )[1 + instrument_id %% 6],
       CASE WHEN instrument_id %% 10 = 3 THEN 0.5 + instrument_id %% 7 / 5.0 END,
       kind = 'etf'
FROM listed
WHERE instrument_id %% 30 <> 29
"""

# Each moves with the market, more or less, and by itself. Some have days without a close, some were listed
# late, one never moves.
_HISTORY = """
WITH day AS (
    SELECT number, %(first_date)s::date + (number / 5 * 7 + number %% 5)::integer AS on_date,
           hashint8extended(number, %(seed)s) AS chance
    FROM generate_series(0, %(days)s - 1) AS number
),
moved AS (
    SELECT instrument_id, day.number, day.on_date,
           hashint8extended(instrument_id * 100000 + day.number, %(seed)s + 1) AS chance,
           0.01 * (0.2 + instrument_id %% 17 / 10.0) * (
               ((day.chance & 65535) + (day.chance >> 16 & 65535) + (day.chance >> 32 & 65535)
                + (day.chance >> 48 & 65535)) / 65536.0::float8 - 2) * sqrt(3) AS with_market
    FROM day
    CROSS JOIN generate_series(1, %(instruments)s) AS instrument_id
),
stepped AS (
    SELECT instrument_id, number, on_date, chance,
           CASE WHEN instrument_id = 20 THEN 0
                ELSE with_market + 0.015 * (
                    ((chance & 65535) + (chance >> 16 & 65535) + (chance >> 32 & 65535)
                     + (chance >> 48 & 65535)) / 65536.0::float8 - 2) * sqrt(3)
           END AS step
    FROM moved
)
INSERT INTO rollforward_data.price (instrument_id, price_date, close)
SELECT instrument_id, on_date,
       round((100 * exp(sum(step) OVER (PARTITION BY instrument_id ORDER BY number)))::numeric, 4)
FROM stepped
WHERE CASE WHEN instrument_id <= 12 THEN true
           WHEN instrument_id %% 50 = 7 THEN chance %% 20 <> 0
           WHEN instrument_id %% 40 = 13
           THEN number >= %(days)s - ('{70,120,200,300}'::integer[])[1 + instrument_id / 40 %% 4]
           ELSE true
      END
"""

# All bought on one day; every third account is short of one of them.
_PORTFOLIOS = """
WITH drawn AS (
    SELECT account_id, instrument_id,
           hashint8extended(account_id * 100000 + instrument_id, %(seed)s + 2) AS chance
    FROM generate_series(1, %(accounts)s) AS account_id
    CROSS JOIN generate_series(1, %(instruments)s) AS instrument_id
),
placed AS (
    SELECT drawn.*, row_number() OVER (PARTITION BY account_id ORDER BY chance, instrument_id) AS place
    FROM drawn
),
wanted AS (
    SELECT account_id, instrument_id, place, 20 + abs(chance %% 580) AS quantity
    FROM placed
    WHERE place <= %(positions)s
    UNION ALL
    SELECT account_id, NULL, 0, NULL FROM generate_series(1, %(accounts)s) AS account_id
)
INSERT INTO rollforward_data.movement (
    account_id, occurred_at, accounting_date, kind, effect, currency, instrument_id, quantity, amount,
    natural_key)
SELECT account_id, %(bought)s::date + time '14:30' + place * interval '1 second', %(bought)s,
       (CASE WHEN place = 0 THEN 'deposit' WHEN is_short THEN 'sell' ELSE 'buy' END
       )::rollforward_data.movement_kind,
       (CASE WHEN place > 0 THEN 'open' END)::rollforward_data.movement_effect,
       'USD', instrument_id, quantity,
       CASE WHEN place = 0 THEN 1000000 WHEN is_short THEN 100 * quantity ELSE -100 * quantity END,
       int8send(account_id) || int8send(place)
FROM wanted
CROSS JOIN LATERAL (SELECT place = 4 AND account_id %% 3 = 0 AS is_short) AS side
ORDER BY account_id, place
"""


@dataclass(frozen=True)
class Portfolios:
    """Accounts that hold shares with a history of closes, bought on one day and valued on every one since."""

    accounts: int
    positions: int
    instruments: int
    held_days: int
    days: int = 404

    @property
    def account_ids(self) -> list[int]:
        return list(range(1, self.accounts + 1))

    def held_on(self, number: int) -> date:
        """The day with that number on which they hold what they hold, from 0 on."""
        return self._day(self.days - self.held_days + number)

    def load(self, connection: Connection[TupleRow]) -> None:
        """Write the facts, and compute what accounts were worth; analyze."""
        self.load_facts(connection)
        self.compute(connection, self.held_on(self.held_days - 1))

    def compute(self, connection: Connection[TupleRow], last_date: date) -> None:
        """Compute what accounts were worth up to a day; analyze."""
        connection.execute(
            "SELECT rollforward.process_batch(%s::bigint[], %s, %s)",
            (self.account_ids, self.held_on(0), last_date),
        )
        connection.execute("VACUUM (ANALYZE)")

    def load_facts(self, connection: Connection[TupleRow]) -> None:
        """Write instruments, closes, accounts and purchases; forget the stale marks; analyze."""
        values = {
            "accounts": self.accounts,
            "positions": self.positions,
            "instruments": self.instruments,
            "days": self.days,
            "bought": self.held_on(0),
            "first_date": FIRST_DATE,
            "seed": SEED,
        }
        for statement in (_LISTED, _HISTORY, _ACCOUNTS, _PORTFOLIOS):
            connection.execute(statement, values)
        connection.execute(
            "INSERT INTO rollforward_data.sector_tag (account_id, instrument_id, sector)"
            " SELECT account_id, instrument_id, 'Satellites' FROM rollforward_data.movement"
            " WHERE instrument_id IS NOT NULL AND account_id % 20 = 0 AND quantity < 60"
        )
        _settle(connection)

    def _day(self, number: int) -> date:
        return FIRST_DATE + timedelta(days=number // 5 * 7 + number % 5)


@dataclass(frozen=True)
class Trades:
    """Nothing but trades, spread evenly over positions, 50 positions an account."""

    trades: int
    positions: int
    auto: bool

    @property
    def accounts(self) -> int:
        return (self.positions + 49) // 50

    @property
    def account_ids(self) -> list[int]:
        return list(range(1, self.accounts + 1))

    def load(self, connection: Connection[TupleRow]) -> None:
        """Write the instruments, the accounts and their trades; forget the stale marks; analyze."""
        connection.execute(_INSTRUMENTS)
        connection.execute(_ACCOUNTS, {"accounts": self.accounts})
        values = {"trades": self.trades, "positions": self.positions, "auto": self.auto}
        connection.execute(_TRADES, {**values, "seed": SEED, "first_date": FIRST_DATE})
        _settle(connection)


def _settle(connection: Connection[TupleRow]) -> None:
    connection.execute("TRUNCATE rollforward_data.stale_mark, rollforward_data.shared_mark")
    # not the derived tables: they have never been filled, and nobody vacuums such
    connection.execute(
        "VACUUM (ANALYZE) rollforward_data.account, rollforward_data.instrument, rollforward_data.movement,"
        " rollforward_data.price"
    )
