"""Analytics agree with an existing system where an independent computation confirmed it.

The cases are analysed in one call, and once more day by day, which finds the same. Percentiles are not
compared: the existing system never had the 252 returns that it wanted for them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from decimal import Decimal
from typing import Any

import psycopg
import pytest

from rollforward.embedded.server import Server
from tests.support.analytics import Found, analyse, differences, findings
from tests.support.databases import OWNER, fresh_database
from tests.support.golden import table
from tests.support.ledger import Ledger
from tests.support.valuation import load_account, load_market, valuation_folder

FIRST_DAY, LAST_DAY = "2025-08-18", "2025-08-29"
ACCOUNTS = ["P1", "P2", "P3", "P4", "P5", "P6"]
INSTRUMENT = "instrument_factor", ("symbol", "calculation_date", "factor")

Rows = dict[tuple[str, ...], dict[str, Any]]


@pytest.fixture(scope="module")
def cases(server: Server, template: str) -> Iterator[Ledger]:
    """The six accounts, valued on the ten days."""
    folder = valuation_folder()
    with (
        fresh_database(server, template=template) as name,
        psycopg.connect(server.dsn(name, OWNER), autocommit=True) as connection,
    ):
        ledger = Ledger(connection)
        ledger.rows("SELECT set_config('rollforward.today', %s, false)", LAST_DAY)
        load_market(ledger, folder)
        accounts = [load_account(ledger, folder, key, FIRST_DAY) for key in ACCOUNTS]
        ledger.process(accounts, FIRST_DAY, LAST_DAY)
        yield ledger


@pytest.fixture(scope="module")
def in_one_go(cases: Ledger) -> Found:
    analyse(cases, accounts_of(cases), FIRST_DAY, LAST_DAY)
    return findings(cases)


@pytest.fixture
def analysed(cases: Ledger, in_one_go: Found) -> Ledger:
    return cases


def accounts_of(ledger: Ledger) -> list[int]:
    return [row.account_id for row in ledger.rows("SELECT account_id FROM rollforward.account ORDER BY 1")]


def output(name: str) -> list[dict[str, str]]:
    return table(valuation_folder() / "outputs" / f"{name}.csv")


def rows_of(ledger: Ledger, view: str, key: Iterable[str]) -> Rows:
    return {
        tuple(str(row[column]) for column in key): row
        for row in ledger.dicts(f"SELECT * FROM rollforward.{view}")
    }


def deviations(rows: Rows, name: str, key: list[str], fields: dict[str, str], **fixed: str) -> list[str]:
    """Where rows differ from those of a file at its decimals. Fields: its columns, and ours."""
    wanted = output(name)
    assert wanted
    return [
        f"{row} {column}: {found}"
        for row in wanted
        for found_row in [rows.get(tuple(fixed.get(each, row.get(each, "")) for each in key), {})]
        for column, ours in fields.items()
        for found in [found_row.get(ours, "no row")]
        if not agrees(found, row[column])
    ]


def agrees(found: Any, text: str) -> bool:
    if text == "" or found is None:
        return found is None and text == ""
    if isinstance(found, str):
        return found == text
    places = max(-int(Decimal(text).as_tuple().exponent), 0)
    # beyond 10 decimals ours are not told
    tolerance = Decimal(1).scaleb(-places) / 2 + Decimal("1e-10")
    return abs(Decimal(str(found)) - Decimal(text)) <= tolerance


def test_market_betas_are_those_of_the_file(analysed):
    figures = ("beta", "alpha", "r_squared", "std_error", "p_value", "observations")
    assert (
        deviations(
            rows_of(analysed, *INSTRUMENT),
            "position_market_betas",
            ["symbol", "calc_date", "factor"],
            {figure: figure for figure in figures},
            factor="Market",
        )
        == []
    )


def test_interest_rate_betas_are_those_of_the_file(analysed):
    assert (
        deviations(
            rows_of(analysed, *INSTRUMENT),
            "position_interest_rate_betas",
            ["symbol", "calculation_date", "factor"],
            {"ir_beta": "beta", "r_squared": "r_squared"},
            factor="Interest Rate",
        )
        == []
    )


def test_positions_have_the_betas_of_their_instruments(analysed):
    """Every position that is held on the day, options too."""
    betas = rows_of(analysed, "position_beta", ("account_number", "symbol", "calculation_date"))
    held = {
        (row["portfolio"], row["symbol"], row["calc_date"]): row for row in output("position_market_betas")
    }
    compared = 0
    for (account, symbol, day), row in held.items():
        found = betas.get((account, symbol, day))
        if found is None:
            # the existing system lists lots from before they are entered
            assert row["entry_date"] > day
            continue
        compared += 1
        assert agrees(found["beta"], row["beta"]), row
        assert agrees(found["p_value"], row["p_value"]), row
    assert compared > 80


def test_styles_and_spreads_are_those_of_the_file(analysed):
    assert (
        deviations(
            rows_of(analysed, *INSTRUMENT),
            "symbol_factor_exposures",
            ["symbol", "calculation_date", "factor"],
            {"beta_value": "beta", "r_squared": "method_r_squared", "observations": "observations"},
        )
        == []
    )


def test_volatilities_are_those_of_the_file(analysed):
    """Of a position that is not held on the day, that of its instrument, if another account has it."""
    figures = [
        "realized_vol_21d",
        "realized_vol_63d",
        "vol_daily",
        "vol_weekly",
        "vol_monthly",
        "expected_vol_21d",
        "vol_trend",
        "vol_trend_strength",
        "observations",
        "model_r_squared",
    ]
    assert (
        deviations(
            rows_of(analysed, "position_volatility", ("symbol", "calculation_date")),
            "position_volatility",
            ["symbol", "calculation_date"],
            {figure: figure for figure in figures},
        )
        == []
    )


def test_correlations_of_pairs_are_those_of_the_file(analysed):
    assert (
        deviations(
            rows_of(
                analysed,
                "pairwise_correlation",
                ("account_number", "symbol_1", "symbol_2", "calculation_date"),
            ),
            "pairwise_correlations",
            ["portfolio", "symbol_1", "symbol_2", "calculation_date"],
            {
                "correlation_value": "correlation",
                "data_points": "observations",
                "statistical_significance": "significance",
            },
        )
        == []
    )


def test_correlations_of_accounts_are_those_of_the_file(analysed):
    figures = ("overall_correlation", "effective_positions", "positions_included", "positions_excluded")
    assert (
        deviations(
            rows_of(analysed, "portfolio_risk", ("account_number", "calculation_date")),
            "correlation_calculations",
            ["portfolio", "calculation_date"],
            {figure: figure for figure in figures},
        )
        == []
    )


def test_correlations_of_factors_are_those_of_the_file(analysed):
    assert (
        deviations(
            rows_of(analysed, "factor_correlation", ("factor_1", "factor_2", "calculation_date")),
            f"factor_correlation_matrix_{LAST_DAY}",
            ["factor_1", "factor_2", "calculation_date"],
            {"correlation": "correlation"},
            calculation_date=LAST_DAY,
        )
        == []
    )


def test_every_output_is_compared():
    compared = {
        "equity",  # see test_valuation
        "position_market_betas",
        "position_interest_rate_betas",
        "symbol_factor_exposures",
        "position_volatility",
        "pairwise_correlations",
        "correlation_calculations",
        f"factor_correlation_matrix_{LAST_DAY}",
    }
    assert {file.stem for file in (valuation_folder() / "outputs").glob("*.csv")} == compared


def test_every_account_is_analysed_on_every_day(analysed):
    rows = analysed.rows("SELECT account_number, is_whole, is_stale FROM rollforward.portfolio_risk")
    assert len(rows) == 60
    assert {(row.is_whole, row.is_stale) for row in rows} == {(True, False)}
    assert analysed.rows("SELECT * FROM rollforward.stale_analysis") == []


def test_day_by_day_the_same_is_found(cases, in_one_go):
    with cases.connection.transaction(force_rollback=True):
        for found in in_one_go:
            cases.rows(f"DELETE FROM rollforward_data.{found}")
        days = cases.rows(
            "SELECT DISTINCT snapshot_date AS day FROM rollforward_data.equity_snapshot ORDER BY 1"
        )
        assert len(days) == 10
        for row in days:
            analyse(cases, accounts_of(cases), row.day)
        assert differences(findings(cases), in_one_go) == []


def test_account_by_account_the_same_is_found(cases, in_one_go):
    with cases.connection.transaction(force_rollback=True):
        for found in in_one_go:
            cases.rows(f"DELETE FROM rollforward_data.{found}")
        for account in accounts_of(cases):
            analyse(cases, [account], FIRST_DAY, LAST_DAY)
        assert differences(findings(cases), in_one_go) == []


def test_analysed_twice_nothing_but_the_analyses_is_written(cases, in_one_go):
    with cases.connection.transaction(force_rollback=True):
        again = analyse(cases, accounts_of(cases), FIRST_DAY, LAST_DAY)
        assert differences(findings(cases), in_one_go, tolerance=0) == []
        assert again.findings == 60 + 60  # begun, and whole again
