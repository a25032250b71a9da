"""Figures: what is computed, read and proved."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from rollforward.results import AccountSnapshot, Difference, Tie
from rollforward.session.connected import Connected


class Figures(Connected):
    """Reading snapshots, and checking that they are right."""

    def account_ids(self, names: Sequence[str] | None = None) -> list[int]:
        """The ids of all accounts, or of the named ones, in the order of the names given.

        Raises BadArgument (22R01) naming an account that does not exist.
        """
        return [row[0] for row in self.fetch("SELECT rollforward.account_ids(%s)", [names])]

    def latest(
        self, accounts: Sequence[int] | None = None, *, before: date | None = None, as_of: date | None = None
    ) -> list[AccountSnapshot]:
        """The latest snapshot of each account and currency, ordered by account number and currency.

        accounts  all of them by default
        before    only snapshots strictly before this date
        as_of     only snapshots on or before this date; neither means the latest there is
        """
        if before is not None and as_of is not None:
            raise ValueError("before and as_of exclude each other")
        wanted = self.account_ids() if accounts is None else list(accounts)
        if before is not None:
            found = self._all(AccountSnapshot, "latest_snapshots", wanted, before)
        else:
            found = self._all(AccountSnapshot, "snapshots_as_of", wanted, as_of or date.max)
        return sorted(found, key=lambda snapshot: (snapshot.account_number, snapshot.currency))

    def verify(
        self, accounts: Sequence[int] | None = None, start: date | None = None, end: date | None = None
    ) -> list[Difference]:
        """Recompute by the reference; every field that differs. An empty list means stored data is right."""
        return self._all(Difference, "verify", None if accounts is None else list(accounts), start, end)

    def check_ties(self, accounts: Sequence[int] | None = None) -> list[Tie]:
        """Broken identities between facts and figures, and orphan closings."""
        return self._all(Tie, "check_ties", None if accounts is None else list(accounts))
