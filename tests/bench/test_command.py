"""The options of ``python -m bench``; nothing is measured here."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from bench.__main__ import RESULTS, main, parser
from bench.claims import Claim
from bench.report.document import Run, save
from bench.settings import FULL, QUICK, with_ten_millions
from bench.subjects import SUBJECTS
from bench.suites import SUITES

from tests.bench import made


def test_without_options_everything_is_measured():
    options = parser().parse_args([])
    assert (options.quick, options.only, options.pg_bindir, options.results) == (False, None, None, RESULTS)


def test_suites_are_named_with_commas():
    assert parser().parse_args(["--only", "batch,fifo"]).only == ["batch", "fifo"]


@pytest.mark.parametrize("text", ["", "batch,", "nothing"])
def test_an_unknown_suite_is_refused(text: str, capsys: pytest.CaptureFixture[str]):
    with pytest.raises(SystemExit):
        parser().parse_args(["--only", text])
    assert "unknown suite" in capsys.readouterr().err


def test_several_servers_may_be_named():
    options = parser().parse_args(["--pg-bindir", "embedded", "--pg-bindir", "/usr/lib/postgresql/15/bin"])
    assert options.pg_bindir == [Path("embedded"), Path("/usr/lib/postgresql/15/bin")]


def test_results_are_reported_again(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    save(made.document(), tmp_path / "former.json")
    assert main(["--again", str(tmp_path / "former.json"), "--results", str(tmp_path / "new")]) == 0
    printed = capsys.readouterr().out
    assert "DESIGN section 5" in printed
    assert "within noise" in printed
    assert "part of FLOOR" in (tmp_path / "new" / "latest.html").read_text(encoding="utf-8")


def test_results_are_held_against_others(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    slower = made.line(5.0, claim=Claim(4), what="part of FLOOR")
    save(made.document(), tmp_path / "one.json")
    save(replace(made.document(), runs=(Run("18.6", (slower,)),)), tmp_path / "other.json")
    options = ["--again", str(tmp_path / "one.json"), "--against", str(tmp_path / "other.json")]
    assert main([*options, "--results", str(tmp_path)]) == 0
    compared = capsys.readouterr().out.partition("verdicts that differ")[2]
    assert "part of FLOOR" in compared
    assert "1 verdicts compared: 0 the same, 0 within noise in one of the two, 1 contrary" in compared


@pytest.mark.parametrize("content", [None, "", "{}", "[1]"])
@pytest.mark.parametrize("option", ["--again", "--against"])
def test_a_file_without_results_is_refused(
    option: str, content: str | None, tmp_path: Path, capsys: pytest.CaptureFixture[str]
):
    if content is not None:
        (tmp_path / "odd.json").write_text(content)
    with pytest.raises(SystemExit):
        parser().parse_args([option, str(tmp_path / "odd.json")])
    assert "odd.json holds no results" in capsys.readouterr().err


def test_a_server_that_is_not_there_is_an_error(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv("PG_BINDIR", "")  # put back afterwards
    assert main(["--quick", "--pg-bindir", str(tmp_path), "--results", str(tmp_path)]) == 1
    assert str(tmp_path) in capsys.readouterr().err


def test_ten_millions_are_asked_for():
    assert max(FULL.growth_movements) == 1_000_000
    assert max(with_ten_millions(QUICK).growth_movements) == 10_000_000


def test_every_suite_says_what_it_is_about():
    assert list(SUBJECTS) == list(SUITES)
