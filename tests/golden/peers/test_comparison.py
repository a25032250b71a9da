"""The comparison itself can fail."""

from __future__ import annotations

from decimal import Decimal

import pytest

from tests.golden.peers.cases import NAME, Figure, differences, is_left_out


def figure(value: str, tolerance: str = "", metric: str = "gain") -> Figure:
    row = dict.fromkeys(NAME, "") | {"metric": metric, "value": value, "tolerance": tolerance}
    return Figure("folder", row, tuple(row[column] for column in NAME))


@pytest.mark.parametrize(
    ("value", "tolerance", "answer", "agrees"),
    [
        ("100", "", "100.0000001", True),
        ("100", "", "100.0000002", False),
        ("0", "", "0", True),
        ("0", "", "0.00000001", False),
        ("100", "0", "100.00", True),
        ("100", "0", "100.00000001", False),
        ("100", "1e-6", "99.999999", True),
        ("100", "1e-6", "99.9999989", False),
        ("-100", "", "100", False),
    ],
)
def test_numbers_agree_within_their_tolerance(value, tolerance, answer, agrees):
    assert figure(value, tolerance).agrees(Decimal(answer)) is agrees


@pytest.mark.parametrize("answer", [None, False, True])
def test_no_answer_is_no_number(answer):
    assert not figure("0").agrees(answer)
    assert not figure("1").agrees(answer)


def test_an_error_agrees_with_a_refusal_only():
    error = figure("Not enough lots", metric="error")
    assert error.agrees(True)
    assert not error.agrees(False)
    assert not error.agrees(None)
    assert not error.agrees(Decimal(0))


@pytest.mark.parametrize("value", ["nan", "inf", "-inf"])
def test_what_is_no_number_agrees_with_none(value):
    assert figure(value).agrees(None)
    assert not figure(value).agrees(Decimal(0))
    assert not figure(value, tolerance="1e-8").agrees(Decimal(1))


def test_patterns_leave_out_what_they_name():
    anything = ("*",) * len(NAME)
    gains = tuple("gain" if column == "metric" else "*" for column in NAME)
    assert is_left_out(figure("1"), [anything])
    assert is_left_out(figure("1"), [gains])
    assert not is_left_out(figure("1", metric="cost"), [gains])
    assert not is_left_out(figure("1"), [])


def test_a_listed_difference_is_read_as_it_is_named(tmp_path, monkeypatch):
    listing = tmp_path / "differences.md"
    head = " | ".join(NAME)
    listing.write_text(
        f"# Title\n\n## Left out\n\n| {head} | why |\n| --- |\n\n"
        f"## Differences\n\nText.\n\n| {head} | why |\n| --- |\n"
        "| `rp2` | a | 2020-12-31 | lot | A\\|B |  | fifo | rounding |\n"
    )
    monkeypatch.setattr("tests.golden.peers.cases.DIFFERENCES", listing)
    assert differences() == {("rp2", "a", "2020-12-31", "lot", "A|B", "", "fifo"): "rounding"}
