"""Rendering the functions of the repository from ``templates/repository`` into ``sql/functions/repository``.

``python -m rollforward.generation`` writes the files; they are committed, and deployed like any other. A
template prints names that the model has checked, what the functions here return, and nothing else.
"""

from __future__ import annotations

import sys
import textwrap
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import jinja2
from markupsafe import Markup

from rollforward.entities import Entity, entities
from rollforward.resources import sql_root, templates_root

_WIDTH = 125
# Which templates make an object for each entity, and what it is called.
_OBJECTS = {
    "version.sql.j2": "{}_version",
    "history.sql.j2": "{}_history",
    "as_known_at.sql.j2": "{}_as_known_at",
}


def rendered() -> dict[str, str]:
    """The text of every generated file, by its path below ``sql/functions/repository``."""
    environment = _environment()
    return {
        f"{pattern.format(entity.name)}.sql": environment.get_template(template).render(entity=entity)
        for entity in entities()
        for template, pattern in _OBJECTS.items()
    }


def folder() -> Path:
    """Where the generated files are."""
    return sql_root() / "functions" / "repository"


def write() -> list[Path]:
    """Write the files, remove those that nothing generates any more, and return what changed."""
    folder().mkdir(exist_ok=True)
    texts = rendered()
    changed = []
    for path in sorted({*folder().glob("*.sql"), *(folder() / name for name in texts)}):
        text = texts.get(path.name)
        if text is None:
            path.unlink()
        elif not path.exists() or path.read_text("utf-8") != text:
            path.write_text(text, encoding="utf-8")
        else:
            continue
        changed.append(path)
    return changed


def _environment() -> jinja2.Environment:
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(templates_root() / "repository"),
        undefined=jinja2.StrictUndefined,
        autoescape=True,
        finalize=_printable,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    del environment.filters["safe"]  # the one way around finalize
    environment.globals.clear()
    environment.globals.update(
        name=_name,
        noun=_noun,
        plural=_plural,
        columns=_columns,
        keys=_keys,
        key_arguments=_key_arguments,
        key_arrays=_key_arrays,
        key_matches=_key_matches,
        require_keys=_require_keys,
        or_lengths=_or_lengths,
    )
    return environment


def _printable(value: Any) -> Markup:
    if isinstance(value, Markup):
        return value
    raise TypeError(f"a template may not print {value!r} as it is")


def _name(entity: Entity) -> Markup:
    return Markup(entity.name)


def _noun(entity: Entity) -> Markup:
    return Markup(entity.noun)


def _plural(entity: Entity) -> Markup:
    return Markup(entity.plural)


def _columns(entity: Entity, alias: str, indent: int) -> Markup:
    """All columns, qualified, on lines that begin below the first one."""
    listed = ", ".join(f"{alias}.{column.name}" for column in entity.columns)
    margin = " " * indent
    return Markup(textwrap.fill(listed, _WIDTH, initial_indent=margin, subsequent_indent=margin).lstrip())


def _keys(entity: Entity) -> Markup:
    return _joined(column.name for column in entity.key)


def _key_arguments(entity: Entity) -> Markup:
    """The declaration of the arguments that call rows by their keys."""
    return _joined(f"{column.argument} {column.type}[]" for column in entity.key)


def _key_arrays(entity: Entity, function: str) -> Markup:
    return _joined(f"{entity.name}_{function}.{column.argument}" for column in entity.key)


def _key_matches(entity: Entity, left: str, right: str) -> Markup:
    return Markup("\n          AND ".join(f"{left}.{key.name} = {right}.{key.name}" for key in entity.key))


def _require_keys(entity: Entity, function: str) -> Markup:
    """The statement that refuses arrays of keys that are NULL or differ in length."""
    arrays = [f"{entity.name}_{function}.{column.argument}, '{column.argument}'" for column in entity.key]
    if len(arrays) == 1:
        return Markup(f"    PERFORM rollforward.given({arrays[0]});")
    lengths = ",\n".join(
        f"        '{column.argument}', cardinality(rollforward.given({array}))"
        for column, array in zip(entity.key, arrays, strict=True)
    )
    return Markup(f"    PERFORM rollforward.require_same_length(jsonb_build_object(\n{lengths}));")


def _or_lengths(entity: Entity) -> Markup:
    return Markup(", or the arrays differ in length" if len(entity.key) > 1 else "")


def _joined(texts: Iterable[str]) -> Markup:
    return Markup(", ".join(texts))


if __name__ == "__main__":
    for written in write():
        print(written.relative_to(sql_root().parent), file=sys.stderr)
