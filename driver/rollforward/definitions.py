"""What the analytics go by, from CSV files: scenarios, sectors of benchmarks, factors.

The rows of an object are gathered and handed to the function that saves it, once. What can be is decided
there; here it is only said on which line something cannot.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from os import PathLike
from pathlib import Path
from typing import TYPE_CHECKING, Any

from psycopg import sql
from psycopg.types.json import Jsonb

from rollforward.errors import BadArgument, Refusal, StatementRefused
from rollforward.findings import DefinitionsLoad
from rollforward.statement.layout import Layout
from rollforward.statement.reader import StatementReader
from rollforward.statement.source import Source

if TYPE_CHECKING:
    from rollforward.session.connected import Connected

_TRUE = frozenset({"true", "t", "yes", "1"})
_FALSE = frozenset({"false", "f", "no", "0"})


class _Wrong(ValueError):
    """A value that cannot be; its text is the reason."""


def _number(text: str) -> float:
    try:
        number = float(text)
    except ValueError:
        raise _Wrong("not_a_number") from None
    if not math.isfinite(number) or "_" in text:
        raise _Wrong("not_a_number")
    return number


def _part(text: str) -> float:
    number = _number(text)
    if not 0 <= number <= 1:
        raise _Wrong("not_a_part_of_one")
    return number


def _whole(text: str) -> int:
    if not text.removeprefix("-").isdecimal() or abs(int(text)) >= 2**31:
        raise _Wrong("not_a_whole_number")
    return int(text)


def _truth(text: str) -> bool:
    if text.casefold() not in _TRUE | _FALSE:
        raise _Wrong("not_true_or_false")
    return text.casefold() in _TRUE


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise _Wrong("not_a_date") from None


@dataclass(frozen=True)
class Kind:
    """A kind of definition: how its files look, and what saves it.

    function   of schema rollforward
    own        columns that are the same in all rows of an object, the first ones name it; what each may hold
    arguments  columns whose arguments have other names
    required   columns that cannot be blank
    members    columns of a name and a number, of which an object has a row each, and their argument
    """

    function: str
    own: Mapping[str, Callable[[str], Any]]
    key: tuple[str, ...]
    required: frozenset[str]
    arguments: Mapping[str, str] = field(default_factory=dict)
    members: tuple[str, str, str] | None = None
    member: Callable[[str], float] = _number
    aliases: Mapping[str, str] = field(default_factory=dict)

    def layout(self, noun: str) -> Layout:
        """The layout of its files. Nothing is staged."""
        columns = (*self.own, *(self.members or ())[:2])
        return Layout(
            table="",
            columns={name: name for name in columns},
            optional=frozenset(self.own) - self.required,
            noun=noun,
            aliases=self.aliases,
        )


KINDS: Mapping[str, Kind] = {
    "scenarios": Kind(
        function="save_scenario",
        own={"scenario": str, "category": str, "severity": str, "active": _truth},
        key=("scenario",),
        required=frozenset({"scenario"}),
        arguments={"scenario": "name", "active": "is_active"},
        members=("factor", "shock", "shocks"),
        aliases={"scenario_id": "scenario"},
    ),
    "benchmarks": Kind(
        function="save_benchmark_weights",
        own={"benchmark": str, "as_of": _day},
        key=("benchmark", "as_of"),
        required=frozenset({"benchmark", "as_of"}),
        members=("sector", "weight", "weights"),
        member=_part,
        aliases={"benchmark_code": "benchmark", "asof_date": "as_of"},
    ),
    "factors": Kind(
        function="save_factor",
        own={
            "name": str, "method": str, "symbol": str, "short_symbol": str, "window_days": _whole,
            "minimum_returns": _whole, "covers_options": _truth, "is_shocked": _truth, "unit_return": _number,
        },
        key=("name",),
        required=frozenset({"name", "method", "symbol"}),
    ),
}  # fmt: skip


@dataclass
class _Object:
    """What the rows of a file say of one object: the line on which it begins, its columns, its members."""

    line: int
    own: dict[str, Any]
    members: dict[str, float] = field(default_factory=dict)


def load_definitions(
    session: Connected,
    kind: str,
    path: str | PathLike[str],
    *,
    warn: Callable[[str], None] | None = None,
) -> DefinitionsLoad:
    """Read a file and save what it defines; see ``Session.load_definitions``."""
    if kind not in KINDS:
        raise BadArgument(
            f"unknown kind of definitions: {kind}",
            sqlstate="22R01",
            detail=[{"argument": "kind", "value": kind}],
            hint=f"Kinds that can be loaded: {', '.join(KINDS)}.",
        )
    noun = f"file of {kind}"
    reader = StatementReader(Source(Path(path)), KINDS[kind].layout(noun))
    columns = reader.columns()
    rows = [(line, dict(zip(columns, values, strict=True))) for line, values in reader.rows()]
    if not rows:
        raise StatementRefused.of_file(str(path), "has no rows", "empty_file", noun=noun)
    for name in reader.ignored():
        if warn is not None:
            warn(f"column {name} is ignored")

    gathering = _Gathering(KINDS[kind], reader, _shocked_factors(session) if kind == "scenarios" else None)
    objects = gathering.gathered(rows)
    with session.all_or_nothing():
        for each in objects:
            _save(session, KINDS[kind], each, reader)
    return DefinitionsLoad(len(rows), len(objects))


def _shocked_factors(session: Connected) -> frozenset[str]:
    return frozenset(
        name for (name,) in session.fetch("SELECT name FROM rollforward.factor WHERE is_shocked")
    )


class _Gathering:
    """The rows of a file on their way to objects, and what is wrong with them."""

    def __init__(self, kind: Kind, reader: StatementReader, factors: frozenset[str] | None) -> None:
        self.kind = kind
        self.reader = reader
        self.factors = factors
        self.objects: dict[tuple[Any, ...], _Object] = {}
        self.refusals: list[Refusal] = []

    def gathered(self, rows: Iterable[tuple[int, dict[str, str]]]) -> list[_Object]:
        """The objects, in the order in which they begin."""
        for line, row in rows:
            self._add(line, row)
        if self.refusals:
            raise self.reader.refused(self.refusals[:100])
        return list(self.objects.values())

    def _add(self, line: int, row: dict[str, str]) -> None:
        own = {
            name: self._value(line, row, name, read) for name, read in self.kind.own.items() if name in row
        }
        known = self.objects.setdefault(tuple(own[name] for name in self.kind.key), _Object(line, own))
        for name, value in own.items():
            if value != known.own[name]:
                self._refuse(line, name, row[name], "contradicts_another_row")
        if self.kind.members is None:
            return
        name, value_name, _ = self.kind.members
        member = self._member_name(line, row, name)
        value = self._value(line, row, value_name, self.kind.member, required=True)
        if member is None or value is None:
            return
        if known.members.setdefault(member, value) != value:
            self._refuse(line, value_name, row[value_name], "contradicts_another_row")

    def _member_name(self, line: int, row: dict[str, str], column: str) -> str | None:
        name: str | None = self._value(line, row, column, str, required=True)
        if name is None or self.factors is None or name in self.factors:
            return name
        with_blanks = name.replace("_", " ")
        if with_blanks not in self.factors:
            self._refuse(line, column, name, "unknown_factor")
        return with_blanks

    def _value(
        self,
        line: int,
        row: dict[str, str],
        column: str,
        read: Callable[[str], Any],
        *,
        required: bool = False,
    ) -> Any:
        """The value of a column; None where it is blank, or cannot be."""
        text = row[column]
        if not text:
            if required or column in self.kind.required:
                self._refuse(line, column, text, "missing")
            return None
        try:
            return read(text)
        except _Wrong as wrong:
            self._refuse(line, column, text, str(wrong))
            return None

    def _refuse(self, line: int, column: str, value: str, reason: str) -> None:
        self.refusals.append(self.reader.refusal(line, column, value, reason))


def _save(session: Connected, kind: Kind, each: _Object, reader: StatementReader) -> None:
    """Hand an object over; blanks are what the function makes of them."""
    arguments = {
        kind.arguments.get(name, name): value for name, value in each.own.items() if value is not None
    }
    if kind.members is not None:
        arguments[kind.members[2]] = Jsonb(each.members)
    call = sql.SQL("SELECT {}({})").format(
        sql.Identifier("rollforward", kind.function),
        sql.SQL(", ").join(
            sql.SQL("{} => {}").format(sql.Identifier(name), sql.Placeholder(name)) for name in arguments
        ),
    )
    try:
        session.fetch(call, arguments)
    except BadArgument as error:
        raise _refused(kind, each, reader, error) from error


def _refused(kind: Kind, each: _Object, reader: StatementReader, error: BadArgument) -> StatementRefused:
    """The refusal of an object by the database, with the line on which it begins."""
    offences = error.detail if isinstance(error.detail, list) else []
    columns = {kind.arguments.get(name, name): name for name in kind.own}
    refusals = [
        reader.refusal(each.line, columns.get(offence["argument"], ""), str(offence["value"]), error.message)
        for offence in offences
    ]
    refused = StatementRefused(
        reader.source.name, refusals, message=f"{reader.source.name}, line {each.line}: {error.message}"
    )
    refused.hint = f"{error.hint or ''} {refused.hint}".strip()
    return refused
