"""Who deploys: every object belongs to the role that owns the schemas, whoever of its members deploys."""

from __future__ import annotations

from collections.abc import Iterator

import psycopg
import pytest
from psycopg.conninfo import make_conninfo

from rollforward.deploy import DeployError
from rollforward.embedded.server import Server
from tests.deploy.conftest import ACCOUNT_VIEW, House


@pytest.fixture
def colleague(house: House, server: Server) -> Iterator[House]:
    """The same house, deployed to by another role that is not yet a member of the owner."""
    house.deploy()
    with psycopg.connect(server.dsn(), autocommit=True) as admin:
        admin.execute("CREATE ROLE colleague LOGIN")
        yield House(house.root, make_conninfo(house.dsn, user="colleague"))
        admin.execute("DROP ROLE colleague")


def test_a_member_of_the_owner_deploys_as_the_owner(colleague: House, house: House, server: Server) -> None:
    with psycopg.connect(server.dsn(), autocommit=True) as admin:
        admin.execute("GRANT owner TO colleague")
    house.code("account/second", ACCOUNT_VIEW.replace("rollforward.account", "rollforward.second"))
    assert colleague.deploy().created == ("view rollforward.second",)
    owner = house.one(
        "SELECT relowner::regrole::text FROM pg_class WHERE oid = 'rollforward.second'::regclass"
    )
    assert owner == "owner"
    assert house.deploy().nothing_to_do


def test_a_stranger_is_told_who_may_deploy(colleague: House) -> None:
    with pytest.raises(DeployError, match="deployed by role owner") as caught:
        colleague.deploy()
    assert caught.value.sqlstate == "42501"
