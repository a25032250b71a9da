"""A small house of SQL files, so that the tests do not depend on what rollforward itself contains."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import psycopg
import pytest

from rollforward.deploy import DeployReport, deploy

FACTS = """
CREATE TABLE rollforward_data.account (
    account_id bigint NOT NULL,
    name text NOT NULL,
    CONSTRAINT account_pkey PRIMARY KEY (account_id)
);
COMMENT ON TABLE rollforward_data.account IS 'Accounts';
"""

ACCOUNT_VIEW = """
-- Accounts.
CREATE OR REPLACE VIEW rollforward.account AS
SELECT account_id, name FROM rollforward_data.account;
COMMENT ON VIEW rollforward.account IS 'Accounts';
"""

ACCOUNTS_NAMED = """
-- Accounts of a name.
CREATE OR REPLACE FUNCTION rollforward.accounts_named(name text)
RETURNS SETOF rollforward.account
LANGUAGE sql STABLE PARALLEL SAFE
BEGIN ATOMIC
    SELECT account.* FROM rollforward.account WHERE account.name = accounts_named.name;
END;
COMMENT ON FUNCTION rollforward.accounts_named IS 'Accounts of a name';
"""

ROLES = """
-- The reader.
DO $$
BEGIN
    IF NOT EXISTS (SELECT FROM pg_catalog.pg_roles WHERE rolname = 'rollforward_reader') THEN
        CREATE ROLE rollforward_reader;
    END IF;
    GRANT USAGE ON SCHEMA rollforward TO rollforward_reader;
    GRANT SELECT ON rollforward.account TO rollforward_reader;
EXCEPTION WHEN insufficient_privilege THEN
    RAISE WARNING 'role rollforward_reader is missing and may not be created';
END
$$;
"""


class House:
    """A directory of SQL files and the database they are deployed to."""

    def __init__(self, root: Path, dsn: str) -> None:
        self.root = root
        self.dsn = dsn

    def migration(self, name: str, text: str) -> None:
        self.write(f"migrations/{name}.sql", text)

    def code(self, name: str, text: str) -> None:
        self.write(f"functions/{name}.sql", text)

    def write(self, path: str, text: str) -> None:
        target = self.root / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text, encoding="utf-8")

    def remove(self, path: str) -> None:
        (self.root / path).unlink()

    def deploy(self, **options: Any) -> DeployReport:
        return deploy(self.dsn, sql_root=self.root, **options)

    def sql(self, statement: str, *parameters: Any) -> list[tuple[Any, ...]]:
        """Run a statement in a transaction of its own; its rows, if it has any."""
        with psycopg.connect(self.dsn) as connection:
            cursor = connection.execute(statement.encode(), parameters or None)
            return cursor.fetchall() if cursor.description else []

    def one(self, statement: str, *parameters: Any) -> Any:
        [(value,)] = self.sql(statement, *parameters)
        return value


@pytest.fixture
def house(tmp_path: Path, empty_dsn: str) -> House:
    """A table, a view on it, a function on the view, the roles: written, not yet deployed."""
    house = House(tmp_path / "sql files [1]", empty_dsn)
    house.migration("0001.facts", FACTS)
    house.code("account/account", ACCOUNT_VIEW)
    house.code("account/accounts_named", ACCOUNTS_NAMED)
    house.code("security/roles", ROLES)
    return house
