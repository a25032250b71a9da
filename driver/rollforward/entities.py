"""The entities of the repository, as ``templates/repository/entities.toml`` declares them."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from typing import Any

from rollforward.resources import templates_root

_NAME = re.compile(r"[a-z][a-z_]*")
_TYPE = re.compile(r"(rollforward_data\.)?[a-z][a-z_]*")
_WORDS = re.compile(r"[a-z ]+")


@dataclass(frozen=True, slots=True)
class Column:
    """A column of an entity's table."""

    name: str
    type: str

    @property
    def argument(self) -> str:
        """The argument that takes an array of it."""
        return f"{self.name}s"


@dataclass(frozen=True, slots=True)
class Entity:
    """What the functions of an entity are rendered from."""

    name: str
    noun: str
    plural: str
    key: tuple[Column, ...]
    columns: tuple[Column, ...]


def entities() -> tuple[Entity, ...]:
    """All of them, in the order of the file. Raises ValueError for one that cannot be rendered."""
    path = templates_root() / "repository" / "entities.toml"
    return tuple(_entity(name, declared) for name, declared in tomllib.loads(path.read_text("utf-8")).items())


def _entity(name: str, declared: dict[str, Any]) -> Entity:
    columns = tuple(
        Column(_checked(_NAME, column), _checked(_TYPE, type_))
        for column, type_ in declared["columns"].items()
    )
    by_name = {column.name: column for column in columns}
    if missing := [column for column in declared["key"] if column not in by_name]:
        raise ValueError(f"{name}: no columns of that name: {', '.join(missing)}")
    return Entity(
        _checked(_NAME, name),
        _checked(_WORDS, declared["noun"]),
        _checked(_WORDS, declared["plural"]),
        tuple(by_name[column] for column in declared["key"]),
        columns,
    )


def _checked(pattern: re.Pattern[str], text: str) -> str:
    if not pattern.fullmatch(text):
        raise ValueError(f"not a name that can stand in SQL as it is: {text!r}")
    return text
