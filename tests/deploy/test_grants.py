"""Privileges that users gave on our objects outlive what a deploy does to the objects."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.deploy.conftest import ACCOUNT_VIEW, ACCOUNTS_NAMED, House

REVERSED_VIEW = ACCOUNT_VIEW.replace("account_id, name", "name, account_id")


@pytest.fixture
def granted(house: House) -> Iterator[House]:
    """Deployed, with two roles of a user that hold privileges. Roles are the cluster's, so they must go."""
    house.deploy()
    house.sql('CREATE ROLE "Reports, daily"; CREATE ROLE reports_guest;')
    house.sql("""
        GRANT SELECT ON rollforward.account TO "Reports, daily" WITH GRANT OPTION;
        GRANT SELECT (name) ON rollforward.account TO reports_guest;
        GRANT EXECUTE ON FUNCTION rollforward.accounts_named TO reports_guest;
    """)
    yield house
    house.sql("DROP SCHEMA rollforward, rollforward_data CASCADE")
    house.sql('DROP ROLE "Reports, daily", reports_guest')


def privileges(house: House) -> list[tuple[str, ...]]:
    return house.sql("""
        SELECT 'view', given.grantee::regrole::text, given.privilege_type, given.is_grantable::text
        FROM pg_class, aclexplode(relacl) AS given
        WHERE oid = 'rollforward.account'::regclass AND given.grantee <> relowner
        UNION ALL
        SELECT attname, given.grantee::regrole::text, given.privilege_type, given.is_grantable::text
        FROM pg_attribute, aclexplode(attacl) AS given
        WHERE attrelid = 'rollforward.account'::regclass
        UNION ALL
        SELECT proname, given.grantee::regrole::text, given.privilege_type, given.is_grantable::text
        FROM pg_proc, aclexplode(proacl) AS given
        WHERE proname = 'accounts_named' AND given.grantee <> proowner
        ORDER BY 1, 2, 3, 4
    """)


def test_grants_survive_a_recreation(granted: House) -> None:
    before = privileges(granted)
    assert len(before) == 4  # three of the users, one of the reader's
    granted.code("account/account", REVERSED_VIEW)
    report = granted.deploy()
    assert len(report.recreated) == 2
    assert privileges(granted) == before
    assert 'GRANT SELECT ON rollforward.account TO "Reports, daily" WITH GRANT OPTION' in report.grants_kept


def test_grants_follow_a_function_whose_arguments_change(granted: House) -> None:
    before = privileges(granted)
    granted.code(
        "account/accounts_named", ACCOUNTS_NAMED.replace("(name text)", "(name text, n int DEFAULT 1)")
    )
    assert granted.deploy().removed
    assert privileges(granted) == before


def test_grants_survive_a_migration_that_drops_the_views(granted: House) -> None:
    before = privileges(granted)
    granted.migration("0002.wider", "ALTER TABLE rollforward_data.account ALTER account_id TYPE numeric;")
    granted.deploy()
    assert privileges(granted) == before


def test_a_grant_on_a_column_that_goes_is_a_warning(granted: House) -> None:
    granted.code("account/account", ACCOUNT_VIEW.replace("account_id, name", "account_id, name AS label"))
    granted.code("account/accounts_named", ACCOUNTS_NAMED.replace("account.name", "account.label"))
    report = granted.deploy()
    assert any("reports_guest" in warning and "column name" in warning for warning in report.warnings)


def test_a_grant_on_an_object_that_goes_is_a_warning(granted: House) -> None:
    granted.remove("functions/account/accounts_named.sql")
    assert any("reports_guest" in warning for warning in granted.deploy().warnings)


def test_what_is_given_to_public_is_taken_back_with_the_next_change(granted: House) -> None:
    granted.sql("GRANT SELECT ON rollforward.account TO PUBLIC")
    granted.code("account/account", REVERSED_VIEW)
    granted.deploy()
    assert "-" not in [grantee for _, grantee, *_ in privileges(granted)]
