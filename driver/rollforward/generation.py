"""Rendering the functions of the repository from ``templates/repository`` into ``sql/functions/repository``.

``python -m rollforward.generation`` writes the files; they are committed, and deployed like any other. A
template prints names that the model has checked, what the functions here return, and nothing else.
"""

from __future__ import annotations

import re
import sys
import textwrap
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import jinja2
from markupsafe import Markup

from rollforward.entities import Column, Entity, entities
from rollforward.resources import sql_root, templates_root

_WIDTH = 125
_NO_BREAK = "\N{NO-BREAK SPACE}"
# Which templates make an object for each entity, and what it is called.
_OBJECTS = {
    "row.sql.j2": "{}_row",
    "insert_batch.sql.j2": "insert_{}_batch",
    "stage_batch.sql.j2": "stage_{}_batch",
    "complete_stage.sql.j2": "complete_{}_stage",
    "match_stage.sql.j2": "match_{}_stage",
    "match_deleted_stage.sql.j2": "match_deleted_{}_stage",
    "insert_stage.sql.j2": "insert_{}_stage",
    "upsert_stage.sql.j2": "upsert_{}_stage",
    "stage_outcome.sql.j2": "{}_stage_outcome",
    "write_stage.sql.j2": "write_{}_stage",
    "save_stage.sql.j2": "save_{}_stage",
    "save_batch.sql.j2": "save_{}_batch",
    "save_chunked.sql.j2": "save_{}_chunked",
    "validate_stage.sql.j2": "validate_{}_stage",
    "validate_batch.sql.j2": "validate_{}_batch",
    "update_batch.sql.j2": "update_{}_batch",
    "delete_batch.sql.j2": "delete_{}_batch",
    "exists_batch.sql.j2": "exists_{}_batch",
    "load_batch.sql.j2": "load_{}_batch",
    "version.sql.j2": "{}_version",
    "history.sql.j2": "{}_history",
    "as_known_at.sql.j2": "{}_as_known_at",
}
# Those that make one for some entities only.
_ONLY_FOR: Mapping[str, Callable[[Entity], bool]] = {
    "complete_stage.sql.j2": lambda entity: entity.sequence is not None,
    "match_deleted_stage.sql.j2": lambda entity: entity.soft,
}


def rendered() -> dict[str, str]:
    """The text of every generated file, by its path below ``sql/functions/repository``."""
    environment = _environment()
    return {
        f"{pattern.format(entity.name)}.sql": environment.get_template(template).render(entity=entity)
        for entity in entities()
        for template, pattern in _OBJECTS.items()
        if template not in _ONLY_FOR or _ONLY_FOR[template](entity)
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
        word=_word,
        noun=_noun,
        plural=_plural,
        columns=_columns,
        each=_each,
        lines=_lines,
        sequence=_sequence,
        keys=_keys,
        key_arguments=_key_arguments,
        insert_arguments=_insert_arguments,
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


def _word(text: str) -> Markup:
    """A word that a template hands to one of its macros."""
    if not re.fullmatch("[a-z]+", text):
        raise ValueError(f"not a word: {text!r}")
    return Markup(text)


def _noun(entity: Entity) -> Markup:
    return Markup(entity.noun)


def _plural(entity: Entity) -> Markup:
    return Markup(entity.plural)


def _sequence(entity: Entity) -> Markup:
    return Markup(entity.sequence or "")


def _columns(entity: Entity, alias: str, indent: int) -> Markup:
    """All columns, qualified, on lines that begin below the first one."""
    return _each(entity.columns, f"{alias}.{{name}}", indent)


def _each(columns: Sequence[Column], pattern: str, indent: int, separator: str = ", ") -> Markup:
    """The pattern for each column, filled into lines that begin below the first one.

    A separator with a line break puts each on a line of its own.
    """
    margin = " " * indent
    filled = [_filled(pattern, column) for column in columns]
    if "\n" in separator:
        return Markup(separator.replace("\n", f"\n{margin}").join(filled))
    unbroken = [text.replace(" ", _NO_BREAK) for text in filled]
    listed = textwrap.fill(
        separator.join(unbroken),
        _WIDTH,
        initial_indent=margin,
        subsequent_indent=margin,
        break_long_words=False,
        break_on_hyphens=False,
    )
    return Markup(listed.lstrip(" ").replace(_NO_BREAK, " "))


def _lines(columns: Sequence[Column], pattern: str, indent: int, separator: str = "") -> Markup:
    """The pattern for each column, on lines of their own."""
    margin = " " * indent
    return Markup(f"{separator}\n".join(margin + _filled(pattern, column) for column in columns))


def _filled(pattern: str, column: Column) -> str:
    """A pattern of a template, with what it may say about a column."""
    return str(pattern).format(
        name=column.name,
        type=column.type,
        staged_type=column.staged_type,
        argument=column.argument,
        given_argument=f"rollforward.given({column.argument}, '{column.argument}')"
        if column.required
        else column.argument,
        optional="" if column.required else " DEFAULT NULL",
        cast=column.cast,
        as_text="::text" if column.is_enum else "",
        value=column.value,
        inserted=column.inserted,
        digested=column.digested,
    )


def _keys(entity: Entity) -> Markup:
    return _joined(column.name for column in entity.key)


def _key_arguments(entity: Entity) -> Markup:
    """The declaration of the arguments that call rows by their keys."""
    return _joined(f"{column.argument} {column.type}[]" for column in entity.key)


def _insert_arguments(entity: Entity) -> Markup:
    """The declaration of the arrays that are inserted: those of the key are returned too."""
    return Markup(",\n").join(
        Markup(f"    {'INOUT ' if column in entity.key else ''}{column.argument} {column.staged_type}[]")
        for column in entity.given
    )


def _key_arrays(entity: Entity, function: str) -> Markup:
    return _joined(f"{entity.name}_{function}.{column.argument}" for column in entity.key)


def _key_matches(entity: Entity, left: str, right: str) -> Markup:
    return Markup("\n          AND ".join(f"{left}.{key.name} = {right}.{key.name}" for key in entity.key))


def _require_keys(entity: Entity, function: str) -> Markup:
    """The statement that refuses arrays of keys that are NULL or differ in length.

    function   a pattern for the name of the function whose arguments they are
    """
    qualifier = str(function).format(entity.name)
    arrays = [f"{qualifier}.{column.argument}, '{column.argument}'" for column in entity.key]
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
