"""What the database's catalogue says about the objects of schema ``rollforward`` and who depends on them."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from graphlib import CycleError, TopologicalSorter

from psycopg import Connection, Cursor
from psycopg.rows import TupleRow, class_row

from rollforward.deploy.errors import DeployError, ObjectsInUse

Address = tuple[int, int]
"""How pg_depend names an object: the oid of its catalogue and its own oid."""

_OBJECTS = """
SELECT object.classid, object.objid, object.row_version, object.kind, object.name, object.width,
       identified.identity
FROM (
    SELECT 'pg_proc'::regclass::oid AS classid, routine.oid AS objid, routine.ctid::text AS row_version,
           CASE routine.prokind
               WHEN 'p' THEN 'procedure'
               WHEN 'a' THEN 'aggregate'
               ELSE 'function'
           END AS kind,
           routine.proname::text AS name, 0 AS width
    FROM pg_proc AS routine
    WHERE routine.pronamespace = 'rollforward'::regnamespace
    UNION ALL
    SELECT 'pg_class'::regclass, relation.oid, relation.ctid::text,
           CASE relation.relkind WHEN 'v' THEN 'view' WHEN 'm' THEN 'materialized view' ELSE 'table' END,
           relation.relname::text, relation.relnatts
    FROM pg_class AS relation
    WHERE relation.relnamespace = 'rollforward'::regnamespace
      AND relation.relkind IN ('v', 'm', 'r', 'p', 'f')
    UNION ALL
    SELECT 'pg_type'::regclass, type.oid, type.ctid::text, 'type', type.typname::text, 0
    FROM pg_type AS type
    LEFT JOIN pg_class AS relation ON relation.oid = type.typrelid
    WHERE type.typnamespace = 'rollforward'::regnamespace
      AND (type.typrelid = 0 OR relation.relkind = 'c')
      AND NOT EXISTS (SELECT FROM pg_type AS element WHERE element.typarray = type.oid)
) AS object
CROSS JOIN LATERAL pg_identify_object(object.classid, object.objid, 0) AS identified
"""

# A dependency is recorded on parts of an object: the rule that holds a view's query, the row type of a
# view, the array type of a type, the relation behind a composite type. `whole` is what a part belongs to.
_DEPENDENTS = """
WITH going AS (
    SELECT classid, objid
    FROM unnest(%(classids)s::oid[], %(objids)s::oid[]) AS given (classid, objid)
), going_parts AS (
    SELECT going.classid AS whole_classid, going.objid AS whole_objid, going.classid, going.objid
    FROM going
    UNION
    SELECT going.classid, going.objid, 'pg_type'::regclass, type.oid
    FROM going
    JOIN pg_type AS type ON type.typrelid = going.objid
    WHERE going.classid = 'pg_class'::regclass
    UNION
    SELECT going.classid, going.objid, 'pg_type'::regclass, type.typarray
    FROM going
    JOIN pg_type AS type ON (going.classid = 'pg_type'::regclass AND type.oid = going.objid)
                         OR (going.classid = 'pg_class'::regclass AND type.typrelid = going.objid)
    WHERE type.typarray <> 0
    UNION
    SELECT going.classid, going.objid, 'pg_class'::regclass, type.typrelid
    FROM going
    JOIN pg_type AS type ON going.classid = 'pg_type'::regclass AND type.oid = going.objid
    WHERE type.typrelid <> 0
), dependents AS (
    SELECT DISTINCT going_parts.whole_classid, going_parts.whole_objid,
           coalesce(whole.classid, depend.classid) AS classid,
           coalesce(whole.objid, depend.objid) AS objid,
           CASE WHEN depend.classid = 'pg_rewrite'::regclass AND whole.objid IS NOT NULL
                THEN pg_describe_object(whole.classid, whole.objid, 0)
                ELSE pg_describe_object(depend.classid, depend.objid, depend.objsubid)
           END AS description
    FROM going_parts
    JOIN pg_depend AS depend ON depend.refclassid = going_parts.classid
                            AND depend.refobjid = going_parts.objid
    LEFT JOIN LATERAL (
        SELECT 'pg_class'::regclass::oid AS classid, rule.ev_class AS objid
        FROM pg_rewrite AS rule
        WHERE depend.classid = 'pg_rewrite'::regclass AND rule.oid = depend.objid
          AND rule.rulename = '_RETURN'
        UNION ALL
        SELECT 'pg_class'::regclass, relation.oid
        FROM pg_type AS type
        JOIN pg_class AS relation ON relation.oid = type.typrelid
        WHERE depend.classid = 'pg_type'::regclass AND type.oid = depend.objid AND relation.relkind <> 'c'
        UNION ALL
        SELECT 'pg_type'::regclass, element.oid
        FROM pg_type AS element
        WHERE depend.classid = 'pg_type'::regclass AND element.typarray = depend.objid
        UNION ALL
        SELECT 'pg_type'::regclass, relation.reltype
        FROM pg_class AS relation
        WHERE depend.classid = 'pg_class'::regclass AND relation.oid = depend.objid AND relation.relkind = 'c'
    ) AS whole ON true
)
SELECT whole_classid, whole_objid, classid, objid, description
FROM dependents
WHERE (classid, objid) NOT IN (
    SELECT going_parts.classid, going_parts.objid
    FROM going_parts
    WHERE going_parts.whole_classid = dependents.whole_classid
      AND going_parts.whole_objid = dependents.whole_objid
)
ORDER BY description
"""


@dataclass(frozen=True, slots=True)
class CatalogueObject:
    """One object of schema ``rollforward``.

    ``row_version`` is where its catalogue row lies; it changes with every CREATE OR REPLACE of a routine,
    because an update never leaves a row in its place. ``width`` is the number of columns of a view.
    """

    classid: int
    objid: int
    row_version: str
    kind: str
    name: str
    width: int
    identity: str

    @property
    def key(self) -> str:
        """Kind and identity, the name by which the bookkeeping knows an object."""
        return f"{self.kind} {self.identity}"

    @property
    def address(self) -> Address:
        """Its address in pg_depend."""
        return (self.classid, self.objid)

    @property
    def grammar(self) -> str:
        """How DROP, GRANT and the like name it; ROUTINE stands for functions, procedures and aggregates."""
        kind = "ROUTINE" if self.kind in ("function", "procedure", "aggregate") else self.kind.upper()
        return f"{kind} {self.identity}"


Objects = Mapping[str, CatalogueObject]
"""Objects by their key."""


@dataclass(frozen=True, slots=True)
class Dependent:
    """An object, ours or a user's, and the object of ours that it directly depends on."""

    on: Address
    address: Address
    description: str


def objects(connection: Connection[TupleRow]) -> dict[str, CatalogueObject]:
    """All objects in schema ``rollforward``, whoever made them, by key."""
    cursor: Cursor[CatalogueObject] = connection.cursor(row_factory=class_row(CatalogueObject))
    return {found.key: found for found in cursor.execute(_OBJECTS)}


def dependents(connection: Connection[TupleRow], addresses: Collection[Address]) -> list[Dependent]:
    """What directly depends on the given objects or on a part of them."""
    rows = connection.execute(
        _DEPENDENTS,
        {
            "classids": [classid for classid, _ in addresses],
            "objids": [objid for _, objid in addresses],
        },
    )
    return [Dependent((row[0], row[1]), (row[2], row[3]), row[4]) for row in rows]


def own_dependents(
    connection: Connection[TupleRow], roots: Iterable[CatalogueObject], own: Objects
) -> list[CatalogueObject]:
    """Our own objects that depend, directly or through others of ours, on the roots; without the roots."""
    going, _ = _closure(connection, roots, own)
    root_addresses = {root.address for root in roots}
    return [found for found in going if found.address not in root_addresses]


def drop_order(
    connection: Connection[TupleRow], roots: Iterable[CatalogueObject], own: Objects
) -> list[CatalogueObject]:
    """The roots and all of ours that depends on them in the order they can be dropped: dependents first.

    Raises ``ObjectsInUse`` when something that is not ours depends on any of them.
    """
    going, edges = _closure(connection, roots, own)
    by_address = {found.address: found for found in going}
    foreign = sorted(
        {(edge.description, by_address[edge.on].key) for edge in edges if edge.address not in by_address}
    )
    if foreign:
        raise ObjectsInUse(foreign)
    sorter: TopologicalSorter[Address] = TopologicalSorter({found.address: () for found in going})
    for edge in edges:
        sorter.add(edge.on, edge.address)
    try:
        return [by_address[address] for address in sorter.static_order()]
    except CycleError as cycle:
        names = ", ".join(by_address[address].key for address in cycle.args[1])
        raise DeployError(f"objects depend on each other in a circle: {names}") from cycle


def _closure(
    connection: Connection[TupleRow], roots: Iterable[CatalogueObject], own: Objects
) -> tuple[list[CatalogueObject], list[Dependent]]:
    """The roots with all of ours that depends on them, and every edge met on the way."""
    own_by_address = {found.address: found for found in own.values()}
    going = {root.address: root for root in roots}
    edges: list[Dependent] = []
    frontier = list(going)
    while frontier:
        found = dependents(connection, frontier)
        edges.extend(found)
        frontier = []
        for edge in found:
            if edge.address in own_by_address and edge.address not in going:
                going[edge.address] = own_by_address[edge.address]
                frontier.append(edge.address)
    return list(going.values()), edges
