"""What every command needs: the options, the consoles, the database, and the output of results."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, is_dataclass
from datetime import date, datetime, time
from decimal import Decimal
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import psycopg
    from rich.console import Console
    from rich.progress import Progress

    from rollforward.connection import Database


@dataclass(frozen=True)
class Options:
    """The global options, as given on the command line."""

    dsn: str | None = None
    data_dir: Path | None = None
    json: bool = False
    verbosity: int = 0  # -1 quiet, 0 normal, 1 verbose


class Context:
    """The surroundings of one command. Data goes to ``out``, everything else to ``err``."""

    def __init__(self, options: Options) -> None:
        self.options = options

    @cached_property
    def out(self) -> Console:
        """The console for data. Not a terminal: plain text, and tables keep their natural width."""
        from rich.console import Console

        return Console(file=sys.stdout, width=None if sys.stdout.isatty() else _PIPE_WIDTH, highlight=False)

    @cached_property
    def err(self) -> Console:
        """The console for messages, warnings and progress."""
        from rich.console import Console

        return Console(file=sys.stderr, highlight=False, soft_wrap=True, quiet=self.options.verbosity < 0)

    @contextmanager
    def database(self) -> Iterator[Database]:
        """The database this command works on; an embedded server runs at least as long as the block."""
        from rollforward.connection import database, resolve

        with database(resolve(self.options.dsn, self.options.data_dir)) as found:
            yield found

    @contextmanager
    def connect(self, *, autocommit: bool = False) -> Iterator[psycopg.Connection[tuple[Any, ...]]]:
        """A connection: committed when the block ends well, rolled back when it raises, then closed."""
        with self.database() as found, found.connect(autocommit=autocommit) as connection:
            yield connection

    def emit(self, document: Any, render: Callable[[Console], object]) -> None:
        """Print a result: the document with ``--json``, otherwise what ``render`` prints on the console."""
        if self.options.json:
            print_json(document)
        else:
            render(self.out)

    def note(self, text: str) -> None:
        """A message for the person at the terminal; silent with ``-q``."""
        if self.options.verbosity >= 0:
            print(text, file=sys.stderr)  # a progress display makes room for it

    def debug(self, text: str) -> None:
        """A message that only ``-v`` shows."""
        if self.options.verbosity > 0:
            print(text, file=sys.stderr)

    @contextmanager
    def progress(self) -> Iterator[Progress]:
        """A progress display on stderr; it draws nothing in a pipe, with ``-q`` and with ``--json``."""
        from rich.progress import Progress

        with Progress(console=self.err, disable=not self.shows_progress, transient=True) as display:
            yield display

    @property
    def shows_progress(self) -> bool:
        """Whether somebody sits there who would see it."""
        return sys.stderr.isatty() and self.options.verbosity >= 0 and not self.options.json


_PIPE_WIDTH = 500  # wide enough that no table is folded for a reader that has no width


def print_json(document: Any) -> None:
    """Print one JSON document to stdout: money as strings, dates in ISO format."""
    json.dump(document, sys.stdout, default=_jsonable, indent=2, ensure_ascii=False)
    sys.stdout.write("\n")


def _jsonable(value: Any) -> Any:
    if isinstance(value, Decimal):
        return format(value, "f")
    if isinstance(value, datetime | date | time):
        return value.isoformat()
    if is_dataclass(value) and not isinstance(value, type):
        return asdict(value)
    if isinstance(value, os.PathLike):
        return os.fspath(value)
    if isinstance(value, set | frozenset | tuple):
        return list(value)
    return str(value)
