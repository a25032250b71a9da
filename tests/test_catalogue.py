"""House rules as queries: each lint returns offenders, and must return none on the deployed schema.

Each lint is also shown something that it must find, because a lint that cannot fail checks nothing.
"""

from __future__ import annotations

import re
from collections.abc import Callable

import psycopg
import pytest

from rollforward import resources
from rollforward.deploy.source import SECURITY_FOLDER, SourceFile, read_code, read_file
from rollforward.deploy.sqltext import Part, code_only, parts

BOTH_SCHEMAS = "('rollforward'::regnamespace, 'rollforward_data'::regnamespace)"

CATALOGUE_LINTS = {
    "a routine has a comment": """
        SELECT routine.oid::regprocedure::text
        FROM pg_proc AS routine
        WHERE routine.pronamespace = 'rollforward'::regnamespace
          AND obj_description(routine.oid, 'pg_proc') IS NULL
    """,
    "a table, view or type has a comment": f"""
        SELECT relation.oid::regclass::text
        FROM pg_class AS relation
        WHERE relation.relnamespace IN {BOTH_SCHEMAS}
          AND relation.relkind IN ('r', 'p', 'v', 'm')
          AND obj_description(relation.oid, 'pg_class') IS NULL
        UNION ALL
        SELECT type.oid::regtype::text
        FROM pg_type AS type
        JOIN pg_class AS relation ON relation.oid = type.typrelid AND relation.relkind = 'c'
        WHERE type.typnamespace = 'rollforward'::regnamespace
          AND obj_description(type.oid, 'pg_type') IS NULL
    """,
    "what runs for itself pins its search path": """
        SELECT routine.oid::regprocedure::text
        FROM pg_proc AS routine
        JOIN pg_language AS language ON language.oid = routine.prolang
        WHERE routine.pronamespace = 'rollforward'::regnamespace
          AND routine.prokind <> 'a'
          AND NOT (routine.prokind = 'p' AND routine.prosrc ~* '\\mCOMMIT\\M')
          AND (language.lanname = 'plpgsql' OR routine.provolatile = 'v' OR routine.prosecdef)
          AND 'search_path=pg_catalog, pg_temp' <> ALL (coalesce(routine.proconfig, '{""}'))
    """,
    "a security definer pins its search path": f"""
        SELECT routine.oid::regprocedure::text
        FROM pg_proc AS routine
        WHERE routine.pronamespace IN {BOTH_SCHEMAS}
          AND routine.prosecdef
          AND 'search_path=pg_catalog, pg_temp' <> ALL (coalesce(routine.proconfig, '{{""}}'))
    """,
    "a helper in SQL can be inlined": """
        SELECT routine.oid::regprocedure::text
        FROM pg_proc AS routine
        JOIN pg_language AS language ON language.oid = routine.prolang
        WHERE routine.pronamespace = 'rollforward'::regnamespace
          AND language.lanname = 'sql'
          AND routine.provolatile <> 'v'
          AND NOT routine.prosecdef
          AND (routine.prosqlbody IS NULL OR routine.proconfig IS NOT NULL)
    """,
    "a procedure that commits has no SET": """
        SELECT routine.oid::regprocedure::text
        FROM pg_proc AS routine
        WHERE routine.pronamespace = 'rollforward'::regnamespace
          AND routine.prokind = 'p'
          AND routine.prosrc ~* '\\mCOMMIT\\M'
          AND routine.proconfig IS NOT NULL
    """,
    "PUBLIC has no privilege": f"""
        SELECT object.name || ': ' || given.privilege_type
        FROM (
            SELECT oid::regprocedure::text AS name, coalesce(proacl, acldefault('f', proowner)) AS privileges
            FROM pg_proc
            WHERE pronamespace IN {BOTH_SCHEMAS}
            UNION ALL
            SELECT oid::regclass::text, relacl
            FROM pg_class
            WHERE relnamespace IN {BOTH_SCHEMAS}
            UNION ALL
            SELECT attrelid::regclass || '.' || attname, attacl
            FROM pg_attribute
            JOIN pg_class ON pg_class.oid = attrelid
            WHERE relnamespace IN {BOTH_SCHEMAS}
            UNION ALL
            SELECT oid::regtype::text, coalesce(typacl, acldefault('T', typowner))
            FROM pg_type
            WHERE typnamespace IN {BOTH_SCHEMAS}
              AND typcategory <> 'A' AND typtype <> 'm'
            UNION ALL
            SELECT oid::regnamespace::text, nspacl
            FROM pg_namespace
            WHERE oid IN {BOTH_SCHEMAS}
        ) AS object
        CROSS JOIN LATERAL aclexplode(object.privileges) AS given
        WHERE given.grantee = 0
    """,
    "nothing stored depends on code": """
        WITH code AS (
            SELECT 'pg_proc'::regclass AS classid, oid AS objid
            FROM pg_proc
            WHERE pronamespace = 'rollforward'::regnamespace
            UNION ALL
            SELECT 'pg_class'::regclass, oid FROM pg_class WHERE relnamespace = 'rollforward'::regnamespace
            UNION ALL
            SELECT 'pg_type'::regclass, oid FROM pg_type WHERE typnamespace = 'rollforward'::regnamespace
        ), stored AS (
            SELECT 'pg_proc'::regclass AS classid, oid AS objid
            FROM pg_proc
            WHERE pronamespace = 'rollforward_data'::regnamespace
            UNION ALL
            SELECT 'pg_type'::regclass, oid FROM pg_type WHERE typnamespace = 'rollforward_data'::regnamespace
            UNION ALL
            SELECT part.classid, part.objid
            FROM pg_class AS relation
            CROSS JOIN LATERAL (
                SELECT 'pg_class'::regclass AS classid, relation.oid AS objid
                UNION ALL
                SELECT 'pg_attrdef'::regclass, oid FROM pg_attrdef WHERE adrelid = relation.oid
                UNION ALL
                SELECT 'pg_trigger'::regclass, oid FROM pg_trigger WHERE tgrelid = relation.oid
                UNION ALL
                SELECT 'pg_rewrite'::regclass, oid FROM pg_rewrite WHERE ev_class = relation.oid
                UNION ALL
                SELECT 'pg_policy'::regclass, oid FROM pg_policy WHERE polrelid = relation.oid
            ) AS part
            WHERE relation.relnamespace = 'rollforward_data'::regnamespace
            UNION ALL
            SELECT 'pg_constraint'::regclass, oid
            FROM pg_constraint
            WHERE connamespace = 'rollforward_data'::regnamespace
        )
        SELECT pg_describe_object(depend.classid, depend.objid, depend.objsubid) || ' depends on '
            || pg_describe_object(depend.refclassid, depend.refobjid, depend.refobjsubid)
        FROM pg_depend AS depend
        JOIN stored ON stored.classid = depend.classid AND stored.objid = depend.objid
        JOIN code ON code.classid = depend.refclassid AND code.objid = depend.refobjid
        UNION ALL
        SELECT routine.oid::regprocedure || ' names rollforward in its body'
        FROM pg_proc AS routine
        WHERE routine.pronamespace = 'rollforward_data'::regnamespace
          -- settings of the session are called rollforward.something too, and a sentence may end with it
          AND routine.prosrc ~ '\\mrollforward\\.(?!(actor|reason|log_id|recorded_at)\\M)[[:alpha:]_"]'
    """,
    "a foreign key has an index that leads with its columns": f"""
        SELECT reference.conrelid::regclass || '.' || reference.conname
        FROM pg_constraint AS reference
        WHERE reference.contype = 'f'
          AND reference.connamespace IN {BOTH_SCHEMAS}
          AND NOT EXISTS (
              SELECT FROM pg_index AS index
              WHERE index.indrelid = reference.conrelid
                AND index.indisvalid
                AND (
                    index.indpred IS NULL
                    -- A row without a value refers to nothing, so it need not be in the index.
                    OR pg_get_expr(index.indpred, index.indrelid) IN (
                        SELECT format('(%I IS NOT NULL)', attribute.attname)
                        FROM pg_attribute AS attribute
                        WHERE attribute.attrelid = reference.conrelid
                          AND attribute.attnum = ANY (reference.conkey)
                    )
                )
                AND (string_to_array(index.indkey::text, ' ')::int2[])[1:cardinality(reference.conkey)]
                    @> reference.conkey
          )
    """,
    "no index is there twice": f"""
        SELECT twin.indexrelid::regclass || ' = ' || index.indexrelid::regclass
        FROM pg_index AS index
        JOIN pg_class AS indexed ON indexed.oid = index.indrelid
        JOIN pg_index AS twin ON twin.indrelid = index.indrelid
                             AND twin.indexrelid > index.indexrelid
                             AND twin.indkey::text = index.indkey::text
                             AND twin.indclass::text = index.indclass::text
                             AND twin.indcollation::text = index.indcollation::text
                             AND twin.indoption::text = index.indoption::text
                             AND twin.indpred::text IS NOT DISTINCT FROM index.indpred::text
                             AND twin.indexprs::text IS NOT DISTINCT FROM index.indexprs::text
        WHERE indexed.relnamespace IN {BOTH_SCHEMAS}
    """,
}

# For each lint something that it must find.
CATALOGUE_OFFENDERS = [
    ("a routine has a comment", "CREATE FUNCTION rollforward.bad() RETURNS int LANGUAGE sql RETURN 1"),
    ("a table, view or type has a comment", "CREATE VIEW rollforward.bad AS SELECT 1 AS one"),
    ("a table, view or type has a comment", "CREATE TYPE rollforward.bad AS (one int)"),
    ("a table, view or type has a comment", "CREATE TABLE rollforward_data.bad (one int)"),
    (
        "what runs for itself pins its search path",
        "CREATE FUNCTION rollforward.bad() RETURNS int LANGUAGE plpgsql STABLE AS 'BEGIN RETURN 1; END'",
    ),
    (
        "what runs for itself pins its search path",
        "CREATE FUNCTION rollforward.bad() RETURNS int LANGUAGE plpgsql SET search_path = pg_catalog"
        " AS 'BEGIN RETURN 1; END'",
    ),
    (
        "a security definer pins its search path",
        "CREATE FUNCTION rollforward_data.bad() RETURNS int LANGUAGE sql SECURITY DEFINER AS 'SELECT 1'",
    ),
    (
        "a helper in SQL can be inlined",
        "CREATE FUNCTION rollforward.bad() RETURNS int LANGUAGE sql STABLE AS 'SELECT 1'",
    ),
    (
        "a helper in SQL can be inlined",
        "CREATE FUNCTION rollforward.bad() RETURNS int LANGUAGE sql STABLE"
        " SET search_path = pg_catalog, pg_temp RETURN 1",
    ),
    (
        "a procedure that commits has no SET",
        "CREATE PROCEDURE rollforward.bad() LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp"
        " AS 'BEGIN COMMIT; END'",
    ),
    ("PUBLIC has no privilege", "CREATE FUNCTION rollforward.bad() RETURNS int LANGUAGE sql RETURN 1"),
    ("PUBLIC has no privilege", "CREATE DOMAIN rollforward_data.bad AS int"),
    ("PUBLIC has no privilege", "GRANT USAGE ON SCHEMA rollforward TO PUBLIC"),
    (
        "PUBLIC has no privilege",
        "CREATE VIEW rollforward.bad AS SELECT 1 AS one; GRANT SELECT (one) ON rollforward.bad TO PUBLIC",
    ),
    (
        "nothing stored depends on code",
        "CREATE FUNCTION rollforward.bad() RETURNS int LANGUAGE sql IMMUTABLE RETURN 1;"
        "CREATE TABLE rollforward_data.bad (one int DEFAULT rollforward.bad())",
    ),
    (
        "nothing stored depends on code",
        "CREATE FUNCTION rollforward.bad() RETURNS int LANGUAGE sql IMMUTABLE RETURN 1;"
        "CREATE TABLE rollforward_data.bad (one int CHECK (one > rollforward.bad()))",
    ),
    (
        "nothing stored depends on code",
        "CREATE FUNCTION rollforward.bad() RETURNS int LANGUAGE sql IMMUTABLE RETURN 1;"
        "CREATE TABLE rollforward_data.bad (one int GENERATED ALWAYS AS (rollforward.bad()) STORED)",
    ),
    (
        "nothing stored depends on code",
        "CREATE FUNCTION rollforward.bad() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END';"
        "CREATE TABLE rollforward_data.bad (one int);"
        "CREATE TRIGGER bad AFTER INSERT ON rollforward_data.bad EXECUTE FUNCTION rollforward.bad()",
    ),
    (
        "nothing stored depends on code",
        "CREATE TYPE rollforward.bad AS (one int); CREATE TABLE rollforward_data.bad (one rollforward.bad)",
    ),
    (
        "nothing stored depends on code",
        "CREATE FUNCTION rollforward_data.bad() RETURNS int LANGUAGE plpgsql"
        " AS 'BEGIN RETURN rollforward.bad(); END'",
    ),
    (
        "nothing stored depends on code",
        "CREATE FUNCTION rollforward_data.bad() RETURNS text LANGUAGE plpgsql"
        " AS 'BEGIN RETURN current_setting(''rollforward.actor'') || rollforward.actor_bad(); END'",
    ),
    (
        "a foreign key has an index that leads with its columns",
        "CREATE TABLE rollforward_data.bad (one int PRIMARY KEY, two int REFERENCES rollforward_data.bad);"
        "CREATE INDEX ON rollforward_data.bad (one, two)",
    ),
    (
        "no index is there twice",
        "CREATE TABLE rollforward_data.bad (one int PRIMARY KEY);"
        "CREATE INDEX bad_again ON rollforward_data.bad (one)",
    ),
]

HEADER = "-- A header.\n"
PLAIN = "CREATE OR REPLACE FUNCTION rollforward.bad() RETURNS int LANGUAGE sql STABLE PARALLEL SAFE RETURN 1;"

_CREATE = re.compile(
    r"\bCREATE\s+(?P<replace>OR\s+REPLACE\s+)?"
    r"(?P<kind>FUNCTION|PROCEDURE|AGGREGATE|VIEW|TYPE|TABLE|DOMAIN|INDEX|TRIGGER|SEQUENCE|MATERIALIZED\s+VIEW)"
    r"\s+(?P<name>[\w.]+)",
    re.IGNORECASE,
)
_SAME_TWICE = re.compile(r"(?<![\w.])((?:[a-z_]\w*\.)*[a-z_]\w*)\s*(?:=|<>)\s*\1(?![\w.(\[:])", re.IGNORECASE)
_RAISE = re.compile(r"\bRAISE\b(?P<rest>[^;]*);", re.IGNORECASE)
_HAS_CODE = re.compile(r"\bERRCODE\s*=|^\s*SQLSTATE\b|^\s*$", re.IGNORECASE)


def starts_with_its_header(file: SourceFile) -> list[str]:
    return [] if file.text.startswith("-- ") else ["no header comment"]


def defines_one_object_of_its_name(file: SourceFile) -> list[str]:
    created = list(_CREATE.finditer(code_only(file.text, bodies=False)))
    names = [found["name"] for found in created]
    if names != [f"rollforward.{file.object_name}"]:
        return [f"creates {names}"]
    if created[0]["replace"] is None and created[0]["kind"].upper() != "TYPE":
        return ["CREATE without OR REPLACE"]
    return []


def says_volatility_and_parallel(file: SourceFile) -> list[str]:
    code = code_only(file.text, bodies=False)
    created = _CREATE.search(code)
    if created is None or created["kind"].upper() != "FUNCTION":
        return []
    wanted = {
        "volatility": r"\b(IMMUTABLE|STABLE|VOLATILE)\b",
        "parallel": r"\bPARALLEL\s+(SAFE|RESTRICTED|UNSAFE)\b",
    }
    return [f"no {what}" for what, pattern in wanted.items() if not re.search(pattern, code, re.IGNORECASE)]


def compares_nothing_with_itself(file: SourceFile) -> list[str]:
    return [found[0] for found in _SAME_TWICE.finditer(code_only(file.text))]


def raises_with_a_code(file: SourceFile) -> list[str]:
    return [
        found[0] for found in _RAISE.finditer(code_only(file.text)) if not _HAS_CODE.search(found["rest"])
    ]


FileLint = Callable[[SourceFile], list[str]]

FILE_LINTS: list[FileLint] = [
    starts_with_its_header,
    defines_one_object_of_its_name,
    says_volatility_and_parallel,
    raises_with_a_code,
]

FILE_OFFENDERS: list[tuple[FileLint, str]] = [
    (starts_with_its_header, PLAIN),
    (starts_with_its_header, f"\n{HEADER}{PLAIN}"),
    (defines_one_object_of_its_name, HEADER + PLAIN.replace("rollforward.bad", "rollforward.other")),
    (defines_one_object_of_its_name, HEADER + PLAIN.replace("rollforward.bad", "bad")),
    (defines_one_object_of_its_name, HEADER + PLAIN + PLAIN),
    (defines_one_object_of_its_name, HEADER + PLAIN.replace("OR REPLACE ", "")),
    (says_volatility_and_parallel, HEADER + PLAIN.replace("STABLE", "")),
    (says_volatility_and_parallel, HEADER + PLAIN.replace("PARALLEL SAFE", "-- PARALLEL SAFE\n")),
    (compares_nothing_with_itself, "WHERE account_id = account_id"),
    (compares_nothing_with_itself, "WHERE price.date =\n price.date"),
    (compares_nothing_with_itself, "DO $$ BEGIN IF a.b.c = a.b.c THEN END IF; END $$"),
    (raises_with_a_code, "DO $$ BEGIN RAISE EXCEPTION 'ERRCODE = x'; END $$"),
    (raises_with_a_code, "DO $$ BEGIN RAISE 'bad' USING HINT = 'none'; END $$"),
]

FILE_EXAMPLES: list[tuple[FileLint, str]] = [
    (starts_with_its_header, HEADER + PLAIN),
    (
        defines_one_object_of_its_name,
        HEADER + PLAIN + "COMMENT ON FUNCTION rollforward.bad IS 'CREATE VIEW x';",
    ),
    (says_volatility_and_parallel, HEADER + PLAIN),
    (
        compares_nothing_with_itself,
        "WHERE a.account_id = b.account_id AND x = x2 AND y <= y AND z => z AND b.c = c",
    ),
    (raises_with_a_code, "DO $$ BEGIN RAISE; RAISE EXCEPTION 'a; b' USING ERRCODE = '22R01'; END $$"),
]


def code_files() -> list[SourceFile]:
    return list(read_code(resources.sql_root()).objects)


def all_files() -> list[SourceFile]:
    root = resources.sql_root()
    return [read_file(root, path) for path in sorted(root.rglob("*.sql"))]


def offenders(db: psycopg.Connection, lint: str) -> list[str]:
    return sorted(row[0] for row in db.execute(CATALOGUE_LINTS[lint].encode()))


def findings(lint: FileLint, files: list[SourceFile]) -> list[str]:
    return [f"{file.path}: {finding}" for file in files for finding in lint(file)]


@pytest.mark.parametrize("lint", CATALOGUE_LINTS)
def test_the_deployed_schema_keeps_the_rule(db: psycopg.Connection, lint: str) -> None:
    assert offenders(db, lint) == [], lint


@pytest.mark.parametrize(("lint", "statement"), CATALOGUE_OFFENDERS)
def test_the_rule_finds_an_offender(db: psycopg.Connection, lint: str, statement: str) -> None:
    before = offenders(db, lint)
    db.execute(statement.encode())
    assert any("bad" in found or "rollforward:" in found for found in set(offenders(db, lint)) - set(before))


def test_every_rule_is_shown_an_offender() -> None:
    assert {lint for lint, _ in CATALOGUE_OFFENDERS} == set(CATALOGUE_LINTS)
    assert {lint for lint, _ in FILE_OFFENDERS} == {*FILE_LINTS, compares_nothing_with_itself}


@pytest.mark.parametrize("lint", FILE_LINTS, ids=lambda lint: lint.__name__)
def test_the_files_keep_the_rule(lint: FileLint) -> None:
    assert findings(lint, code_files()) == []


def test_no_file_compares_anything_with_itself() -> None:
    assert findings(compares_nothing_with_itself, all_files()) == []


@pytest.mark.parametrize(("lint", "text"), FILE_OFFENDERS)
def test_the_rule_finds_an_offending_file(lint: FileLint, text: str) -> None:
    assert lint(SourceFile("functions/folder/bad.sql", text))


@pytest.mark.parametrize(("lint", "text"), FILE_EXAMPLES)
def test_the_rule_lets_a_good_file_pass(lint: FileLint, text: str) -> None:
    assert lint(SourceFile("functions/folder/bad.sql", text)) == []


def test_security_files_define_no_object() -> None:
    for file in read_code(resources.sql_root()).security:
        code = "".join(piece for part, piece in parts(file.text) if part is Part.CODE)
        assert not _CREATE.search(code), f"{file.path} belongs outside of {SECURITY_FOLDER}/"
