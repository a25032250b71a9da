"""Scripts rendered for psql: every template runs, and no parameter can become SQL."""

from __future__ import annotations

import subprocess

import psycopg
import pytest

from rollforward.embedded.server import Server
from rollforward.errors import UsageError
from rollforward.rendering import _environment, parameters, render, template_names

EXAMPLES = {
    "grant_roles": {"login": 'odd "name', "role": "reader"},
    "process_accounts": {"accounts": "it's, B", "start_date": "2025-01-01", "end_date": "2025-12-31"},
}


@pytest.mark.parametrize("name", template_names())
def test_every_template_runs_under_psql(name: str, server: Server, dsn: str):
    with psycopg.connect(dsn, autocommit=True) as db:
        db.execute("""SELECT rollforward.add_account('it''s'), rollforward.add_account('B')""")
        db.execute(
            """DO $$ BEGIN CREATE ROLE "odd ""name"; EXCEPTION WHEN duplicate_object THEN NULL; END $$"""
        )
    done = subprocess.run(
        [server.bindir / "psql", "-X", "-d", dsn, "-f", "-"],
        input=render(name, EXAMPLES[name]),
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")


def test_parameters_are_those_the_template_uses():
    assert parameters("process_accounts") == ["accounts", "end_date", "start_date"]


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"login": "x"}, "missing: role"),
        ({"login": "x", "role": "reader", "extra": "1"}, "unknown: extra"),
        ({"login": "x", "role": "superuser"}, "not one of"),
    ],
)
def test_what_does_not_fit_is_a_usage_error(values: dict[str, str], said: str):
    with pytest.raises(UsageError, match=said):
        render("grant_roles", values)


def test_a_date_that_is_none_is_refused():
    with pytest.raises(UsageError, match="not a date"):
        render("process_accounts", {"accounts": "A", "start_date": "2025-02-30", "end_date": "2025-03-01"})


@pytest.mark.parametrize("template", ["{{ x }}", "{{ x ~ x }}", "{{ [x, x] | join(',') }}", "{{ x | safe }}"])
def test_a_template_cannot_print_a_bare_text(template: str):
    with pytest.raises(Exception, match=r"may not print|No filter named 'safe'"):
        _environment().from_string(template).render(x="1; DROP TABLE movement")
