"""The suites, in the order of the report. Each yields lines of it, and what was counted."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from bench.claims import Line
from bench.contestants import (
    analytics,
    anatomy,
    backdated,
    client,
    coordinator,
    fifo,
    growth,
    lookup,
    methods,
    nightly,
    outside,
    repository,
    statement,
    tuning,
    valuation,
)
from bench.counting import Cost
from bench.database import BenchServer
from bench.settings import Scale

Suite = Callable[[BenchServer, Scale], Iterator[Line | Cost]]

SUITES: dict[str, Suite] = {
    "client": client.measure,
    "batch": growth.measure,
    "anatomy": anatomy.measure,
    "outside": outside.measure,
    "fifo": fifo.measure,
    "methods": methods.measure,
    "lookup": lookup.measure,
    "backdated": backdated.measure,
    "valuation": valuation.measure,
    "nightly": nightly.measure,
    "repository": repository.measure,
    "coordinator": coordinator.measure,
    "statement": statement.measure,
    "analytics": analytics.measure,
    "settings": tuning.measure,
}
