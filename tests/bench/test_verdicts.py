"""What a measurement says to a claim."""

from __future__ import annotations

import pytest
from bench.claims import MET, MISSED, NOISE, UNJUDGED, Claim, Design
from bench.measure import Spread, growth_exponent
from bench.report.design import UNMEASURED, answers

from tests.bench.made import line


@pytest.mark.parametrize(
    ("samples", "at_least", "verdict"),
    [
        ((1.0, 2.5), False, MET),
        ((2.4, 2.6), False, NOISE),
        ((2.6, 9.0), False, MISSED),
        ((2.5, 9.0), True, MET),
        ((2.4, 2.6), True, NOISE),
        ((1.0, 2.4), True, MISSED),
    ],
)
def test_a_bound_is_met_when_every_repetition_holds_it(
    samples: tuple[float, ...], at_least: bool, verdict: str
):
    assert Claim(2.5, at_least=at_least).verdict(Spread(samples)) == verdict


def test_on_other_data_a_claim_is_not_judged():
    claim = Claim(2.5, 3.5).judged_if(False)
    assert claim.verdict(Spread((1.0,))) == UNJUDGED
    assert not claim.reaches_goal(Spread((1.0,)))


def test_a_goal_is_reached_when_every_repetition_is_as_good():
    assert Claim(2.5, 1.5).reaches_goal(Spread((1.0, 1.5)))
    assert not Claim(2.5, 1.5).reaches_goal(Spread((1.0, 1.6)))
    assert not Claim(2.5).reaches_goal(Spread((1.0,)))
    assert Claim(20, 40, at_least=True).reaches_goal(Spread((40.0, 41.0)))


def test_a_line_of_the_design_is_as_good_as_the_worst_of_its_parts():
    def verdict(*to_reach: float) -> str:
        lines = [line(1.0, 3.0, claim=Claim(bound, design=Design.SAVE)) for bound in to_reach]
        return answers(lines)[list(Design).index(Design.SAVE)].verdict

    assert verdict(3) == MET
    assert verdict(3, 2) == NOISE
    assert verdict(3, 2, 0.5) == MISSED
    unjudged = line(1.0, claim=Claim(3, design=Design.SAVE, judged=False))
    assert UNJUDGED in {answer.verdict for answer in answers([unjudged])}


def test_a_line_of_the_design_that_nothing_measures_is_there():
    assert [(answer.design, answer.verdict) for answer in answers([])] == [
        (design, UNMEASURED) for design in Design
    ]


@pytest.mark.parametrize("exponent", [0.5, 1.0, 2.0])
def test_the_exponent_of_a_power_is_found(exponent: float):
    taken = {size: 0.003 * size**exponent for size in (10_000, 50_000, 1_000_000)}
    assert growth_exponent(taken) == pytest.approx(exponent)


def test_the_exponent_is_that_of_least_squares():
    # logarithms to base 10: (1, 0), (2, 1), (3, 1): the slope is 1/2
    assert growth_exponent({10: 1.0, 100: 10.0, 1_000: 10.0}) == pytest.approx(0.5)
