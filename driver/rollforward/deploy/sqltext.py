"""Just enough reading of SQL text: comments, literals, and which objects of ours a file names.

This is not a parser. PostgreSQL parses the files; here we only need to look past comments and quotes.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from enum import Enum

_QUOTED = re.compile(
    r"""
      (?P<line_comment>--[^\n]*)
    | (?P<block_comment>/\*)
    | (?P<escape_literal>(?<![\w$])[eE]'(?:[^'\\]|\\.|'')*')
    | (?P<literal>'(?:[^']|'')*')
    | (?P<identifier>"(?:[^"]|"")*")
    | (?<![\w$])(?P<tag>\$(?:[^\W\d]\w*)?\$)(?P<body>.*?)(?P=tag)
    """,
    re.VERBOSE | re.DOTALL,
)
_COMMENT_EDGE = re.compile(r"/\*|\*/")
_MENTION = re.compile(r"\brollforward\.([a-z_][a-z0-9_]*)", re.IGNORECASE)
_OWN_STATEMENT = re.compile(
    r"\b(?:CREATE(?:\s+OR\s+REPLACE)?|COMMENT\s+ON)\s+(?:FUNCTION|PROCEDURE|AGGREGATE|VIEW|TYPE)"
    r"\s+rollforward\.[a-z_][a-z0-9_]*",
    re.IGNORECASE,
)
_PLPGSQL = re.compile(r"\bLANGUAGE\s+'?plpgsql\b", re.IGNORECASE)


class Part(Enum):
    """What a piece of SQL text is."""

    CODE = "code"
    COMMENT = "comment"
    LITERAL = "literal"
    BODY = "body"


def parts(text: str) -> Iterator[tuple[Part, str]]:
    """Cut SQL text into code, comments, literals and dollar-quoted bodies (without their quotes)."""
    position = 0
    while match := _QUOTED.search(text, position):
        yield Part.CODE, text[position : match.start()]
        position = match.end()
        if match["block_comment"]:
            position = _end_of_block_comment(text, match.end())
            yield Part.COMMENT, text[match.start() : position]
        elif match["line_comment"]:
            yield Part.COMMENT, match[0]
        elif match["identifier"]:
            yield Part.CODE, match[0]
        elif match["tag"]:
            yield Part.BODY, match["body"]
        else:
            yield Part.LITERAL, match[0]
    yield Part.CODE, text[position:]


def code_only(text: str, *, bodies: bool = True) -> str:
    """The text without comments and with empty literals; dollar-quoted bodies count as code, or not."""
    pieces: list[str] = []
    for part, piece in parts(text):
        if part is Part.CODE:
            pieces.append(piece)
        elif part is Part.COMMENT:
            pieces.append(" ")
        elif part is Part.LITERAL:
            pieces.append("''")
        elif bodies:
            pieces.append(f"$$ {code_only(piece)} $$")
        else:
            pieces.append("$$ $$")
    return "".join(pieces)


def required_objects(text: str) -> set[str]:
    """Objects of schema ``rollforward`` that must exist before this text can run.

    PL/pgSQL looks up what it calls only when it runs, so names inside such a body are not required.
    """
    late = _PLPGSQL.search(code_only(text, bodies=False)) is not None
    return _mentions(code_only(text, bodies=not late))


def mentioned_objects(text: str) -> set[str]:
    """All objects of schema ``rollforward`` that this text names, except by defining or commenting."""
    return _mentions(code_only(text))


def _mentions(code: str) -> set[str]:
    return {name.lower() for name in _MENTION.findall(_OWN_STATEMENT.sub("", code))}


def _end_of_block_comment(text: str, position: int) -> int:
    """The end of a block comment whose opening ends at ``position``; block comments nest in PostgreSQL."""
    depth = 1
    while depth and (edge := _COMMENT_EDGE.search(text, position)):
        depth += 1 if edge[0] == "/*" else -1
        position = edge.end()
    return len(text) if depth else position
