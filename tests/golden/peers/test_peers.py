"""Other programs give the same figures for the same facts, but for those that differences.md lists."""

from __future__ import annotations

import importlib
from typing import Any

import pytest

from tests.golden.peers.cases import (
    PEERS,
    Case,
    cases,
    differences,
    figures,
    is_left_out,
    is_present,
    left_out_patterns,
)

FOLDERS = {
    "rp2": 0,
    "textbook": 0,
    "empyrical_risk": 0,
    "rotki_cost_basis": 0,
    "maybe_rollforward": 0,
    "ghostfolio": 5,
    "hledger_lots": 5,
    "beancount_booking": 5,
}  # and how many of a hundred figures may differ


def absent(folder: str) -> Any:
    reason = f"{PEERS / folder} is absent; set ROLLFORWARD_SHARED to the folder that holds golden/"
    return pytest.param(None, id=folder, marks=pytest.mark.skip(reason=reason))


def all_cases() -> list[Any]:
    return [
        each
        for folder in FOLDERS
        for each in (
            [pytest.param(case, id=str(case)) for case in cases(folder)]
            if is_present(folder)
            else [absent(folder)]
        )
    ]


def present_folders() -> list[Any]:
    return [pytest.param(folder, id=folder) if is_present(folder) else absent(folder) for folder in FOLDERS]


@pytest.mark.parametrize("case", all_cases())
def test_exactly_the_listed_figures_differ(ledger, case: Case):
    answer = importlib.import_module(f"tests.golden.peers.{case.folder}").answers(ledger, case)
    differing = {
        figure.name: f"{found}, expected {figure.row['value']}"
        for figure in case.figures
        if not figure.agrees(found := answer(figure))
    }
    known = differences()
    listed = {figure.name for figure in case.figures if figure.name in known}
    assert {name: text for name, text in differing.items() if name not in listed} == {}
    assert listed - set(differing) == set(), "listed as differing, but they agree"


@pytest.mark.parametrize("folder", present_folders())
def test_no_more_figures_differ_than_agreed(folder):
    compared = [figure.name for figure in figures(folder) if not is_left_out(figure, left_out_patterns())]
    listed = [name for name in differences() if name[0] == folder]
    assert set(listed) <= set(compared)
    assert len(listed) * 100 <= FOLDERS[folder] * len(compared)


@pytest.mark.parametrize("folder", present_folders())
def test_a_figure_that_stands_twice_is_expected_the_same(folder):
    values: dict[Any, set[str]] = {}
    for figure in figures(folder):
        values.setdefault(figure.name, set()).add(figure.row["value"])
    assert {name: found for name, found in values.items() if len(found) > 1} == {}
