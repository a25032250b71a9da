"""Arguments that make no sense: a typed error names them, and nothing is written."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence

import psycopg
import pytest

from rollforward.entities import Column, entities
from tests.support.movements import deposit, movement

SERIES = ["'{1,1}'::bigint[]", "'{2025-01-01,2025-01-02}'::date[]", "'{1,2}'::numeric[]"]
RETURNS = [*SERIES[:2], "'{0.1,0.2}'::double precision[]"]
FIRST, LAST = "date '2025-01-01'", "date '2025-12-31'"
UPSIDE_DOWN = {"start_date": "2025-12-31", "end_date": "2025-01-01"}
WITHOUT_END = {"start_date": "2025-01-01", "end_date": "infinity"}
YEAR = "'2025-01-01', '2025-12-31'"

ACCOUNT_STATISTICS = (
    "account_statistics(bigint[], date, date, text, double precision, double precision, double precision,"
    " text, integer)"
)
RETURN_STATISTICS = (
    "return_statistics(bigint[], date[], double precision[], double precision[], integer, double precision,"
    " double precision, double precision)"
)
ANALYSE = "analyse(bigint[], date, date, text[], boolean)"
START_ANALYSIS = "start_analysis(bigint[], date, date, boolean, integer)"
TAG_SECTOR = "tag_sector(bigint, text, text)"

# Calls that are right; account 1 exists. Every function of the interface that takes arguments is among them.
CALLS = {
    "process_batch(bigint, date, date, boolean)": ["1::bigint", FIRST, LAST, "false"],
    "process_batch(bigint[], date, date, boolean)": ["'{1}'::bigint[]", FIRST, LAST, "false"],
    "process(bigint[], date, date, text)": ["'{1}'::bigint[]", FIRST, LAST, "'manual'"],
    "process_per_date(bigint, date, date)": ["1", FIRST, LAST],
    "latest_snapshots(bigint[], date)": ["'{1}'", "date '2025-01-01'"],
    "snapshots_as_of(bigint[], date)": ["'{1}'", "date '2025-01-01'"],
    "positions_as_of(bigint[], date)": ["'{1}'", "date '2025-01-01'"],
    "account_returns(bigint[], date, date, text, text)": ["'{1}'", FIRST, LAST, "'end'", "'actual/365'"],
    ACCOUNT_STATISTICS:
        ["'{1}'", FIRST, LAST, "NULL", "0", "0", "0.95", "'end'", "252"],
    "expire_options(date)": ["date '2025-01-01'"],
    "missing_snapshots(bigint[], date, date)": ["'{1}'", FIRST, LAST],
    "unpriced(date, date)": [FIRST, LAST],
    "price_as_of(bigint[], date, integer)": ["'{1}'", FIRST, "10"],
    "save_splits(text[], date[], text[], text[])": ["'{A}'", "'{2025-01-01}'", "'{2/1}'"],
    "delete_splits(text[], date[])": ["'{A}'", "'{2025-01-01}'"],
    "delete_fx_rates(text[], text[], date[])": ["'{USD}'", "'{EUR}'", "'{2025-01-01}'"],
    "fx_rate_as_of(text[], text[], date)": ["'{USD}'", "'{EUR}'", "date '2025-01-01'"],
    "person_snapshots(date, text, bigint[])": ["date '2025-01-01'", "'USD'"],
    "unrated(date, date)": ["date '2025-01-01'", "date '2025-12-31'"],
    "save_fx_rates(text[], text[], date[], numeric[])": ["'{USD}'", "'{EUR}'", "'{2025-01-01}'", "'{1}'"],
    "fx_rate_offences(text[], text[], date[], numeric[])": ["'{USD}'", "'{EUR}'", "'{2025-01-01}'", "'{1}'"],
    "set_person_currency(text, text)": ["'P'"],
    "time_weighted_returns(bigint[], date[], numeric[], numeric[], text, text)":
        [*SERIES, "'{0,0}'::numeric[]", "'end'", "'base'"],
    "money_weighted_returns(bigint[], date[], numeric[], numeric[], text, text, text)":
        [*SERIES, "'{0,0}'::numeric[]", "'end'", "'base'", "'actual/365'"],
    "modified_dietz_returns(bigint[], date[], numeric[], numeric[], text, text, text)":
        [*SERIES, "'{0,0}'::numeric[]", "'end'", "'base'", "'actual/365'"],
    "max_drawdowns(bigint[], date[], numeric[])": SERIES,
    "xirr(bigint[], date[], numeric[], text)": [*SERIES, "'actual/365'"],
    RETURN_STATISTICS: [*RETURNS, "NULL", "252", "0", "0", "0.95"],
    "cumulative_returns(bigint[], date[], double precision[])": RETURNS,
    "aggregated_returns(bigint[], date[], double precision[], text)": [*RETURNS, "'month'"],
    "rolling_sharpe(bigint[], date[], double precision[], integer, integer, double precision)":
        [*RETURNS, "2", "252", "0"],
    "wash_sales(bigint[], integer)": ["'{1}'", "30"],
    "taxable_gains(bigint[], integer)": ["'{1}'", "30"],
    "taxable_open_lots(bigint[], integer)": ["'{1}'", "30"],
    "explain_snapshot(bigint, text, date, text)": ["1", "'USD'", "date '2025-12-31'", "'deposited'"],
    "import_statement(text, text, bigint)": ["'tastytrade'", "'7'"],
    "statement_offences(text)": ["'tastytrade'"],
    "start_import(text, text, text, bytea)": ["'tastytrade'", "'7'", "'a.csv'", "sha256('')"],
    "claim_import(bigint)": ["1"],
    "start_import_run(bigint)": ["1"],
    "fail_import(bigint, jsonb)": ["1", "'{}'::jsonb"],
    "reconcile(bigint)": ["1"],
    "assert_balance(bigint, date, text, numeric, numeric)": ["1", "date '2025-01-02'", "'USD'", "1", "0"],
    "assert_position(bigint, date, text, numeric, numeric)": ["1", "date '2025-01-02'", "'ACME'", "1", "0"],
    "load_prices(text, boolean)": ["'prices.csv'", "false"],
    "load_fx_rates(text, boolean)": ["'fx.csv'", "false"],
    "load_splits(text, boolean)": ["'splits.csv'", "false"],
    "load_profiles(text, boolean)": ["'profiles.csv'", "false"],
    "load_calendar(text, boolean)": ["'calendar.csv'", "false"],
    "add_account(text, text, text, text, text)": ["'8'", "'USD'"],
    "set_account(text, text, text, date)": ["'7'", "'costs_in_lot'", "'true'"],
    "person_history(bigint[])": ["'{1}'"],
    "account_history(bigint[])": ["'{1}'"],
    "instrument_history(bigint[])": ["'{1}'"],
    "movement_history(bigint[], bigint[])": ["'{1}'", "'{1}'"],
    "price_history(bigint[], date[])": ["'{1}'", "'{2025-01-01}'"],
    "person_as_known_at(bigint[], timestamp with time zone)": ["'{1}'", "now()"],
    "account_as_known_at(bigint[], timestamp with time zone)": ["'{1}'", "now()"],
    "instrument_as_known_at(bigint[], timestamp with time zone)": ["'{1}'", "now()"],
    "movement_as_known_at(bigint[], bigint[], timestamp with time zone)": ["'{1}'", "'{1}'", "now()"],
    "price_as_known_at(bigint[], date[], timestamp with time zone)": ["'{1}'", "'{2025-01-01}'", "now()"],
    "open_batch(text)": ["'person'"],
    "start_run(bigint[], date, date, integer, text, text, boolean)": ["'{1}'", FIRST, LAST],
    "perform_next_step(bigint)": ["1"],
    "reopen_run(bigint)": ["1"],
    "resume_run(bigint)": ["1"],
    "request_cancel(bigint)": ["1"],
    "cancel_run(bigint)": ["1"],
    "run_result(bigint)": ["1"],
    "forget_runs(timestamp with time zone)": ["now()"],
    "set_processing_mode(text, text, integer)": ["'manual'", "'auto'", "100"],
    "set_setting(text, text)": ["'workers'", "'2'"],
    "enable_batch_mode(boolean)": ["true"],
    "forget_results(timestamp with time zone)": ["now()"],
    ANALYSE: ["'{1}'", FIRST, LAST, "'{sectors}'::text[]", "false"],
    START_ANALYSIS: ["'{1}'", FIRST, LAST, "false", "10"],
    TAG_SECTOR: ["1", "'ACME'", "'Energy'"],
    "save_factor(text, text, text, text, integer, integer, boolean, boolean, double precision)":
        ["'Oil'", "'single'", "'USO'"],
    "save_scenario(text, jsonb, text, text, boolean)": ["'fall'", "'{\"Market\": -0.1}'"],
    "save_benchmark_weights(text, date, jsonb)": ["'SP500'", FIRST, "'{\"Energy\": 1}'"],
}  # fmt: skip

_NAMED = {"timestamptz": "timestamp with time zone"}
_SOME = {"bigint": "'{1}'", "text": "'{A}'", "date": "'{2025-01-01}'", "timestamptz": "'{2025-01-01 12:00Z}'",
         "numeric": "'{1}'"}  # fmt: skip


def _repository_calls() -> Iterator[tuple[str, list[str]]]:
    """The operations of each entity, with the arrays that must be given."""
    for entity in entities():

        def types(columns: Sequence[Column]) -> list[str]:
            return [f"{_NAMED.get(column.staged_type, column.staged_type)}[]" for column in columns]

        given, key = types(entity.given), types(entity.key)
        rows = [_SOME[column.staged_type] for column in entity.required]
        keys = [_SOME[column.staged_type] for column in entity.key]
        last = ["integer[]", "text"]
        yield f"save_{entity.name}_batch({', '.join([*given, 'text', 'text'])})", rows
        yield f"validate_{entity.name}_batch({', '.join([*given, 'text'])})", rows
        yield f"update_{entity.name}_batch({', '.join([*key, *types(entity.content), *last])})", keys
        yield f"delete_{entity.name}_batch({', '.join([*key, 'integer[]', 'text', 'text'])})", keys
        yield f"load_{entity.name}_batch({', '.join(key)})", keys
        yield f"exists_{entity.name}_batch({', '.join(key)})", keys


CALLS |= dict(_repository_calls())
MAY_BE_NULL = [
    ("missing_snapshots(bigint[], date, date)", 0),  # all accounts
    ("start_run(bigint[], date, date, integer, text, text, boolean)", 0),
    (ANALYSE, 3),  # all engines
    *((START_ANALYSIS, position) for position in (0, 1, 2, 4)),  # all accounts, the last day, as set
    (TAG_SECTOR, 2),  # that of the profile
    (ACCOUNT_STATISTICS, 3),  # no benchmark
    (RETURN_STATISTICS, 3),
    ("set_setting(text, text)", 1),  # its default
    ("assert_balance(bigint, date, text, numeric, numeric)", 3),  # taken back
    ("assert_position(bigint, date, text, numeric, numeric)", 3),
]
NULLS = [
    (call, position)
    for call, arguments in CALLS.items()
    for position in range(len(arguments))
    if (call, position) not in MAY_BE_NULL
]

WRONG = {
    "start after end": ("process_batch(1, '2025-12-31', '2025-01-01')", UPSIDE_DOWN),
    "start after end, coordinated": ("process('{1}', '2025-12-31', '2025-01-01')", UPSIDE_DOWN),
    "start after end, by the reference": ("process_per_date(1, '2025-12-31', '2025-01-01')", UPSIDE_DOWN),
    "start after end, verified": ("verify('{1}', '2025-12-31', '2025-01-01')", UPSIDE_DOWN),
    "start after end, measured": ("account_returns('{1}', '2025-12-31', '2025-01-01')", UPSIDE_DOWN),
    "start a day after end, measured":
        ("account_returns('{1}', '2025-12-31', '2025-12-30')",
         {"start_date": "2025-12-31", "end_date": "2025-12-30"}),
    "without end, measured":
        ("account_returns('{1}', '2025-12-31', 'infinity')",
         {"start_date": "2025-12-31", "end_date": "infinity"}),
    "start after end, judged": ("account_statistics('{1}', '2025-12-31', '2025-01-01')", UPSIDE_DOWN),
    "an unknown account, judged": (f"account_statistics('{{99}}', {YEAR})", {"account_id": 99}),
    "an unknown benchmark": (f"account_statistics('{{1}}', {YEAR}, 'XQZ')", {"benchmark": "XQZ"}),
    "a risk-free rate that is none":
        (f"account_statistics('{{1}}', {YEAR}, risk_free_rate => -1)", {"risk_free_rate": -1}),
    "start after end, analysed": ("analyse('{1}', '2025-12-31', '2025-01-01')", UPSIDE_DOWN),
    "start after end, analysed by a run": ("start_analysis('{1}', '2025-12-31', '2025-01-01')", UPSIDE_DOWN),
    "without end, analysed": ("analyse('{1}', '2025-01-01', 'infinity')", WITHOUT_END),
    "without end, analysed by a run": ("start_analysis('{1}', '2025-01-01', 'infinity')", WITHOUT_END),
    "an unknown account, analysed": (f"analyse('{{99}}', {YEAR})", {"account_id": 99}),
    "an unknown account, analysed by a run": (f"start_analysis('{{99}}', {YEAR})", {"account_id": 99}),
    "no day to analyse": ("start_analysis('{1}')", {"start_date": None}),
    "an unknown engine": (f"analyse('{{1}}', {YEAR}, '{{sectors,luck}}')", {"engines": "luck"}),
    "an unknown account, tagged": ("tag_sector(99, 'ACME', 'Energy')", {"account_id": 99}),
    "an unknown symbol, tagged": ("tag_sector(1, 'XQZ', 'Energy')", {"symbol": "XQZ", "sector": "Energy"}),
    "a factor of no method": ("save_factor('Oil', 'provider', 'USO')", {"method": "provider"}),
    "a factor of too short a window":
        ("save_factor('Oil', 'single', 'USO', window_days => 0)", {"name": "Oil"}),
    "a spread of one symbol": ("save_factor('Oil', 'spread', 'USO')", {"name": "Oil"}),
    "a factor of infinite duration":
        ("save_factor('Oil', 'single', 'USO', unit_return => 'Infinity')", {"name": "Oil"}),
    "a shock of nothing": ("save_scenario('fall', '{}')", {"shocks": {}}),
    "a shock of no factor": ("save_scenario('fall', '{\"Oil\": 1}')", {"shocks": "Oil"}),
    "a shock of a factor that is not shocked":
        ("save_scenario('fall', '{\"Short Rate\": 1}')", {"shocks": "Short Rate"}),
    "a shock that is no number": ("save_scenario('fall', '{\"Market\": \"much\"}')",
                                  {"shocks": {"Market": "much"}}),
    "a scenario without a name": ("save_scenario(' ', '{\"Market\": 1}')", {"name": " "}),
    "a weight of more than all":
        ("save_benchmark_weights('SP500', '2025-01-01', '{\"Energy\": 2}')", {"weights": {"Energy": 2}}),
    "weights at no time":
        ("save_benchmark_weights('SP500', 'infinity', '{\"Energy\": 1}')", {"weights": {"Energy": 1}}),
    "an unknown account, measured": (f"account_returns('{{99}}', {YEAR})", {"account_id": 99}),
    "an unknown account": (f"process_batch('{{1,99}}'::bigint[], {YEAR})", {"account_id": 99}),
    "an unknown account, coordinated": (f"process('{{99}}', {YEAR})", {"account_id": 99}),
    "an unknown account, verified": ("verify('{99}')", {"account_id": 99}),
    "an unknown account, tied": ("check_ties('{99}')", {"account_id": 99}),
    "an unknown account, by the reference": (f"process_per_date(99, {YEAR})", {"account_id": 99}),
    "an unknown account, explained":
        ("explain_snapshot(99, 'USD', '2025-01-01', 'deposited')", {"account_id": 99}),
    "an unknown account, set": ("set_account('99', 'costs_in_lot', 'true')", {"account_number": "99"}),
    "a NULL among accounts":
        (f"process_batch('{{1,NULL}}'::bigint[], {YEAR})", {"account_ids": [1, None]}),
    "an unknown figure": ("explain_snapshot(1, 'USD', '2025-01-01', 'luck')", {"field": "luck"}),
    "an unknown scenario": (f"process('{{1}}', {YEAR}, 'someday')", {"scenario": "someday"}),
    "no account at a time": ("process_stale(0)", {"max_accounts": 0}),
    "a setting that does not fit":
        ("set_account('7', 'costs_in_lot', 'perhaps')", {"costs_in_lot": "perhaps"}),
    "a day where none applies":
        ("set_account('7', 'costs_in_lot', 'true', '2025-01-01')", {"from_date": "2025-01-01"}),
    "a method from no day on":
        ("set_account('7', 'cost_method', 'lifo', 'infinity')", {"from_date": "infinity"}),
    "no layout": ("import_statement('abacus', '7')", {"layout": "abacus"}),
    "no hash": ("start_import('ibkr', '7', 'a.csv', '\\x00')", {"file_hash": "00"}),
    "a balance that is none": ("assert_balance(1, '2025-01-02', 'USD', 'NaN')", {"amount": "NaN"}),
    "a balance in no currency": ("assert_balance(1, '2025-01-02', 'dollars', 1)", {"currency": "dollars"}),
    "a balance at no time": ("assert_balance(1, 'infinity', 'USD', 1)", {"as_of": "infinity"}),
    "a balance less than none off": ("assert_balance(1, '2025-01-02', 'USD', 1, -1)", {"tolerance": "-1"}),
    "a position in nothing": ("assert_position(1, '2025-01-02', 'NONE', 1)", {"symbol": "NONE"}),
    "no method": ("set_account('7', 'cost_method', NULL)", {"cost_method": None}),
    "no method of that day":
        ("set_account('7', 'cost_method', '', '2025-01-01')", {"from_date": "2025-01-01"}),
    "an unknown setting": ("set_account('7', 'colour', 'red')", {"key": "colour"}),
    "a currency that is none": ("add_account('8', 'dollars')", {"base_currency": "dollars"}),
    "a calendar without days": ("add_account('8', calendar => 'XNYS')", {"calendar": "XNYS"}),
    "a file without a name": ("load_prices(' ')", {"source": " "}),
    "a blank name": ("add_account(' ')", {"account_number": " "}),
    "a blank before a name": ("add_account(' a')", {"account_number": " a"}),
    "a blank after a name": ("import_statement('tastytrade', 'a ')", {"account_number": "a "}),
    "a name of two lines": ("add_account(E'a\\nb')", {"account_number": "a\nb"}),
}  # fmt: skip


@pytest.fixture
def account(ledger) -> int:
    account = ledger.account("7")
    ledger.record(account, deposit("2025-01-02", 5))
    return account


def refusal(ledger, call: str) -> list[dict]:
    """The offences a call is refused for, once it is certain that it wrote nothing."""
    before = ledger.facts_and_figures()
    with pytest.raises(psycopg.Error) as refused:
        ledger.rows(f"SELECT * FROM rollforward.{call}")
    assert refused.value.sqlstate == "22R01"
    assert refused.value.diag.message_hint
    assert ledger.facts_and_figures() == before
    return json.loads(refused.value.diag.message_detail)


@pytest.mark.parametrize(("call", "position"), NULLS)
def test_null_is_refused_by_name(ledger, account, call, position):
    arguments = list(CALLS[call])
    kind = arguments[position].partition("::")[2] or "unknown"
    arguments[position] = "NULL" if kind == "unknown" else f"NULL::{kind}"
    (offence,) = refusal(ledger, f"{call.partition('(')[0]}({', '.join(arguments)})")
    assert offence["argument"]
    assert offence["value"] in (None, [None])


@pytest.mark.parametrize(("call", "offences"), WRONG.values(), ids=WRONG.keys())
def test_a_wrong_argument_is_named_with_its_value(ledger, account, call, offences):
    assert {each["argument"]: each["value"] for each in refusal(ledger, call)} == offences


def test_every_function_of_the_interface_is_among_these_calls(ledger):
    """Without arguments there is nothing to refuse; optional ones may be NULL."""
    callable_ = {
        row.name.replace("rollforward.", "").replace('"', "").replace(",", ", ").replace(",  ", ", ")
        for row in ledger.rows("""
            SELECT oid::regprocedure::text AS name FROM pg_proc
            WHERE pronamespace = 'rollforward'::regnamespace
              AND has_function_privilege('rollforward_operator', oid, 'EXECUTE')
              AND prokind = 'f'
              AND pronargs > pronargdefaults
        """)
    }
    helpers = {
        "given(anyelement, text)",
        "percentage(numeric, numeric)",
        "converted(numeric, numeric)",
        "fx_leg(text, text, date)",
        "fx_rate_at(text, text, date)",
        "person_totals(bigint, text, date)",
        "annualised_return(numeric, date, date, text)",
        "is_trading_day(text, date)",
        "last_trading_day(text, date)",
        "next_trading_day(text, date)",
        "trading_days(text, date, date)",
        "require_same_length(jsonb)",
        "require_chunks(integer, text, boolean, jsonb)",
        "flattened(anyarray)",
        "require_choice(text, text, text[])",
        "chunk_outcome(text[])",
        "chunk_refusal(text, text, text, text)",
        "chunk_reported(jsonb, integer, integer, integer, timestamp with time zone, jsonb)",
        "elapsed_ms(timestamp with time zone, timestamp with time zone)",
        "mode_of(text)",
        "clipped(double precision, double precision)",
        "correlation_tail(double precision, integer)",
        "slope_tail(double precision, double precision, integer)",
        "student_tail(double precision, integer)",
        "used_beta(double precision)",
    }
    assert callable_ - helpers == CALLS.keys()


FACTS = {
    "NaN": ("amount", "'NaN'", "23514"),
    "infinite": ("amount", "'Infinity'", "22003"),
    "too large": ("amount", "1e30", "22003"),
    "no such day": ("accounting_date", "'2025-02-30'", "22008"),
    "for ever": ("accounting_date", "'infinity'", "23514"),
    "negative units": ("quantity", "-1", "23514"),
    "no units": ("quantity", "0", "23514"),
    "NaN units": ("quantity", "'NaN'", "23514"),
    "no currency": ("currency", "'usd'", "23514"),
    "unknown account": ("account_id", "99", "23503"),
    "unknown instrument": ("instrument_id", "99", "23503"),
    "no effect": ("effect", "NULL", "23514"),
    "a later kind": ("kind", "'assignment'", "23514"),
    "an opening of the other side": ("side", "'short'", "23514"),
    "a lot without a name": ("lot_ref", "''", "23514"),
    "a lot with a blank name": ("lot_ref", "' '", "23514"),
    "a lot with two names": ("lot_ref", "'a,b'", "23514"),
    "a lot with a blank before its name": ("lot_ref", "' a'", "23514"),
    "a lot with a tab in its name": ("lot_ref", "E'a\\tb'", "23514"),
    "a blank id": ("external_id", "' '", "23514"),
    "an empty id": ("external_id", "''", "23514"),
    "an id with a blank after it": ("external_id", "'a '", "23514"),
    "an id of two lines": ("external_id", "E'a\\nb'", "23514"),
}


@pytest.mark.parametrize(("column", "value", "sqlstate"), FACTS.values(), ids=FACTS.keys())
def test_a_fact_that_cannot_be_is_refused_by_the_table(ledger, account, column, value, sqlstate):
    ledger.instrument("ACME")
    columns = {
        "account_id": "1", "occurred_at": "'2025-01-02 12:00+00'", "accounting_date": "'2025-01-02'",
        "kind": "'buy'", "effect": "'open'", "currency": "'USD'", "instrument_id": "1",
        "quantity": "1", "amount": "-5",
    }  # fmt: skip
    insert = "INSERT INTO rollforward_data.movement ({}) VALUES ({})"
    ledger.rows(insert.format(", ".join(columns), ", ".join(columns.values())))
    before = ledger.facts_and_figures()
    columns[column] = value
    with pytest.raises(psycopg.Error) as refused:
        ledger.rows(insert.format(", ".join(columns), ", ".join(columns.values())))
    assert refused.value.sqlstate == sqlstate
    assert ledger.facts_and_figures() == before


def trade(kind: str, effect: str, side: str | None, **more: str) -> dict:
    return movement(kind, "2025-01-02", symbol="ACME", quantity=1, effect=effect, side=side, **more)


@pytest.mark.parametrize(
    ("fits", "kind", "effect", "side"),
    [
        (True, "buy", "open", "long"), (False, "buy", "open", "short"),
        (True, "buy", "close", "short"), (False, "buy", "close", "long"),
        (True, "sell", "open", "short"), (False, "sell", "open", "long"),
        (True, "sell", "close", "long"), (False, "sell", "close", "short"),
        (True, "buy", "auto", None), (False, "buy", "auto", "long"), (False, "sell", "auto", "long"),
    ],
)  # fmt: skip
def test_the_side_of_a_trade_is_the_one_it_opens_or_closes(ledger, account, fits, kind, effect, side):
    ledger.instrument("ACME")
    if fits:
        ledger.record(account, trade(kind, effect, side))
    else:
        with pytest.raises(psycopg.errors.CheckViolation, match="side_of_a_trade"):
            ledger.record(account, trade(kind, effect, side))


@pytest.mark.parametrize("lot_ref", ["a", "a,b", " a , b ", "a,"])
def test_a_closing_may_name_several_lots(ledger, account, lot_ref):
    ledger.instrument("ACME")
    ledger.record(account, trade("sell", "close", None, lot_ref=lot_ref))


@pytest.mark.parametrize("lot_ref", ["", " ", ",", " , ", "a\n"])
def test_a_closing_names_something(ledger, account, lot_ref):
    ledger.instrument("ACME")
    with pytest.raises(psycopg.errors.CheckViolation, match="lot_ref"):
        ledger.record(account, trade("sell", "close", None, lot_ref=lot_ref))


@pytest.mark.parametrize(
    "terms", [{"strike": 0}, {"strike": -5}, {"expiration": "infinity"}, {"underlying": " "}]
)
def test_the_terms_of_a_contract_are_possible(ledger, terms):
    with pytest.raises(psycopg.errors.CheckViolation):
        ledger.option("O", **terms)


def test_options_on_futures_have_had_negative_strikes(ledger):
    ledger.option("O", kind="future_option", strike=-5)


@pytest.mark.parametrize("number", ["", " ", "a ", " a", "a\tb"])
def test_an_account_has_a_name(ledger, number):
    with pytest.raises(psycopg.errors.CheckViolation):
        ledger.account(number)


@pytest.mark.parametrize("close", ["'NaN'", "0", "-1", "'Infinity'", "NULL"])
def test_a_price_is_a_positive_number(ledger, close):
    instrument = ledger.instrument("ACME")
    with pytest.raises(psycopg.Error):
        ledger.rows(f"INSERT INTO rollforward_data.price VALUES ({instrument}, '2025-01-02', {close})")
