"""``rollforward reconcile``: what statements say, against what is computed."""

from __future__ import annotations

import argparse
from dataclasses import asdict
from typing import Any

from rollforward.cli.arguments import add_accounts
from rollforward.cli.commands.verify import DIFFERENT
from rollforward.cli.context import Context


def register(commands: argparse._SubParsersAction[Any]) -> None:
    """Add the command to the command line."""
    parser = commands.add_parser(
        "reconcile",
        help="hold what statements say of balances and positions against what is computed",
        description="Show every balance, position and realized gain that a statement, or assert_balance() and"
        " assert_position(), say otherwise than what is computed. Exit code 4 when there is one.",
    )
    add_accounts(parser)
    parser.set_defaults(run=run)


def run(args: argparse.Namespace, context: Context) -> int:
    """Reconcile, account by account, and print the differences."""
    from rollforward.cli.tables import plain_table
    from rollforward.session import Session

    differences = []
    with context.connect() as connection, context.progress() as progress:
        session = Session(connection)
        accounts = session.account_ids(args.account)
        numbers = dict(session.fetch("SELECT account_id, account_number FROM rollforward.account"))
        for account in progress.track(accounts, description="reconciling"):
            differences += [
                {"account_number": numbers[account], **asdict(found)} for found in session.reconcile(account)
            ]

    context.emit(
        {"accounts": len(accounts), "differences": differences},
        lambda console: console.print(
            plain_table(
                ("account", "as of", "subject", "ccy", "symbol", "stated", "computed", "off by", "source"),
                (
                    (
                        d["account_number"], d["as_of"], d["subject"], d["currency"], d["symbol"],
                        d["stated"], d["computed"], d["difference"], d["source"],
                    )
                    for d in differences
                ),
            )
            if differences
            else f"reconciled {len(accounts)} accounts: no difference"
        ),
    )  # fmt: skip
    return DIFFERENT if differences else 0
