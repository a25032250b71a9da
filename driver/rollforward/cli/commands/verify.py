"""``rollforward verify``: recompute by the independent reference and compare."""

from __future__ import annotations

import argparse
import json
from typing import Any

from rollforward.cli.arguments import add_accounts, add_days
from rollforward.cli.context import Context

DIFFERENT = 4


def register(commands: argparse._SubParsersAction[Any]) -> None:
    """Add the command to the command line."""
    parser = commands.add_parser(
        "verify",
        help="recompute by the reference and report every difference",
        description="Recompute accounts by the independent reference and report every field that differs."
        " Exit code 4 when there is one.",
    )
    add_accounts(parser)
    add_days(parser)
    parser.set_defaults(run=run)


def run(args: argparse.Namespace, context: Context) -> int:
    """Verify, account by account, and print the differences."""
    from rollforward.cli.tables import plain_table
    from rollforward.session import Session

    differences = []
    with context.connect() as connection, context.progress() as progress:
        session = Session(connection)
        accounts = session.account_ids(args.account)
        for account in progress.track(accounts, description="verifying"):
            differences += session.verify([account], args.start, args.end)

    context.emit(
        {"accounts": len(accounts), "differences": differences},
        lambda console: console.print(
            plain_table(
                ("account_id", "object", "key", "field", "stored", "expected"),
                (
                    (d.account_id, d.object, json.dumps(d.key), d.field, d.stored, d.expected)
                    for d in differences
                ),
            )
            if differences
            else f"verified {len(accounts)} accounts: no difference"
        ),
    )
    return DIFFERENT if differences else 0
