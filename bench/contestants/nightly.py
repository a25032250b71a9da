"""Half a year of nights: closes and some movements of the day arrive, then the nightly run.

Each night is a run of scenario nightly with all its phases, the analytics among them, on one connection.
A night's time is that of the run, from planning to its end; the facts are written and committed before.
Accounts hold shares bought on the first day; each night one account in ten buys some more.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from bench.claims import Line
from bench.data import Portfolios
from bench.database import BenchDatabase, BenchServer
from bench.measure import Spread, seconds
from bench.settings import Scale
from rollforward import Session, connect

_POSITIONS, _INSTRUMENTS = 15, 100
_COMPARED = 25  # nights, at the end and at the beginning
_LATER = "CREATE TABLE public.later_close (instrument_id bigint, price_date date, close numeric)"
_WITHHOLD = """
WITH withheld AS (
    DELETE FROM rollforward_data.price WHERE price_date > %s RETURNING instrument_id, price_date, close
)
INSERT INTO public.later_close TABLE withheld
"""
_ARRIVE = """
INSERT INTO rollforward_data.price (instrument_id, price_date, close)
SELECT instrument_id, price_date, close FROM public.later_close WHERE price_date = %s
"""
_MOVEMENTS = """
INSERT INTO rollforward_data.movement (
    account_id, occurred_at, accounting_date, kind, effect, currency, instrument_id, quantity, amount,
    natural_key)
SELECT held.account_id, %(day)s::date + time '14:30', %(day)s, 'buy', 'open', 'USD', held.instrument_id,
       1, -100, int8send(held.account_id) || convert_to(%(day)s::date::text, 'UTF8')
FROM (
    SELECT DISTINCT ON (account_id) account_id, instrument_id
    FROM rollforward_data.movement
    WHERE effect = 'open' AND kind = 'buy'
    ORDER BY account_id, instrument_id
) AS held
WHERE held.account_id %% 10 = %(turn)s
"""


def measure(server: BenchServer, scale: Scale) -> Iterator[Line]:
    """Seconds of all nights together and of one; how the last ones compare with the first."""
    nights = scale.nights
    portfolios = Portfolios(scale.nightly_accounts, _POSITIONS, _INSTRUMENTS, nights + 2)
    with server.database() as database:
        portfolios.load_facts(database.connection)
        database.connection.execute(_LATER)
        database.connection.execute(_WITHHOLD, [portfolios.held_on(1)])
        portfolios.compute(database.connection, portfolios.held_on(1))
        database.connection.execute("SELECT rollforward.set_setting('nightly_analytics', 'on')")
        with connect(database.connection.info.dsn) as session:
            taken = [_night(database, session, portfolios, 2 + number) for number in range(nights)]
    what = f"{portfolios.accounts:,} accounts x {_POSITIONS} positions"
    yield Line("nightly", f"{nights} nights, {what}", "s", Spread((sum(taken),)))
    yield Line("nightly", f"a night, {what}", "s", Spread(tuple(taken)))
    if nights < 2 * _COMPARED:
        return
    first, last = Spread(tuple(taken[1 : 1 + _COMPARED])), Spread(tuple(taken[-_COMPARED:]))
    yield Line("nightly", f"the last {_COMPARED} nights ÷ the first", "x", last.over(first))


def _night(database: BenchDatabase, session: Session, portfolios: Portfolios, number: int) -> float:
    if number % 10 == 0:
        database.connection.execute("VACUUM (ANALYZE)")  # which autovacuum would do
    day = portfolios.held_on(number)
    database.connection.execute(_ARRIVE, [day])
    database.connection.execute(_MOVEMENTS, {"day": day, "turn": number % 10})
    return seconds(lambda: _run(session, day))


def _run(session: Session, day: date) -> None:
    run_id = session.start_run(None, day, day, scenario="nightly")
    result = session.work_on_run(run_id)
    assert result.success, result.errors
