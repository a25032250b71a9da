"""Rendering psql scripts from ``templates/``: values and identifiers are quoted, structure is templated.

A template can print what these functions return, whole numbers, and nothing else; a bare text is an error, so
a parameter cannot become SQL by accident.

ident(name)            an identifier
lit(value)             a literal
date(text)             a date literal; anything but YYYY-MM-DD is refused
names(text)            an array of texts from a list separated by commas
choice(text, allowed)  the text itself, if it is one of those allowed
"""

from __future__ import annotations

import datetime
from collections.abc import Mapping, Sequence
from typing import Any

import jinja2
from jinja2 import meta
from markupsafe import Markup
from psycopg import sql

from rollforward.errors import UsageError
from rollforward.resources import templates_root

_SUFFIX = ".sql.j2"


def template_names() -> list[str]:
    """The names of the templates there are."""
    folder = templates_root() / "psql"
    return sorted(path.name.removesuffix(_SUFFIX) for path in folder.glob(f"*{_SUFFIX}"))


def parameters(name: str) -> list[str]:
    """The parameters that a template asks for. Raises UsageError when there is no such template."""
    environment = _environment()
    return sorted(meta.find_undeclared_variables(environment.parse(_source(name))) - set(environment.globals))


def render(name: str, values: Mapping[str, str]) -> str:
    """The script. Raises UsageError for a template, parameter or value that does not fit."""
    wanted = parameters(name)
    missing = [parameter for parameter in wanted if parameter not in values]
    unknown = [parameter for parameter in values if parameter not in wanted]
    if missing or unknown:
        raise UsageError(
            f"template {name}: "
            + "; ".join(
                f"{what}: {', '.join(found)}"
                for what, found in (("missing", missing), ("unknown", unknown))
                if found
            ),
            hint=f"It takes {', '.join(wanted)}: --set NAME=VALUE for each.",
        )
    return _environment().from_string(_source(name)).render(values)


def _source(name: str) -> str:
    if name not in template_names():
        raise UsageError(f"no template {name}", hint=f"There are {', '.join(template_names())}.")
    return (templates_root() / "psql" / f"{name}{_SUFFIX}").read_text(encoding="utf-8")


def _environment() -> jinja2.Environment:
    environment = jinja2.Environment(
        undefined=jinja2.StrictUndefined, autoescape=True, finalize=_printable, keep_trailing_newline=True
    )
    del environment.filters["safe"]  # the one way around finalize
    environment.globals.clear()
    environment.globals.update(
        ident=sql.Identifier, lit=sql.Literal, date=_date, names=_names, choice=_choice
    )
    return environment


def _printable(value: Any) -> Markup:
    """What may reach the script. Marked as safe, since the quoting is SQL's and not HTML's."""
    if isinstance(value, sql.Composable):
        return Markup(value.as_string(None))
    if isinstance(value, Markup) or (isinstance(value, int) and not isinstance(value, bool)):
        return Markup(value)
    raise TypeError(f"a template may not print {value!r} as it is")


def _date(text: str) -> sql.Composable:
    try:
        return sql.Literal(datetime.date.fromisoformat(text).isoformat())
    except ValueError as error:
        raise UsageError(f"not a date: {text}", hint="Dates are written YYYY-MM-DD.") from error


def _names(text: str) -> sql.Composable:
    listed = [sql.Literal(name.strip()) for name in text.split(",")]
    return sql.SQL("ARRAY[{}]::text[]").format(sql.SQL(", ").join(listed))


def _choice(text: str, allowed: Sequence[str]) -> str:
    if text not in allowed:
        raise UsageError(f"not one of {', '.join(allowed)}: {text}")
    return text
