"""Who may watch, who may compute, and who decides how."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
import pytest

from rollforward.embedded.server import Server
from tests.support.ledger import Ledger

VIEWS = [
    "processing_metrics", "processing_mode", "processing_phase", "run", "run_error", "run_step", "run_worker",
    "setting", "shadow_difference",
]  # fmt: skip
COMPUTES = {
    "process": "SELECT rollforward.process('{1}', '2025-01-01', '2025-01-31')",
    "process_all": "CALL rollforward.process_all('2025-01-01', '2025-01-31', 5)",
    "start_run": "SELECT rollforward.start_run(NULL, '2025-01-01', '2025-01-31')",
    "resume_run": "SELECT rollforward.resume_run(1)",
    "work_on_run": "CALL rollforward.work_on_run(1)",
    "cancel_run": "SELECT rollforward.cancel_run(1)",
}
DECIDES = {
    "set_processing_mode": "SELECT rollforward.set_processing_mode('manual', 'shadow')",
    "enable_batch_mode": "SELECT rollforward.enable_batch_mode(true)",
    "set_setting": "SELECT rollforward.set_setting('workers', '2')",
    "forget_runs": "SELECT rollforward.forget_runs('2000-01-01')",
}
RESERVED = {
    "coordinate": "SELECT rollforward.coordinate('{1}', '2025-01-01', '2025-01-31', 'manual', NULL, NULL)",
    "end_run": "SELECT rollforward.end_run(1, 'succeeded')",
    "run": "UPDATE rollforward_data.run SET status = 'succeeded'",
}


@contextmanager
def acting_as(server: Server, ledger: Ledger, role: str) -> Iterator[psycopg.Connection]:
    with psycopg.connect(server.dsn(ledger.connection.info.dbname), autocommit=True) as connection:
        connection.execute(f"SET ROLE rollforward_{role}".encode())
        yield connection


@pytest.mark.parametrize("role", ["reader", "writer", "operator"])
def test_everybody_watches(server, ledger, accounts, role):
    ledger.rows("CALL rollforward.process_all('2025-01-01', '2025-01-31', 5)")
    with acting_as(server, ledger, role) as connection:
        for view in VIEWS:
            connection.execute(f"SELECT * FROM rollforward.{view}".encode()).fetchall()
        assert connection.execute("SELECT (rollforward.run_result(1)).success").fetchone() == (True,)
        assert connection.execute("SELECT rollforward.is_batch_mode_enabled()").fetchone() == (True,)


@pytest.mark.parametrize("call", COMPUTES.values(), ids=COMPUTES)
@pytest.mark.parametrize("role", ["writer", "operator"])
def test_writers_compute(server, ledger, accounts, role, call):
    ledger.rows("SELECT rollforward.start_run(NULL, '2025-01-01', '2025-01-31')")
    with acting_as(server, ledger, role) as connection:
        connection.execute(call.encode())


@pytest.mark.parametrize("call", DECIDES.values(), ids=DECIDES)
def test_operators_decide(server, ledger, accounts, call):
    with acting_as(server, ledger, "operator") as connection:
        connection.execute(call.encode())


@pytest.mark.parametrize(
    ("role", "call"),
    [("reader", call) for call in (*COMPUTES.values(), *DECIDES.values(), *RESERVED.values())]
    + [("writer", call) for call in (*DECIDES.values(), *RESERVED.values())]
    + [("operator", call) for call in RESERVED.values()],
)
def test_others_do_not(server, ledger, accounts, role, call):
    ledger.rows("SELECT rollforward.start_run(NULL, '2025-01-01', '2025-01-31')")
    with (
        acting_as(server, ledger, role) as connection,
        pytest.raises(psycopg.errors.InsufficientPrivilege),
    ):
        connection.execute(call.encode())
