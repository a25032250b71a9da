"""What can go wrong in a deploy, one class per thing a caller may want to tell apart."""

from __future__ import annotations

from collections.abc import Sequence

from rollforward.errors import RetryLater, RollforwardError


class DeployError(RollforwardError):
    """A deploy that changed nothing, because all of it is one transaction."""


class BadSource(DeployError):
    """A file under ``sql/`` does not keep the rules, or PostgreSQL refused it."""


class MigrationEdited(DeployError):
    """A migration that this database has already applied was changed afterwards."""

    def __init__(self, path: str) -> None:
        super().__init__(
            f"migration {path} was edited after it was deployed",
            sqlstate="55R01",
            hint="Restore the file as it was, and write the change as a new migration.",
        )
        self.path = path


class DatabaseIsNewer(DeployError):
    """The database holds migrations that this version of the program does not know."""

    def __init__(self, migrations: Sequence[str]) -> None:
        super().__init__(
            "this database was deployed by a newer rollforward",
            sqlstate="55R02",
            detail=[{"migration": name} for name in migrations],
            hint="Install the version that deployed it, or a later one.",
        )
        self.migrations = tuple(migrations)


class ObjectsInUse(DeployError):
    """Objects of the user depend on something that a deploy must drop or drop and create again."""

    def __init__(self, dependents: Sequence[tuple[str, str]]) -> None:
        """``dependents`` holds pairs of (the user's object, the object of ours it depends on)."""
        super().__init__(
            f"{len(dependents)} objects outside rollforward depend on objects that this deploy has to drop",
            sqlstate="2BP01",
            detail=[{"object": user, "depends_on": ours} for user, ours in dependents],
            hint="Drop these objects, deploy, and create them again.",
        )
        self.dependents = tuple(dependents)


class DeployBlocked(DeployError, RetryLater):
    """A lock could not be had in time."""

    def __init__(self, seconds: float, blockers: Sequence[dict[str, object]]) -> None:
        names = ", ".join(f"pid {blocker['pid']} ({blocker['user']})" for blocker in blockers)
        super().__init__(
            f"waited {seconds:g} s for a lock" + (f" held by {names}" if names else ""),
            sqlstate="55P03",
            detail=list(blockers),
            hint="Let these sessions finish, or end them with pg_terminate_backend(pid), and deploy again.",
        )
        self.blockers = tuple(blockers)
