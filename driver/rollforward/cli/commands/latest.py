"""``rollforward latest``: the latest snapshot per account and currency."""

from __future__ import annotations

import argparse
from typing import Any

from rollforward.cli.arguments import add_accounts, day
from rollforward.cli.context import Context


def register(commands: argparse._SubParsersAction[Any]) -> None:
    """Add the command to the command line."""
    parser = commands.add_parser(
        "latest",
        help="the latest snapshot per account and currency",
        description="The latest snapshot per account and currency; --json has every column.",
    )
    add_accounts(parser)
    when = parser.add_mutually_exclusive_group()
    when.add_argument("--before", type=day, metavar="DATE", help="strictly before this date")
    when.add_argument("--as-of", type=day, metavar="DATE", help="on or before this date")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace, context: Context) -> int:
    """Print the latest snapshots."""
    from rollforward.cli.tables import snapshot_table
    from rollforward.session import Session

    with context.connect() as connection:
        session = Session(connection)
        snapshots = session.latest(session.account_ids(args.account), before=args.before, as_of=args.as_of)
    context.emit(snapshots, lambda console: console.print(snapshot_table(snapshots)))
    return 0
