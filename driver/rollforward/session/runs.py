"""Runs and batches: what is to be computed, by whom, and what became of it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from typing import Any, LiteralString

from rollforward.results import BatchResult, Run
from rollforward.runs import selected, work_on
from rollforward.session.connected import Connected, unending


class Runs(Connected):
    """Computing snapshots, in one call or as a run."""

    def process(
        self,
        accounts: Sequence[int],
        start: date,
        end: date,
        *,
        scenario: str = "manual",
        mode: str | None = None,
        workers: int = 1,
    ) -> BatchResult:
        """Compute all snapshots of the accounts between two dates, both included; atomic per account.

        ``date.max`` means no end: as far as movements and prices go. An account that failed in every way is
        in ``result.errors``; the others stand.

        With a connection of its own the session begins a run, which other sessions can watch and cancel.
        Within a transaction it is one call of ``process`` in the mode set for the scenario: other modes, and
        more than one worker, need a run.
        """
        if self.is_on_its_own:
            run_id = self.start_run(accounts, start, end, scenario=scenario, mode=mode)
            return self.work_on_run(run_id, workers=workers)
        if mode is not None or workers > 1:
            raise ValueError("a mode, or several workers, need a session with a connection of its own")
        return self._one(BatchResult, "process", list(accounts), start, end, scenario)

    def start_run(
        self,
        accounts: Sequence[int] | None,
        start: date,
        end: date,
        *,
        chunk_size: int | None = None,
        scenario: str = "manual",
        mode: str | None = None,
        only_stale: bool = False,
    ) -> int:
        """Write down what is to be computed, in steps; the number of the run, which nobody computes yet."""
        wanted = None if accounts is None else list(accounts)
        arguments = [wanted, unending(start), unending(end), chunk_size, scenario, mode, only_stale]
        [(run_id,)] = self.fetch(
            "SELECT rollforward.start_run(%s::bigint[], %s, %s, %s, %s, %s, %s)", arguments
        )
        return int(run_id)

    def work_on_run(
        self, run_id: int, *, workers: int = 1, report: Callable[[Run], None] | None = None
    ) -> BatchResult:
        """Compute what is left of a run, over as many connections as there are workers.

        report  is told of the run again and again

        Raises RunCancelled (57014) when somebody cancelled it; what was done before stays.
        """
        if self._dsn is None:
            raise ValueError("a run commits: it needs a session that was opened with a DSN")
        work_on(self._dsn, run_id, workers=workers, report=report)
        return self.run_result(run_id)

    def reopen_run(self, run_id: int) -> None:
        """Make a run that was cancelled, interrupted or failed one that can be worked on again."""
        self.fetch("SELECT rollforward.reopen_run(%s)", [run_id])

    def cancel_run(self, run_id: int) -> bool:
        """Cancel a run; whether there was something to cancel. What is done stays."""
        [(cancelled,)] = self.fetch("SELECT rollforward.cancel_run(%s)", [run_id])
        return bool(cancelled)

    def run_result(self, run_id: int) -> BatchResult:
        """The outcome of a run as far as it has come."""
        return self._one(BatchResult, "run_result", run_id)

    def runs(self, limit: int = 20) -> list[Run]:
        """The latest runs, the last one first."""
        return self.runs_where("ORDER BY run_id DESC LIMIT %s", limit)

    def runs_where(self, clause: LiteralString, *parameters: Any) -> list[Run]:
        """The runs that a clause of SQL selects and orders."""
        return self._translated(lambda: selected(self.connection, clause, *parameters))

    def process_batch(
        self, accounts: Sequence[int], start: date, end: date, *, force_recalculation: bool = False
    ) -> BatchResult:
        """Compute all snapshots of the accounts between two dates, both included; all accounts or none."""
        return self._one(BatchResult, "process_batch", list(accounts), start, end, force_recalculation)

    def process_per_date(self, account: int, start: date, end: date) -> BatchResult:
        """Compute one account by the independent reference, date by date."""
        return self._one(BatchResult, "process_per_date", account, start, end)

    def process_stale(self, max_accounts: int | None = None) -> BatchResult:
        """Compute what changed facts made stale, and nothing else."""
        return self._one(BatchResult, "process_stale", max_accounts)
