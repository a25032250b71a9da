"""``rollforward deploy`` as a user meets it."""

from __future__ import annotations

import json

import pytest

from rollforward.cli.main import run


def test_deploy_says_what_it_did_and_then_that_there_is_nothing_to_do(
    empty_dsn: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["--dsn", empty_dsn, "deploy", "--dry-run"]) == 0
    assert "would deploy version" in capsys.readouterr().out
    assert run(["--dsn", empty_dsn, "deploy", "-v"]) == 0
    assert "created   view rollforward.account" in capsys.readouterr().out
    assert run(["--dsn", empty_dsn, "deploy"]) == 0
    assert capsys.readouterr().out.startswith("nothing to do")


def test_deploy_prints_one_document(empty_dsn: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["--dsn", empty_dsn, "--json", "deploy"]) == 0
    document = json.loads(capsys.readouterr().out)
    assert document["migrations"]
    assert document["nothing_to_do"] is False


def test_no_connection_is_exit_code_3(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["--dsn", "host=/nonexistent dbname=none", "deploy"]) == 3
    assert capsys.readouterr().out == ""
