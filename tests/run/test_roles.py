"""What each role may do, and that reading writes nothing."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
import pytest

from rollforward.embedded.server import Server
from tests.support.databases import fresh_database
from tests.support.ledger import Ledger
from tests.support.movements import buy, deposit
from tests.support.statements import import_rows, printed

ROW = printed("2025-03-03", "Money Movement", "Deposit", Value="5.00")
STAGES = ["generic_row", "ibkr_row", "market_row", "tastytrade_row"]
VIEWS = [
    "account",
    "account_currency",
    "account_figure",
    "account_snapshot",
    "account_version",
    "analysis_engine",
    "assertion",
    "audit_log",
    "benchmark_weight",
    "factor",
    "factor_correlation",
    "factor_exposure",
    "import_session",
    "instrument",
    "instrument_factor",
    "instrument_profile",
    "lot_match",
    "movement",
    "open_lot",
    "orphan_closing",
    "pairwise_correlation",
    "portfolio_risk",
    "position_beta",
    "position_snapshot",
    "position_volatility",
    "price",
    "price_correction",
    "processing_metrics",
    "rejected_row",
    "price_version",
    "scenario",
    "sector_exposure",
    "split_event",
    "stale_account",
    "stale_analysis",
    "stress_result",
    "trading_calendar",
]
READS = {
    "latest_snapshots": "SELECT * FROM rollforward.latest_snapshots('{1}', '2025-12-31')",
    "snapshots_as_of": "SELECT * FROM rollforward.snapshots_as_of('{1}', '2025-12-31')",
    "account_statistics": "SELECT * FROM rollforward.account_statistics('{1}', '2025-01-01', '2025-01-31')",
    "verify": "SELECT * FROM rollforward.verify()",
    "movement_history": "SELECT * FROM rollforward.movement_history('{1}', '{1}')",
    "account_as_known_at": "SELECT * FROM rollforward.account_as_known_at('{1}', now())",
    "load_account_batch": "SELECT * FROM rollforward.load_account_batch('{1}')",
    "exists_price_batch": "SELECT * FROM rollforward.exists_price_batch('{1}', '{2025-01-03}')",
    "reconcile": "SELECT * FROM rollforward.reconcile(1)",
    "check_ties": "SELECT * FROM rollforward.check_ties()",
    "explain_snapshot": "SELECT * FROM rollforward.explain_snapshot(1, 'USD', '2025-12-31', 'invested')",
}
WRITES = {
    "add_account": "SELECT rollforward.add_account('9')",
    "set_account": "SELECT rollforward.set_account('7', 'costs_in_lot', 'false')",
    "delete_splits": "SELECT rollforward.delete_splits('{ACME}', '{2025-01-03}')",
    "delete_fx_rates": "SELECT rollforward.delete_fx_rates('{EUR}', '{USD}', '{2025-01-03}')",
    "start_import": "SELECT rollforward.start_import('tastytrade', '7', 'a.csv', sha256(''))",
    "assert_balance": "SELECT rollforward.assert_balance(1, '2025-01-03', 'USD', 90)",
    "assert_position": "SELECT rollforward.assert_position(1, '2025-01-03', 'ACME', 1)",
    "import_statement": "SELECT rollforward.import_statement('tastytrade', '7')",
    "load_prices": "SELECT rollforward.load_prices('prices.csv')",
    "load_fx_rates": "SELECT rollforward.load_fx_rates('fx.csv')",
    "load_splits": "SELECT rollforward.load_splits('splits.csv')",
    "load_profiles": "SELECT rollforward.load_profiles('profiles.csv')",
    "load_calendar": "SELECT rollforward.load_calendar('calendar.csv')",
    "analyse": "SELECT rollforward.analyse('{1}', '2025-01-01', '2025-12-31')",
    "start_analysis": "SELECT rollforward.start_analysis('{1}', '2025-01-01', '2025-12-31')",
    "tag_sector": "SELECT rollforward.tag_sector(1, 'ACME', 'Energy')",
    "process": "SELECT rollforward.process('{1}', '2025-01-01', '2025-12-31')",
    "process_batch": "SELECT rollforward.process_batch(1, '2025-01-01', '2025-12-31')",
    "process_stale": "SELECT rollforward.process_stale()",
    "save_person_batch": "SELECT rollforward.save_person_batch('{Ann}')",
    "validate_person_batch": "SELECT rollforward.validate_person_batch('{Ann}')",
    "update_account_batch": "SELECT rollforward.update_account_batch('{1}', base_currencies => '{EUR}')",
    "delete_price_batch": "SELECT rollforward.delete_price_batch('{1}', '{2025-01-03}')",
    "open_batch": "SELECT rollforward.open_batch('person')",
    "save_person_stage": "SELECT rollforward.save_person_stage()",
    "save_person_chunked": "CALL rollforward.save_person_chunked('{Ann}', atomic => true)",
}
DEFINES = {
    "save_factor": "SELECT rollforward.save_factor('Oil', 'single', 'USO')",
    "save_scenario": """SELECT rollforward.save_scenario('fall', '{"Market": -0.1}')""",
    "save_benchmark_weights":
        """SELECT rollforward.save_benchmark_weights('SP500', '2025-01-01', '{"Energy": 1}')""",
}  # fmt: skip
REFERENCE = "SELECT rollforward.process_per_date(1, '2025-01-01', '2025-12-31')"


@pytest.fixture(scope="module")
def house(server: Server, template: str) -> Iterator[Ledger]:
    """A ledger with one computed account, seen by the administrator, who can be anybody."""
    with (
        fresh_database(server, template=template) as name,
        psycopg.connect(server.dsn(name), autocommit=True) as connection,
    ):
        ledger = Ledger(connection)
        ledger.instrument("ACME")
        account = ledger.account("7")
        ledger.record(account, deposit("2025-01-02", 100), buy("2025-01-03", "ACME", 1, "10"))
        ledger.price("ACME", "2025-01-03", 12)
        ledger.process([account])
        connection.execute("CREATE ROLE passer_by NOLOGIN")
        yield ledger
        connection.execute("DROP ROLE passer_by")


@contextmanager
def acting_as(house: Ledger, role: str) -> Iterator[Ledger]:
    with house.connection.transaction(force_rollback=True):
        house.rows(f"SET LOCAL ROLE {role}")
        yield house


def denied(house: Ledger, role: str, statement: str) -> bool:
    with acting_as(house, role):
        try:
            house.rows(statement)
        except psycopg.errors.InsufficientPrivilege:
            return True
    return False


def tables(house: Ledger) -> list[str]:
    return sorted(house.facts_and_figures())


@pytest.mark.parametrize("role", ["reader", "writer", "operator"])
def test_every_role_reads_views_and_calls_read_functions(house, role):
    with acting_as(house, f"rollforward_{role}"):
        for view in VIEWS:
            house.rows(f"SELECT * FROM rollforward.{view}")
        for call in READS.values():
            house.rows(call)


@pytest.mark.parametrize("role", ["reader", "writer", "operator"])
def test_no_role_reads_or_changes_a_table(house, role):
    for table in tables(house):
        assert denied(house, f"rollforward_{role}", f"SELECT FROM rollforward_data.{table}"), table
        assert denied(house, f"rollforward_{role}", f"DELETE FROM rollforward_data.{table}"), table
        if table not in STAGES:
            assert denied(
                house, f"rollforward_{role}", f"INSERT INTO rollforward_data.{table} DEFAULT VALUES"
            ), table


@pytest.mark.parametrize("call", [*WRITES.values(), REFERENCE], ids=[*WRITES, "process_per_date"])
def test_a_reader_calls_nothing_that_writes(house, call):
    assert denied(house, "rollforward_reader", call)


@pytest.mark.parametrize("stage", STAGES)
def test_a_reader_stages_nothing(house, stage):
    assert denied(house, "rollforward_reader", f"INSERT INTO rollforward_data.{stage} (line) VALUES (2)")


@pytest.mark.parametrize("stage", STAGES)
def test_what_a_transaction_stages_is_its_own(house, stage):
    insert = f"INSERT INTO rollforward_data.{stage} (transaction_id, line) VALUES ('7', 2)"
    assert denied(house, "rollforward_writer", insert)


def test_a_writer_imports_and_computes(house):
    with acting_as(house, "rollforward_writer"):
        account = import_rows(house, [ROW], "8").account_id
        assert house.process([account]).snapshots_saved == 1
        assert house.snapshot(account).deposited == 5
        house.rows(WRITES["process"])
        house.rows(WRITES["process_stale"])
        house.rows(WRITES["add_account"])
        house.rows(WRITES["set_account"])
        house.rows(WRITES["analyse"])
        house.rows(WRITES["start_analysis"])
        house.rows(WRITES["tag_sector"])


def test_a_writer_uses_the_repository(house):
    with acting_as(house, "rollforward_writer"):
        for call in WRITES:
            if "person" in call and "stage" not in call:
                house.rows("SAVEPOINT before")
                house.rows(WRITES[call])
                house.rows("ROLLBACK TO before")
        house.rows(WRITES["open_batch"])
        with house.connection.cursor().copy("COPY pg_temp.batch_person (ordinal, name) FROM STDIN") as copy:
            copy.write_row((1, "Ann"))
        house.rows(WRITES["save_person_stage"])
        house.rows(WRITES["update_account_batch"])
        house.rows(WRITES["delete_price_batch"])
        (person,) = house.rows("SELECT name, version FROM rollforward.person_version")
        assert tuple(person) == ("Ann", 1)


def test_what_becomes_of_a_staged_row_is_not_the_callers_to_say(house):
    with acting_as(house, "rollforward_writer"):
        house.rows(WRITES["open_batch"])
        with pytest.raises(psycopg.errors.InsufficientPrivilege), house.connection.transaction():
            house.rows(
                "INSERT INTO pg_temp.batch_person (ordinal, name, status) VALUES (1, 'Ann', 'skipped')"
            )


def test_the_reference_is_run_by_operators(house):
    assert denied(house, "rollforward_writer", REFERENCE)
    assert not denied(house, "rollforward_operator", REFERENCE)


@pytest.mark.parametrize("call", DEFINES.values(), ids=DEFINES.keys())
def test_what_accounts_are_analysed_by_is_defined_by_operators(house, call):
    assert denied(house, "rollforward_writer", call)
    assert not denied(house, "rollforward_operator", call)


def test_the_public_may_do_nothing(house):
    for view in VIEWS:
        assert denied(house, "passer_by", f"SELECT FROM rollforward.{view}")
    for call in [*READS.values(), *WRITES.values(), *DEFINES.values(), REFERENCE]:
        assert denied(house, "passer_by", call)
    for table in tables(house):
        assert denied(house, "passer_by", f"SELECT FROM rollforward_data.{table}")


def test_reading_runs_in_a_read_only_transaction_without_temporary_tables(house):
    house.rows("DISCARD TEMP")
    with house.connection.transaction(force_rollback=True):
        house.rows("SET TRANSACTION READ ONLY")
        house.rows("SET LOCAL ROLE rollforward_reader")
        for view in VIEWS:
            house.rows(f"SELECT * FROM rollforward.{view}")
        for call in READS.values():
            house.rows(call)
        house.rows("RESET ROLE")
        assert house.value("SELECT pg_current_xact_id_if_assigned()") is None
        assert (
            house.value(
                "SELECT count(*) FROM pg_class WHERE relpersistence = 't' AND pg_table_is_visible(oid)"
            )
            == 0
        )


STAGING = {
    "save_person_batch": "SELECT rollforward.save_person_batch('{Ann}', on_conflict => 'skip')",
    "save_person_stage": WRITES["save_person_stage"],
    "open_batch": WRITES["open_batch"],
}


@pytest.mark.parametrize("call", STAGING)
def test_a_table_of_somebody_else_in_the_place_of_a_batch_is_refused(house, call):
    house.rows("DISCARD TEMP")
    with acting_as(house, "rollforward_writer"):
        if call == "save_person_stage":
            with pytest.raises(psycopg.errors.DataError) as refused, house.connection.transaction():
                house.rows(STAGING[call])
            assert refused.value.sqlstate == "22R02"
        house.rows("CREATE TEMP TABLE batch_person (ordinal integer, name text)")
        with pytest.raises(psycopg.errors.DuplicateTable) as refused, house.connection.transaction():
            house.rows(STAGING[call])
        assert refused.value.diag.message_hint.startswith("DISCARD TEMP")


def test_what_needs_no_stage_does_not_touch_a_table_in_its_place(house):
    house.rows("DISCARD TEMP")
    with acting_as(house, "rollforward_writer"):
        house.rows("CREATE TEMP TABLE batch_person (ordinal integer, name text)")
        house.rows(WRITES["save_person_batch"])
        assert house.value("SELECT count(*) FROM batch_person") == 0


def test_a_table_of_somebody_else_in_the_place_of_a_stage_is_refused(house):
    """It could carry triggers, which would run with the rights of the owner."""
    house.rows("DISCARD TEMP")
    with acting_as(house, "rollforward_writer"):
        house.rows("CREATE TEMP TABLE stage_event (account_id bigint)")
        with (
            pytest.raises(psycopg.errors.DuplicateTable) as refused,
            house.connection.transaction(),
        ):
            house.rows("SELECT rollforward.process_batch(1, '2025-01-01', '2025-12-31')")
        assert refused.value.diag.message_hint.startswith("DISCARD TEMP")
        house.rows("DROP TABLE stage_event")
        house.rows("SELECT rollforward.process_batch(1, '2025-01-01', '2025-12-31')")
