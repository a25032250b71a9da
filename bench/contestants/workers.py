"""The batch over several connections: a run, in as many steps as there are workers or more."""

from __future__ import annotations

from bench.data import FIRST_DATE, Ledger
from bench.database import BenchDatabase
from rollforward import connect


def run(database: BenchDatabase, ledger: Ledger, workers: int, chunk_size: int) -> None:
    """Compute every account over all its dates; the run is planned, worked off and closed within the time."""
    with connect(database.connection.info.dsn) as session:
        run_id = session.start_run(None, FIRST_DATE, ledger.last_date, chunk_size=chunk_size)
        assert session.work_on_run(run_id, workers=workers).success
