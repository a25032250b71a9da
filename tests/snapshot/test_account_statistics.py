"""Statistics of accounts: of their stored equity, and against an instrument."""

from __future__ import annotations

import json
import math

import numpy as np
import psycopg
import pytest

from tests.support.movements import buy, deposit, movement

STATISTICS = "SELECT * FROM rollforward.account_statistics(%s, %s, %s, %s)"
RETURNS = "SELECT * FROM rollforward.account_returns(%s, %s, %s)"
CLOSES = {
    "2025-01-02": (100, 400),
    "2025-01-03": (110, 404),
    "2025-01-06": (99, 396),
    "2025-01-07": (121, 99.5),  # the index splits four for one
    "2025-01-08": (110, 101),
}


@pytest.fixture
def account(ledger):
    """A thousand in shares; half as much again is brought in on the fourth day."""
    ledger.instrument("ACME")
    ledger.instrument("INDEX")
    for on, (close, level) in CLOSES.items():
        ledger.price("ACME", on, close)
        ledger.price("INDEX", on, level)
    ledger.split("INDEX", "2025-01-07", 4)
    account = ledger.account()
    ledger.record(
        account,
        deposit("2025-01-02", 1000),
        buy("2025-01-02", "ACME", 10, 1000),
        deposit("2025-01-07", 495),
        buy("2025-01-07", "ACME", 5, 495),
    )
    ledger.process([account])
    return account


def statistics(ledger, account, start="2025-01-03", end="2025-01-08", benchmark=None):
    return ledger.row(STATISTICS, [account], start, end, benchmark)


def test_statistics_are_those_of_the_daily_returns(ledger, account):
    daily = np.array([0.1, -0.1, 22 / 99, -11 / 121])
    found = statistics(ledger, account)
    assert (found.observations, found.unmeasured_days, found.reason) == (4, 0, None)
    assert found.cumulative_return == pytest.approx(0.1)
    assert found.annual_return == pytest.approx(1.1 ** (252 / 4) - 1)
    assert found.volatility == pytest.approx(daily.std(ddof=1) * math.sqrt(252))
    assert found.sharpe == pytest.approx(daily.mean() / daily.std(ddof=1) * math.sqrt(252))
    assert set(found.reasons.values()) == {"no_benchmark"}


@pytest.mark.parametrize("start", ["2025-01-01", "2025-01-03", "2025-01-04", "2025-01-06"])
def test_returns_and_drawdown_are_those_of_account_returns(ledger, account, start):
    found = statistics(ledger, account, start)
    known = ledger.row(RETURNS, [account], start, "2025-01-08")
    assert found.cumulative_return == pytest.approx(float(known.time_weighted_return), abs=1e-11)
    assert found.max_drawdown == pytest.approx(float(known.max_drawdown), abs=1e-11)
    assert (found.peak_date, found.trough_date, found.recovery_date) == (
        known.peak_date,
        known.trough_date,
        known.recovery_date,
    )


def test_the_benchmark_is_measured_between_the_same_days_and_split(ledger, account):
    daily = np.array([0.1, -0.1, 22 / 99, -11 / 121])
    index = np.array([404 / 400, 396 / 404, 398 / 396, 404 / 398]) - 1
    found = statistics(ledger, account, benchmark="INDEX")
    assert (found.common_observations, found.reason, found.reasons) == (4, None, None)
    assert found.beta == pytest.approx(np.cov(daily, index)[0, 1] / np.var(index, ddof=1))
    assert found.correlation == pytest.approx(np.corrcoef(daily, index)[0, 1])
    assert found.tracking_error == pytest.approx((daily - index).std(ddof=1) * math.sqrt(252))


def test_the_day_before_a_weekend_is_where_measuring_begins(ledger, account):
    """From Monday on: Monday's return of the benchmark is since Friday."""
    found = statistics(ledger, account, "2025-01-06", benchmark="INDEX")
    assert (found.observations, found.common_observations) == (3, 3)


def test_a_day_counts_when_both_its_ends_have_a_close(ledger, account):
    ledger.rows("DELETE FROM rollforward_data.price WHERE close = 396")
    ledger.process_stale()
    found = statistics(ledger, account, benchmark="INDEX")
    assert (found.observations, found.common_observations) == (4, 2)
    assert found.volatility == statistics(ledger, account).volatility


def test_an_account_that_holds_the_index_follows_it(ledger, account):
    other = ledger.account("8")
    ledger.record(other, deposit("2025-01-02", 400000), buy("2025-01-02", "INDEX", 1000, 400000))
    ledger.process([other])
    found = statistics(ledger, other, benchmark="INDEX")
    assert (found.beta, found.up_capture) == (pytest.approx(1), pytest.approx(1))
    assert found.alpha == pytest.approx(0, abs=1e-9)
    assert (found.tracking_error, found.information_ratio) == (0, None)
    assert found.reasons == {"information_ratio": "no_variance"}


def test_rates_are_a_year(ledger, account):
    free, required = (1.05 ** (1 / 252) - 1), (1.1 ** (1 / 252) - 1)
    daily = np.array([0.1, -0.1, 22 / 99, -11 / 121])
    found = ledger.row(
        "SELECT * FROM rollforward.account_statistics(%s, '2025-01-03', '2025-01-08',"
        " risk_free_rate => 0.05, required_return_rate => 0.1)",
        [account],
    )
    assert found.sharpe == pytest.approx((daily.mean() - free) / daily.std(ddof=1) * math.sqrt(252))
    downside = math.sqrt(np.mean(np.minimum(daily - required, 0) ** 2))
    assert found.sortino == pytest.approx((daily.mean() - required) / downside * math.sqrt(252))


def test_days_on_which_nothing_is_invested_are_missing(ledger):
    account = ledger.account()
    ledger.record(account, deposit("2025-01-02", 10), movement("withdrawal", "2025-01-03", -10))
    ledger.record(account, deposit("2025-01-07", 10), movement("interest", "2025-01-08", 1))
    ledger.process([account])
    found = statistics(ledger, account, "2025-01-02")
    assert found.observations == 4  # not on the sixth
    assert found.cumulative_return == pytest.approx(0.1)
    assert found.annual_return == pytest.approx(1.1 ** (252 / 5) - 1)


def nothing_but_its_reason(found) -> bool:
    return {name for name, value in found._asdict().items() if value is not None} == {"account_id", "reason"}


def test_why_there_are_no_figures(ledger, account):
    empty, foreign, stale = (ledger.account(name) for name in ("8", "9", "10"))
    ledger.record(foreign, deposit("2025-01-02", 5, currency="EUR"))
    ledger.process([foreign])
    ledger.record(stale, deposit("2025-01-02", 5))
    every = [stale, foreign, account, empty, empty]
    found = ledger.rows(STATISTICS, every, "2025-01-03", "2025-01-08", "INDEX")
    assert [(row.account_id, row.reason) for row in found] == [
        (account, None),
        (empty, "not_valued"),
        (foreign, "rate_missing"),
        (stale, "stale"),
    ]
    assert all(nothing_but_its_reason(row) for row in found[1:])


def test_an_account_that_never_invested_has_no_observation(ledger):
    account = ledger.account()
    ledger.record(account, deposit("2025-01-02", 10), movement("withdrawal", "2025-01-02", -10))
    ledger.process([account])
    found = statistics(ledger, account, "2025-01-02", "2025-01-02")
    assert (found.observations, found.reason, found.reasons) == (0, "no_observation", None)
    assert (found.cumulative_return, found.max_drawdown) == (None, None)


def test_a_benchmark_without_closes_says_nothing(ledger, account):
    ledger.instrument("NONE")
    found = statistics(ledger, account, benchmark="NONE")
    assert found.common_observations == 0
    assert set(found.reasons.values()) == {"no_overlap"}


@pytest.mark.parametrize(
    ("arguments", "offence"),
    [
        ("benchmark => 'XQZ'", ("benchmark", "XQZ")),
        ("risk_free_rate => -1", ("risk_free_rate", -1)),
        ("required_return_rate => 'NaN'", ("required_return_rate", "NaN")),
        ("confidence => 1", ("confidence", 1)),
        ("flow_timing => 'noon'", ("flow_timing", "noon")),
        ("periods_per_year => 0", ("periods_per_year", 0)),
    ],
)
def test_what_cannot_be_measured_is_refused(ledger, account, arguments, offence):
    with pytest.raises(psycopg.Error) as refused:
        ledger.rows(
            f"SELECT * FROM rollforward.account_statistics(%s, '2025-01-03', '2025-01-08', {arguments})",
            [account],
        )
    assert refused.value.sqlstate == "22R01"
    (found,) = json.loads(refused.value.diag.message_detail)
    assert (found["argument"], found["value"]) == offence
