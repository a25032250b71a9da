"""Scripts rendered for psql: each runs and does what its head says, and no parameter can become SQL."""

from __future__ import annotations

import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import jinja2
import pytest
from jinja2 import meta
from psycopg import sql

from rollforward.cli.main import run as rollforward
from rollforward.embedded.server import Server
from rollforward.errors import UsageError
from rollforward.rendering import _environment, describe, parameters, render, template_names
from rollforward.resources import templates_root
from tests.support import fixtures
from tests.support.command import ENVIRONMENT
from tests.support.faults import Faults
from tests.support.ledger import Ledger
from tests.support.movements import buy, deposit, movement, sell

ledger, ledger_connection = fixtures.ledger, fixtures.ledger_connection

NASTY = [
    "it's; DROP TABLE leaked",
    "'; CREATE TABLE leaked (); --",
    '"; CREATE TABLE leaked (); --',
    '"quoted"',
    "\\'; CREATE TABLE leaked (); --",
    "\\",
    "\\! touch leaked",
    "`touch leaked`",
    "$$; CREATE TABLE leaked (); $$",
    ":'HOME' :\"USER\" :start_date :{?HOME}",
    "%s %1$L {{ 7 * 7 }} {% raw %}",
    "a, b",
    "\N{MODIFIER LETTER APOSTROPHE}\N{RIGHT SINGLE QUOTATION MARK} ü€😀 \u202e; CREATE TABLE leaked ();",
    "</script>&amp;",
    "-- /* */",
]
LAST_DAY = "2025-03-14"
RANGE = {"start_date": "2025-01-01", "end_date": LAST_DAY}


def quoted(*names: str) -> str:
    """A list as a parameter takes it: every name in double quotes."""
    return ", ".join('"' + name.replace('"', '""') + '"' for name in names)


# For every template, values to run it with: all by default, and the worst that it takes.
CASES: dict[str, list[dict[str, str]]] = {
    "grant_roles": [
        {"login": 'odd "name', "role": "reader"},
        {"login": quoted('odd "name', *NASTY), "role": "writer"},
    ],
    "nightly": [{}, {"as_of": "today"}, {"as_of": LAST_DAY, "days": "30"}],
    "process_accounts": [RANGE, RANGE | {"accounts": quoted(*NASTY), "window_days": "20"}],
    "reconcile": [{}, RANGE | {"accounts": quoted(*NASTY)}],
    "roll_out_mode": [
        {"scenario": "nightly", "mode": "shadow"},
        {"scenario": "manual", "mode": "auto", "percent": "10", "days": "1"},
    ],
    "verify_accounts": [{}, RANGE | {"accounts": quoted(*NASTY)}, {"accounts": "it's; DROP TABLE leaked"}],
}

Psql = Callable[..., "subprocess.CompletedProcess[str]"]


@pytest.fixture
def psql(server: Server, ledger: Ledger, tmp_path: Path) -> Psql:
    """psql as a DBA calls it, in an empty folder; on the day after the last one, if not told otherwise."""

    def call(
        script: str,
        *,
        user: str = "owner",
        options: str = "-c rollforward.today=2025-03-15",
        **environment: str,
    ) -> subprocess.CompletedProcess[str]:
        file = tmp_path / "script.sql"
        file.write_text(script, encoding="utf-8")
        folder = tmp_path / "folder"
        folder.mkdir(exist_ok=True)
        done = subprocess.run(
            [server.bindir / "psql", "-X", "-f", file, server.dsn(ledger.connection.info.dbname, user)],
            capture_output=True,
            encoding="utf-8",
            check=False,
            cwd=folder,
            env=ENVIRONMENT | {"PGOPTIONS": options} | environment,
            timeout=120,
        )
        assert list(folder.iterdir()) == []
        return done

    return call


@pytest.fixture
def account(ledger: Ledger) -> int:
    """An account that buys and sells, all of it priced, and that nobody has computed yet."""
    ledger.instrument("ACME")
    account = ledger.account("growth")
    ledger.record(
        account,
        deposit("2025-01-02", 10000),
        buy("2025-01-03", "ACME", 100, 2000, fee=1),
        sell("2025-02-03", "ACME", 40, 900, commission=2),
        movement("dividend", "2025-03-03", "12.50", symbol="ACME"),
        sell("2025-03-10", "ACME", 10, 230),
    )
    day = date(2025, 1, 3)
    while day <= date.fromisoformat(LAST_DAY):
        ledger.price("ACME", day, 20 + day.day / 10)
        day += timedelta(days=1)
    return account


@pytest.fixture
def nasty(ledger: Ledger) -> Iterator[list[int]]:
    """Accounts with money, and roles, whose names are the nasty values."""
    accounts = [ledger.account(name) for name in NASTY]
    for account in accounts:
        ledger.record(account, deposit("2025-01-02", 100))
    roles = [sql.Identifier(name) for name in ('odd "name', *NASTY)]
    for role in roles:
        ledger.rows(sql.SQL("CREATE ROLE {}").format(role))
    yield accounts
    for role in roles:  # roles are the server's, and outlive a database
        ledger.rows(sql.SQL("DROP ROLE {}").format(role))


def failed(done: subprocess.CompletedProcess[str], said: str) -> bool:
    """Whether a script ended with the exit status of an error, and said so."""
    return done.returncode == 3 and said in done.stderr


# Every template


@pytest.mark.parametrize("name", template_names())
def test_every_template_runs_under_psql(name: str, psql: Psql, ledger: Ledger, nasty: list[int]):
    for values in CASES[name]:
        ledger.process_stale()
        done = psql(render(name, values), options="", PGCLIENTENCODING="LATIN1")
        assert (done.returncode, done.stderr) == (0, ""), done.stdout
    assert ledger.value("SELECT to_regclass('leaked') IS NULL")


@pytest.mark.parametrize("name", template_names())
def test_no_value_of_any_parameter_becomes_sql(name: str, psql: Psql, ledger: Ledger):
    """It is refused, or it is the name of an account or role that does not exist."""
    for parameter in parameters(name):
        for value in NASTY:
            try:
                script = render(name, CASES[name][0] | {parameter: value})
            except UsageError:
                continue
            done = psql(script)
            assert failed(done, "unknown account: ") or failed(done, 'role "'), (parameter, value, done)
    assert ledger.value("SELECT to_regclass('leaked') IS NULL")
    assert ledger.value("SELECT count(*) FROM rollforward.account") == 0


@pytest.mark.parametrize("name", template_names())
def test_the_head_of_a_template_declares_what_it_uses(name: str):
    environment = _environment()
    text = (templates_root() / "psql" / f"{name}.sql.j2").read_text(encoding="utf-8")
    parsed = environment.parse(text)
    parts = [
        (templates_root() / "psql" / part).read_text()
        for part in meta.find_referenced_templates(parsed)
        if part
    ]
    used = set[str]().union(
        *(meta.find_undeclared_variables(environment.parse(each)) for each in [text, *parts])
    )
    template = describe(name)
    assert sorted(parameters(name)) == sorted(used - set(environment.globals))
    assert template.description.endswith(".")
    assert all(parameter.description for parameter in template.parameters)


@pytest.mark.parametrize("name", template_names())
def test_a_script_is_ascii_but_for_its_values(name: str):
    render(name, CASES[name][0]).encode("ascii")


def test_a_role_is_granted_to_each_login(psql: Psql, ledger: Ledger, nasty: list[int]):
    assert psql(render("grant_roles", {"login": quoted(*NASTY), "role": "operator"})).returncode == 0
    members = ledger.rows(
        "SELECT pg_get_userbyid(member) AS name FROM pg_auth_members"
        " WHERE roleid = 'rollforward_operator'::regrole"
    )
    assert {member.name for member in members} >= set(NASTY)


# process_accounts


def process(**values: str) -> str:
    return render("process_accounts", RANGE | values)


@pytest.mark.parametrize("window_days", ["1", "7", "31", "999999"])
def test_figures_of_windows_are_those_of_one_call(
    psql: Psql,
    ledger: Ledger,
    account: int,
    window_days: str,
):
    ledger.process([account], RANGE["start_date"], "2025-03-05")
    expected, stale = ledger.dump([account]), ledger.stale()
    assert stale  # by the sale after the range
    ledger.forget([account])
    done = psql(process(end_date="2025-03-05", window_days=window_days))
    assert (done.returncode, done.stderr) == (0, "")
    assert ledger.dump([account]) == expected
    assert ledger.stale() == stale


def test_only_the_accounts_that_are_named_are_computed(psql: Psql, ledger: Ledger, account: int):
    other = ledger.account("other, one")
    ledger.record(other, deposit("2025-01-02", 1))
    assert psql(process(accounts='"other, one"')).returncode == 0
    assert ledger.snapshot(other) is not None
    assert ledger.snapshot(account) is None


def test_windows_before_a_failure_stay_and_the_script_can_be_repeated(
    psql: Psql,
    ledger: Ledger,
    account: int,
):
    with broken_from(ledger, "2025-02-10"):
        assert failed(psql(process(window_days="10")), "broken on purpose")
    assert ledger.value("SELECT max(snapshot_date)::text FROM rollforward.account_snapshot") == "2025-02-03"
    before = ledger.versions([account])["position_snapshot"]
    done = psql(process(window_days="10"))
    assert (done.returncode, done.stderr) == (0, "")
    assert before.items() <= ledger.versions([account])["position_snapshot"].items()  # not written again
    assert ledger.stale() == []


def test_a_range_that_is_upside_down_is_refused(psql: Psql, account: int):
    assert failed(psql(process(start_date="2025-04-01")), "start_date 2025-04-01 is after end_date")


# verify_accounts


@pytest.mark.breaks_figures
def test_a_difference_is_listed_counted_and_the_exit_status(psql: Psql, ledger: Ledger, account: int):
    other = ledger.account("other")
    ledger.record(other, deposit("2025-01-02", 1))
    ledger.process_stale()
    ledger.rows(
        "UPDATE rollforward_data.account_snapshot SET cash_balance = cash_balance + 1"
        " WHERE account_id = %s AND snapshot_date = '2025-02-03'",
        account,
    )
    done = psql(render("verify_accounts", {"accounts": "growth"}))
    assert failed(done, "there are differences")
    assert [cells(done.stdout, "Differences from the reference")[0][place] for place in (0, 1, 3)] == [
        "growth",
        "account_snapshot",
        "cash_balance",
    ]
    assert cells(done.stdout, "Checked")[0][:2] == ["1", "1"]
    assert psql(render("verify_accounts", {"accounts": "other"})).returncode == 0


def test_a_balance_that_was_said_otherwise_is_listed(psql: Psql, ledger: Ledger, account: int):
    ledger.process_stale()
    assert psql(render("reconcile", {})).returncode == 0
    ledger.rows("SELECT rollforward.assert_balance(%s, '2025-02-03', 'USD', 1)", account)
    done = psql(render("reconcile", {"accounts": "growth"}))
    assert failed(done, "there are differences")
    [said] = cells(done.stdout, "Said otherwise than computed")
    assert [said[place] for place in (0, 1, 2, 3, 5, 8)] == [
        "growth", "2025-02-03", "cash", "USD", "1", "manual",
    ]  # fmt: skip
    assert psql(render("reconcile", {"end_date": "2025-02-02"})).returncode == 0


def test_an_orphan_counts_in_the_range_it_is_of(psql: Psql, ledger: Ledger, account: int):
    ledger.record(account, sell("2025-03-12", "ACME", 1000, 20000))
    ledger.process_stale()
    assert failed(psql(render("verify_accounts", {})), "broken ties")
    assert failed(psql(render("verify_accounts", RANGE)), "broken ties")
    assert psql(render("verify_accounts", {"start_date": "2025-03-13"})).returncode == 0
    assert psql(render("verify_accounts", {"end_date": "2025-03-11"})).returncode == 0


def test_a_reader_may_verify_where_nothing_can_be_written(psql: Psql, ledger: Ledger, account: int):
    ledger.process_stale()
    options = "-c role=rollforward_reader -c default_transaction_read_only=on"
    done = psql(render("verify_accounts", {}), user="postgres", options=options)
    assert (done.returncode, done.stderr) == (0, "")


# nightly


def nightly(**values: str) -> str:
    return render("nightly", {"as_of": LAST_DAY} | values)


@pytest.mark.parametrize("name", ["process_accounts", "nightly"])
def test_a_writer_may_compute(name: str, psql: Psql, account: int):
    values = {"process_accounts": RANGE, "nightly": {"as_of": LAST_DAY}}[name]
    options = "-c role=rollforward_writer -c rollforward.today=2025-03-15"
    done = psql(render(name, values), user="postgres", options=options)
    assert (done.returncode, done.stderr) == (0, "")


def test_nothing_needs_attention(psql: Psql, ledger: Ledger, account: int):
    """Though there is an account that no price has made stale."""
    money = ledger.account("money")
    ledger.record(money, deposit("2025-01-02", 1))
    ledger.process([money], "2025-01-01", "2025-03-10")
    for _ in range(2):
        done = psql(nightly())
        assert (done.returncode, done.stderr) == (0, "")
        assert cells(done.stdout, "Needs attention") == [["0", "0", "0", "0"]]
        assert ledger.value("SELECT max(snapshot_date)::text FROM rollforward.equity_snapshot") == LAST_DAY
        assert ledger.verify([account, money]) == []
        assert (
            ledger.rows("SELECT FROM rollforward.missing_snapshots(NULL, '2025-01-01', %s)", LAST_DAY) == []
        )


def test_expirations_are_written_and_computed(psql: Psql, ledger: Ledger, account: int):
    ledger.option("ACME C20", expiration="2025-03-14", option_right="call")
    ledger.record(account, sell("2025-03-11", "ACME C20", 1, 50, effect="open"))
    for day in (11, 12, 13, 14):
        ledger.price("ACME C20", f"2025-03-{day}", "0.25")
    done = psql(nightly(as_of="2025-03-13"))
    assert done.returncode == 0
    assert cells(done.stdout, "Expirations that no statement has brought") == []
    done = psql(nightly())
    assert (done.returncode, done.stderr) == (0, "")
    assert cells(done.stdout, "Expirations that no statement has brought") == [
        ["growth", "ACME C20", LAST_DAY, "short", "1.000000000000"]
    ]
    assert ledger.stale() == []
    assert ledger.verify([account]) == []


def test_a_close_that_is_missing_needs_attention_for_some_days(psql: Psql, ledger: Ledger, account: int):
    ledger.rows("DELETE FROM rollforward_data.price WHERE price_date = '2025-03-12'")
    done = psql(nightly(days="3"))
    assert failed(done, "something needs attention")
    assert cells(done.stdout, "Closes to load") == [["ACME", "USD", "2025-03-12", "2025-03-11"]]
    assert cells(done.stdout, "Needs attention") == [["0", "0", "1", "0"]]
    assert psql(nightly(days="2")).returncode == 0


def test_an_account_that_cannot_be_computed_needs_attention_and_is_in_nobodys_way(
    psql: Psql,
    ledger: Ledger,
    account: int,
):
    early = ledger.account("early")
    ledger.record(early, deposit("2025-01-02", 1))
    with broken_from(ledger, "2025-02-10"):
        done = psql(nightly())
    assert failed(done, "something needs attention")
    listed = cells(done.stdout, "Accounts that the batch could not compute")
    assert [(row[0], row[2]) for row in listed] == [("growth", "broken on purpose")]
    assert cells(done.stdout, "Needs attention") == [["1", "5", "0", "0"]]
    assert ledger.snapshot(early) is not None
    assert psql(nightly()).returncode == 0


@pytest.mark.breaks_figures
def test_a_broken_tie_needs_attention(psql: Psql, ledger: Ledger, account: int):
    ledger.process_stale()
    ledger.rows(
        "UPDATE rollforward_data.account_snapshot SET cash_balance = cash_balance + 1 WHERE account_id = %s",
        account,
    )
    done = psql(nightly())
    assert failed(done, "something needs attention")
    assert (
        int(cells(done.stdout, "Needs attention")[0][3])
        == len(cells(done.stdout, "Ties that are broken"))
        > 0
    )


def test_a_database_without_rollforward_is_an_error(server: Server):
    done = subprocess.run(
        [server.bindir / "psql", "-X", "-f", "-", server.dsn()],
        input=nightly(),
        capture_output=True,
        text=True,
        check=False,
    )
    assert failed(done, 'schema "rollforward" does not exist')


@contextmanager
def broken_from(ledger: Ledger, day: str) -> Iterator[None]:
    """No snapshot from a day on can be written."""
    ledger.rows(
        "CREATE FUNCTION break_down() RETURNS trigger LANGUAGE plpgsql AS"
        " $$ BEGIN RAISE EXCEPTION 'broken on purpose'; END $$"
    )
    ledger.rows(
        "CREATE TRIGGER break_down BEFORE INSERT ON rollforward_data.account_snapshot FOR EACH ROW"
        f" WHEN (new.snapshot_date >= '{day}') EXECUTE FUNCTION break_down()"
    )
    try:
        yield
    finally:
        ledger.rows("DROP FUNCTION break_down CASCADE")


def cells(printed: str, title: str) -> list[list[str]]:
    """The rows of the table with a title."""
    lines = [line.strip() for line in printed.splitlines()]
    table = lines[lines.index(title) + 3 :]
    end = next(place for place, line in enumerate(table) if line.startswith("("))
    return [[cell.strip() for cell in line.split("|")] for line in table[:end]]


# What does not fit


@pytest.mark.parametrize(
    ("name", "values", "said"),
    [
        ("grant_roles", {"login": "x"}, "missing: role"),
        ("grant_roles", {"login": "x", "role": "reader", "extra": "1"}, "unknown: extra"),
        ("grant_roles", {"login": "x", "role": "superuser"}, "not one of"),
        ("grant_roles", {"login": " ", "role": "reader"}, "no name is given"),
        ("process_accounts", {"accounts": "A"}, "missing: start_date, end_date"),
        ("process_accounts", RANGE | {"start_date": "2025-02-30"}, "not a date"),
        ("process_accounts", RANGE | {"start_date": "20250201"}, "not a date"),
        ("process_accounts", RANGE | {"end_date": "infinity"}, "not a date"),
        ("process_accounts", RANGE | {"end_date": ""}, "not a date"),
        ("process_accounts", RANGE | {"window_days": "0"}, "not a number above zero"),
        ("process_accounts", RANGE | {"window_days": "٣"}, "not a number above zero"),
        ("process_accounts", RANGE | {"window_days": "9" * 5000}, "not a number above zero"),
        ("process_accounts", RANGE | {"accounts": ","}, "a name in the list is empty"),
        ("process_accounts", RANGE | {"accounts": "A,,B"}, "a name in the list is empty"),
        ("process_accounts", RANGE | {"accounts": '"A'}, "not a list"),
        ("process_accounts", RANGE | {"accounts": "A\nB"}, "not a list"),
        ("process_accounts", RANGE | {"accounts": "A\0B"}, "accounts is no text"),
        ("process_accounts", RANGE | {"accounts": "\udcff"}, "accounts is no text"),
        ("nightly", {"as_of": "tomorrow"}, "not a date"),
        ("nightly", {"as_of": "infinity"}, "not a date"),
        ("verify_accounts", {"start_date": "infinity"}, "not a date"),
    ],
)
def test_what_does_not_fit_is_a_usage_error_with_a_hint(name: str, values: dict[str, str], said: str):
    with pytest.raises(UsageError, match=said) as raised:
        render(name, values)
    assert raised.value.hint


@pytest.mark.parametrize(
    "template",
    [
        "{{ x }}",
        "{{ x ~ x }}",
        "{{ [x, x] }}",
        "{{ x.upper() }}",
        "{% set y = x %}{{ y }}",
        "{% set y %}{{ x }}{% endset %}{{ y }}",
        "{% macro y() %}{{ x }}{% endmacro %}{{ y() }}",
        "{{ [x, x] | join(',') }}",
        "{{ x | safe }}",
        "{{ x | escape }}",
        "{{ x | e }}",
        "{{ x | tojson }}",
        "{{ x | urlize }}",
        "{% filter upper %}{{ x }}{% endfilter %}",
    ],
)
def test_a_template_cannot_print_a_bare_text(template: str):
    with pytest.raises((TypeError, jinja2.TemplateAssertionError), match=r"may not print|No filter named"):
        _environment().from_string(template).render(x="1; DROP TABLE movement")


def test_a_template_cannot_use_what_is_not_given():
    with pytest.raises(jinja2.UndefinedError):
        _environment().from_string("{{ names(x) }}").render()


# The command


def test_without_a_template_they_are_listed(capsys: pytest.CaptureFixture[str]):
    assert rollforward(["render"]) == 0
    assert capsys.readouterr().out.splitlines()[:2] == [
        "grant_roles login role",
        "    Gives login roles one of the roles of rollforward.",
    ]


def test_the_script_is_printed_as_it_is(capsys: pytest.CaptureFixture[str]):
    assert rollforward(["render", "grant_roles", "--set", "login=[bold]=ü", "--set", "role=reader"]) == 0
    assert capsys.readouterr().out == render("grant_roles", {"login": "[bold]=ü", "role": "reader"})


@pytest.mark.parametrize(
    ("words", "hint"),
    [
        (["nonesuch"], "hint: There are grant_roles, "),
        (["../psql/nightly"], "hint: There are grant_roles, "),
        (["nightly", "--set", "day=1"], "hint: It takes [as_of=yesterday] [days=7]: "),
        (["process_accounts"], "hint: It takes start_date end_date [accounts=] [window_days=31]: "),
        (["nightly", "--set", "days"], "hint: For example: --set role=reader"),
        (["nightly", "--set", "days=1", "--set", "days=2"], "hint: Names of a list"),
    ],
)
def test_a_mistake_is_exit_code_2_with_a_hint(
    words: list[str], hint: str, capsys: pytest.CaptureFixture[str]
):
    assert rollforward(["render", *words]) == 2
    said = capsys.readouterr()
    assert said.out == ""
    assert hint in said.err


def test_a_mistake_is_a_document_where_one_is_asked_for(capsys: pytest.CaptureFixture[Any]):
    assert rollforward(["--json", "render", "nonesuch"]) == 2
    assert '"no template nonesuch"' in capsys.readouterr().out


# roll_out_mode


def test_a_mode_is_rolled_out_to_a_scenario(psql: Psql, ledger: Ledger):
    done = psql(render("roll_out_mode", {"scenario": "nightly", "mode": "batch", "percent": "25"}))
    assert (done.returncode, done.stderr) == (0, "")
    assert ["nightly", "batch", "25", "batch"] in cells(done.stdout, "In force")
    assert ledger.value("SELECT (rollforward.mode_of('nightly')).batch_percent") == 25


@pytest.mark.breaks_figures
def test_the_batch_is_not_rolled_out_where_it_has_differed(psql: Psql, ledger: Ledger, account: int):
    faults = Faults(ledger)
    faults.lie([account])
    ledger.rows("SELECT rollforward.set_processing_mode('manual', 'shadow')")
    ledger.rows("SELECT rollforward.process(%s, '2025-01-01', '2025-03-14')", [account])
    faults.mend()
    done = psql(render("roll_out_mode", {"scenario": "nightly", "mode": "auto"}))
    assert failed(done, "the batch is not to be trusted yet")
    assert cells(done.stdout, "Differences between batch and reference")[0][:2] == [
        "growth",
        "account_snapshot",
    ]
    assert ledger.value("SELECT count(*) FROM rollforward_data.processing_mode") == 1
    assert psql(render("roll_out_mode", {"scenario": "nightly", "mode": "per_date"})).returncode == 0
    ledger.rows("UPDATE rollforward_data.shadow_difference SET found_at = now() - interval '8 days'")
    assert psql(render("roll_out_mode", {"scenario": "nightly", "mode": "auto"})).returncode == 0


def test_the_batch_is_not_rolled_out_where_it_has_failed(psql: Psql, ledger: Ledger, account: int):
    faults = Faults(ledger)
    faults.fail([account])
    ledger.rows("CALL rollforward.process_all('2025-01-01', '2025-03-14')")
    faults.mend()
    done = psql(render("roll_out_mode", {"scenario": "manual", "mode": "batch"}))
    assert failed(done, "the batch is not to be trusted yet")
    [call] = cells(done.stdout, "Calls in which the batch has failed for accounts")
    assert call[1:] == ["manual", "batch", "1", "1", "1", "0"]


def test_a_fallback_of_a_plain_call_counts_too(psql: Psql, ledger: Ledger, account: int):
    faults = Faults(ledger)
    faults.fail([account])
    ledger.rows("SELECT rollforward.process(%s, '2025-01-01', '2025-03-14', 'nightly')", [account])
    faults.mend()
    done = psql(render("roll_out_mode", {"scenario": "manual", "mode": "batch"}))
    assert failed(done, "the batch is not to be trusted yet")
