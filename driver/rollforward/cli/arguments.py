"""Arguments that several commands have, and types of arguments, with errors that say what was expected."""

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


def add_accounts(parser: argparse.ArgumentParser) -> None:
    """Add ``--account``: names, None for all accounts."""
    parser.add_argument(
        "--account", action="append", metavar="NAME", help="may be repeated; default: all accounts"
    )


def add_days(parser: argparse.ArgumentParser) -> None:
    """Add ``--from`` and ``--to``, both included: ``start`` and ``end``, None where a range is open."""
    parser.add_argument("--from", dest="start", type=day, metavar="DATE")
    parser.add_argument("--to", dest="end", type=day, metavar="DATE")
