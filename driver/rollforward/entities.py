"""The entities of the repository, as ``templates/repository/entities.toml`` declares them."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass, replace
from typing import Any

from rollforward.resources import templates_root

_NAME = re.compile(r"[a-z][a-z_]*")
_TYPE = re.compile(r"(rollforward_data\.)?[a-z][a-z_]*")
_WORDS = re.compile(r"[a-z ]+")
_DEFAULT = re.compile(r"true|false|[0-9]+")
_CODES = ("currency_code",)
_SCALES = {"exact_money": 8, "exact_quantity": 12, "exact_price": 12, "exact_rate": 18}
_COLUMN_FIELDS = {"type", "required", "default", "digest", "given"}
_ENTITY_FIELDS = {"noun", "plural", "key", "sequence", "natural", "written_in", "soft", "columns"}


@dataclass(frozen=True, slots=True)
class Column:
    """A column of an entity's table."""

    name: str
    type: str
    required: bool = False
    default: str | None = None
    digest: bool = False
    given: bool = True
    sequence: str | None = None

    @property
    def argument(self) -> str:
        """The argument that takes an array of it."""
        if self.name.endswith("y") and self.name[-2] not in "aeiou":
            return f"{self.name[:-1]}ies"
        return f"{self.name}es" if self.name.endswith("x") else f"{self.name}s"

    @property
    def staged_type(self) -> str:
        """The type in which it is given: one that takes values which the column does not allow."""
        stored = self.type.removeprefix("rollforward_data.")
        if stored == self.type:
            return self.type
        return "numeric" if stored.startswith("exact_") else "text"

    @property
    def is_enum(self) -> bool:
        """Whether a text has to be cast to be stored in it."""
        return self.staged_type == "text" and self.type.split(".")[-1] not in (*_CODES, "text")

    @property
    def cast(self) -> str:
        """The staged value as the column takes it."""
        is_cast = self.is_enum or self.staged_type == "numeric"
        return f"staged.{self.name}::{self.type}" if is_cast else f"staged.{self.name}"

    @property
    def value(self) -> str:
        """What is stored for the staged value."""
        return self.cast if self.default is None else f"coalesce({self.cast}, {self.default})"

    @property
    def inserted(self) -> str:
        """What is stored for the staged value in a new row."""
        return f"coalesce({self.cast}, nextval('{self.sequence}'))" if self.sequence else self.value

    @property
    def digested(self) -> str:
        """What of the staged value is part of a digest: the same for the same value in any session."""
        text = (
            f"staged.{self.name}" if self.default is None else f"coalesce(staged.{self.name}, {self.default})"
        )
        if self.type in ("timestamptz", "date"):
            return f"extract(epoch FROM {text})"
        if self.staged_type == "numeric":
            return f"trim_scale(round({text}, {_SCALES[self.type.removeprefix('rollforward_data.')]}))"
        return text


@dataclass(frozen=True, slots=True)
class Entity:
    """What the functions of an entity are rendered from."""

    name: str
    noun: str
    plural: str
    key: tuple[Column, ...]
    sequence: str | None
    natural: tuple[Column, ...]
    written_in: tuple[Column, ...]
    soft: bool
    columns: tuple[Column, ...]

    @property
    def given(self) -> tuple[Column, ...]:
        """The columns that a caller can set, those first that must be given."""
        return tuple(
            sorted(
                (column for column in self.columns if column.given), key=lambda column: not column.required
            )
        )

    @property
    def content(self) -> tuple[Column, ...]:
        """What a caller can set and is not the key."""
        return tuple(column for column in self.columns if column.given and column not in self.key)

    @property
    def beside_key(self) -> tuple[Column, ...]:
        """All columns but those of the key."""
        return tuple(column for column in self.columns if column not in self.key)

    @property
    def required(self) -> tuple[Column, ...]:
        """The columns whose arrays must be given."""
        return tuple(column for column in self.columns if column.required)

    @property
    def digest(self) -> Column | None:
        """The column that stands for what the others say."""
        return next((column for column in self.columns if column.digest), None)

    @property
    def digested(self) -> tuple[Column, ...]:
        """What the digest is of."""
        return tuple(column for column in self.content if not column.digest)


def entities() -> tuple[Entity, ...]:
    """All of them, in the order of the file. Raises ValueError for one that cannot be rendered."""
    path = templates_root() / "repository" / "entities.toml"
    return tuple(_entity(name, declared) for name, declared in tomllib.loads(path.read_text("utf-8")).items())


def _entity(name: str, declared: dict[str, Any]) -> Entity:
    _refuse_unknown(name, declared, _ENTITY_FIELDS)
    columns = {column: _column(column, given) for column, given in declared["columns"].items()}

    def named(field: str) -> tuple[Column, ...]:
        listed = declared.get(field, [])
        if missing := [column for column in listed if column not in columns]:
            raise ValueError(f"{name}: no columns of that name: {', '.join(missing)}")
        return tuple(columns[column] for column in listed)

    sequence = declared.get("sequence")
    if sequence is not None:
        drawn = named("key")[-1]
        columns[drawn.name] = replace(drawn, sequence=_checked(_TYPE, sequence))
    return Entity(
        name=_checked(_NAME, name),
        noun=_checked(_WORDS, declared["noun"]),
        plural=_checked(_WORDS, declared["plural"]),
        key=named("key"),
        sequence=sequence,
        natural=named("natural") or named("key"),
        written_in=named("written_in") or named("natural") or named("key"),
        soft=declared.get("soft", False),
        columns=tuple(columns.values()),
    )


def _column(name: str, declared: str | dict[str, Any]) -> Column:
    fields: dict[str, Any] = {"type": declared} if isinstance(declared, str) else declared
    _refuse_unknown(name, fields, _COLUMN_FIELDS)
    default = fields.get("default")
    return Column(
        name=_checked(_NAME, name),
        type=_checked(_TYPE, fields["type"]),
        required=fields.get("required", False),
        default=None if default is None else _checked(_DEFAULT, default),
        digest=fields.get("digest", False),
        given=fields.get("given", True),
    )


def _refuse_unknown(name: str, declared: dict[str, Any], known: set[str]) -> None:
    if unknown := sorted(set(declared) - known):
        raise ValueError(f"{name}: unknown: {', '.join(unknown)}")


def _checked(pattern: re.Pattern[str], text: str) -> str:
    if not pattern.fullmatch(text):
        raise ValueError(f"not a name that can stand in SQL as it is: {text!r}")
    return text
