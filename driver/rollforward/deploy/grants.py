"""Privileges: those that users gave on our objects survive a re-creation, and PUBLIC has none."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from psycopg import Connection, Cursor, sql
from psycopg.rows import TupleRow, class_row

from rollforward.deploy.catalogue import CatalogueObject

# The owner's own privileges come with ownership, and PUBLIC is to have none; all others are kept.
_GRANTS = """
SELECT given.grantee::regrole::text AS grantee, given.privilege_type AS privilege,
       bool_or(given.is_grantable) AS grantable, acl.column_name
FROM (
    SELECT routine.proowner AS owner, routine.proacl AS privileges, NULL::text AS column_name
    FROM pg_proc AS routine
    WHERE %(classid)s::oid = 'pg_proc'::regclass AND routine.oid = %(objid)s::oid
    UNION ALL
    SELECT relation.relowner, relation.relacl, NULL
    FROM pg_class AS relation
    WHERE %(classid)s::oid = 'pg_class'::regclass AND relation.oid = %(objid)s::oid
    UNION ALL
    SELECT relation.relowner, attribute.attacl, attribute.attname
    FROM pg_class AS relation
    JOIN pg_attribute AS attribute ON attribute.attrelid = relation.oid
    WHERE %(classid)s::oid = 'pg_class'::regclass AND relation.oid = %(objid)s::oid
      AND NOT attribute.attisdropped
    UNION ALL
    SELECT type.typowner, type.typacl, NULL
    FROM pg_type AS type
    WHERE %(classid)s::oid = 'pg_type'::regclass AND type.oid = %(objid)s::oid
) AS acl
CROSS JOIN LATERAL aclexplode(acl.privileges) AS given
WHERE given.grantee <> 0
  AND given.grantee <> acl.owner
GROUP BY given.grantee, given.privilege_type, acl.column_name
ORDER BY grantee, privilege, acl.column_name NULLS FIRST
"""

_COLUMNS = """
SELECT attname::text
FROM pg_attribute
WHERE attrelid = %s::oid AND attnum > 0 AND NOT attisdropped
"""

# There is no "ALL TYPES IN SCHEMA". Row types of tables and views are included: without USAGE on them nobody
# can build a column on one of ours, which would keep us from changing it. Array types follow their element.
_REVOKE_FROM_PUBLIC = """
REVOKE ALL ON SCHEMA rollforward, rollforward_data FROM PUBLIC;
REVOKE ALL ON ALL ROUTINES IN SCHEMA rollforward, rollforward_data FROM PUBLIC;
REVOKE ALL ON ALL TABLES IN SCHEMA rollforward, rollforward_data FROM PUBLIC;
REVOKE ALL ON ALL SEQUENCES IN SCHEMA rollforward, rollforward_data FROM PUBLIC;
DO $$
DECLARE
    open_type regtype;
BEGIN
    FOR open_type IN
        SELECT type.oid
        FROM pg_catalog.pg_type AS type
        CROSS JOIN LATERAL aclexplode(coalesce(type.typacl, acldefault('T', type.typowner))) AS given
        WHERE type.typnamespace IN ('rollforward'::regnamespace, 'rollforward_data'::regnamespace)
          AND NOT EXISTS (SELECT FROM pg_catalog.pg_type AS element WHERE element.typarray = type.oid)
          AND type.typtype <> 'm'
          AND given.grantee = 0
        ORDER BY type.oid
    LOOP
        EXECUTE format('REVOKE ALL ON TYPE %s FROM PUBLIC', open_type);
    END LOOP;
END
$$;
"""


@dataclass(frozen=True, slots=True)
class Grant:
    """One privilege that a role holds on an object or on a column of it; ``grantee`` is quoted for SQL."""

    grantee: str
    privilege: str
    grantable: bool
    column_name: str | None


def grants_on(connection: Connection[TupleRow], target: CatalogueObject) -> list[Grant]:
    """What roles other than the owner may do with an object."""
    cursor: Cursor[Grant] = connection.cursor(row_factory=class_row(Grant))
    return cursor.execute(_GRANTS, {"classid": target.classid, "objid": target.objid}).fetchall()


def give_again(
    connection: Connection[TupleRow], target: CatalogueObject, grants: Collection[Grant]
) -> tuple[list[str], list[str]]:
    """Grant on a re-created object what was granted on its predecessor; returns the grants and warnings.

    The owner becomes the grantor of all of them, also of those that a holder of a grant option had passed on.
    """
    columns = {row[0] for row in connection.execute(_COLUMNS, [target.objid])} if grants else set()
    given: list[str] = []
    warnings: list[str] = []
    for grant in grants:
        if grant.column_name is not None and grant.column_name not in columns:
            warnings.append(
                f"{grant.grantee} had {grant.privilege} on column {grant.column_name} of {target.key},"
                " which is gone"
            )
            continue
        statement = _grant_statement(grant, target)
        connection.execute(statement)
        given.append(statement.as_string(connection))
    return given, warnings


def revoke_from_public(connection: Connection[TupleRow]) -> None:
    """Leave PUBLIC without any privilege in both schemas."""
    connection.execute(_REVOKE_FROM_PUBLIC.encode())


def _grant_statement(grant: Grant, target: CatalogueObject) -> sql.Composed:
    column: sql.Composable = sql.SQL("")
    if grant.column_name is not None:
        column = sql.SQL(" ({})").format(sql.Identifier(grant.column_name))
    return sql.SQL("GRANT {privilege}{column} ON {target} TO {grantee}{option}").format(
        privilege=_catalogue_text(grant.privilege),
        column=column,
        target=_catalogue_text(target.grammar if target.kind not in _RELATIONS else target.identity),
        grantee=_catalogue_text(grant.grantee),
        option=sql.SQL(" WITH GRANT OPTION" if grant.grantable else ""),
    )


def _catalogue_text(text: str) -> sql.SQL:
    """Text that PostgreSQL itself has written and quoted: key words, identities, role names."""
    return sql.SQL(text)


_RELATIONS = ("view", "materialized view", "table")
