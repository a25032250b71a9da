"""Types of command-line arguments, with errors that say what was expected."""

from __future__ import annotations

import argparse
from datetime import date


def day(text: str) -> date:
    """A date, written YYYY-MM-DD."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"not a date, YYYY-MM-DD: {text}") from None


def positive(text: str) -> int:
    """A whole number above zero."""
    if not text.isdecimal() or not 1 <= int(text) < 2**31:
        raise argparse.ArgumentTypeError(f"not a number above zero that can be: {text}")
    return int(text)
