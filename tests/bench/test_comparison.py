"""Two benchmarks held against each other."""

from __future__ import annotations

from dataclasses import replace

from bench.claims import Claim, Line
from bench.report.comparison import pairs, summary
from bench.report.document import Document, Run

from tests.bench import made

_BOUND = Claim(to_reach=2)


def _measured(*lines: Line, version: str = "18.6") -> Document:
    return replace(made.document(), runs=(Run(version, lines),))


def _seconds(*samples: float, what: str = "it") -> Line:
    return made.line(*samples, claim=_BOUND, what=what)


def test_a_benchmark_agrees_with_itself():
    compared = pairs(made.document(), made.document())
    assert len(compared) == 11
    assert summary(compared) == (
        "11 verdicts compared: 11 the same, 0 within noise in one of the two, 0 contrary"
    )


def test_met_against_missed_is_contrary():
    (pair,) = pairs(_measured(_seconds(1.0, 1.5)), _measured(_seconds(2.5, 3.0)))
    assert (pair.agrees, pair.contradicts) == (False, True)


def test_noise_contradicts_nothing():
    noisy, quiet = _measured(_seconds(1.5, 2.5)), _measured(_seconds(1.0, 1.5))
    for one, other in ((noisy, quiet), (quiet, noisy)):
        (pair,) = pairs(one, other)
        assert (pair.agrees, pair.contradicts) == (False, False)
    assert summary(pairs(noisy, quiet)).endswith("0 the same, 1 within noise in one of the two, 0 contrary")


def test_only_what_both_judge_is_compared():
    one = _measured(
        _seconds(1.0, what="both"), _seconds(1.0, what="here alone"), made.line(1.0, what="unclaimed")
    )
    other = _measured(
        _seconds(1.0, what="both"),
        made.line(9.0, what="unclaimed"),
        made.line(9.0, claim=_BOUND.judged_if(False), what="here alone"),
    )
    assert [pair.here.what for pair in pairs(one, other)] == ["both"]


def test_servers_of_other_versions_are_not_compared():
    assert pairs(_measured(_seconds(1.0)), _measured(_seconds(9.0), version="15.14")) == []
