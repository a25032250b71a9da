"""Analytics: making analyses, reading what they found, and what they go by."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import fields
from datetime import date
from os import PathLike
from typing import TypeVar

from psycopg import sql

from rollforward.definitions import load_definitions
from rollforward.findings import (
    AccountStatistics,
    AnalysisResult,
    DefinitionsLoad,
    Finding,
    Scenario,
    StaleAnalysis,
)
from rollforward.session.connected import unending
from rollforward.session.runs import Runs

Found = TypeVar("Found", bound=Finding)

# The one day, or the latest one; every analysis has a row in portfolio_risk.
_FINDINGS = """
    SELECT {columns}
    FROM rollforward.account
    CROSS JOIN LATERAL (
        SELECT risk.calculation_date
        FROM rollforward.portfolio_risk AS risk
        WHERE risk.account_id = account.account_id
          AND (%(day)s::date IS NULL OR risk.calculation_date = %(day)s)
        ORDER BY risk.calculation_date DESC
        LIMIT 1
    ) AS analysed
    JOIN {view} AS found
        ON found.account_id = account.account_id
       AND found.calculation_date = analysed.calculation_date
    WHERE %(accounts)s::bigint[] IS NULL OR account.account_id = ANY (%(accounts)s)
    ORDER BY {order}
"""


class Analytics(Runs):
    """The analytics of what accounts hold, and the statistics of their returns."""

    def analyse(
        self, accounts: Sequence[int], start: date, end: date, *, workers: int = 1, only_stale: bool = False
    ) -> AnalysisResult:
        """Analyse what accounts held on a day, or on those days of a range on which they were valued.

        only_stale  only analyses that have been made before, and are stale or not whole; the range may then
                    be without end

        With a connection of its own the session begins a run, whose engines go side by side where there are
        several workers. Within a transaction it is one call of ``analyse``.
        """
        if self.is_on_its_own:
            run_id = self.start_analysis(accounts, start, end, only_stale=only_stale)
            done = self.work_on_run(run_id, workers=workers)
            return AnalysisResult(
                run_id, done.success, done.dates_processed, done.snapshots_saved, done.total_ms, done.errors
            )
        if workers > 1:
            raise ValueError("several workers need a session with a connection of its own")
        arguments = [list(accounts), unending(start), unending(end), only_stale]
        [(days, findings, total_ms)] = self.fetch(
            "SELECT days, findings, total_ms"
            " FROM rollforward.analyse(%s::bigint[], %s, %s, only_stale => %s)",
            arguments,
        )
        return AnalysisResult(None, True, days, findings, total_ms, [])

    def start_analysis(
        self,
        accounts: Sequence[int] | None = None,
        start: date | None = None,
        end: date | None = None,
        *,
        only_stale: bool = False,
        chunk_size: int | None = None,
    ) -> int:
        """Write down what is to be analysed, in steps; the number of the run, which nobody computes yet.

        Without a range: the last day on which one of the accounts was valued, or all days with only_stale.
        """
        wanted = None if accounts is None else list(accounts)
        [(run_id,)] = self.fetch(
            "SELECT rollforward.start_analysis(%s::bigint[], %s, %s, %s, %s)",
            [wanted, unending(start), unending(end), only_stale, chunk_size],
        )
        return int(run_id)

    def findings(
        self, kind: type[Found], accounts: Sequence[int] | None = None, day: date | None = None
    ) -> list[Found]:
        """What was found about accounts: ``session.findings(PortfolioRisk)``.

        kind      a dataclass of ``rollforward.findings``, which is a view of the same name
        accounts  all of them by default
        day       as of which they were analysed; by default the latest of each
        """
        query = sql.SQL(_FINDINGS).format(
            columns=sql.SQL(", ").join(sql.Identifier("found", field.name) for field in fields(kind)),
            view=sql.Identifier("rollforward", kind.view),
            order=sql.SQL(", ").join(
                sql.Identifier("found", column) for column in ("account_number", "account_id", *kind.order)
            ),
        )
        return self._rows(kind, query, {"accounts": None if accounts is None else list(accounts), "day": day})

    def stale_analyses(self) -> list[StaleAnalysis]:
        """Analyses that wait to be made anew, among them those of accounts that wait to be computed."""
        return self._rows(
            StaleAnalysis,
            "SELECT * FROM rollforward.stale_analysis ORDER BY account_number, calculation_date",
        )

    def scenarios(self) -> list[Scenario]:
        """What might happen to factors, by which accounts are stressed."""
        return self._rows(Scenario, "SELECT * FROM rollforward.scenario ORDER BY category, name")

    def account_statistics(
        self,
        accounts: Sequence[int],
        start: date,
        end: date,
        *,
        benchmark: str | None = None,
        risk_free_rate: float = 0,
    ) -> list[AccountStatistics]:
        """Statistics of the daily returns of accounts over a range, both ends included.

        benchmark       symbol of an instrument with which they are compared
        risk_free_rate  a year
        """
        return self._all(
            AccountStatistics, "account_statistics", list(accounts), start, end, benchmark, risk_free_rate
        )

    def load_definitions(
        self, kind: str, path: str | PathLike[str], *, warn: Callable[[str], None] | None = None
    ) -> DefinitionsLoad:
        """Save what a CSV file defines, all of it or nothing; what is known is replaced.

        kind  ``scenarios``, ``benchmarks`` or ``factors``
        warn  called with what is odd about the file, such as a column that is ignored

        Raises StatementRefused, listing line, column, value and reason of what cannot be.
        """
        return load_definitions(self, kind, path, warn=warn)
