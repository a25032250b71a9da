"""What a deploy did, or would do."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class DeployReport:
    """What one deploy changed. Objects are written as ``kind identity``, grants as SQL.

    ``replaced`` objects kept their identity (CREATE OR REPLACE); ``recreated`` ones were dropped and created
    again; ``grants_kept`` are the grants that were given again to them.
    """

    version: str
    dry_run: bool = False
    migrations: tuple[str, ...] = ()
    created: tuple[str, ...] = ()
    replaced: tuple[str, ...] = ()
    recreated: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()
    grants_kept: tuple[str, ...] = ()
    security: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()

    @property
    def nothing_to_do(self) -> bool:
        """Whether the database was already as the files say."""
        return not (
            self.migrations
            or self.created
            or self.replaced
            or self.recreated
            or self.removed
            or self.security
        )

    def as_dict(self) -> dict[str, Any]:
        """The report as plain values, for JSON."""
        return {**asdict(self), "nothing_to_do": self.nothing_to_do}
