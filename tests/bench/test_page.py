"""The page: whole, well-formed, and all by itself."""

from __future__ import annotations

import re
from html.parser import HTMLParser

import pytest
from bench.claims import Design
from bench.report import page
from bench.report.design import answers
from bench.report.numbers import median

from tests.bench import made

_VOID = {"meta", "link", "br", "hr", "img", "input"}


class Reader(HTMLParser):
    """Checks that what is opened is closed, and keeps tags, attributes and text."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.text: list[str] = []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        assert len(dict(attrs)) == len(attrs), f"an attribute twice: {tag} {attrs}"
        self.tags.append((tag, dict(attrs)))
        if tag not in _VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        assert self.open, f"</{tag}> closes nothing"
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if self.open[-1:] != ["style"]:
            self.text.append(data)

    @property
    def words(self) -> str:
        return " ".join(" ".join(self.text).split())


@pytest.fixture(scope="module", params=[("18.6",), ("18.6", "15.14")], ids=["one server", "two servers"])
def versions(request: pytest.FixtureRequest) -> tuple[str, ...]:
    return request.param


@pytest.fixture(scope="module")
def text(versions: tuple[str, ...]) -> str:
    return page.render(made.document(*versions))


def test_it_is_well_formed(text: str):
    reader = Reader(text)
    assert reader.open == []
    assert text.startswith("<!DOCTYPE html>")


def test_it_needs_nothing_from_elsewhere_and_runs_nothing(text: str):
    tags = Reader(text).tags
    assert not {"script", "link", "iframe", "img", "object", "embed"} & {tag for tag, _ in tags}
    for tag, attributes in tags:
        assert not [name for name in attributes if name.startswith("on")], tag
        for name in ("href", "src", "xlink:href"):
            assert (attributes.get(name) or "#").startswith("#")
    assert not re.search(r"https?://|@import|url\(", text)


def test_it_fits_a_phone_and_the_dark(text: str):
    names = [attributes.get("name") for tag, attributes in Reader(text).tags if tag == "meta"]
    assert "viewport" in names
    assert "prefers-color-scheme: dark" in text


def test_every_line_of_the_design_is_there_with_its_verdict(text: str):
    words = Reader(text).words
    run = made.document().runs[0]
    for answer in answers(run.lines):
        assert answer.design in words
        assert answer.verdict in words
    assert "not measured" in words  # the last one
    assert list(Design)[-1] in words


def test_every_line_is_there_with_its_figures(text: str, versions: tuple[str, ...]):
    words = Reader(text).words
    for run in made.document(*versions).runs:
        for line in run.lines:
            assert line.what in words
            assert median(line.measured, line.unit) in words
    assert "≤ 4" in words
    assert "1.00 … 3.00" in words


def test_it_says_what_was_measured_where(text: str, versions: tuple[str, ...]):
    words = Reader(text).words
    for expected in ("2026-01-02 03:04", ", ".join(versions), "A <fast> & cheap one", "fsync = on", "23 GiB"):
        assert expected in words


def test_what_comes_from_outside_is_escaped(text: str):
    assert "A &lt;fast&gt; &amp; cheap one" in text
    assert "<fast>" not in text


def test_charts_are_drawn(text: str, versions: tuple[str, ...]):
    tags = Reader(text).tags
    assert len([tag for tag, _ in tags if tag == "svg"]) == 2 * len(versions)
    lines = [attributes["points"] for tag, attributes in tags if tag == "polyline"]
    assert lines == ["52.0,226.0 230.0,120.0 408.0,14.0"] * len(versions)
    widths = [attributes["width"] for tag, attributes in tags if tag == "rect"]
    assert widths == ["83.2", "374.4"] * len(versions)


def test_what_was_counted_is_there(text: str):
    words = Reader(text).words
    for expected in ("384", "33,868", "0.57 MB", "18.8 MB", "unknown"):
        assert expected in words
