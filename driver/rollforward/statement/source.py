"""Where statements come from: files, and files within ZIP archives. Memory does not grow with them."""

from __future__ import annotations

import hashlib
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from io import TextIOWrapper
from pathlib import Path
from typing import IO

from rollforward.errors import StatementRefused

_BLOCK = 1 << 20
# What a file that is none, or an archive that is broken or encrypted, raises when it is opened or read.
UNREADABLE = (OSError, zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError)


@dataclass(frozen=True)
class Source:
    """A file, or a file of an archive.

    path    the file on disk
    member  its name in the archive, where it is in one
    """

    path: Path
    member: str | None = None

    @property
    def name(self) -> str:
        """What messages call it."""
        return str(self.path) if self.member is None else f"{self.path}/{self.member}"

    @property
    def size(self) -> int | None:
        """Bytes to read; None for what has no size, or is not there."""
        try:
            if self.member is None:
                return self.path.stat().st_size if self.path.is_file() else None
            with zipfile.ZipFile(self.path) as archive:
                return archive.getinfo(self.member).file_size
        except UNREADABLE:
            return None

    def open(self) -> IO[bytes]:
        """The bytes. Raises one of UNREADABLE."""
        if self.member is None:
            return self.path.open("rb")
        with zipfile.ZipFile(self.path) as archive:  # what is open of it keeps it open
            return archive.open(self.member)

    def open_text(self, offset: int = 0) -> TextIOWrapper:
        """The text, as csv wants it, from an offset on. Spreadsheets put a byte order mark in front."""
        file = self.open()
        if offset:
            file.seek(offset)
        return TextIOWrapper(file, encoding="utf-8" if offset else "utf-8-sig", newline="")

    def digest(self) -> bytes:
        """SHA-256 of the bytes. Raises StatementRefused."""
        digest = hashlib.sha256()
        try:
            with self.open() as file:
                while block := file.read(_BLOCK):
                    digest.update(block)
        except UNREADABLE as error:
            raise self.unreadable(error) from error
        return digest.digest()

    def unreadable(self, error: BaseException, noun: str = "statement") -> StatementRefused:
        """The refusal of what cannot be opened or read."""
        why = (error.strerror if isinstance(error, OSError) else None) or str(error) or type(error).__name__
        return StatementRefused.of_file(
            self.name, f"cannot be read: {why}", "not_readable", value=why, noun=noun
        )


def sources(path: Path) -> Iterator[Source]:
    """The file itself; or the CSV files of a ZIP archive, in the order of their names.

    Raises StatementRefused for an archive that cannot be read, or has no CSV file.
    """
    if path.suffix.casefold() != ".zip":
        yield Source(path)
        return
    try:
        with zipfile.ZipFile(path) as archive:
            names = sorted(
                name
                for name in archive.namelist()
                if name.casefold().endswith(".csv") and not name.startswith("__MACOSX/")
            )
    except UNREADABLE as error:
        raise Source(path).unreadable(error) from error
    if not names:
        raise StatementRefused.of_file(str(path), "has no CSV file in it", "empty_file")
    yield from (Source(path, name) for name in names)
