"""Arguments that several commands have, and types of arguments, with errors that say what was expected."""

from __future__ import annotations

import argparse
import math
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


def number(text: str) -> float:
    """A finite number."""
    try:
        given = float(text)
    except ValueError:
        given = math.nan
    if not math.isfinite(given):
        raise argparse.ArgumentTypeError(f"not a number: {text}")
    return given


def add_accounts(parser: argparse.ArgumentParser) -> None:
    """Add ``--account``: names, None for all accounts."""
    parser.add_argument(
        "--account", action="append", metavar="NAME", help="may be repeated; default: all accounts"
    )


def add_days(parser: argparse.ArgumentParser, *, required: bool = False) -> None:
    """Add ``--from`` and ``--to``, both included: ``start`` and ``end``, None where a range is open."""
    parser.add_argument("--from", dest="start", type=day, metavar="DATE", required=required)
    parser.add_argument("--to", dest="end", type=day, metavar="DATE", required=required)
