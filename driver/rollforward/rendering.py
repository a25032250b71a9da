"""Rendering psql scripts from ``templates/psql``: values and identifiers are quoted, structure is templated.

A template begins with a comment: what the script does, in one line, then its parameters. ``[...]`` is the
value that a parameter has when none is given; without it one must be::

    -- name    [default] description

It can print what these functions return, whole numbers, and nothing else; a bare text is an error, so a
parameter cannot become SQL by accident. What needs no parameter is left to psql's own variables.

ident(name)            an identifier
idents(text)           identifiers from a list separated by commas
lit(value)             a literal
date(text, *words)     a date literal; anything but YYYY-MM-DD is refused, and one of the words taken as it is
number(text)           a whole number above zero
names(text)            an array of texts from a list separated by commas; of none, NULL
choice(text, allowed)  the text itself, if it is one of those allowed
"""

from __future__ import annotations

import csv
import datetime
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import takewhile
from typing import Any

import jinja2
from markupsafe import Markup
from psycopg import sql

from rollforward.errors import UsageError
from rollforward.resources import templates_root

_SUFFIX = ".sql.j2"
_PARAMETER = re.compile(r"-- (?P<name>\w+) {2,}(?:\[(?P<default>.*?)\] )?(?P<description>\S.*)")


@dataclass(frozen=True)
class Parameter:
    """A parameter of a template. Without a default it has to be given."""

    name: str
    default: str | None
    description: str

    @property
    def usage(self) -> str:
        """As in a usage line: what may be left out is in brackets."""
        return self.name if self.default is None else f"[{self.name}={self.default}]"


@dataclass(frozen=True)
class Template:
    """What the comment at the head of a template says."""

    name: str
    description: str
    parameters: tuple[Parameter, ...]

    @property
    def usage(self) -> str:
        """All parameters as in a usage line, those that have to be given first."""
        return " ".join(
            each.usage for each in sorted(self.parameters, key=lambda each: each.default is not None)
        )


def template_names() -> list[str]:
    """The names of the templates there are."""
    folder = templates_root() / "psql"
    return sorted(path.name.removesuffix(_SUFFIX) for path in folder.glob(f"*{_SUFFIX}"))


def describe(name: str) -> Template:
    """A template and its parameters. Raises UsageError when there is no such template."""
    if name not in template_names():
        raise UsageError(f"no template {name}", hint=f"There are {', '.join(template_names())}.")
    text = (templates_root() / "psql" / f"{name}{_SUFFIX}").read_text(encoding="utf-8")
    head = list(takewhile(lambda line: line.startswith("--"), text.splitlines()))
    found = (_PARAMETER.fullmatch(line) for line in head)
    return Template(
        name,
        head[0].removeprefix("-- "),
        tuple(Parameter(**match.groupdict()) for match in found if match),
    )


def parameters(name: str) -> list[str]:
    """The names of a template's parameters. Raises UsageError when there is no such template."""
    return [parameter.name for parameter in describe(name).parameters]


def render(name: str, values: Mapping[str, str]) -> str:
    """The script. Raises UsageError for a template, parameter or value that does not fit."""
    template = describe(name)
    defaults = {each.name: each.default for each in template.parameters if each.default is not None}
    missing = [each for each in parameters(name) if each not in values and each not in defaults]
    unknown = [each for each in values if each not in parameters(name)]
    if missing or unknown:
        raise UsageError(
            f"template {name}: "
            + "; ".join(
                f"{what}: {', '.join(found)}"
                for what, found in (("missing", missing), ("unknown", unknown))
                if found
            ),
            hint=f"It takes {template.usage}: --set NAME=VALUE for each.",
        )
    for parameter, value in values.items():
        _refuse_no_text(parameter, value)
    return _environment().get_template(f"{name}{_SUFFIX}").render(defaults | dict(values))


def _environment() -> jinja2.Environment:
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(templates_root() / "psql"),
        undefined=jinja2.StrictUndefined,
        autoescape=True,
        finalize=_printable,
        keep_trailing_newline=True,
        trim_blocks=True,
    )
    environment.filters.clear()  # some, safe, escape and tojson among them, are ways around finalize
    environment.globals.clear()
    environment.globals.update(
        ident=sql.Identifier,
        idents=_idents,
        lit=sql.Literal,
        date=_date,
        number=_number,
        names=_names,
        choice=_choice,
    )
    return environment


def _printable(value: Any) -> Markup:
    """What may reach the script. Marked as safe, since the quoting is SQL's and not HTML's."""
    if isinstance(value, sql.Composable):
        return Markup(value.as_string(None))
    if isinstance(value, Markup) or (isinstance(value, int) and not isinstance(value, bool)):
        return Markup(value)
    raise TypeError(f"a template may not print {value!r} as it is")


def _refuse_no_text(parameter: str, value: str) -> None:
    """Refuse what PostgreSQL has no text for: a NUL, and bytes of a command line that are no UTF-8."""
    try:
        value.encode()
    except UnicodeEncodeError:
        pass
    else:
        if "\0" not in value:
            return
    raise UsageError(f"{parameter} is no text: {value!r}", hint="Values are UTF-8, without NUL.")


def _idents(text: str) -> sql.Composable:
    listed = _listed(text)
    if not listed:
        raise UsageError("no name is given", hint="Names are separated by commas.")
    return sql.SQL(", ").join(map(sql.Identifier, listed))


def _date(text: str, *words: str) -> sql.Composable:
    if text in words:
        return sql.Literal(text)
    try:
        day = datetime.date.fromisoformat(text).isoformat()
    except ValueError:
        day = None
    if day != text:  # there are other ways to write one in ISO 8601
        allowed = "".join(f", or {word}" for word in words)
        raise UsageError(f"not a date: {text}", hint=f"Dates are written YYYY-MM-DD{allowed}.")
    return sql.Literal(day)


def _number(text: str) -> int:
    if not re.fullmatch("[1-9][0-9]{0,5}", text):
        raise UsageError(
            f"not a number above zero: {text}", hint="It is a whole number, of six digits at most."
        )
    return int(text)


def _names(text: str) -> sql.Composable:
    listed = _listed(text)
    if not listed:
        return sql.SQL("NULL::text[]")
    return sql.SQL("ARRAY[{}]::text[]").format(sql.SQL(", ").join(map(sql.Literal, listed)))


def _choice(text: str, allowed: Sequence[str]) -> str:
    if text not in allowed:
        raise UsageError(
            f"not one of {', '.join(allowed)}: {text}", hint="Take one of them, as it is written."
        )
    return text


def _listed(text: str) -> list[str]:
    """The items of a list separated by commas, as in CSV: one with a comma of its own is in double quotes."""
    try:
        rows = list(csv.reader([text.strip()], skipinitialspace=True, strict=True))
    except csv.Error as error:
        raise UsageError(
            f"not a list: {text}", hint=f"Items with a comma are in double quotes: {error}."
        ) from error
    listed = [item.strip() for row in rows for item in row]
    if not all(listed):
        raise UsageError(f"a name in the list is empty: {text}", hint="Names are separated by single commas.")
    return listed
