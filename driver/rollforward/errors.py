"""The errors of rollforward, and how the database's errors become them.

Every error carries what a DBA needs to act: the message, the SQLSTATE when the database raised it, the
detail (parsed when it is JSON), and a hint. ``exit_code`` is what the command line ends with.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

if TYPE_CHECKING:
    import psycopg


class RollforwardError(Exception):
    """Something could not be done; nothing was changed by the call that raised it."""

    exit_code: ClassVar[int] = 1

    def __init__(
        self,
        message: str,
        *,
        sqlstate: str | None = None,
        detail: Any = None,
        hint: str | None = None,
        constraint: str | None = None,
    ) -> None:
        super().__init__(message)
        self.message = message
        self.sqlstate = sqlstate
        self.detail = detail
        self.hint = hint
        self.constraint = constraint

    def document(self) -> dict[str, Any]:
        """The error as it is printed by ``--json``."""
        return {
            "message": self.message,
            "sqlstate": self.sqlstate,
            "detail": self.detail,
            "hint": self.hint,
            "constraint": self.constraint,
        }


class UsageError(RollforwardError):
    """The command line or the configuration asks for something that does not exist or contradicts itself."""

    exit_code = 2


class ConnectionFailed(RollforwardError):
    """No connection to the database."""

    exit_code = 3


class EmbeddedServerError(ConnectionFailed):
    """The embedded server cannot be started, found or stopped."""


class BadArgument(RollforwardError):
    """SQLSTATE 22R01: an argument is missing, unknown or out of range."""


class BatchRejected(RollforwardError):
    """SQLSTATE 23R01: some rows of the batch cannot be saved, so none were; ``detail`` lists all offences."""


@dataclass(frozen=True)
class Refusal:
    """Why a value of a statement cannot be booked.

    Without a column the whole line is meant, without a line the whole file.
    """

    file: str
    line: int | None
    column: str
    value: str
    reason: str


class StatementRefused(RollforwardError):
    """A file was refused as a whole and nothing of it saved; ``refusals`` says why."""

    def __init__(
        self,
        path: str | Path,
        refusals: Sequence[Refusal],
        *,
        message: str | None = None,
        sqlstate: str = "23R01",
        noun: str = "statement",
    ) -> None:
        super().__init__(
            message or f"{noun} rejected: {path} cannot be read as its layout says",
            sqlstate=sqlstate,
            detail=[asdict(refusal) for refusal in refusals],
            hint="Nothing of this file was saved.",
        )
        self.refusals = list(refusals)

    @classmethod
    def of_rows(cls, path: str | Path, rejected: BatchRejected) -> StatementRefused:
        """The rejection of staged rows by the database, with the name of the file."""
        offences = rejected.detail if isinstance(rejected.detail, list) else []
        refusals = [
            Refusal(str(path), offence["line"], offence["column"], offence["value"] or "", offence["reason"])
            for offence in offences
        ]
        return cls(path, refusals, message=f"{path}: {rejected.message}")

    @classmethod
    def of_file(
        cls,
        path: str | Path,
        problem: str,
        reason: str,
        *,
        value: str = "",
        sqlstate: str = "23R01",
        noun: str = "statement",
    ) -> StatementRefused:
        """The refusal of a file that cannot be read or booked, whichever line is to blame."""
        refusal = Refusal(str(path), None, "", value, reason)
        return cls(path, [refusal], message=f"{noun} rejected: {path} {problem}", sqlstate=sqlstate)


class StaleVersion(RollforwardError):
    """SQLSTATE 23R02: a row was changed by somebody else since it was read."""


class RunCancelled(RollforwardError):
    """SQLSTATE 57014: somebody cancelled the run; what was done before stays."""


class RetryLater(RollforwardError):
    """SQLSTATE 40001, 40P01, 55P03: another transaction was in the way; the same call may succeed later."""


_BY_SQLSTATE: dict[str, type[RollforwardError]] = {
    "22R01": BadArgument,
    "23R01": BatchRejected,
    "23R02": StaleVersion,
    "40001": RetryLater,
    "40P01": RetryLater,
    "55P03": RetryLater,
    "53300": ConnectionFailed,
    "57P01": ConnectionFailed,
    "57P02": ConnectionFailed,
    "57P03": ConnectionFailed,
    "3D000": ConnectionFailed,
}

_NOT_DEPLOYED = frozenset({"3F000", "42P01", "42883"})  # unknown schema, relation, function


def from_psycopg(error: psycopg.Error) -> RollforwardError:
    """The rollforward error for an error of psycopg, keeping SQLSTATE, detail, hint and constraint."""
    diag = error.diag
    sqlstate = error.sqlstate
    return _class_of(error)(
        _message(error),
        sqlstate=sqlstate,
        detail=parsed_detail(diag.message_detail),
        hint=diag.message_hint or _own_hint(error),
        constraint=diag.constraint_name,
    )


def parsed_detail(detail: str | None) -> Any:
    """The detail as JSON when it is a JSON array or object, else the text itself."""
    if detail is None or not detail.startswith(("[", "{")):
        return detail
    try:
        return json.loads(detail)
    except ValueError:
        return detail


def _class_of(error: psycopg.Error) -> type[RollforwardError]:
    import psycopg

    sqlstate = error.sqlstate
    if sqlstate is not None:
        if sqlstate.startswith(("08", "28")):
            return ConnectionFailed
        return _BY_SQLSTATE.get(sqlstate, RollforwardError)
    # libpq itself fails without a SQLSTATE: nobody listens, the server went away, the DSN is malformed.
    return ConnectionFailed if isinstance(error, psycopg.OperationalError) else RollforwardError


def _message(error: psycopg.Error) -> str:
    primary = error.diag.message_primary
    # psycopg puts three words before what libpq says of a failed connection
    return primary or str(error).strip().removeprefix("connection is bad: ") or type(error).__name__


def _own_hint(error: psycopg.Error) -> str | None:
    if error.sqlstate in _NOT_DEPLOYED and "rollforward" in _message(error):
        return 'The database holds no rollforward of this version: run "rollforward deploy" first.'
    return None
