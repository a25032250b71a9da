"""What comes from files: statements of brokers, and market data."""

from __future__ import annotations

from collections.abc import Callable
from os import PathLike

from rollforward.market import load_market
from rollforward.results import Disagreement, ImportResult, MarketLoad
from rollforward.session.connected import Connected
from rollforward.statement import import_statement
from rollforward.statement.source import Source


class Statements(Connected):
    """Importing statements and market data, and holding statements against what is computed."""

    def import_statement(
        self,
        path: str | PathLike[str] | Source,
        *,
        account: str,
        broker: str,
        columns: str | PathLike[str] | None = None,
        progress: Callable[[int], None] | None = None,
    ) -> ImportResult:
        """Save the movements of a broker's statement, each once, all rows or none. Computes no snapshots.

        The view ``import_session`` shows how far it has come. With a connection of its own the session
        begins it in a transaction of its own, and makes the import again when others were in the way or the
        connection was lost; what is saved is saved once. ``start_import_run`` computes what it has changed.

        path      a CSV file, or what ``rollforward.statement.source.sources`` finds in an archive
        account   name of the account; created when it is new
        broker    whose layout it is: ``tastytrade``, ``ibkr``, or ``generic`` for rollforward's own
        columns   a column map in TOML, for files of the generic layout with other headers or words
        progress  called with the bytes read so far

        Raises StatementRefused, listing file, line, column, value and reason of what cannot be booked.
        """
        return import_statement(
            self, path, account=account, broker=broker, columns=columns, progress=progress
        )

    def start_import_run(self, import_session_id: int) -> int | None:
        """The number of a run that computes what an import has changed; None when nothing is stale."""
        [(run_id,)] = self.fetch("SELECT rollforward.start_import_run(%s)", [import_session_id])
        return None if run_id is None else int(run_id)

    def reconcile(self, account: int) -> list[Disagreement]:
        """Where statements, or users, say something else of an account than what is computed."""
        return self._all(Disagreement, "reconcile", account)

    def load_market(
        self,
        kind: str,
        path: str | PathLike[str],
        *,
        strict: bool = False,
        progress: Callable[[int], None] | None = None,
        warn: Callable[[str], None] | None = None,
    ) -> MarketLoad:
        """Load a CSV file of market data: new rows are saved, known ones corrected where they differ.

        kind      ``prices``, ``fx``, ``splits``, ``profiles`` or ``calendar``
        strict    all rows or none; otherwise bad rows are kept aside in ``rejected_row``, and the rest lands
        progress  called with the bytes read so far
        warn      called with what is odd about the file, such as a column that is ignored

        Raises StatementRefused, listing line, column, value and reason, when nothing of the file was saved.
        """
        return load_market(self, kind, path, strict=strict, progress=progress, warn=warn)
