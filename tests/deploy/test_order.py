"""Reading SQL files: what they need, and the order they run in."""

from __future__ import annotations

from pathlib import Path

import pytest

from rollforward.deploy import BadSource
from rollforward.deploy.source import SourceFile, read_code, run_order
from rollforward.deploy.sqltext import code_only, mentioned_objects, required_objects


def file(name: str, body: str, language: str = "sql") -> SourceFile:
    text = f"CREATE FUNCTION rollforward.{name.split('.')[0]}() LANGUAGE {language} AS $$ {body} $$;"
    return SourceFile(f"functions/{name}.sql", text)


def names(files: list[SourceFile]) -> list[str]:
    return [found.path.removeprefix("functions/").removesuffix(".sql") for found in files]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a -- b\nc", "a  \nc"),
        ("a /* b /* c */ d */ e", "a   e"),
        ("'it''s -- no comment' a", "'' a"),
        (r"E'\' -- ' a", "'' a"),
        ('"a -- b" c', '"a -- b" c'),
        ("$f$ a -- b\n $f$ c", "$$  a  \n  $$ c"),
        ("a$1 -- b", "a$1  "),
    ],
)
def test_comments_and_literals_are_seen_for_what_they_are(text: str, expected: str) -> None:
    assert code_only(text) == expected


def test_a_name_counts_unless_it_is_defined_commented_or_quoted() -> None:
    text = """
        -- rollforward.a
        CREATE OR REPLACE VIEW rollforward.b AS SELECT 'rollforward.c' FROM rollforward.d, rollforward_data.e;
        COMMENT ON VIEW rollforward.b IS 'rollforward.f';
    """
    assert mentioned_objects(text) == {"d"}


def test_a_name_in_a_plpgsql_body_is_not_required() -> None:
    text = "CREATE FUNCTION rollforward.a() RETURNS rollforward.b LANGUAGE plpgsql AS $$ rollforward.c $$"
    assert required_objects(text) == {"b"}
    assert mentioned_objects(text) == {"b", "c"}


def test_files_run_behind_what_they_use_and_else_by_path() -> None:
    files = [file("a", "rollforward.z"), file("z", "rollforward.m"), file("m", ""), file("b", "")]
    assert names(run_order(files)) == ["b", "m", "z", "a"]


def test_a_circle_is_broken_where_plpgsql_allows_it() -> None:
    files = [file("a", "rollforward.b"), file("b", "rollforward.a", "plpgsql")]
    assert names(run_order(files)) == ["b", "a"]


def test_an_overload_runs_behind_the_one_it_calls() -> None:
    files = [file("a", "rollforward.a(1)"), file("a.one", "")]
    assert names(run_order(files)) == ["a.one", "a"]


def test_the_order_does_not_depend_on_how_files_are_found() -> None:
    files = [file(name, "rollforward.a rollforward.b rollforward.c", "plpgsql") for name in "abc"]
    assert run_order(files) == run_order(files[::-1])


def test_a_file_name_that_is_no_name_of_an_object_is_refused(tmp_path: Path) -> None:
    (tmp_path / "functions" / "a").mkdir(parents=True)
    (tmp_path / "functions" / "a" / "Latest-Snapshots.sql").write_text("SELECT 1")
    with pytest.raises(BadSource, match=r"Latest-Snapshots\.sql"):
        read_code(tmp_path)
