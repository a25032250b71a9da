"""The batch against its floor, on ever more movements: each account has a hundred of them, on as many days.

Both write lots, positions, snapshots of positions and accounts, and equity, into tables empty at the start,
with all their indexes and constraints, in one transaction on one connection. All sizes take turns. The
exponent is the slope of a straight line through the logarithms of movements and seconds, fitted by least
squares in each repetition: 1 is in proportion.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import ExitStack

from bench.claims import BATCH_OVER_FLOOR, GROWTH, Claim, Line, Place
from bench.contestants import batch, floor
from bench.counting import Cost, cost
from bench.data import Ledger
from bench.database import BenchDatabase, BenchServer
from bench.measure import Contestant, FiguresDiffer, Spread, growth_exponent, interleaved
from bench.settings import Scale

_EACH = 100  # movements of an account
_CLAIMED = 1_000_000  # movements, at which batch ÷ floor is claimed


def measure(server: BenchServer, scale: Scale) -> Iterator[Line | Cost]:
    """Seconds of both for each size, their ratio, their exponents, and what the largest but one takes."""
    ledgers = {size: Ledger(size // _EACH, _EACH, _EACH) for size in scale.growth_movements}
    with ExitStack() as stack:
        databases = {size: stack.enter_context(server.database()) for size in ledgers}
        contestants: dict[str, Contestant] = {}
        for size, ledger in ledgers.items():
            contestants |= _contestants(databases[size], ledger)
        taken = interleaved(contestants, min(3, scale.repetitions))
        for database in databases.values():
            _require_same_rows(database)
        size = sorted(ledgers)[-2]
        yield from _costs(databases[size], ledgers[size])
    claimed = max(size for size in ledgers if size <= _CLAIMED)
    for size in ledgers:
        claim = BATCH_OVER_FLOOR.judged_if(claimed == _CLAIMED) if size == claimed else None
        yield from _lines(size, taken[f"batch {size}"], taken[f"floor {size}"], claim)
    for name in ("batch", "floor"):
        yield from _exponent(name, {size: taken[f"{name} {size}"] for size in ledgers})


def _contestants(database: BenchDatabase, ledger: Ledger) -> dict[str, Contestant]:
    ledger.load(database.connection)
    batch.run(database, ledger)
    floor.keep_copies(database)
    size = ledger.accounts * ledger.per_account
    return {
        f"floor {size}": Contestant(lambda: floor.run(database), database.clear),
        f"batch {size}": Contestant(lambda: batch.run(database, ledger), database.clear),
    }


def _require_same_rows(database: BenchDatabase) -> None:
    """The batch ran last, so what is stored is its own."""
    if differing := floor.rows_that_differ(database):
        raise FiguresDiffer(f"{differing} rows of the last batch differ from those kept for the floor")


def _costs(database: BenchDatabase, ledger: Ledger) -> Iterator[Cost]:
    size = f"{ledger.accounts * ledger.per_account:,} movements"
    database.clear()
    yield cost("batch", f"floor, {size}", database, floor.run)
    database.clear()
    yield cost("batch", f"batch, {size}", database, lambda session: batch.run(session, ledger))


def _lines(size: int, by_batch: Spread, by_floor: Spread, claim: Claim | None) -> Iterator[Line]:
    what = f"{size // _EACH:,} accounts, {size:,} movements"
    for name, spread in (("batch", by_batch), ("floor", by_floor)):
        place = Place("Seconds by the number of movements", name, size)
        yield Line("batch", f"{name}, {what}", "s", spread, place=place)
    per_second = by_batch.map(lambda spent: size / spent)
    yield Line("batch", f"batch, movements a second, {what}", "/s", per_second)
    yield Line("batch", f"batch ÷ floor, {what}", "x", by_batch.over(by_floor), claim)


def _exponent(name: str, taken: Mapping[int, Spread]) -> Iterator[Line]:
    each_time = zip(*(spread.samples for spread in taken.values()), strict=True)
    exponents = tuple(growth_exponent(dict(zip(taken, samples, strict=True))) for samples in each_time)
    covers = min(taken) <= 10_000 and max(taken) >= _CLAIMED
    claim = GROWTH.judged_if(covers) if name == "batch" else None
    what = f"{name}, growth exponent, {min(taken):,} to {max(taken):,} movements"
    yield Line("batch", what, "", Spread(exponents), claim)
