"""The files under ``sql/functions``: one object a file, read and put into the order they run in."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from rollforward.deploy import sqltext
from rollforward.deploy.errors import BadSource

SECURITY_FOLDER = "security"

_FILE_NAME = re.compile(r"[a-z_][a-z0-9_]*(\.[a-z0-9_]+)?\.sql")


@dataclass(frozen=True)
class SourceFile:
    """One SQL file. ``path`` is relative to the ``sql`` directory and written with slashes."""

    path: str
    text: str

    @property
    def sha256(self) -> str:
        """The hash by which an unchanged file is recognised."""
        return hashlib.sha256(self.text.encode()).hexdigest()

    @property
    def object_name(self) -> str:
        """The object it defines: the file name up to the first dot."""
        return self.path.rsplit("/", 1)[-1].split(".", 1)[0]

    @cached_property
    def required(self) -> frozenset[str]:
        """Names of the objects without which it cannot run."""
        return frozenset(sqltext.required_objects(self.text))

    @cached_property
    def mentioned(self) -> frozenset[str]:
        """Names of all the objects it uses."""
        return frozenset(sqltext.mentioned_objects(self.text))


@dataclass(frozen=True)
class CodeSource:
    """All of ``sql/functions``: what defines objects, in the order it runs, and the security files."""

    objects: tuple[SourceFile, ...]
    security: tuple[SourceFile, ...]


def read_code(sql_root: Path) -> CodeSource:
    """Read ``sql/functions``. Raises ``BadSource`` for a file name that cannot be the name of an object."""
    objects: list[SourceFile] = []
    security: list[SourceFile] = []
    for path in sorted((sql_root / "functions").rglob("*.sql")):
        file = read_file(sql_root, path)
        folder = path.relative_to(sql_root / "functions").parts[0]
        if folder == SECURITY_FOLDER:
            security.append(file)
        elif _FILE_NAME.fullmatch(path.name):
            objects.append(file)
        else:
            raise BadSource(
                f"{file.path}: the name of the file is not the name of an object",
                hint="Name it <object>.sql or, for one of several overloads, <object>.<variant>.sql.",
            )
    return CodeSource(tuple(run_order(objects)), tuple(security))


def read_file(sql_root: Path, path: Path) -> SourceFile:
    """Read one file; a hash must not depend on how a checkout writes the ends of lines."""
    return SourceFile(path.relative_to(sql_root).as_posix(), path.read_text(encoding="utf-8"))


def run_order(files: Sequence[SourceFile]) -> list[SourceFile]:
    """Put files behind those that define what they use; ties and cycles are settled by path.

    Where files use each other, one goes first that has all it cannot do without: PL/pgSQL may call
    what comes later.
    """
    waiting = sorted(files, key=lambda file: file.path)
    ordered: list[SourceFile] = []
    while waiting:
        following = (
            next((file for file in waiting if not _is_held_up(file, file.mentioned, waiting)), None)
            or next((file for file in waiting if not _is_held_up(file, file.required, waiting)), None)
            or waiting[0]
        )
        waiting.remove(following)
        ordered.append(following)
    return ordered


def _is_held_up(file: SourceFile, names: frozenset[str], waiting: Sequence[SourceFile]) -> bool:
    return any(other is not file and other.object_name in names for other in waiting)
