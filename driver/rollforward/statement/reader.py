"""Reading a CSV file: header, rows with their line numbers, and what makes it unreadable."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import IO, Protocol

from rollforward.errors import Refusal, StatementRefused
from rollforward.statement.layout import Layout

_PROGRESS_EVERY = 2_000  # rows; asking the file for its position is not free
_MOST_REFUSALS = 100


class _CsvReader(Protocol):
    """What ``csv.reader`` returns; its class has no public name."""

    line_num: int

    def __next__(self) -> list[str]: ...


class StatementReader:
    """One file of one layout. Memory does not grow with the file.

    Every method raises StatementRefused when the file cannot be read as that layout.
    """

    def __init__(self, path: Path, layout: Layout) -> None:
        self.path = path
        self.layout = layout

    def columns(self) -> list[str]:
        """Columns of the stage that the file fills, in the order of the file."""
        return [self.layout.columns[name] for name in self._headers() if name is not None]

    def ignored(self) -> list[str]:
        """Headers of the file that its layout does not know."""
        found = self._headers()
        return [
            printed
            for printed, name in zip(self._printed_headers(), found, strict=True)
            if printed and name is None
        ]

    def rows(self, progress: Callable[[int], None] | None = None) -> Iterator[tuple[int, list[str]]]:
        """Rows with the line they begin on, as texts in the order of ``columns()``; blank lines are skipped.

        progress is called now and then with the bytes read so far.
        """
        refusals: list[Refusal] = []
        for line, row, refusal in self.lines(progress):
            if refusal is None:
                yield line, row
            else:
                refusals.append(refusal)
                if len(refusals) == _MOST_REFUSALS:
                    break
        if refusals:
            raise self._refused(refusals)

    def lines(
        self, progress: Callable[[int], None] | None = None
    ) -> Iterator[tuple[int, list[str], Refusal | None]]:
        """As ``rows()``, with lines that are no rows among them: what there is of them, and why not."""
        headers = self._headers()
        wanted = [place for place, name in enumerate(headers) if name is not None]
        with self._open() as file:
            reader = csv.reader(file, strict=True)
            next(reader)
            for number, (line, row) in enumerate(self._numbered(reader)):
                if progress is not None and number % _PROGRESS_EVERY == 0:
                    progress(file.buffer.tell())  # type: ignore[attr-defined]
                if not row:
                    continue
                refusal = self._refusal(line, row, len(headers))
                if refusal is not None:
                    row = [value.replace("\0", "") for value in row] + [""] * len(headers)
                yield line, [row[place].strip() for place in wanted], refusal

    def _headers(self) -> list[str | None]:
        """The layout's name of each column of the file; None for one that the layout does not know."""
        header = self._printed_headers()
        if not header:
            raise self._refused([Refusal(str(self.path), 1, "", "", "empty_file")])
        known = {name.casefold(): name for name in self.layout.columns}
        found = [known.get(printed.casefold()) for printed in header]
        missing = [
            Refusal(str(self.path), 1, name, "", "missing_column")
            for name in self.layout.columns
            if name not in found and name not in self.layout.optional
        ]
        doubled = [
            Refusal(str(self.path), 1, name, "", "doubled_column")
            for name in self.layout.columns
            if found.count(name) > 1
        ]
        if missing or doubled:
            raise self._refused(missing + doubled)
        return found

    def _printed_headers(self) -> list[str]:
        with self._open() as file:
            header = next((row for _, row in self._numbered(csv.reader(file, strict=True))), [])
        return [printed.strip() for printed in header]

    def _numbered(self, reader: _CsvReader) -> Iterator[tuple[int, list[str]]]:
        """Rows of a CSV reader with the line each begins on; what csv or the encoding refuse is a refusal."""
        while True:
            line = reader.line_num + 1
            try:
                row = next(reader)
            except StopIteration:
                return
            except csv.Error as error:
                raise self._refused([Refusal(str(self.path), line, "", str(error), "not_csv")]) from error
            except UnicodeDecodeError as error:
                raise self._refused([self._not_utf8()]) from error
            except OSError as error:
                raise self._unreadable(error) from error
            yield line, row

    def _refusal(self, line: int, row: list[str], width: int) -> Refusal | None:
        if len(row) != width:
            return Refusal(str(self.path), line, "", f"{len(row)} fields, not {width}", "wrong_field_count")
        if any("\0" in value for value in row):
            return Refusal(str(self.path), line, "", "NUL", "not_text")
        return None

    def _not_utf8(self) -> Refusal:
        """Where the file stops being UTF-8."""
        with self.path.open("rb") as file:
            for line, raw in enumerate(file, 1):
                try:
                    raw.decode("utf-8")
                except UnicodeDecodeError as error:
                    wrong = raw[error.start : error.end]
                    return Refusal(str(self.path), line, "", repr(wrong), "not_utf8")
        raise AssertionError("the file was not UTF-8 a moment ago")

    def _open(self) -> IO[str]:
        try:
            # utf-8-sig: spreadsheets put a byte order mark in front
            return self.path.open(encoding="utf-8-sig", newline="")
        except OSError as error:
            raise self._unreadable(error) from error

    def _unreadable(self, error: OSError) -> StatementRefused:
        why = error.strerror or str(error)
        return StatementRefused.of_file(
            self.path, f"cannot be read: {why}", "not_readable", value=why, noun=self.layout.noun
        )

    def _refused(self, refusals: list[Refusal]) -> StatementRefused:
        return StatementRefused(self.path, refusals, noun=self.layout.noun)
