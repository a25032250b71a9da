"""Reading a CSV file: header, rows with their line numbers, and what makes it unreadable."""

from __future__ import annotations

import csv
from codecs import BOM_UTF8
from collections.abc import Callable, Iterator
from typing import Any, Protocol

from rollforward.errors import Refusal, StatementRefused
from rollforward.statement import blocks
from rollforward.statement.layout import Layout
from rollforward.statement.source import UNREADABLE, Source

_PROGRESS_EVERY = 2_000  # rows; asking the file for its position is not free
_MOST_REFUSALS = 100
_LONGEST_HEADER = 1 << 16  # bytes


class _CsvReader(Protocol):
    """What ``csv.reader`` returns; its class has no public name."""

    line_num: int

    def __next__(self) -> list[str]: ...


class RowReader:
    """The rows of a CSV file. Memory does not grow with the file.

    Every method raises StatementRefused when the file cannot be read.
    """

    def __init__(self, source: Source, noun: str = "statement") -> None:
        self.source = source
        self.noun = noun

    def numbered(
        self, progress: Callable[[int], None] | None = None, *, offset: int = 0, above: int = 0
    ) -> Iterator[tuple[int, list[str]]]:
        """Rows with the line each begins on; what csv or the encoding refuse is a refusal.

        progress is called now and then with the bytes read so far. Rows above an offset, and so many lines,
        are left out.
        """
        try:
            with self.source.open_text(offset) as file:
                reader: _CsvReader = csv.reader(file, strict=True)
                for number in range(1 << 62):
                    line = above + reader.line_num + 1
                    if progress is not None and number % _PROGRESS_EVERY == 0:
                        progress(file.buffer.tell())  # type: ignore[attr-defined]
                    try:
                        row = next(reader)
                    except StopIteration:
                        return
                    except csv.Error as error:
                        raise self.refused([self.refusal(line, "", str(error), "not_csv")]) from error
                    yield line, row
        except UnicodeDecodeError as error:
            raise self.refused([self._not_utf8()]) from error
        except UNREADABLE as error:
            raise self.source.unreadable(error, self.noun) from error

    def refusal(self, line: int | None, column: str, value: str, reason: str) -> Refusal:
        """A refusal that names this file."""
        return Refusal(self.source.name, line, column, value, reason)

    def refused(self, refusals: list[Refusal]) -> StatementRefused:
        """The refusal of this file."""
        return StatementRefused(self.source.name, refusals, noun=self.noun)

    def accepted(self, rows: Iterator[tuple[int, Any, Refusal | None]]) -> Iterator[tuple[int, Any]]:
        """The rows, if none of them is refused."""
        refusals: list[Refusal] = []
        for line, row, refusal in rows:
            if refusal is None:
                yield line, row
            else:
                refusals.append(refusal)
                if len(refusals) == _MOST_REFUSALS:
                    break
        if refusals:
            raise self.refused(refusals)

    def _not_utf8(self) -> Refusal:
        """Where the file stops being UTF-8."""
        with self.source.open() as file:
            for line, raw in enumerate(file, 1):
                try:
                    raw.decode("utf-8")
                except UnicodeDecodeError as error:
                    return self.refusal(line, "", repr(raw[error.start : error.end]), "not_utf8")
        raise AssertionError("the file was not UTF-8 a moment ago")


class StatementReader(RowReader):
    """A file with one header, in one layout."""

    def __init__(self, source: Source, layout: Layout) -> None:
        super().__init__(source, layout.noun)
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
        return self.accepted(self.lines(progress))

    def csv_lines(self, progress: Callable[[int], None] | None = None) -> Iterator[bytes]:
        """What ``rows()`` reads as lines of CSV, each with its number in front: where it is plain, as it is.

        Plain lines that have more fields than the header, or fewer, are for COPY to refuse.
        """
        offset = above = 0
        if None not in self._headers():
            try:
                with self.source.open() as file:
                    header = file.readline(_LONGEST_HEADER)
                    if header.endswith(b"\n") and blocks.is_plain(header.removeprefix(BOM_UTF8)):
                        offset, above = len(header), 1
                        for block in blocks.plain_blocks(file):
                            yield blocks.numbered(block, above + 1)
                            offset += len(block)
                            above += block.count(b"\n")
                            if progress is not None:
                                progress(offset)
            except UNREADABLE as error:
                raise self.source.unreadable(error, self.noun) from error
        # what is behind the last plain block: nothing, or it is not plain
        for line, row in self.accepted(self.lines(progress, offset=offset, above=above)):
            yield blocks.written(line, row)

    def lines(
        self, progress: Callable[[int], None] | None = None, *, offset: int = 0, above: int = 0
    ) -> Iterator[tuple[int, list[str], Refusal | None]]:
        """As ``rows()``, with lines that are no rows among them: what there is of them, and why not.

        Rows above an offset, and so many lines, are left out.
        """
        headers = self._headers()
        wanted = [place for place, name in enumerate(headers) if name is not None]
        numbered = self.numbered(progress, offset=offset, above=above)
        if not offset:
            next(numbered)
        for line, row in numbered:
            if not row:
                continue
            refusal = self._wrong(line, row, len(headers))
            if refusal is not None:
                row = [value.replace("\0", "") for value in row] + [""] * len(headers)
            yield line, [row[place].strip() for place in wanted], refusal

    def _headers(self) -> list[str | None]:
        """The layout's name of each column of the file; None for one that the layout does not know."""
        header = self._printed_headers()
        if not header:
            raise self.refused([self.refusal(1, "", "", "empty_file")])
        known = {name.casefold(): name for name in self.layout.columns} | dict(self.layout.aliases)
        found = [known.get(printed.casefold()) for printed in header]
        missing = [
            self.refusal(1, name, "", "missing_column")
            for name in self.layout.columns
            if name not in found and name not in self.layout.optional
        ]
        doubled = [
            self.refusal(1, name, "", "doubled_column")
            for name in self.layout.columns
            if found.count(name) > 1
        ]
        if missing or doubled:
            raise self.refused(missing + doubled)
        return found

    def _printed_headers(self) -> list[str]:
        header = next((row for _, row in self.numbered()), [])
        return [printed.strip() for printed in header]

    def _wrong(self, line: int, row: list[str], width: int) -> Refusal | None:
        if len(row) != width:
            return self.refusal(line, "", f"{len(row)} fields, not {width}", "wrong_field_count")
        if any("\0" in value for value in row):
            return self.refusal(line, "", "NUL", "not_text")
        return None


class SectionReader(RowReader):
    """A file of sections: every row names its section, and says whether it is a header, data or a total."""

    def columns(self) -> list[str]:
        """Columns of the stage that the file fills."""
        return ["section", "row_type", "fields"]

    def rows(self, progress: Callable[[int], None] | None = None) -> Iterator[tuple[int, list[Any]]]:
        """Rows with the line they begin on: section, type, and the list of the other fields."""
        return self.accepted(self._lines(progress))

    def _lines(self, progress: Callable[[int], None] | None) -> Iterator[tuple[int, Any, Refusal | None]]:
        headers = 0
        for line, row in self.numbered(progress):
            if not row:
                continue
            refusal = None
            if len(row) < 2:
                refusal = self.refusal(line, "", f"{len(row)} field", "wrong_field_count")
            elif any("\0" in value for value in row):
                refusal = self.refusal(line, "", "NUL", "not_text")
            else:
                headers += row[1] == "Header"
            yield line, [*(value.strip() for value in row[:2]), row[2:]], refusal
        if not headers:
            yield 1, [], self.refusal(1, "", "", "no_sections")
