"""Maps from the columns and words of somebody's export to those of the generic layout, in TOML.

::

    [columns]                     # column of the generic layout = header of the file
    occurred_at = "Trade Date"
    symbol = "Ticker"

    [kinds]                       # what the file prints as kind = kind, or kind and effect
    "Bought" = "buy"
    "Sell to close" = "sell close"

    [defaults]                    # of columns that the file does not have
    currency = "USD"

A column that is not named keeps its own name; a kind that is not listed is read as it is.
"""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from rollforward.errors import UsageError
from rollforward.statement.layout import Layout

_TABLES = ("columns", "kinds", "defaults")


@dataclass(frozen=True)
class ColumnMap:
    """How a file's columns and words become those of the generic layout."""

    columns: Mapping[str, str] = field(default_factory=dict)
    kinds: Mapping[str, str] = field(default_factory=dict)
    defaults: Mapping[str, str] = field(default_factory=dict)

    def applied(self, layout: Layout) -> Layout:
        """The layout with the headers of the file; what has a default may be missing."""
        return replace(
            layout,
            columns={self.columns.get(name, name): name for name in layout.columns.values()},
            optional=frozenset(
                self.columns.get(name, name)
                for name in layout.columns.values()
                if name in layout.optional or name in self.defaults
            ),
        )

    def added(self, columns: Sequence[str]) -> list[str]:
        """The columns that the map adds to those of a file."""
        wanted = [*self.defaults, *(["effect"] if self._gives_effects else [])]
        return [name for name in dict.fromkeys(wanted) if name not in columns]

    def translation(self, columns: Sequence[str]) -> Callable[[list[str]], list[str]]:
        """What makes of a row of these columns one in the words of the generic layout, with what is added."""
        added = self.added(columns)
        if not added and not self.kinds:
            return lambda row: row
        names = [*columns, *added]
        defaults = [self.defaults.get(name, "") for name in added]
        kind = names.index("kind")
        effect = names.index("effect") if self._gives_effects else None
        kinds = {printed.casefold(): words.split() for printed, words in self.kinds.items()}

        def translated(row: list[str]) -> list[str]:
            values = [*row, *defaults]
            words = kinds.get(values[kind].strip().casefold())
            if words is not None:
                values[kind] = words[0]
                if effect is not None and len(words) > 1:
                    values[effect] = words[1]
            return values

        return translated

    @property
    def _gives_effects(self) -> bool:
        return any(len(words.split()) > 1 for words in self.kinds.values())


def read_column_map(path: Path, layout: Layout) -> ColumnMap:
    """The map in a file. Raises UsageError naming what is wrong with it."""
    try:
        given: dict[str, Any] = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise UsageError(f"{path} cannot be read: {error}") from error
    if unknown := sorted(set(given) - set(_TABLES)):
        raise UsageError(
            f"{path}: unknown table: {', '.join(unknown)}", hint=f"Tables are {', '.join(_TABLES)}."
        )
    for table, entries in given.items():
        if not isinstance(entries, dict):
            raise UsageError(f"{path}: {table} must be a table")
        for key, value in entries.items():
            if not isinstance(value, str) or not value.strip():
                raise UsageError(f"{path}: {table}.{key} must be a text, not {value!r}")
            if table != "kinds" and key not in layout.columns:
                raise UsageError(
                    f"{path}: {table}.{key}: there is no such column",
                    hint=f"Columns are {', '.join(layout.columns)}.",
                )
            if table == "kinds" and len(value.split()) > 2:
                raise UsageError(f"{path}: kinds.{key} must be a kind, or a kind and its effect: {value!r}")
    headers = [header.casefold() for header in given.get("columns", {}).values()]
    if doubled := sorted({header for header in headers if headers.count(header) > 1}):
        raise UsageError(f"{path}: columns: {', '.join(doubled)} stands for two columns")
    return ColumnMap(**given)
