"""What a deploy does and leaves alone when nothing stands in its way."""

from __future__ import annotations

import os

import pytest

from rollforward.deploy import BadSource, DatabaseIsNewer, MigrationEdited
from tests.deploy.conftest import ACCOUNT_VIEW, ACCOUNTS_NAMED, FACTS, House

VIEW = "view rollforward.account"
FUNCTION = "function rollforward.accounts_named(pg_catalog.text)"


def test_an_empty_database_gets_everything(house: House) -> None:
    report = house.deploy()
    assert report.migrations == ("0001.facts",)
    assert report.created == (FUNCTION, VIEW)
    house.sql("INSERT INTO rollforward_data.account VALUES (7, 'main')")
    assert house.sql("SELECT * FROM rollforward.accounts_named('main')") == [(7, "main")]
    assert house.one("SELECT version FROM rollforward_data.deployment") == report.version


def test_a_second_deploy_writes_nothing(house: House) -> None:
    house.deploy()
    before = house.one("SELECT pg_snapshot_xmax(pg_current_snapshot())::text")
    assert house.deploy().nothing_to_do
    # No transaction of this cluster has been given a number, so none has written. Other tests may run beside
    # this one, therefore the rows themselves are looked at as well.
    rows = house.sql("SELECT xmin::text::bigint, ctid FROM rollforward_data.deployed_file")
    rows += house.sql("SELECT xmin::text::bigint, ctid FROM rollforward_data.deployment")
    rows += house.sql("SELECT xmin::text::bigint, ctid FROM pg_proc WHERE proname = 'accounts_named'")
    rows += house.sql("SELECT xmin::text::bigint, ctid FROM pg_class WHERE relname = 'account'")
    assert all(written < int(before) for written, _ in rows)
    assert house.one("SELECT pg_snapshot_xmax(pg_current_snapshot())::text") == before


def test_a_dry_run_reports_everything_and_leaves_no_trace(house: House) -> None:
    rehearsal = house.deploy(dry_run=True)
    assert house.sql("SELECT nspname FROM pg_namespace WHERE nspname LIKE 'rollforward%'") == []
    performance = house.deploy()
    assert (rehearsal.migrations, rehearsal.created) == (performance.migrations, performance.created)
    assert rehearsal.dry_run


def test_only_a_changed_file_is_deployed(house: House) -> None:
    house.deploy()
    oid = house.one("SELECT 'rollforward.account'::regclass::oid")
    house.code("account/accounts_named", ACCOUNTS_NAMED.replace("account.name =", "lower(account.name) ="))
    report = house.deploy()
    assert (report.created, report.replaced, report.recreated, report.removed) == ((), (FUNCTION,), (), ())
    assert house.one("SELECT 'rollforward.account'::regclass::oid") == oid


def test_a_missing_object_comes_back(house: House) -> None:
    house.deploy()
    house.sql("DROP FUNCTION rollforward.accounts_named")
    assert house.deploy().created == (FUNCTION,)
    assert house.deploy().nothing_to_do


def test_an_object_whose_file_is_gone_is_removed(house: House) -> None:
    house.deploy()
    house.remove("functions/account/accounts_named.sql")
    assert house.deploy().removed == (FUNCTION,)
    assert house.sql("SELECT FROM pg_proc WHERE proname = 'accounts_named'") == []


def test_moving_a_file_changes_no_object(house: House) -> None:
    house.deploy()
    oid = house.one("SELECT 'rollforward.accounts_named'::regproc::oid")
    house.remove("functions/account/accounts_named.sql")
    house.code("people/accounts_named", ACCOUNTS_NAMED)
    report = house.deploy()
    assert (report.replaced, report.removed) == ((FUNCTION,), ())
    assert house.one("SELECT 'rollforward.accounts_named'::regproc::oid") == oid


def test_a_strange_object_is_left_alone_and_mentioned(house: House) -> None:
    house.deploy()
    house.sql("CREATE FUNCTION rollforward.mine() RETURNS int LANGUAGE sql RETURN 1")
    report = house.deploy()
    assert report.nothing_to_do
    assert any("rollforward.mine()" in warning for warning in report.warnings)
    assert house.one("SELECT rollforward.mine()") == 1


def test_a_failing_file_undoes_the_migration_too_and_is_named_with_its_line(house: House) -> None:
    house.code("account/broken", "-- Broken.\nCREATE OR REPLACE VIEW rollforward.broken AS\nSELEC 1;\n")
    with pytest.raises(BadSource, match=r"functions/account/broken\.sql:3: .*SELEC") as caught:
        house.deploy()
    assert caught.value.sqlstate == "42601"
    assert house.sql("SELECT nspname FROM pg_namespace WHERE nspname LIKE 'rollforward%'") == []


def test_a_failing_migration_is_named(house: House) -> None:
    house.migration("0002.broken", "CREATE TABLE rollforward_data.second (a int);\nSELECT 1/0;")
    with pytest.raises(BadSource, match=r"migrations/0002\.broken\.sql: division by zero"):
        house.deploy()
    assert house.one("SELECT to_regclass('rollforward_data.second')") is None


def test_an_edited_migration_is_refused(house: House) -> None:
    house.deploy()
    house.migration("0001.facts", FACTS + "-- one more thought\n")
    with pytest.raises(MigrationEdited, match=r"migrations/0001\.facts\.sql") as caught:
        house.deploy()
    assert "new migration" in str(caught.value.hint)


def test_a_database_of_a_newer_program_is_refused(house: House) -> None:
    house.migration("0002.newer", "CREATE TABLE rollforward_data.newer (a int);")
    house.deploy()
    house.remove("migrations/0002.newer.sql")
    with pytest.raises(DatabaseIsNewer, match="newer rollforward") as caught:
        house.deploy()
    assert caught.value.detail == [{"migration": "0002.newer"}]


def test_a_migration_outside_of_a_transaction_is_refused_before_anything_runs(house: House) -> None:
    house.migration("0002.index", "-- transactional: false\nVACUUM;")
    with pytest.raises(BadSource, match=r"0002\.index\.sql"):
        house.deploy()
    assert house.sql("SELECT nspname FROM pg_namespace WHERE nspname LIKE 'rollforward%'") == []


def test_what_a_migration_selects_does_not_reach_stdout(
    house: House, capsys: pytest.CaptureFixture[str]
) -> None:
    house.migration("0002.chatty", "SELECT 'a row' AS printed;")
    house.deploy()
    assert capsys.readouterr().out == ""


def test_a_user_without_a_name_can_deploy(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    def unknown_user() -> str:
        raise KeyError("getpwuid(): uid not found")

    monkeypatch.setattr("getpass.getuser", unknown_user)
    house.deploy()
    assert house.one("SELECT username FROM rollforward_data._yoyo_log") == f"uid {os.getuid()}"


def test_a_lock_row_left_by_yoyo_does_not_stop_a_deploy(house: House) -> None:
    house.deploy()
    house.sql(
        "CREATE TABLE rollforward_data.yoyo_lock (locked int PRIMARY KEY, ctime timestamp, pid int);"
        "INSERT INTO rollforward_data.yoyo_lock VALUES (1, now(), 1)"
    )
    house.migration("0002.more", "CREATE TABLE rollforward_data.more (a int);")
    assert house.deploy().migrations == ("0002.more",)


def test_a_file_must_define_the_object_it_is_named_after(house: House) -> None:
    house.code("account/other_name", ACCOUNT_VIEW.replace("rollforward.account", "rollforward.people", 1))
    with pytest.raises(BadSource, match=r"other_name\.sql.*exactly rollforward\.other_name"):
        house.deploy()


def test_a_file_must_not_define_two_objects(house: House) -> None:
    second = "CREATE OR REPLACE VIEW rollforward.second AS SELECT 1 AS one;"
    house.code("account/account", ACCOUNT_VIEW + second)
    with pytest.raises(BadSource, match=r"account/account\.sql"):
        house.deploy()


def test_an_unqualified_name_is_an_error(house: House) -> None:
    house.sql("CREATE TABLE public.account (account_id bigint)")
    house.code(
        "account/loose", "-- Loose.\nCREATE OR REPLACE VIEW rollforward.loose AS SELECT 1 FROM account;"
    )
    with pytest.raises(BadSource, match="does not exist"):
        house.deploy()


def test_warnings_of_the_server_are_reported(house: House) -> None:
    house.code("security/warn", "DO $$ BEGIN RAISE WARNING 'take care'; RAISE NOTICE 'chatter'; END $$;")
    assert house.deploy().warnings == ("take care",)


def test_security_runs_again_when_a_missing_role_exists(house: House) -> None:
    house.deploy()
    # As if the role had been made only after this deploy.
    house.sql("UPDATE rollforward_data.deployment SET role_oids = '{}'")
    report = house.deploy()
    assert report.security == ("functions/security/roles.sql",)
    assert not report.created
    assert house.deploy().nothing_to_do


def test_nothing_is_left_to_public(house: House) -> None:
    house.code("account/pair", "-- Pair.\nCREATE TYPE rollforward.pair AS (one int, two int);")
    house.migration(
        "0002.domain",
        "CREATE DOMAIN rollforward_data.money AS numeric;CREATE SEQUENCE rollforward_data.numbers;",
    )
    house.deploy()
    assert (
        house.sql("""
        SELECT oid::regprocedure::text
        FROM pg_proc, aclexplode(coalesce(proacl, acldefault('f', proowner))) AS given
        WHERE pronamespace IN ('rollforward'::regnamespace, 'rollforward_data'::regnamespace) AND grantee = 0
        UNION ALL
        SELECT oid::regtype::text
        FROM pg_type, aclexplode(coalesce(typacl, acldefault('T', typowner))) AS given
        WHERE typnamespace IN ('rollforward'::regnamespace, 'rollforward_data'::regnamespace) AND grantee = 0
          AND typcategory <> 'A'
    """)
        == []
    )
