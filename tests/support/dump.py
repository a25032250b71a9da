"""The content of a database as text, to compare before and after."""

from __future__ import annotations

import json
from typing import Any

import psycopg
from psycopg import sql

_NAMES = {
    "account": "SELECT account_id, number FROM rollforward_data.account",
    "instrument": "SELECT instrument_id, symbol FROM rollforward_data.instrument",
    "broker": "SELECT broker_id, name FROM rollforward_data.broker",
    "person": "SELECT person_id, name FROM rollforward_data.person",
    "movement": "SELECT movement_id, encode(natural_key, 'hex') FROM rollforward_data.movement",
}
_REFERENCES = {
    "account_id": "account",
    "broker_id": "broker",
    "person_id": "person",
    "instrument_id": "instrument",
    "to_instrument_id": "instrument",
    "carried_to": "instrument",
    "movement_id": "movement",
    "opened_by": "movement",
    "opened_in": "account",
    "entered_by": "movement",
    "closed_by": "movement",
}
_PASSING = (
    "mark_id",
    "created_at",
    "written_in",
    "version",
    "log_id",
    "recorded_at",
    "assertion_id",
    "import_session_id",
    "stated_at",
)  # when, with which number, and as which version, does not matter
_ABOUT_DEPLOYS = ("deployed_file", "deployment")
# How something came to be known or computed: two ways to the same differ there.
_ABOUT_RUNS = ("run", "run_step", "run_error", "processing_call", "import_session")

_SCHEMAS = "SELECT coalesce(array_agg(oid), '{}') FROM pg_namespace WHERE nspname LIKE 'rollforward%'"
_CATALOGUE = """
SELECT 'function', proc.oid::regprocedure::text,
       CASE WHEN proc.prokind <> 'a' THEN pg_get_functiondef(proc.oid) END, proacl, acldefault('f', proowner)
FROM pg_proc AS proc
WHERE proc.pronamespace = ANY (%(schemas)s)
UNION ALL
SELECT relkind::text, rel.oid::regclass::text,
       concat(CASE WHEN relkind = 'v' THEN pg_get_viewdef(rel.oid) END,
              (SELECT string_agg(concat(attname, format_type(atttypid, atttypmod)), ', ' ORDER BY attnum)
               FROM pg_attribute WHERE attrelid = rel.oid AND attnum > 0)),
       relacl, acldefault(CASE relkind WHEN 'S' THEN 's' ELSE 'r' END::"char", relowner)
FROM pg_class AS rel
WHERE rel.relnamespace = ANY (%(schemas)s)
UNION ALL
SELECT 'constraint', concat(conrelid::regclass, ' ', conname), pg_get_constraintdef(oid), NULL, NULL
FROM pg_constraint
WHERE connamespace = ANY (%(schemas)s)
UNION ALL
SELECT 'trigger', concat(tgrelid::regclass, ' ', tgname), pg_get_triggerdef(oid), NULL, NULL
FROM pg_trigger
WHERE NOT tgisinternal
UNION ALL
SELECT 'type', oid::regtype::text, typtype::text, typacl, acldefault('T', typowner)
FROM pg_type
WHERE typnamespace = ANY (%(schemas)s) AND typcategory <> 'A'
  AND NOT EXISTS (SELECT FROM pg_class WHERE pg_class.oid = typrelid AND relkind <> 'c')
ORDER BY 1, 2, 3
"""


def content(connection: psycopg.Connection[Any]) -> dict[str, list[str]]:
    """Every fact and figure, with names in the place of ids: equal where the same was recorded.

    Which version a row is, what it replaced and who logged it are left out: ways to the same facts differ.
    Where a call must leave everything as it was, compare ``everything``.
    """
    names = {
        entity: {str(number): name for number, name in connection.execute(query).fetchall()}
        for entity, query in _NAMES.items()
    }

    def named(row: dict[str, Any]) -> str:
        return json.dumps(
            {
                column: names[_REFERENCES[column]].get(str(value), value) if column in _REFERENCES else value
                for column, value in row.items()
                if column not in _PASSING
            },
            sort_keys=True,
        )

    return {
        table: sorted(named(row) for (row,) in _rows(connection, table))
        for table in tables(connection)
        if table not in (*_ABOUT_DEPLOYS, *_ABOUT_RUNS)
        and not table.startswith("_yoyo")
        and not _is_audit(table)
    }


def audit_rows(connection: psycopg.Connection[Any]) -> dict[str, int]:
    """How many logs and replaced versions there are: of them, this alone is the same from run to run."""
    return {table: len(_rows(connection, table)) for table in tables(connection) if _is_audit(table)}


def everything(connection: psycopg.Connection[Any]) -> dict[str, list[str]]:
    """Every row of every table as it is stored, but for records of runs and imports."""
    return {
        table: sorted(json.dumps(row, sort_keys=True) for (row,) in _rows(connection, table))
        for table in tables(connection)
        if table not in _ABOUT_RUNS
    }


def catalogue(connection: psycopg.Connection[Any]) -> list[tuple[Any, ...]]:
    """Every object of rollforward as it is defined, and which files and migrations it came from."""
    ((schemas,),) = connection.execute(_SCHEMAS).fetchall()
    objects: list[tuple[Any, ...]] = [
        (kind, name, definition, sorted(acl or default or []))
        for kind, name, definition, acl, default in connection.execute(_CATALOGUE, {"schemas": schemas})
    ]
    if "deployed_file" in tables(connection):
        objects += connection.execute(
            "SELECT 'file', path, sha256 FROM rollforward_data.deployed_file ORDER BY path"
        ).fetchall()
        objects += connection.execute("SELECT 'deploy', version FROM rollforward_data.deployment").fetchall()
    return objects


def tables(connection: psycopg.Connection[Any]) -> list[str]:
    """The tables of the data schema."""
    found = connection.execute(
        "SELECT tablename::text FROM pg_tables WHERE schemaname = 'rollforward_data' ORDER BY 1"
    )
    return [name for (name,) in found.fetchall()]


def _is_audit(table: str) -> bool:
    return table == "audit_log" or table.endswith("_image")


def _rows(connection: psycopg.Connection[Any], table: str) -> list[tuple[dict[str, Any]]]:
    query = sql.SQL("SELECT to_jsonb(stored) FROM {} AS stored")
    return connection.execute(query.format(sql.Identifier("rollforward_data", table))).fetchall()
