"""The operations: one call of a function of the database each."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import psycopg
from psycopg import sql
from psycopg.rows import dict_row, tuple_row

from rollforward.connection import transaction
from rollforward.entities import Column, Entity
from rollforward.errors import BadArgument
from rollforward.repository.rows import array_parameter, columns_given, entity_named, keys, mappings, values
from rollforward.results import Offence, Outcome

Connection = psycopg.Connection[Any]

COPIED_FROM = 20_000  # rows: fewer go as arrays, more by COPY


def save(
    connection: Connection,
    entity_name: str,
    rows: Iterable[Any],
    on_conflict: str,
    idempotency_key: str | None,
) -> list[Outcome]:
    saved = _save(connection, entity_name, rows, _EACH, on_conflict, idempotency_key)
    return _as_outcomes(saved)


def save_and_count(
    connection: Connection,
    entity_name: str,
    rows: Iterable[Any],
    on_conflict: str,
    idempotency_key: str | None,
) -> dict[str, int]:
    """As ``save``, for who wants to know only how many rows have which status."""
    return dict(_save(connection, entity_name, rows, _COUNTS, on_conflict, idempotency_key))


_EACH = sql.SQL("SELECT * FROM {}")
_COUNTS = sql.SQL("SELECT status, count(*) FROM {} GROUP BY status")


def _save(
    connection: Connection, entity_name: str, rows: Iterable[Any], query: sql.SQL, *how: str | None
) -> list[tuple[Any, ...]]:
    entity = entity_named(entity_name)
    given = mappings(rows)
    options = dict(zip(("on_conflict", "idempotency_key"), how, strict=True))
    if len(given) > COPIED_FROM:
        with transaction(connection):
            _copy(connection, entity, given)
            return _call(connection, f"save_{entity.name}_stage", [], query, **options)
    return _call(connection, f"save_{entity.name}_batch", _arrays(entity, given), query, **options)


def validate(
    connection: Connection, entity_name: str, rows: Iterable[Any], on_conflict: str
) -> list[Offence]:
    entity = entity_named(entity_name)
    given = mappings(rows)
    if len(given) > COPIED_FROM:
        with transaction(connection):
            _copy(connection, entity, given)
            found = _call(connection, f"validate_{entity.name}_stage", [], on_conflict=on_conflict)
    else:
        found = _call(
            connection, f"validate_{entity.name}_batch", _arrays(entity, given), on_conflict=on_conflict
        )
    return [Offence(*row) for row in found]


def update(
    connection: Connection, entity_name: str, rows: Iterable[Any], idempotency_key: str | None
) -> list[Outcome]:
    entity = entity_named(entity_name)
    given = [_without_record(entity, row) for row in mappings(rows)]
    names = columns_given(entity, given, ["expected_version"])
    _require_all(entity, given, names)
    arrays = [
        _array(column, given_values)
        for column, given_values in _columns(entity, names, values(entity, given, names))
    ]
    return _outcomes(connection, f"update_{entity.name}_batch", arrays, idempotency_key=idempotency_key)


def delete(
    connection: Connection, entity_name: str, given: Iterable[Any], unknown: str, idempotency_key: str | None
) -> list[Outcome]:
    entity = entity_named(entity_name)
    options = {"unknown": unknown, "idempotency_key": idempotency_key}
    return _outcomes(connection, f"delete_{entity.name}_batch", _key_arrays(entity, given), **options)


def exists(connection: Connection, entity_name: str, given: Iterable[Any]) -> list[bool]:
    entity = entity_named(entity_name)
    found = _call(connection, f"exists_{entity.name}_batch", _key_arrays(entity, given))
    return [row[-2] for row in found]


def load(connection: Connection, entity_name: str, given: Iterable[Any]) -> list[dict[str, Any] | None]:
    entity = entity_named(entity_name)
    statement, parameters = _statement(f"load_{entity.name}_batch", _key_arrays(entity, given), {}, _EACH)
    with connection.cursor(row_factory=dict_row) as cursor:
        loaded = cursor.execute(statement, parameters).fetchall()
    for row in loaded:
        del row["ordinal"]
    return [None if row["version"] is None else row for row in loaded]


Array = tuple[str, str, list[Any] | str]  # argument, placeholder with its type, what is sent for it


def _arrays(entity: Entity, rows: Sequence[Any]) -> list[Array]:
    names = columns_given(entity, rows)
    # what must be given is given, if only as NULLs: the database says which rows are wrong
    names = [column.name for column in entity.given if column.required or column.name in names]
    return [
        _array(column, given_values)
        for column, given_values in _columns(entity, names, values(entity, rows, names))
    ]


def _key_arrays(entity: Entity, given: Iterable[Any]) -> list[Array]:
    names = [column.name for column in entity.key]
    converted = values(entity, keys(entity, given), names)
    return [_array(column, converted[column.name]) for column in entity.key]


_EXPECTED = Column("expected_version", "integer")


def _columns(
    entity: Entity, names: Sequence[str], converted: dict[str, list[Any]]
) -> list[tuple[Column, list[Any]]]:
    by_name = {column.name: column for column in (*entity.given, _EXPECTED)}
    return [(by_name[name], converted[name]) for name in names]


def _array(column: Column, elements: list[Any]) -> Array:
    return column.argument, *array_parameter(column, elements)


def _without_record(entity: Entity, row: Any) -> dict[str, Any]:
    """A row as it was loaded may be given back: its version is then the one that is expected."""
    kept = {name: value for name, value in row.items() if name not in ("version", "recorded_at")}
    for column in entity.columns:
        if not column.given:
            kept.pop(column.name, None)
    if "version" in row:
        kept["expected_version"] = row["version"]
    return kept


def _require_all(entity: Entity, rows: Sequence[Any], names: Sequence[str]) -> None:
    for ordinal, row in enumerate(rows, 1):
        if missing := [name for name in names if name not in row]:
            raise BadArgument(
                f"row {ordinal} does not say what becomes of {', '.join(missing)}",
                sqlstate="22R01",
                detail=[
                    {"argument": "rows", "ordinal": ordinal, "field": name, "value": None} for name in missing
                ],
                hint=f"All {entity.plural} that are updated together give the same columns; None is NULL.",
            )


def _copy(connection: Connection, entity: Entity, rows: Sequence[Any]) -> None:
    """Stage rows by COPY. To be called within a transaction, which the stage does not outlive."""
    names = columns_given(entity, rows)
    converted = values(entity, rows, names)
    columns = _columns(entity, names, converted)
    connection.execute("SELECT rollforward.open_batch(%s)", [entity.name])
    statement = sql.SQL("COPY {} ({}) FROM STDIN (FORMAT binary)").format(
        sql.Identifier("pg_temp", f"batch_{entity.name}"),
        sql.SQL(", ").join(sql.Identifier(name) for name in ("ordinal", *names)),
    )
    with connection.cursor() as cursor, cursor.copy(statement) as copy:
        copy.set_types(["integer", *(column.staged_type for column, _ in columns)])
        for row in zip(range(1, len(rows) + 1), *(elements for _, elements in columns), strict=True):
            copy.write_row(row)


def _outcomes(
    connection: Connection, function: str, arrays: Sequence[Array], **options: Any
) -> list[Outcome]:
    return _as_outcomes(_call(connection, function, arrays, **options))


def _as_outcomes(rows: Iterable[tuple[Any, ...]]) -> list[Outcome]:
    return [Outcome(row[0], row[1:-2], row[-2], row[-1]) for row in rows]


def _call(
    connection: Connection, function: str, arrays: Sequence[Array], query: sql.SQL = _EACH, **options: Any
) -> list[tuple[Any, ...]]:
    statement, parameters = _statement(function, arrays, options, query)
    with connection.cursor(row_factory=tuple_row, binary=True) as cursor:
        return cursor.execute(statement, parameters).fetchall()


def _statement(
    function: str, arrays: Sequence[Array], options: dict[str, Any], query: sql.SQL
) -> tuple[sql.Composed, list[Any]]:
    """The call in named notation."""
    arguments = [
        sql.SQL("{} => {}").format(sql.Identifier(argument), sql.SQL(placeholder))
        for argument, placeholder, _ in arrays
    ] + [sql.SQL("{} => %s").format(sql.Identifier(option)) for option in options]
    call = sql.SQL("{}({})").format(sql.Identifier("rollforward", function), sql.SQL(", ").join(arguments))
    return query.format(call), [*(elements for _, _, elements in arrays), *options.values()]
