"""How many examples a property is tried on: a fixed choice by default, fresh and more in the long tests."""

from __future__ import annotations

from hypothesis import HealthCheck, Phase, settings

_COMMON = settings(
    deadline=None,
    database=None,
    print_blob=False,
    suppress_health_check=list(HealthCheck),
)


def quick(examples: int) -> settings:
    """The same examples in every run, not shrunk: a check names the streams that fail; they are short."""
    phases = [Phase.explicit, Phase.generate]
    return settings(_COMMON, max_examples=examples, derandomize=True, phases=phases)


def thorough(examples: int) -> settings:
    """Other examples in every run."""
    return settings(_COMMON, max_examples=examples, derandomize=False)
