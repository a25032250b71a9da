"""A CSV file as COPY takes it: what is printed plainly is moved in blocks, each line numbered.

A block is plain when PostgreSQL and ``csv`` read the same in it: a row on each line, printable ASCII, quotes
only around whole fields, and nothing to strip.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import IO

_BLOCK = 1 << 16
_PRINTABLE = bytes(range(0x20, 0x7F)) + b"\n"
_EDGES = (b" ,", b", ", b" \n", b"\n ", b"\n\n", b'" ', b' "')


def plain_blocks(file: IO[bytes]) -> Iterator[bytes]:
    """Whole lines, as long as they are plain; whatever is behind the last of them is not, or nothing."""
    rest = b""
    while chunk := file.read(_BLOCK):
        lines, end, rest = (rest + chunk).rpartition(b"\n")
        if not end or not is_plain(lines + end):
            return
        yield lines + end
    if rest and is_plain(rest + b"\n"):
        yield rest


def is_plain(block: bytes) -> bool:
    """Whether whole lines read the same for PostgreSQL and for ``csv``."""
    lines = block.replace(b"\r\n", b"\n")
    if (
        lines.translate(None, _PRINTABLE)
        or lines[:1] in (b" ", b"\n")
        or any(edge in lines for edge in _EDGES)
    ):
        return False
    if b'"' not in lines:
        return True
    pieces = lines.split(b'"')
    if len(pieces) % 2 == 0 or b"\n" in b"".join(pieces[1::2]):
        return False
    fields = b"\n" + b'"'.join(pieces[0::2])  # what is quoted left out, each a single quote
    quoted = fields.count(b'"')
    begun = fields.count(b',"') + fields.count(b'\n"')
    return begun == quoted == fields.count(b'",') + fields.count(b'"\n')


def numbered(block: bytes, line: int) -> bytes:
    """The lines of a plain block, with their numbers."""
    lines = block.replace(b"\r\n", b"\n").removesuffix(b"\n").split(b"\n")
    return b"".join([b"%d,%b\n" % row for row in enumerate(lines, line)])


def written(line: int, row: Iterable[str]) -> bytes:
    """A row that ``csv`` has read, with its number; what is empty is NULL, as it is in a block."""
    fields = ['"' + value.replace('"', '""') + '"' if value else "" for value in row]
    return f"{line},{','.join(fields)}\n".encode()
