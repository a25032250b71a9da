"""``analytics``: made, shown, stale, defined and refused, from a terminal; and the same from Python."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import psycopg
import pytest
from psycopg.conninfo import make_conninfo
from psycopg.rows import dict_row

import rollforward
from rollforward.cli.main import run
from rollforward.embedded.server import Server
from rollforward.findings import FactorExposure, Finding, PortfolioRisk, PositionFactor, StressResult
from tests.support.command import CommandLine
from tests.support.databases import OWNER, fresh_database
from tests.support.golden import SHARED

LAST_DAY = date(2025, 8, 29)
SUBJECTS = {
    "risk": "portfolio_risk",
    "betas": "position_beta",
    "factors": "factor_exposure",
    "volatility": "position_volatility",
    "correlations": "pairwise_correlation",
    "sectors": "sector_exposure",
    "stress": "stress_result",
}


def closes() -> Iterator[str]:
    """Five months of closes: a market, a rate, a share that moves twice as much, and one of its own."""
    yield "symbol,date,close,currency"
    for back in reversed(range(150)):
        day = LAST_DAY - timedelta(days=back)
        if day.weekday() < 5:
            market = 100 + 5 * math.sin(back)
            for symbol, close in (
                ("SPY", market),
                ("TLT", 90 + 2 * math.cos(back * 1.7)),
                ("ACME", market**2 / 100),
                ("UTIL", 40 + 3 * math.sin(back * 2.3 + 1)),
            ):
                yield f"{symbol},{day},{close:.4f},USD"


MOVEMENTS = """\
account,occurred_at,kind,effect,symbol,quantity,price,amount,currency
growth,2025-08-01T10:00:00Z,deposit,,,,,100000,USD
growth,2025-08-04T10:00:00Z,buy,open,ACME,400,100,-40000,USD
growth,2025-08-04T10:00:00Z,buy,open,UTIL,700,40,-28000,USD
growth,2025-08-04T10:00:00Z,buy,open,SPY,120,100,-12000,USD
"""

PROFILES = """\
symbol,kind,sector
ACME,stock,Technology
UTIL,stock,Utilities
SPY,etf,
TLT,etf,
"""


@pytest.fixture(scope="module")
def analysed(server: Server, template: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Accounts growth and savings, which holds cash alone, both analysed on the last two days."""
    folder = tmp_path_factory.mktemp("books")
    for name, text in (
        ("profiles.csv", PROFILES),
        ("prices.csv", "\n".join(closes())),
        ("growth.csv", MOVEMENTS),
        ("savings.csv", "".join(MOVEMENTS.splitlines(keepends=True)[:2]).replace("growth", "savings")),
    ):
        (folder / name).write_text(text)
    with fresh_database(server, template=template) as name:
        for words in (
            ("profiles", "load", folder / "profiles.csv"),
            ("prices", "load", folder / "prices.csv", "--strict"),
            ("import", folder / "growth.csv", "--broker", "generic", "--account", "growth"),
            ("import", folder / "savings.csv", "--broker", "generic", "--account", "savings"),
            ("analytics", "run", "--from", LAST_DAY - timedelta(days=1), "--to", LAST_DAY),
        ):
            assert run(["--dsn", server.dsn(name, OWNER), *map(str, words)]) == 0
        yield name


@pytest.fixture
def looked_at(server: Server, analysed: str, capsys: pytest.CaptureFixture[str]) -> CommandLine:
    """The command line on that database itself, for who changes nothing."""
    return CommandLine(server.dsn(analysed, OWNER), capsys)


@pytest.fixture
def books(server: Server, analysed: str, capsys: pytest.CaptureFixture[str]) -> Iterator[CommandLine]:
    """The command line on a copy of that database."""
    with fresh_database(server, template=analysed) as name:
        yield CommandLine(server.dsn(name, OWNER), capsys)


def rows(books: CommandLine, query: str, *parameters: Any) -> list[dict[str, Any]]:
    with psycopg.connect(books.dsn, autocommit=True, row_factory=dict_row) as connection:
        cursor = connection.execute(query, parameters)
        return cursor.fetchall() if cursor.description else []


def found(books: CommandLine, subject: str, *words: object) -> list[dict[str, Any]]:
    return list(books.json("analytics", "show", subject, *words)["findings"])


def test_a_run_says_what_it_did(books: CommandLine):
    document = books.json("analytics", "run", "--date", "2025-08-27", "--workers", 2)
    assert float(document.pop("total_ms")) > 0
    assert document.pop("findings") > 40
    assert document == {"run_id": 4, "accounts": 2, "days": 1, "success": True, "errors": []}
    assert books.succeed("analytics", "run", "--account", "savings").out.startswith(
        "analysed 1 accounts, 1 days: "
    )
    assert [each["calculation_date"] for each in found(books, "risk")] == ["2025-08-29", "2025-08-29"]
    assert [each["calculation_date"] for each in found(books, "risk", "--date", "2025-08-27")] == [
        "2025-08-27",
        "2025-08-27",
    ]


def test_resuming_a_run_of_the_analytics_says_what_that_did(books: CommandLine):
    assert books.succeed("runs", "resume", 3).out.startswith("analysed 2 accounts, 2 days: ")


def test_two_workers_find_what_one_finds(books: CommandLine):
    before = {subject: found(books, subject) for subject in SUBJECTS}
    rows(books, "DELETE FROM rollforward_data.analysis")
    assert found(books, "risk") == []
    books.succeed("analytics", "run", "--workers", 2)
    assert {subject: found(books, subject) for subject in SUBJECTS} == before


@pytest.mark.parametrize("subject", SUBJECTS)
def test_the_document_has_every_column_of_the_view_in_full(looked_at: CommandLine, subject: str):
    stored = rows(
        looked_at, f"SELECT * FROM rollforward.{SUBJECTS[subject]} WHERE calculation_date = %s", LAST_DAY
    )
    shown = found(looked_at, subject)
    assert stored
    assert len(shown) == len(stored)
    assert {each["state"] for each in shown} == {"current"}
    told = [{name: _told(value) for name, value in row.items()} for row in stored]
    for each in shown:
        del each["state"]
        assert each in told


def _told(value: Any) -> Any:
    """A value as the document has it."""
    if isinstance(value, Decimal):
        return format(value, "f")
    return value.isoformat() if isinstance(value, date) else value


@pytest.mark.parametrize("subject", [*SUBJECTS, "scenarios"])
def test_tables_fit_a_hundred_and_twenty_columns(looked_at: CommandLine, subject: str):
    lines = looked_at.succeed("analytics", "show", subject).out.splitlines()
    assert len(lines) > 2
    assert max(len(line.rstrip()) for line in lines) <= 120


def test_figures_are_written_for_people(looked_at: CommandLine):
    lines = looked_at.succeed("analytics", "show").out.splitlines()
    assert lines[0].split()[:6] == ["account", "date", "ccy", "equity", "gross", "net"]
    growth, savings = lines[2].split(), lines[3].split()
    [risk, _] = found(looked_at, "risk")
    assert growth[:3] == ["growth", "2025-08-29", "USD"]
    assert growth[3] == f"{float(risk['equity']):,.0f}"
    assert growth[6] == f"{risk['market_beta']:.2f}"
    assert growth[8] == f"{risk['realized_volatility_21d']:.1%}"
    assert savings[3:7] == ["100,000", "0", "0", "0.00"]
    assert savings[8:10] == ["–", "–"]  # noqa: RUF001
    assert lines[4].startswith("savings: volatility – no_positions, ")  # noqa: RUF001

    stress = looked_at.succeed("analytics", "show", "stress", "--account", "growth").out
    [crash] = [line.split() for line in stress.splitlines() if " market_down_20 " in line]
    assert crash[4].startswith("-")
    assert crash[6].startswith("-")
    assert crash[6].endswith("%")


def test_what_could_not_be_told_has_its_reason_beside_it(looked_at: CommandLine):
    [line] = [
        line.split()
        for line in looked_at.succeed("analytics", "show", "factors", "--account", "growth").out.splitlines()
        if " Quality  " in line
    ]
    assert line[4:6] == ["–", "–"]  # noqa: RUF001
    assert line[-1] == "no_betas"


def test_the_market_beta_of_what_doubles_its_moves_is_two(looked_at: CommandLine):
    betas = {each["symbol"]: each["beta"] for each in found(looked_at, "betas")}
    assert betas["SPY"] == pytest.approx(1)
    assert betas["ACME"] == pytest.approx(2, abs=0.1)
    assert abs(betas["UTIL"]) < 1


def test_who_was_not_analysed_is_named_with_the_command_that_does_it(books: CommandLine):
    books.succeed("accounts", "add", "my account")
    done = books.succeed("analytics", "show")
    hint = "my account has not been analysed: rollforward analytics run --account 'my account'"
    assert done.err == f"warning: {hint}\n"
    document = books.json("analytics", "show", "--account", "growth", "--date", "2025-08-01")
    assert document["findings"] == []
    assert document["warnings"] == [
        "growth has not been analysed as of 2025-08-01:"
        " rollforward analytics run --account growth --date 2025-08-01"
    ]


def test_a_changed_definition_makes_analyses_stale_until_they_are_made_anew(books: CommandLine):
    rows(books, """SELECT rollforward.save_scenario('bad_day', '{"Market": -0.05}')""")
    done = books.succeed("analytics", "show", "--account", "growth")
    assert done.out.splitlines()[2].split()[-1] == "stale"
    assert done.err == (
        "warning: growth: the analysis of 2025-08-29 is stale:"
        " rollforward analytics run --stale --account growth\n"
    )
    assert {each["state"] for each in found(books, "stress")} == {"stale"}
    books.succeed("analytics", "run", "--stale")
    done = books.succeed("analytics", "show", "stress")
    assert "bad_day" in done.out
    assert (done.err, "stale" in done.out) == ("", False)


def test_what_waits_to_be_computed_is_to_be_processed_first(books: CommandLine, tmp_path: Path):
    (tmp_path / "prices.csv").write_text("symbol,date,close\nUTIL,2025-08-29,45\n")
    books.succeed("prices", "load", tmp_path / "prices.csv")
    [risk] = found(books, "risk", "--account", "growth")
    assert risk["state"] == "stale"
    assert "rollforward process, then rollforward analytics run --stale" in books("analytics", "show").err
    books.succeed("process")
    books.succeed("analytics", "run", "--stale")
    [again] = found(books, "risk", "--account", "growth")
    assert again["state"] == "current"
    assert again["equity"] != risk["equity"]


def test_an_engine_that_fails_leaves_an_analysis_that_is_not_finished(books: CommandLine):
    rows(
        books,
        "ALTER TABLE rollforward_data.account_stress ADD CONSTRAINT poison"
        " CHECK (calculation_date > '2025-08-28') NOT VALID",
    )
    done = books("--json", "analytics", "run", "--date", "2025-08-20")
    assert (done.code, done.document["success"]) == (1, False)
    assert "poison" in done.document["errors"][0]["message"]
    assert "error: " in done.err
    assert {each["state"] for each in found(books, "risk", "--date", "2025-08-20")} == {"unfinished"}
    rows(books, "ALTER TABLE rollforward_data.account_stress DROP CONSTRAINT poison")
    books.succeed("analytics", "run", "--stale")
    assert {each["state"] for each in found(books, "risk", "--date", "2025-08-20")} == {"current"}


@pytest.mark.parametrize(
    ("words", "named"),
    [
        (("run", "--account", "nobody"), "nobody"),
        (("show", "--account", "nobody"), "nobody"),
        (("performance", "--account", "nobody", "--from", "2025-08-01", "--to", "2025-08-29"), "nobody"),
        (("performance", "--benchmark", "NONE", "--from", "2025-08-01", "--to", "2025-08-29"), "NONE"),
        (("performance", "--risk-free", "-1", "--from", "2025-08-01", "--to", "2025-08-29"), "-1"),
        (("run", "--from", "2025-08-29", "--to", "2025-08-01"), "2025-08-01"),
        (("performance", "--from", "2025-08-29", "--to", "2025-08-01"), "2025-08-01"),
    ],
)
def test_what_does_not_exist_or_cannot_be_is_an_error_that_names_it(
    looked_at: CommandLine, words: tuple[str, ...], named: str
):
    done = looked_at("--json", "analytics", *words)
    assert (done.code, done.document["error"]["sqlstate"]) == (1, "22R01")
    assert named in str(done.document["error"]["detail"])


@pytest.mark.parametrize(
    "words",
    [
        ("run", "--date", "2025-02-30"),
        ("run", "--date", "2025-08-29", "--from", "2025-08-01"),
        ("run", "--workers", "0"),
        ("show", "everything"),
        ("show", "scenarios", "--account", "growth"),
        ("performance", "--from", "2025-08-01"),
        ("performance", "--from", "2025-08-01", "--to", "2025-08-29", "--risk-free", "nan"),
        ("load", "portfolios", "x.csv"),
        ("load",),
    ],
)
def test_what_makes_no_sense_is_a_usage_error(looked_at: CommandLine, words: tuple[str, ...]):
    done = looked_at("analytics", *words)
    assert (done.code, done.out) == (2, "")


def test_performance_is_that_of_the_database_against_a_benchmark(looked_at: CommandLine):
    words = ("--from", "2025-08-05", "--to", "2025-08-29", "--risk-free", "0.04")
    [growth, savings] = looked_at.json("analytics", "performance", *words, "--benchmark", "SPY")
    [stored] = rows(
        looked_at,
        "SELECT * FROM rollforward.account_statistics(ARRAY(SELECT rollforward.account_ids('{growth}')),"
        " '2025-08-05', '2025-08-29', 'SPY', 0.04)",
    )
    assert growth == {"account_number": "growth"} | {name: _told(value) for name, value in stored.items()}
    assert savings["reasons"]["correlation"] == "no_variance"

    table = looked_at.succeed("analytics", "performance", *words, "--benchmark", "SPY").out.splitlines()
    assert table[0].split()[-5:] == ["alpha", "beta", "corr", "tracking", "info"]
    assert table[2].split()[2] == f"{growth['cumulative_return']:+.1%}"
    assert table[4].startswith("savings: ")
    assert "corr – no_variance" in table[4]  # noqa: RUF001
    alone = looked_at.succeed("analytics", "performance", *words, "--account", "growth").out.splitlines()
    assert alone[0].split()[-1] == "drawdown"
    assert len(alone) == 3


def test_scenarios_come_from_a_file(books: CommandLine, tmp_path: Path):
    file = tmp_path / "scenarios.csv"
    file.write_text(
        "scenario,category,severity,active,factor,shock\n"
        "crisis,market,severe,true,Market,-0.4\n"
        "crisis,market,severe,true,Interest_Rate,-0.0125\n"
        "never,market,mild,false,Low Volatility,-0.1\n"
    )
    done = books.succeed("analytics", "load", "scenarios", file)
    assert done.out == f"{file}: 3 rows read, 2 scenarios saved\n"
    assert done.err == "all analyses are stale: rollforward analytics run --stale\n"
    known = {each["name"]: each for each in books.json("analytics", "show", "scenarios")}
    assert known["crisis"] == {
        "name": "crisis",
        "category": "market",
        "severity": "severe",
        "is_active": True,
        "shocks": {"Market": -0.4, "Interest Rate": -0.0125},
    }
    assert known["never"]["is_active"] is False
    [line] = [
        line for line in books.succeed("analytics", "show", "scenarios").out.splitlines() if "crisis" in line
    ]
    assert "Market -40%, Interest Rate -1.25%" in line
    books.succeed("analytics", "run", "--stale")
    stressed = {each["scenario"] for each in found(books, "stress")}
    assert "crisis" in stressed
    assert "never" not in stressed


def test_one_row_that_cannot_be_refuses_the_file_and_every_offence_is_named(
    looked_at: CommandLine, tmp_path: Path
):
    before = looked_at.json("analytics", "show", "scenarios")
    file = tmp_path / "scenarios.csv"
    file.write_text(
        "scenario,factor,shock,severity\n"
        "good,Market,-0.1,mild\n"
        "bad,Moon_Phase,-0.1,mild\n"
        "bad,Market,a tenth,mild\n"
        "good,Market,-0.2,mild\n"
        "good,Value,-0.2,severe\n"
        ",Market,1,\n"
        "inf,Market,inf,\n"
    )
    done = looked_at("--json", "analytics", "load", "scenarios", file)
    assert (done.code, done.document["error"]["sqlstate"]) == (1, "23R01")
    assert [
        (each["line"], each["column"], each["value"], each["reason"])
        for each in done.document["error"]["detail"]
    ] == [
        (3, "factor", "Moon_Phase", "unknown_factor"),
        (4, "shock", "a tenth", "not_a_number"),
        (5, "shock", "-0.2", "contradicts_another_row"),
        (6, "severity", "severe", "contradicts_another_row"),
        (7, "scenario", "", "missing"),
        (8, "shock", "inf", "not_a_number"),
    ]
    assert looked_at.json("analytics", "show", "scenarios") == before


def test_benchmarks_stand_beside_sectors_at_once(books: CommandLine, tmp_path: Path):
    file = tmp_path / "benchmarks.csv"
    file.write_text("benchmark,as_of,sector,weight\nWORLD,2025-01-01,Technology,0.25\n")
    done = books.succeed("analytics", "load", "benchmarks", file)
    assert (done.out, done.err) == (f"{file}: 1 rows read, 1 benchmarks saved\n", "")
    sectors = {each["sector"]: each for each in found(books, "sectors", "--account", "growth")}
    assert sectors["Technology"]["benchmark_weight"] == 0.25
    assert sectors["Utilities"]["active_weight"] == sectors["Utilities"]["weight_of_gross"] > 0
    file.write_text("benchmark,as_of,sector,weight\nWORLD,2025-13-01,Energy,25\n")
    done = books("--json", "analytics", "load", "benchmarks", file)
    assert [(each["column"], each["reason"]) for each in done.document["error"]["detail"]] == [
        ("as_of", "not_a_date"),
        ("weight", "not_a_part_of_one"),
    ]


def test_factors_come_from_a_file_and_blanks_are_what_the_function_makes_of_them(
    books: CommandLine, tmp_path: Path
):
    file = tmp_path / "factors.csv"
    file.write_text(
        "name,method,symbol,short_symbol,window_days,minimum_returns,unit_return\n"
        "Utilities,single,UTIL,,,,\n"
        "Sharp Spread,spread,ACME,SPY,100,20,2\n"
    )
    books.succeed("analytics", "load", "factors", file)
    books.succeed("analytics", "run", "--stale")
    factors = {each["factor"]: each for each in found(books, "factors", "--account", "growth")}
    assert factors["Utilities"]["window_days"] == 120
    assert factors["Utilities"]["exposure"] > 0
    assert factors["Sharp Spread"]["observations"] == 72
    file.write_text("name,method,symbol\nGood,single,UTIL\nOdd,magic,UTIL\n")
    done = books("--json", "analytics", "load", "factors", file)
    [offence] = done.document["error"]["detail"]
    assert (done.code, offence["line"], offence["column"], offence["value"]) == (1, 3, "method", "magic")
    assert "single, spread, style" in done.document["error"]["hint"]
    assert rows(books, "SELECT FROM rollforward.factor WHERE name = 'Good'") == []


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "empty_file"),
        ("scenario,factor,shock\n", "empty_file"),
        ("scenario,factor\na,Market\n", "missing_column"),
        ("scenario,scenario_id,factor,shock\na,a,Market,1\n", "doubled_column"),
        ("scenario,factor,shock\na,Market\n", "wrong_field_count"),
    ],
)
def test_a_file_that_is_none_is_refused(looked_at: CommandLine, tmp_path: Path, text: str, reason: str):
    (tmp_path / "x.csv").write_text(text)
    done = looked_at("--json", "analytics", "load", "scenarios", tmp_path / "x.csv")
    assert done.code == 1
    assert done.document["error"]["detail"][0]["reason"] == reason


def test_shared_files_with_other_headers_are_taken(books: CommandLine):
    inputs = SHARED / "golden" / "valuation" / "inputs"
    if not (inputs / "stress_scenarios.csv").exists():
        pytest.skip(f"{inputs} is absent; set ROLLFORWARD_SHARED to the folder that holds golden/")
    scenarios = books.json("analytics", "load", "scenarios", inputs / "stress_scenarios.csv")
    assert (scenarios["rows_read"], scenarios["saved"]) == (41, 22)
    assert scenarios["warnings"] == ["column group is ignored"]
    benchmarks = books.json("analytics", "load", "benchmarks", inputs / "benchmarks_sector_weights.csv")
    assert (benchmarks["rows_read"], benchmarks["saved"]) == (11, 1)


def test_a_reader_may_look_and_nothing_else(books: CommandLine, tmp_path: Path):
    reader = dataclasses.replace(
        books, dsn=make_conninfo(books.dsn, user="postgres", options="-c role=rollforward_reader")
    )
    for subject in (*SUBJECTS, "scenarios"):
        reader.succeed("analytics", "show", subject)
    reader.succeed("analytics", "performance", "--from", "2025-08-05", "--to", "2025-08-29")
    (tmp_path / "x.csv").write_text("scenario,factor,shock\na,Market,1\n")
    assert reader("analytics", "run").code == 1
    assert reader("analytics", "load", "scenarios", tmp_path / "x.csv").code == 1


def test_an_empty_database_is_asked_to_process_first(dsn: str, capsys: pytest.CaptureFixture[str]):
    done = CommandLine(dsn, capsys)("analytics", "run")
    assert done.code == 1
    assert "SQLSTATE 22R01" in done.err
    assert "Process them first" in done.err


# From Python


@pytest.mark.parametrize("kind", Finding.__subclasses__())
def test_every_view_has_a_reader(looked_at: CommandLine, kind: type[Finding]):
    with rollforward.connect(looked_at.dsn) as session:
        assert {each.calculation_date for each in session.findings(kind)} == {LAST_DAY}
        assert session.findings(kind, []) == []
        assert session.findings(kind, day=date(2025, 8, 1)) == []


def test_a_session_analyses_and_reads(books: CommandLine):
    day = date(2025, 8, 26)
    with rollforward.connect(books.dsn) as session:
        done = session.analyse(session.account_ids(), day, day)
        assert (done.run_id, done.success, done.days, done.errors) == (4, True, 1, [])
        [growth] = session.findings(PortfolioRisk, session.account_ids(["growth"]), day)
        assert growth.market_beta == pytest.approx(
            next(e.exposure for e in session.findings(FactorExposure, day=day) if e.factor == "Market")
        )
        assert {each.factor for each in session.findings(PositionFactor, day=day)} > {"Market", "Value"}
        assert session.analyse(session.account_ids(), date.min, date.max, only_stale=True).findings == 0
        assert session.stale_analyses() == []


def test_one_call_finds_what_the_steps_of_a_run_find(books: CommandLine):
    with rollforward.connect(books.dsn) as session:
        by_run = {kind: session.findings(kind) for kind in Finding.__subclasses__()}
        rows(books, "DELETE FROM rollforward_data.account_volatility")
        with session.connection.transaction():
            assert session.analyse(session.account_ids(), LAST_DAY, LAST_DAY).run_id is None
        assert {kind: session.findings(kind) for kind in Finding.__subclasses__()} == by_run


def test_within_a_transaction_an_analysis_is_part_of_it(books: CommandLine):
    day = date(2025, 8, 25)
    with psycopg.connect(books.dsn) as connection:
        session = rollforward.connect(connection)
        accounts = session.account_ids()
        done = session.analyse(accounts, day, day)
        assert (done.run_id, done.success, done.days) == (None, True, 1)
        assert session.findings(StressResult, accounts, day)
        with pytest.raises(ValueError, match="workers"):
            session.analyse(accounts, day, day, workers=2)
        connection.rollback()
        assert session.findings(StressResult, accounts, day) == []
