"""Rows as the caller has them, and columns as the database takes them."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from functools import cache
from typing import Any

from rollforward.entities import Column, Entity, entities
from rollforward.errors import BadArgument, BatchRejected

Row = Mapping[str, Any]
SHOWN = 100  # offences listed in an error; the message has their number


@cache
def entity_named(name: str) -> Entity:
    """The entity of that name. Raises BadArgument (22R01) when there is none."""
    known = {entity.name: entity for entity in entities()}
    if name not in known:
        raise BadArgument(
            f"unknown entity: {name}",
            sqlstate="22R01",
            detail=[{"argument": "entity", "value": name}],
            hint=f"Entities are {', '.join(known)}.",
        )
    return known[name]


def mappings(rows: Iterable[Any]) -> list[Row]:
    """The rows as mappings: dataclasses may be given too."""
    return [
        dataclasses.asdict(row)
        if type(row) is not dict and dataclasses.is_dataclass(row) and not isinstance(row, type)
        else row
        for row in rows
    ]


def keys(entity: Entity, given: Iterable[Any]) -> list[Row]:
    """Rows of keys: given as mappings, as tuples, or by themselves when the key is one column."""
    names = [column.name for column in entity.key]
    found: list[Row] = []
    for key in given:
        if isinstance(key, Mapping):
            found.append({name: key.get(name) for name in names})
        else:
            parts = key if isinstance(key, tuple) else (key,)
            if len(parts) != len(names):
                raise BadArgument(
                    f"a key of {entity.name} is {', '.join(names)}: {key!r}",
                    sqlstate="22R01",
                    detail=[{"argument": "keys", "value": repr(key)}],
                )
            found.append(dict(zip(names, parts, strict=True)))
    return found


def columns_given(entity: Entity, rows: Sequence[Row], extra: Iterable[str] = ()) -> list[str]:
    """The names that the rows have, in the order of the entity. Raises BadArgument for an unknown one."""
    known = [column.name for column in entity.given] + list(extra)
    named: set[str] = set().union(*rows)
    if unknown := sorted(named - set(known)):
        raise BadArgument(
            f"unknown column of {entity.name}: {', '.join(unknown)}",
            sqlstate="22R01",
            detail=[{"argument": "rows", "value": name} for name in unknown],
            hint=f"It has {', '.join(known)}.",
        )
    return [name for name in known if name in named]


def values(entity: Entity, rows: Sequence[Row], names: Iterable[str]) -> dict[str, list[Any]]:
    """The values of the columns, each of the type that is staged for it.

    Raises BatchRejected (23R01, code ``malformed``) naming ordinal and field of what cannot be read as one.
    """
    types = {column.name: column for column in entity.given}
    offences: list[dict[str, Any]] = []
    converted: dict[str, list[Any]] = {}
    for name in names:
        staged_type = "bigint" if name == "expected_version" else types[name].staged_type
        given = [row.get(name) for row in rows]
        if _can_be_sent(staged_type, given):
            converted[name] = given
            continue
        convert = _CONVERSIONS[staged_type]
        converted[name] = column = []
        for ordinal, value in enumerate(given, 1):
            try:
                column.append(None if value is None else convert(value))
            except (TypeError, ValueError, ArithmeticError) as error:
                offences.append(
                    {"ordinal": ordinal, "code": "malformed", "field": name, "value": str(value)[:200],
                     "message": str(error) or type(error).__name__}
                )  # fmt: skip
    if offences:
        offences.sort(key=lambda offence: offence["ordinal"])
        first = offences[0]
        raise BatchRejected(
            f"rows of {entity.name} refused, {len(offences)} offences: row {first['ordinal']}, "
            f"{first['field']} {first['value']}: {first['message']}",
            sqlstate="23R01",
            detail=offences[:SHOWN],
            hint="Nothing was sent to the database.",
        )
    return converted


def array_parameter(column: Column, elements: list[Any]) -> tuple[str, list[Any] | str]:
    """How an array of the column is sent: its placeholder, with its type, and the parameter.

    Lists go in binary; but a Decimal is sooner printed than taken apart into the digits of the server.
    """
    if column.staged_type != "numeric":
        return f"%b::{column.staged_type}[]", elements
    return "%s::numeric[]", f"{{{','.join(map(_printed, elements))}}}"


def _printed(number: Decimal | None) -> str:
    if number is None:
        return "NULL"
    return "NaN" if number.is_nan() else str(number)


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise TypeError("not a text")
    value.encode()  # halves of a character cannot be sent
    if "\0" in value:
        raise ValueError("a text cannot hold the character 0")
    return value


def _integer(value: Any) -> int:
    if isinstance(value, bool) or int(value) != value:
        raise ValueError("not a whole number")
    if not -(2**63) <= value < 2**63:
        raise ValueError("not a number of 8 bytes")
    return int(value)


def _numeric(value: Any) -> Decimal:
    if isinstance(value, bool):
        raise TypeError("not a number")
    # what a float prints is what was meant
    return Decimal(repr(value)) if isinstance(value, float) else Decimal(value)


def _date(value: Any) -> date:
    if isinstance(value, str):
        return date.fromisoformat(value)
    if isinstance(value, datetime) or not isinstance(value, date):
        raise TypeError("not a date")
    return value


def _moment(value: Any) -> datetime:
    moment = datetime.fromisoformat(value) if isinstance(value, str) else value
    if not isinstance(moment, datetime):
        raise TypeError("not a time")
    if moment.tzinfo is None:
        raise ValueError("a time without its offset from UTC")
    return moment


def _boolean(value: Any) -> bool:
    if not isinstance(value, bool):
        raise TypeError("neither true nor false")
    return value


def _bytes(value: Any) -> bytes:
    if not isinstance(value, bytes | bytearray | memoryview):
        raise TypeError("not bytes")
    return bytes(value)


_CONVERSIONS: Mapping[str, Callable[[Any], Any]] = {
    "bigint": _integer,
    "text": _text,
    "numeric": _numeric,
    "date": _date,
    "timestamptz": _moment,
    "boolean": _boolean,
    "bytea": _bytes,
}
_AS_THEY_ARE: Mapping[str, type] = {
    "bigint": int,
    "text": str,
    "numeric": Decimal,
    "date": date,
    "boolean": bool,
}


def _can_be_sent(staged_type: str, given: list[Any]) -> bool:
    """Whether all values can be sent as they are: seen of all at once, it does not have to be of each."""
    kinds = set(map(type, given)) - {type(None)}
    if not kinds:
        return True
    if kinds != {_AS_THEY_ARE.get(staged_type)}:
        return False
    there = given if None not in given else [value for value in given if value is not None]
    if staged_type == "bigint":
        return bool(min(there) >= -(2**63) and max(there) < 2**63)
    if staged_type == "text":
        together = "".join(there)
        return together.isascii() and "\0" not in together
    return True
