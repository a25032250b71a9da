"""Examples in the documentation: finding fenced blocks, and comparing what they print with what they promise.

A ``console`` block holds commands, each on a line that begins with ``$ ``, and below each what it prints.
A block that begins with ``$ make demo`` is one command: what follows is what it prints, as far as it is
shown. A ``sql`` block is fed to psql; a ``text`` block next to it is what psql prints. A ``python`` block
is run.

``...`` matches anything: within a line, or as a line of its own any number of lines. Timings such as
``12.3 ms`` are equal to each other, and so is the number of objects that a deploy creates.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import zip_longest
from pathlib import Path

_FENCE = re.compile(r"^```(\w*)\s*$")
_PASSING = re.compile(r"\b\d+(\.\d+)? (ms|s|objects created)\b")
_PROMPT = "$ "
ANYTHING = "..."
DEMO = "make demo"


@dataclass(frozen=True)
class Block:
    """A fenced block."""

    file: Path
    line: int  # of its first line of content
    language: str
    lines: tuple[str, ...]


@dataclass(frozen=True)
class Example:
    """Something to run and what it prints; ``expected`` None means that is not shown."""

    file: Path
    line: int
    language: str
    source: str
    expected: tuple[str, ...] | None
    expected_line: int = 0


def blocks(file: Path) -> list[Block]:
    """All fenced blocks of a Markdown file."""
    found: list[Block] = []
    opened: tuple[int, str] | None = None
    lines = file.read_text(encoding="utf-8").splitlines()
    for number, line in enumerate(lines, 1):
        fence = _FENCE.match(line)
        if fence is None:
            continue
        if opened is None:
            opened = (number + 1, fence[1])
        else:
            begin, language = opened
            found.append(Block(file, begin, language, tuple(lines[begin - 1 : number - 1])))
            opened = None
    assert opened is None, f"{file}:{opened}: a block is not closed"
    return found


def examples(file: Path) -> list[Example]:
    """What can be run in a Markdown file, in its order."""
    found: list[Example] = []
    all_blocks = blocks(file)
    for block, following in zip_longest(all_blocks, all_blocks[1:]):
        if block.language == "console":
            found += _commands(block)
        elif block.language in ("sql", "python"):
            shown = following is not None and following.language == "text" and _adjoin(block, following)
            found.append(
                Example(
                    file,
                    block.line,
                    block.language,
                    "\n".join(block.lines) + "\n",
                    following.lines if shown and following is not None else None,
                    following.line if shown and following is not None else 0,
                )
            )
    return found


def _adjoin(block: Block, following: Block) -> bool:
    """Whether nothing but blank lines is between two blocks."""
    begin = block.line + len(block.lines)  # the closing fence
    return not any(
        line.strip()
        for line in block.file.read_text(encoding="utf-8").splitlines()[begin : following.line - 2]
    )


def _commands(block: Block) -> list[Example]:
    starts = [at for at, line in enumerate(block.lines) if line.startswith(_PROMPT)]
    assert starts[:1] == [0], f"{block.file}:{block.line}: a console block begins with a command"
    if block.lines[0] == _PROMPT + DEMO:
        lines = (*block.lines[1:], ANYTHING)
        return [Example(block.file, block.line, "console", DEMO, lines, block.line + 1)]
    return [
        Example(
            block.file,
            block.line + begin,
            "console",
            block.lines[begin].removeprefix(_PROMPT),
            block.lines[begin + 1 : end],
            block.line + begin + 1,
        )
        for begin, end in zip(starts, [*starts[1:], len(block.lines)], strict=True)
    ]


def difference(example: Example, printed: str) -> str | None:
    """The first line that is not as promised, said clearly; None when all is."""
    if example.expected is None:
        return None
    expected, actual = _tidy(example.expected), _tidy(printed.splitlines())
    at = _first_difference(expected, actual)
    if at is None:
        return None
    promised, got = at
    return "\n".join(
        [
            f"{example.file}:{example.expected_line + promised}:"
            f" the example in line {example.line} prints something else",
            f"  promised: {expected[promised] if promised < len(expected) else '(nothing more)'}",
            f"  printed:  {actual[got] if got < len(actual) else '(nothing more)'}",
            "all that was printed:",
            *(f"  {line}" for line in actual),
        ]
    )


def _tidy(lines: Sequence[str]) -> list[str]:
    """Without blanks at the ends of lines, and blank lines at the end."""
    tidied = [line.rstrip() for line in lines]
    while tidied and not tidied[-1]:
        tidied.pop()
    return tidied


def _first_difference(expected: Sequence[str], actual: Sequence[str]) -> tuple[int, int] | None:
    """Where the lines part: the place in what is expected and in what is there."""
    place = 0
    for number, line in enumerate(expected):
        if line.strip() == ANYTHING:
            rest = expected[number + 1 :]
            if not rest:
                return None
            tries = [_first_difference(rest, actual[skipped:]) for skipped in range(place, len(actual) + 1)]
            if None in tries:
                return None
            furthest = max((found for found in tries if found), key=lambda found: found[0])
            skipped = place + tries.index(furthest)
            return number + 1 + furthest[0], skipped + furthest[1]
        if place >= len(actual) or not matches(line, actual[place]):
            return number, place
        place += 1
    return None if place == len(actual) else (len(expected), place)


def matches(expected: str, actual: str) -> bool:
    """Whether a line is as promised."""
    pattern = ".*".join(re.escape(part) for part in _PASSING.sub(r"0 \2", expected).split(ANYTHING))
    return re.fullmatch(pattern, _PASSING.sub(r"0 \2", actual)) is not None
