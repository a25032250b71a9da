"""Where the SQL files and the templates lie.

An installed wheel carries them as ``rollforward/sql`` and ``rollforward/templates``; a clone installed in
editable mode reads the repository's own ``sql/`` and ``templates/``.
"""

from __future__ import annotations

from pathlib import Path

from rollforward.errors import RollforwardError

_PACKAGE = Path(__file__).resolve().parent
_REPOSITORY = _PACKAGE.parent.parent


def sql_root() -> Path:
    """The directory that holds ``migrations/`` and ``functions/``; RollforwardError when it is missing."""
    return _directory("sql")


def templates_root() -> Path:
    """The directory of the Jinja2 templates; RollforwardError when it is missing."""
    return _directory("templates")


def _directory(name: str) -> Path:
    for candidate in (_PACKAGE / name, _REPOSITORY / name):
        if candidate.is_dir():
            return candidate
    raise RollforwardError(
        f"the {name} files of rollforward are missing",
        detail=f"looked for {_PACKAGE / name} and {_REPOSITORY / name}",
        hint="The installation is incomplete: install the package again.",
    )
