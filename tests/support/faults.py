"""Failures put into calculations on purpose."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from tests.support.ledger import Ledger

_PATHS = ("batch", "per_date", "both")

# Both ways write snapshots; which one it is, the stack of calls says.
_TRIGGER = """
CREATE OR REPLACE FUNCTION rollforward_data.{name}() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    stack text;
    is_reference boolean;
BEGIN
    GET DIAGNOSTICS stack = PG_CONTEXT;
    is_reference := stack LIKE '%process_per_date%';
    IF NEW.account_id = ANY (TG_ARGV[0]::bigint[])
       AND (TG_ARGV[1] = 'both' OR TG_ARGV[1] = CASE WHEN is_reference THEN 'per_date' ELSE 'batch' END)
    THEN
        {action}
    END IF;
    RETURN NEW;
END
$$
"""


class Faults:
    """Triggers on snapshots that fail, wait or lie, for the accounts and the path they are told."""

    def __init__(self, ledger: Ledger) -> None:
        self.ledger = ledger

    def fail(self, accounts: Sequence[int], path: str = "batch", sqlstate: str = "R0001") -> None:
        """Writing snapshots of the accounts raises; path is batch, per_date or both."""
        self._install(
            accounts,
            path,
            f"RAISE 'broken on purpose' USING ERRCODE = '{sqlstate}', DETAIL = 'a detail', HINT = 'a hint';",
        )

    def lie(self, accounts: Sequence[int]) -> None:
        """What the batch stores of the accounts is wrong."""
        self._install(accounts, "batch", "NEW.movement_counter := NEW.movement_counter + 100;")

    def delay(self, accounts: Sequence[int], seconds: float) -> None:
        """Writing snapshots of the accounts takes its time."""
        self._install(accounts, "both", f"PERFORM pg_sleep({seconds});")

    @contextmanager
    def counted(self) -> Iterator[Callable[[], int]]:
        """How often snapshots were about to be written, undone or not: a sequence does not go back."""
        self.ledger.rows("CREATE SEQUENCE rollforward_data.attempt")
        self.ledger.rows(
            "CREATE FUNCTION rollforward_data.count_attempt() RETURNS trigger LANGUAGE plpgsql AS"
            " $$ BEGIN PERFORM nextval('rollforward_data.attempt'); RETURN NULL; END $$"
        )
        self.ledger.rows(
            "CREATE TRIGGER count_attempt BEFORE INSERT ON rollforward_data.account_snapshot"
            " FOR EACH STATEMENT EXECUTE FUNCTION rollforward_data.count_attempt()"
        )
        try:
            yield lambda: self.ledger.value("SELECT last_value FROM rollforward_data.attempt")
        finally:
            self.ledger.rows("DROP TRIGGER count_attempt ON rollforward_data.account_snapshot")
            self.ledger.rows("DROP FUNCTION rollforward_data.count_attempt()")
            self.ledger.rows("DROP SEQUENCE rollforward_data.attempt")

    def mend(self) -> None:
        """Take all failures away."""
        for path in _PATHS:
            self._remove(f"fail_{path}")

    def _remove(self, name: str) -> None:
        self.ledger.rows(f"DROP TRIGGER IF EXISTS {name} ON rollforward_data.account_snapshot")
        self.ledger.rows(f"DROP FUNCTION IF EXISTS rollforward_data.{name}()")

    def _install(self, accounts: Sequence[Any], path: str, action: str) -> None:
        """One failure a path: the last one counts."""
        name = f"fail_{path}"
        self._remove(name)
        self.ledger.rows(_TRIGGER.format(name=name, action=action))
        listed = "{" + ",".join(str(int(account)) for account in accounts) + "}"
        self.ledger.rows(
            f"CREATE TRIGGER {name} BEFORE INSERT ON rollforward_data.account_snapshot"
            f" FOR EACH ROW EXECUTE FUNCTION rollforward_data.{name}('{listed}', '{path}')"
        )
