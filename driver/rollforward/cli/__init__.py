"""The command line. ``main`` is the entry point; everything behind it is imported when it is called."""

from __future__ import annotations

from collections.abc import Sequence


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code."""
    from rollforward.cli.main import run

    return run(argv)
