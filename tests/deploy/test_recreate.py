"""Changes that PostgreSQL does not make in place: what goes, what stays, what is refused."""

from __future__ import annotations

import pytest

from rollforward.deploy import BadSource, ObjectsInUse
from tests.deploy.conftest import ACCOUNT_VIEW, ACCOUNTS_NAMED, House

VIEW = "view rollforward.account"
NAMED = "function rollforward.accounts_named(pg_catalog.text)"

COUNTED = """
-- Counts accounts.
CREATE OR REPLACE FUNCTION rollforward.counted(name text) RETURNS bigint
LANGUAGE sql STABLE PARALLEL SAFE
BEGIN ATOMIC
    SELECT count(*) FROM rollforward.accounts_named(counted.name);
END;
COMMENT ON FUNCTION rollforward.counted IS 'Counts accounts';
"""
REVERSED_VIEW = ACCOUNT_VIEW.replace("account_id, name", "name, account_id")
PAIR = """
-- Pair.
CREATE TYPE rollforward.pair AS (one int, two int);
COMMENT ON TYPE rollforward.pair IS 'Pair';
"""
TOTAL = """
-- Total.
CREATE OR REPLACE AGGREGATE rollforward.total(numeric) (SFUNC = numeric_add, STYPE = numeric);
"""


@pytest.fixture
def deployed(house: House) -> House:
    house.code("account/counted", COUNTED)
    house.deploy()
    return house


def test_another_order_of_columns_recreates_the_view_and_what_stands_on_it(deployed: House) -> None:
    deployed.code("account/account", REVERSED_VIEW)
    report = deployed.deploy()
    assert report.recreated == (NAMED, "function rollforward.counted(pg_catalog.text)", VIEW)
    deployed.sql("INSERT INTO rollforward_data.account VALUES (7, 'main')")
    assert deployed.sql("SELECT * FROM rollforward.accounts_named('main')") == [("main", 7)]
    assert deployed.deploy().nothing_to_do


def test_a_column_appended_to_a_view_reaches_functions_that_return_its_rows(deployed: House) -> None:
    deployed.code("account/account", ACCOUNT_VIEW.replace("name FROM", "name, 1 AS extra FROM"))
    report = deployed.deploy()
    assert report.recreated == ()
    deployed.sql("INSERT INTO rollforward_data.account VALUES (7, 'main')")
    assert deployed.sql("SELECT * FROM rollforward.accounts_named('main')") == [(7, "main", 1)]


def test_another_return_type_recreates_only_that_function(deployed: House) -> None:
    deployed.code("account/counted", COUNTED.replace("RETURNS bigint", "RETURNS numeric"))
    report = deployed.deploy()
    assert report.recreated == ("function rollforward.counted(pg_catalog.text)",)
    assert report.replaced == ()


def test_other_argument_names_recreate_the_callers_that_are_bound_to_it(deployed: House) -> None:
    deployed.code(
        "account/accounts_named",
        ACCOUNTS_NAMED.replace("named(name", "named(label").replace(
            "accounts_named.name", "accounts_named.label"
        ),
    )
    assert deployed.deploy().recreated == (NAMED, "function rollforward.counted(pg_catalog.text)")


def test_another_argument_list_leaves_no_old_overload_behind(deployed: House) -> None:
    deployed.code(
        "account/accounts_named",
        ACCOUNTS_NAMED.replace("named(name text)", "named(name text, n int DEFAULT 1)"),
    )
    report = deployed.deploy()
    assert report.removed == (NAMED,)
    assert report.created == ("function rollforward.accounts_named(pg_catalog.text,integer)",)
    assert deployed.one("SELECT count(*) FROM pg_proc WHERE proname = 'accounts_named'") == 1
    assert deployed.one("SELECT rollforward.counted('x')") == 0
    assert deployed.deploy().nothing_to_do


def test_a_function_can_become_a_procedure(deployed: House) -> None:
    deployed.code(
        "account/counted",
        "-- Counted.\nCREATE OR REPLACE PROCEDURE rollforward.counted(name text)\n"
        "LANGUAGE plpgsql AS $$ BEGIN END $$;\nCOMMENT ON PROCEDURE rollforward.counted IS 'Counted';",
    )
    report = deployed.deploy()
    assert report.created == ("procedure rollforward.counted(pg_catalog.text)",)
    assert report.removed == ("function rollforward.counted(pg_catalog.text)",)


def test_a_type_is_created_again_with_what_uses_it(deployed: House) -> None:
    deployed.code("account/pair", PAIR)
    deployed.code(
        "account/paired",
        "-- Paired.\nCREATE OR REPLACE FUNCTION rollforward.paired() RETURNS rollforward.pair[]\n"
        "LANGUAGE plpgsql STABLE PARALLEL SAFE AS $$ BEGIN RETURN NULL; END $$;",
    )
    deployed.deploy()
    deployed.code("account/pair", PAIR.replace("two int", "two int, three int"))
    report = deployed.deploy()
    assert report.recreated == ("function rollforward.paired()", "type rollforward.pair")


def test_an_aggregate_is_an_object_like_others(deployed: House) -> None:
    deployed.code("account/total", TOTAL)
    assert deployed.deploy().created == ("aggregate rollforward.total(numeric)",)
    deployed.code("account/total", TOTAL.replace("STYPE = numeric", "STYPE = numeric, INITCOND = '0'"))
    assert deployed.deploy().replaced == ("aggregate rollforward.total(numeric)",)


def test_overloads_live_in_files_of_their_own(deployed: House) -> None:
    deployed.code(
        "account/counted.all",
        COUNTED.replace("counted(name text)", "counted()")
        .replace("counted.name", "'all'")
        .replace("FUNCTION rollforward.counted IS", "FUNCTION rollforward.counted() IS"),
    )
    deployed.code(
        "account/counted",
        COUNTED.replace("FUNCTION rollforward.counted IS", "FUNCTION rollforward.counted(text) IS"),
    )
    assert deployed.deploy().created == ("function rollforward.counted()",)
    deployed.remove("functions/account/counted.all.sql")
    assert deployed.deploy().removed == ("function rollforward.counted()",)


@pytest.mark.parametrize(
    ("statement", "named"),
    [
        ("CREATE VIEW public.mine AS SELECT name FROM rollforward.account", "view public.mine"),
        (
            "CREATE MATERIALIZED VIEW public.mine AS SELECT name FROM rollforward.account",
            "materialized view public.mine",
        ),
        (
            "CREATE FUNCTION public.mine() RETURNS SETOF text LANGUAGE sql"
            " BEGIN ATOMIC SELECT name FROM rollforward.account; END",
            "function public.mine()",
        ),
        ("CREATE TABLE public.mine (held rollforward.account)", "column held of table public.mine"),
        ("CREATE TABLE public.mine (rows rollforward.account[])", "column rows of table public.mine"),
        (
            "CREATE TYPE public.mine AS (part rollforward.account)",
            "column part of composite type public.mine",
        ),
        ("CREATE DOMAIN public.mine AS rollforward.account", "type public.mine"),
        (
            "CREATE TABLE public.mine (n bigint DEFAULT rollforward.counted('x'))",
            "default value for column n of table public.mine",
        ),
        (
            "CREATE TABLE public.mine (n bigint, CONSTRAINT c CHECK (n > rollforward.counted('x')))",
            "constraint c on table public.mine",
        ),
        (
            "CREATE FUNCTION public.f() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NULL; END $$;"
            "CREATE TRIGGER mine INSTEAD OF INSERT ON rollforward.account"
            " FOR EACH ROW EXECUTE FUNCTION public.f()",
            "trigger mine on view rollforward.account",
        ),
        (
            "CREATE RULE mine AS ON INSERT TO rollforward.account DO INSTEAD NOTHING",
            "rule mine on view rollforward.account",
        ),
        ("CREATE VIEW rollforward.mine AS SELECT name FROM rollforward.account", "view rollforward.mine"),
    ],
)
def test_a_users_object_on_something_that_must_go_stops_the_deploy(
    deployed: House, statement: str, named: str
) -> None:
    deployed.sql(statement)
    state = "SELECT oid, xmin::text FROM pg_class WHERE relname = 'account' ORDER BY oid"
    before = deployed.sql(state)
    deployed.code("account/account", REVERSED_VIEW)
    with pytest.raises(ObjectsInUse) as caught:
        deployed.deploy()
    assert caught.value.sqlstate == "2BP01"
    assert named in [entry["object"] for entry in caught.value.detail]
    assert caught.value.hint
    assert deployed.sql(state) == before


def test_a_users_view_on_something_that_stays_does_not_matter(deployed: House) -> None:
    deployed.sql("CREATE VIEW public.mine AS SELECT * FROM rollforward.account")
    oid = deployed.one("SELECT 'public.mine'::regclass::oid")
    deployed.code("account/counted", COUNTED.replace("RETURNS bigint", "RETURNS numeric"))
    deployed.code("account/account", ACCOUNT_VIEW.replace("name FROM", "name, 1 AS extra FROM"))
    deployed.deploy()
    assert deployed.one("SELECT 'public.mine'::regclass::oid") == oid


def test_a_removed_object_in_use_is_refused(deployed: House) -> None:
    deployed.sql("CREATE VIEW public.mine AS SELECT rollforward.counted('x')")
    deployed.remove("functions/account/counted.sql")
    with pytest.raises(ObjectsInUse, match="1 objects"):
        deployed.deploy()


def test_a_removed_view_whose_users_changed_with_it(deployed: House) -> None:
    deployed.remove("functions/account/accounts_named.sql")
    deployed.code(
        "account/counted", COUNTED.replace("rollforward.accounts_named(counted.name)", "rollforward.account")
    )
    report = deployed.deploy()
    assert report.removed == (NAMED,)


def test_a_mistake_in_a_file_is_reported_as_such_and_not_as_a_conflict(deployed: House) -> None:
    deployed.sql("CREATE VIEW public.mine AS SELECT name FROM rollforward.account")
    deployed.code(
        "account/twice",
        "-- Twice.\nCREATE TYPE rollforward.twice AS (a int);\nCREATE TYPE rollforward.twice AS (a int);",
    )
    deployed.code("account/account", ACCOUNT_VIEW + "-- a remark\n")
    with pytest.raises(BadSource, match=r'twice\.sql.*"twice" already exists'):
        deployed.deploy()


def test_a_migration_may_change_a_column_that_our_views_use(deployed: House) -> None:
    deployed.sql("INSERT INTO rollforward_data.account VALUES (7, 'main')")
    deployed.migration("0002.wider", "ALTER TABLE rollforward_data.account ALTER account_id TYPE numeric;")
    report = deployed.deploy()
    assert report.migrations == ("0002.wider",)
    assert VIEW in report.recreated
    assert str(deployed.one("SELECT pg_typeof(account_id) FROM rollforward.account")) == "numeric"


def test_a_migration_does_not_pass_over_a_users_view(deployed: House) -> None:
    deployed.sql("CREATE VIEW public.mine AS SELECT account_id FROM rollforward.account")
    deployed.migration("0002.wider", "ALTER TABLE rollforward_data.account ALTER account_id TYPE numeric;")
    with pytest.raises(ObjectsInUse) as caught:
        deployed.deploy()
    assert caught.value.detail == [{"object": "view public.mine", "depends_on": VIEW}]
