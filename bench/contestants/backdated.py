"""One back-dated movement in one of many accounts, or in one large one, then ``rollforward.process_stale``.

All accounts are computed and clean. A dividend is written halfway through an account's history and
committed; timed is the call that brings the account up to date again, commit included. Other calls count
their buffers by EXPLAIN. Each repetition takes another account. The session is a new one, since the plans of
the bulk calculation are not those of a small one; its first repetition is left out.

The large account has all its movements in one position; the dividend is written so that a thousandth, a
tenth, a half, or all of them lie behind it. The lots open then, a fifth as many as there are movements, are
carried along each time.
"""

from __future__ import annotations

from collections.abc import Iterator

from bench.claims import BACKDATED_BUFFERS_RATIO, BACKDATED_MS, Claim, Line
from bench.contestants import batch
from bench.data import Ledger, Trades
from bench.database import BenchDatabase, BenchServer
from bench.measure import Spread, buffers, seconds
from bench.settings import Scale

_MOVEMENT = """
INSERT INTO rollforward_data.movement (
    account_id, occurred_at, accounting_date, kind, currency, instrument_id, amount)
SELECT account_id, occurred_at, accounting_date, 'dividend', 'USD', instrument_id, 1.23
FROM rollforward_data.movement
WHERE account_id = %s AND kind = 'dividend'
ORDER BY accounting_date
OFFSET 5
LIMIT 1
"""
_INTO_LARGE = """
INSERT INTO rollforward_data.movement (
    account_id, occurred_at, accounting_date, kind, currency, instrument_id, amount)
SELECT account_id, occurred_at, accounting_date, 'dividend', currency, instrument_id, 1.23
FROM rollforward_data.movement
WHERE account_id = 1
ORDER BY accounting_date
OFFSET %s
LIMIT 1
"""
_PROCESS = "SELECT * FROM rollforward.process_stale()"
_CLAIMED = (100, 10_000)  # accounts
SUFFIXES = (0.001, 0.1, 0.5, 1.0)


def measure(server: BenchServer, scale: Scale) -> Iterator[Line]:
    """Milliseconds and buffers among few accounts and among many, and the ratio of the buffers."""
    counted: list[Spread] = []
    for accounts in scale.backdated_accounts:
        with server.database() as database:
            ledger = Ledger(accounts, 100, 100)
            ledger.load(database.connection)
            batch.run(database, ledger)
            database.connection.execute("VACUUM (ANALYZE)")
            database.owner.checkpoint()
            with database.another_session() as session:
                taken, touched = _samples(session, ledger, 2 * scale.repetitions)
        counted.append(touched)
        what = f"one movement among {accounts:,} accounts"
        claim = _claim_of(accounts, scale)
        yield Line("backdated", what, "ms", taken.map(lambda second: second * 1000), claim)
        yield Line("backdated", what, "buffers", touched)
    few, many = scale.backdated_accounts
    yield Line(
        "backdated",
        f"buffers, {many:,} ÷ {few:,} accounts",
        "x",
        counted[1].over(counted[0]),
        BACKDATED_BUFFERS_RATIO.judged_if((few, many) == _CLAIMED),
    )
    yield from _into_one_large_account(server, scale)


def _claim_of(accounts: int, scale: Scale) -> Claim | None:
    is_larger = accounts == scale.backdated_accounts[1]
    return BACKDATED_MS.judged_if(scale.backdated_accounts == _CLAIMED) if is_larger else None


def _into_one_large_account(server: BenchServer, scale: Scale) -> Iterator[Line]:
    """Milliseconds by how much of the account lies behind the movement."""
    trades = Trades(scale.suffix_movements, 1, False)
    with server.database() as database:
        trades.load(database.connection)
        database.connection.execute(
            "SELECT rollforward.process_batch(%s::bigint[], '-infinity', 'infinity')", (trades.account_ids,)
        )
        database.connection.execute("VACUUM (ANALYZE)")
        for behind in SUFFIXES:
            skipped = round((1 - behind) * (trades.trades - 1))
            taken = []
            with database.another_session() as session:
                for _ in range(scale.repetitions + 1):
                    session.connection.execute(_INTO_LARGE, (skipped,))
                    taken.append(seconds(lambda: session.connection.execute(_PROCESS)))
            what = f"{behind:.1%} of {trades.trades:,} movements behind it"
            yield Line("backdated", what, "ms", Spread(tuple(taken[1:])).map(lambda second: second * 1000))


def _samples(database: BenchDatabase, ledger: Ledger, repetitions: int) -> tuple[Spread, Spread]:
    taken: list[float] = []
    touched: list[float] = []
    for number in range(repetitions + 1):
        for sample in (taken, touched):
            account_id = 1 + (2 * number + (sample is touched)) * 7919 % ledger.accounts  # all over the table
            database.connection.execute(_MOVEMENT, (account_id,))
            if sample is taken:
                sample.append(seconds(lambda: database.connection.execute(_PROCESS)))
            else:
                sample.append(buffers(database.connection, _PROCESS, ()))
    return Spread(tuple(taken[1:])), Spread(tuple(touched[1:]))
