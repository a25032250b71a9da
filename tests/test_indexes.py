"""Every index is there for something: it is named here with what it serves, and that uses it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from rollforward.embedded.server import Server
from tests.support.databases import fresh_database
from tests.support.ledger import Ledger

MIGRATIONS = Path(__file__).parents[1] / "sql" / "migrations"

# What is done once, on accounts computed before; each is undone.
OCCASIONS = {
    "compute": "SELECT rollforward.process_batch(ARRAY[7::bigint], '2025-01-20', 'infinity')",
    "what is stale": "SELECT * FROM rollforward.stale_account",
    "what is not valued": "SELECT * FROM rollforward.unvalued_account",
    "trading day": "SELECT rollforward.is_trading_day('BUSY', '2025-01-20')",
    "any trading day": "SELECT (SELECT is_open FROM rollforward.trading_day(day))"
    " FROM (VALUES (date '2025-01-20')) AS asked (day)",
    "former closes": "SELECT * FROM rollforward.price_correction WHERE instrument_id = 7",
    "profile": "SELECT FROM rollforward_data.instrument_profile WHERE instrument_id = 7",
    "no currency": "SELECT FROM rollforward_data.instrument WHERE currency IS NULL AND symbol = 'NEW'",
    "reject again": "INSERT INTO rollforward_data.rejected_row"
    " (kind, source, line, content, reason, offences) VALUES ('prices', 'a', 1, '{}', 'missing', '[]')"
    " ON CONFLICT (kind, md5(source), line, reason, md5(content::text)) DO NOTHING",
    "add up": "SELECT * FROM rollforward.person_snapshots('2025-02-01', 'USD', ARRAY[7::bigint])",
    "tax": "SELECT count(piece::text) FROM rollforward.tax_pieces(ARRAY[7::bigint]) AS piece",
    "latest": "SELECT * FROM rollforward.latest_snapshots(ARRAY[7::bigint], '2025-02-01')",
    "holdings": "SELECT * FROM rollforward.positions_as_of(ARRAY[7::bigint], '2025-02-01')",
    "versions of a person": "SELECT * FROM rollforward.person_history('{7}')",
    "versions of an account": "SELECT * FROM rollforward.account_history('{7}')",
    "versions of an instrument": "SELECT * FROM rollforward.instrument_history('{7}')",
    "versions of a movement": "SELECT * FROM rollforward.movement_history('{7}', ARRAY["
    "(SELECT min(movement_id) FROM rollforward_data.movement WHERE account_id = 7)])",
    "versions of a price": "SELECT * FROM rollforward.price_as_known_at('{7}', '{2025-01-28}', now())",
    "save with a key": "SELECT * FROM rollforward.save_person_batch('{Ann}', idempotency_key => 'key 7')",
    "forget results": "SELECT rollforward.forget_results('2001-01-01')",
    "save movements": "SELECT * FROM rollforward.save_movement_batch('{7}', '{2025-01-28 12:00Z}',"
    " '{2025-01-28}', '{deposit}', '{USD}', amounts => '{1}', on_conflict => 'skip')",
    "save persons": "SELECT * FROM rollforward.save_person_batch('{person 7}', on_conflict => 'update')",
    "log": "SELECT rollforward_data.current_log()",
    "look up account": "SELECT rollforward.account_ids(ARRAY['account 7'])",
    "look up instrument": "SELECT rollforward.save_splits('{I7}', '{2025-03-01}', '{2}')",
    "repeat movement": "INSERT INTO rollforward_data.movement SELECT * FROM rollforward_data.movement"
    " WHERE (account_id, movement_id) IN (SELECT 7, min(movement_id) FROM rollforward_data.movement"
    " WHERE account_id = 7) ON CONFLICT ON CONSTRAINT movement_natural_key DO NOTHING",
    "delete account": "DELETE FROM rollforward_data.account WHERE number = 'idle 1'",
    "delete person": "DELETE FROM rollforward_data.person WHERE name = 'nobody'",
    "compute once": "SELECT rollforward.process('{7}', '2025-01-01', '2025-01-02')",
    "runs": "SELECT * FROM rollforward.run WHERE run_id = 7",
    "delete broker": "DELETE FROM rollforward_data.broker WHERE name = 'nobody'",
    "reconcile": "SELECT * FROM rollforward.reconcile(7)",
    "analyse": "SELECT rollforward.analyse('{7}', '2025-02-01', '2025-02-01')",
    "analyse what is stale": "SELECT rollforward.analyse('{7}', '-infinity', 'infinity', only_stale => true)",
    "what is to be analysed": "SELECT * FROM rollforward.touched_analysis",
    "delete factor": "DELETE FROM rollforward_data.factor WHERE name = 'nothing'",
    "delete instrument": "DELETE FROM rollforward_data.instrument WHERE symbol = 'NONE'",
}

# Of tables that hold the rows of one transaction, and nothing when it is over.
STAGES = {"ibkr_row_pkey", "market_row_pkey"}

# What is called like an index and is a column.
COLUMNS = {"natural_key", "idempotency_key"}

# Which of them each index serves.
SERVED = {
    "analysed_position_instrument_idx": "what is to be analysed",
    "analysed_position_pkey": "analyse",
    "analysed_position_series_idx": "what is to be analysed",
    "analysis_pkey": "analyse",
    "analysis_stale_idx": "analyse what is stale",
    "instrument_correlation_pkey": "analyse",
    "factor_beta_pkey": "analyse",
    "scenario_shock_factor_idx": "delete factor",
    "sector_tag_instrument_idx": "delete instrument",
    "account_image_pkey": "versions of an account",
    "account_person_idx": "delete person",
    "audit_log_pkey": "versions of a price",
    "audit_log_transaction_key": "log",
    "batch_operation_idempotency_key": "save with a key",
    "batch_operation_result_idx": "forget results",
    "deleted_movement_pkey": "save movements",
    "account_broker_idx": "delete broker",
    "account_number_key": "look up account",
    "account_cost_method_pkey": "compute",
    "account_currency_pkey": "compute",
    "account_pkey": "compute",
    "account_snapshot_pkey": "compute",
    "equity_snapshot_pkey": "what is not valued",
    "fx_rate_pkey": "add up",
    "instrument_image_pkey": "versions of an instrument",
    "instrument_pkey": "compute",
    "instrument_profile_pkey": "profile",
    "instrument_symbol_key": "look up instrument",
    "instrument_without_currency_idx": "no currency",
    "lot_slice_closed_idx": "compute",
    "lot_slice_pkey": "compute",
    "movement_image_pkey": "versions of a movement",
    "movement_in_order_idx": "compute",
    "movement_instrument_idx": "delete instrument",
    "assertion_instrument_idx": "delete instrument",
    "assertion_key": "reconcile",
    "movement_natural_key": "repeat movement",
    "movement_of_lots_idx": "compute",
    "movement_pkey": "tax",
    "movement_to_instrument_idx": "delete instrument",
    "movement_transfer_idx": "compute",
    "movement_transfer_of_account_idx": "compute",
    "person_name_key": "save persons",
    "person_organization_idx": "delete person",
    "person_image_pkey": "versions of a person",
    "person_pkey": "versions of a person",
    "position_instrument_idx": "what is stale",
    "position_pkey": "compute",
    "position_snapshot_date_idx": "compute",
    "position_snapshot_pkey": "compute",
    "price_correction_price_idx": "former closes",
    "price_date_idx": "what is not valued",
    "price_image_pkey": "versions of a price",
    "price_pkey": "compute",
    "rejected_row_once_idx": "reject again",
    "processing_call_request_idx": "compute once",
    "run_error_step_idx": "runs",
    "run_step_pkey": "runs",
    "shadow_difference_run_idx": "runs",
    "split_pkey": "compute",
    "split_to_instrument_idx": "delete instrument",
    "stale_mark_pkey": "compute",
    "trading_calendar_date_idx": "any trading day",
    "trading_calendar_pkey": "trading day",
    "valued_account_pkey": "compute",
}

# 200 accounts with 100 movements each, three instruments an account; and many rows that none of them needs.
DATA = """
INSERT INTO person (name) SELECT 'person ' || n FROM generate_series(1, 3000) AS n;
INSERT INTO broker (name) SELECT 'broker ' || n FROM generate_series(1, 3000) AS n;
INSERT INTO person (name) VALUES ('nobody');
INSERT INTO broker (name) VALUES ('nobody');
INSERT INTO account (number, person_id, broker_id, base_currency, calendar)
SELECT 'account ' || n, n, n, 'USD', 'BUSY' FROM generate_series(1, 200) AS n;
INSERT INTO account (number, person_id, broker_id, base_currency)
SELECT 'idle ' || n, n, n, 'USD' FROM generate_series(1, 3000) AS n;
INSERT INTO instrument (symbol, kind, currency)
SELECT 'I' || n, 'stock', CASE n % 20 WHEN 0 THEN 'EUR' ELSE 'USD' END FROM generate_series(1, 2000) AS n;
INSERT INTO instrument (symbol, kind, currency) VALUES ('NONE', 'stock', 'USD');
INSERT INTO trading_calendar
SELECT calendar, date '2024-01-01' + n
FROM unnest('{BUSY,LAZY,IDLE}'::text[]) AS calendar, generate_series(1, 2000) AS n;
INSERT INTO price SELECT n, date '2025-01-01' + day, 10 + (n + day) % 7
FROM generate_series(1, 200) AS n, generate_series(0, 99) AS day;
INSERT INTO instrument (symbol, kind) SELECT 'BARE' || n, 'stock' FROM generate_series(1, 500) AS n;
UPDATE price SET close = close + 1;
INSERT INTO audit_log (transaction_id, began_at, actor)
SELECT n::text::xid8, '2000-01-01', 'somebody' FROM generate_series(1, 5000) AS n;
UPDATE person SET base_currency = 'USD';
UPDATE account SET broker_id = 1 WHERE number LIKE 'idle%';
UPDATE instrument SET underlying = symbol WHERE kind = 'stock';
INSERT INTO instrument_profile (instrument_id, sector) SELECT instrument_id, 'Utilities' FROM instrument;
INSERT INTO fx_rate SELECT 'C' || 10 + n, 'USD', date '2025-01-01' + day, 2
FROM generate_series(1, 30) AS n, generate_series(0, 99) AS day;
INSERT INTO fx_rate SELECT 'EUR', 'USD', date '2025-01-01' + day, 2 FROM generate_series(0, 99) AS day;
INSERT INTO split (instrument_id, split_date, quantity, per_quantity, to_instrument_id)
SELECT n, date '2025-01-10' + day, 2, 1, CASE WHEN n > 500 THEN 2001 - n + 500 END
FROM generate_series(201, 2000) AS n, generate_series(1, 2) AS day WHERE 2001 - n + 500 <> n;
INSERT INTO split (instrument_id, split_date, quantity, per_quantity) VALUES (8, '2025-01-25', 2, 1);
INSERT INTO account_cost_method (account_id, from_date, method)
SELECT account_id, date '2025-01-01' + day, 'lifo'
FROM account, generate_series(1, 3) AS day WHERE account_id < 3000;
INSERT INTO valued_account SELECT account_id, '2025-01-01' FROM account;
INSERT INTO movement
    (account_id, occurred_at, accounting_date, kind, effect, currency, instrument_id, quantity, price, amount)
SELECT a, timestamptz '2025-01-01 12:00+00' + n * interval '1 day', date '2025-01-01' + n,
       event.kind::movement_kind, event.effect::movement_effect,
       CASE instrument % 20 WHEN 0 THEN 'EUR' ELSE 'USD' END, instrument, 2, 10,
       CASE event.kind WHEN 'buy' THEN -20 WHEN 'sell' THEN 22 ELSE 0 END
FROM generate_series(1, 200) AS a, generate_series(0, 98) AS n
CROSS JOIN LATERAL (SELECT 1 + (a * 3 + n % 3) % 200 AS instrument) AS held
CROSS JOIN LATERAL (SELECT CASE WHEN n < 20 THEN 'buy' WHEN n = 30 AND a % 50 = 7 THEN 'securities_out'
                                WHEN n % 3 = 0 THEN 'sell' ELSE 'buy' END AS kind) AS what
CROSS JOIN LATERAL (
    SELECT what.kind, CASE what.kind WHEN 'buy' THEN 'open' ELSE 'close' END AS effect) AS event;
INSERT INTO movement
    (account_id, occurred_at, accounting_date, kind, currency, instrument_id, quantity, per_quantity)
SELECT a, timestamptz '2025-02-01 00:00+00', date '2025-02-01', 'split', 'USD', 1 + (a * 3 + 1) % 200, 2, 1
FROM generate_series(1, 200) AS a;
UPDATE movement SET description = 'noted';
INSERT INTO deleted_movement (account_id, natural_key, movement_id)
SELECT 1 + n % 200, int4send(n), n FROM generate_series(1, 20000) AS n;
INSERT INTO batch_operation
    (entity, operation, began_at, took_ms, rows_given, rows_written, idempotency_key, result)
SELECT 'person', 'save', timestamptz '2000-01-01' + n * interval '1 hour', 1, 1, 1, 'old key ' || n, '[]'
FROM generate_series(1, 20000) AS n;
INSERT INTO run (request, scenario, start_date, end_date, only_stale, chunk_size, requested_by)
SELECT '', 'manual', '2025-01-01', '2025-01-01', false, 1, 'somebody' FROM generate_series(1, 1000);
INSERT INTO run_step (run_id, step_no, phase, account_ids, status)
SELECT run_id, n, 'snapshots', '{}', 'done' FROM run, generate_series(1, 20) AS n;
INSERT INTO processing_call
    (request, scenario, mode, accounts, fell_back, failed, snapshots_saved, movements_processed, took_ms,
     called_at)
SELECT sha256(int4send(n)), 'manual', 'batch', 1, 0, 0, 1, 1, 1, now() FROM generate_series(1, 20000) AS n;
INSERT INTO run_error (run_id, step_no, recovered, sqlstate, message)
SELECT run_id, step_no, false, 'XX000', 'bad' FROM run_step;
INSERT INTO assertion (account_id, subject, as_of, currency, instrument_id, value, source)
SELECT a, 'quantity', date '2025-01-01' + n, 'USD', 1 + n, 1, 'manual'
FROM generate_series(1, 200) AS a, generate_series(1, 90) AS n;
INSERT INTO factor (name, method, symbol, window_days, minimum_returns)
SELECT 'factor ' || n, 'single', 'BARE' || n, 120, 30 FROM generate_series(1, 3000) AS n;
INSERT INTO factor (name, method, symbol, window_days, minimum_returns)
VALUES ('nothing', 'single', 'NONE', 120, 30);
INSERT INTO scenario (name) SELECT 'scenario ' || n FROM generate_series(1, 3000) AS n;
INSERT INTO scenario_shock (scenario_id, factor_id, shock)
SELECT scenario_id, factor_id, 0.1
FROM scenario JOIN factor ON factor.name = 'factor ' || split_part(scenario.name, ' ', 2);
INSERT INTO sector_tag (account_id, instrument_id, sector)
SELECT a, i, 'Energy' FROM generate_series(1, 200) AS a, generate_series(1, 100) AS i;
INSERT INTO analysis
    (account_id, calculation_date, currency, long_value, short_value, positions, unvalued, is_whole)
SELECT a, date '2025-02-01' + n, 'USD', 1, 0, 1, 0, true
FROM generate_series(1, 200) AS a, generate_series(1, 100) AS n;
INSERT INTO analysed_position (account_id, calculation_date, instrument_id, series_id, value, is_correlated)
SELECT account_id, calculation_date, instrument_id, 1 + instrument_id, 1, false
FROM analysis, generate_series(1, 10) AS instrument_id;
UPDATE analysis SET is_stale = calculation_date = '2025-03-01';
INSERT INTO shadow_difference (run_id, account_id, object, key, field)
SELECT run_id, 1, 'account_snapshot', '{}', 'fees' FROM run_step;
"""


@pytest.fixture(scope="module")
def used(server: Server, template: str) -> Iterator[dict[str, set[str]]]:
    """The indexes that each occasion reads, in nested statements and checks of foreign keys too."""
    with (
        fresh_database(server, template=template) as name,
        psycopg.connect(server.dsn(name), autocommit=True) as connection,
    ):
        ledger = Ledger(connection)
        ledger.rows("SET search_path = rollforward_data")
        ledger.rows(DATA)
        ledger.rows("RESET search_path")
        ledger.rows("ANALYZE")
        ledger.rows("SELECT rollforward.process_stale()")
        ledger.rows("VACUUM ANALYZE")
        yield {occasion: indexes(ledger, query) for occasion, query in OCCASIONS.items()}


def indexes(ledger: Ledger, query: str) -> set[str]:
    """The indexes that a statement reads; it is undone."""
    found: set[str] = set()

    def note(notice: psycopg.errors.Diagnostic) -> None:
        found.update(re.findall(r'"Index Name": "(\w+)"', notice.message_primary or ""))
        found.update(re.findall(r'"Conflict Arbiter Indexes": \["(\w+)"', notice.message_primary or ""))

    with ledger.connection.transaction(force_rollback=True):
        ledger.rows(
            "INSERT INTO rollforward_data.price VALUES (77, '2025-01-28', 5) ON CONFLICT"
            " ON CONSTRAINT price_pkey DO UPDATE SET close = excluded.close"
        )
        ledger.rows("LOAD 'auto_explain'")
        settings = "log_min_duration=0 log_nested_statements=on log_format=json log_level=notice"
        for setting in settings.split():
            ledger.rows("SELECT set_config('auto_explain.' || %s, %s, true)", *setting.split("="))
        ledger.connection.add_notice_handler(note)
        try:
            ledger.rows(query)
        finally:
            ledger.connection.remove_notice_handler(note)
    return found


@pytest.mark.long  # computing the 200 accounts takes a minute
@pytest.mark.parametrize(("index", "occasion"), SERVED.items())
def test_an_index_is_used_by_what_it_serves(used, index, occasion):
    others = [other for other, names in used.items() if index in names]
    assert index in used[occasion], f"{occasion} does not read {index}, but these do: {others}"


def test_every_index_is_listed(db):
    existing = db.execute(
        "SELECT indexrelid::regclass::text, EXISTS (SELECT FROM pg_constraint WHERE conindid = indexrelid)"
        " FROM pg_index JOIN pg_class ON pg_class.oid = indexrelid"
        " WHERE relnamespace = 'rollforward_data'::regnamespace"
    ).fetchall()
    names = {name.split(".")[-1]: of_constraint for name, of_constraint in existing}
    assert SERVED.keys() <= names.keys()
    unlisted = {name for name, of_constraint in names.items() if not of_constraint} - SERVED.keys()
    assert {name for name in unlisted if not name.startswith("_yoyo")} == set()


def test_every_index_says_in_its_migration_what_it_serves():
    for file in sorted(MIGRATIONS.glob("*.sql")):
        lines = file.read_text().splitlines()
        for number, line in enumerate(lines):
            if re.match(r"CREATE (UNIQUE )?INDEX", line):
                assert lines[number - 1].startswith("-- Serves "), f"{file.name}: {line}"


def test_what_a_function_relies_on_is_an_index_that_is_listed():
    for file in sorted((MIGRATIONS.parent / "functions").rglob("*.sql")):
        comment = "".join(line for line in file.read_text().splitlines(True) if line.startswith("--"))
        for name in re.findall(r"\b\w+_(?:idx|pkey|key)\b", comment):
            assert name in SERVED or name in STAGES or name in COLUMNS, f"{file.name} relies on {name}"
