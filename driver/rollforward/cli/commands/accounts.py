"""``rollforward accounts``: accounts and their settings."""

from __future__ import annotations

import argparse
from typing import Any

from rollforward.cli.arguments import day
from rollforward.cli.context import Context

_COLUMNS = (
    "account_id",
    "account_number",
    "broker",
    "person",
    "base_currency",
    "calendar",
    "cost_method",
    "costs_in_lot",
    "premium_in_cost",
)


def register(commands: argparse._SubParsersAction[Any]) -> None:
    """Add the commands to the command line."""
    group = commands.add_parser(
        "accounts", help="accounts and their settings", description="Accounts and their settings."
    )
    actions = group.add_subparsers(title="commands", metavar="COMMAND", required=True)

    listing = actions.add_parser("list", help="list accounts and settings")
    listing.set_defaults(run=list_accounts)

    adding = actions.add_parser("add", help="add an account")
    adding.add_argument("name", metavar="NAME")
    adding.add_argument("--base-currency", default="USD", metavar="CODE", help="default: %(default)s")
    adding.add_argument("--broker", metavar="NAME")
    adding.add_argument("--person", metavar="NAME")
    adding.add_argument(
        "--calendar", metavar="NAME", help="whose trading days count; default: Monday to Friday"
    )
    adding.set_defaults(run=add_account)

    setting = actions.add_parser(
        "set",
        help="change a setting",
        description="Change a setting: base_currency, calendar ('' for Monday to Friday), cost_method (fifo,"
        " lifo, hifo, lofo, average, specific; hifo and lofo may add 'by price'), costs_in_lot and"
        " premium_in_cost (true or false), broker, person."
        " An empty cost_method takes away the one that applies from --from on."
        " What changes figures makes the account stale.",
    )
    setting.add_argument("name", metavar="NAME")
    setting.add_argument("key", metavar="KEY")
    setting.add_argument("value", metavar="VALUE")
    setting.add_argument(
        "--from", dest="from_date", type=day, metavar="DATE", help="the day from which a cost method applies"
    )
    setting.set_defaults(run=set_account)


def list_accounts(_: argparse.Namespace, context: Context) -> int:
    """Print all accounts."""
    from rollforward.cli.tables import plain_table
    from rollforward.session import Session

    with context.connect() as connection:
        rows = Session(connection).fetch(
            f"SELECT {', '.join(_COLUMNS)} FROM rollforward.account ORDER BY account_number"
        )
    documents = [dict(zip(_COLUMNS, row, strict=True)) for row in rows]
    # the id is for programs; people know an account by its number
    headers = ("account", *_COLUMNS[2:])
    context.emit(documents, lambda console: console.print(plain_table(headers, [row[1:] for row in rows])))
    return 0


def add_account(args: argparse.Namespace, context: Context) -> int:
    """Add one account."""
    from rollforward.session import Session

    with context.connect() as connection:
        [(account_id,)] = Session(connection).fetch(
            "SELECT rollforward.add_account(%s, %s, %s, %s, %s)",
            [args.name, args.base_currency, args.broker, args.person, args.calendar],
        )
    document = {"account_id": account_id, "account_number": args.name}
    context.emit(
        document, lambda console: console.print(f"added account {args.name} (id {account_id})", markup=False)
    )
    return 0


def set_account(args: argparse.Namespace, context: Context) -> int:
    """Change one setting of one account."""
    from rollforward.session import Session

    with context.connect() as connection:
        Session(connection).fetch(
            "SELECT rollforward.set_account(%s, %s, %s, %s)",
            [args.name, args.key, args.value, args.from_date],
        )
    document = {"account_number": args.name, args.key: args.value or None}
    said = f"{args.name}: {args.key} = {args.value}" if args.value else f"{args.name}: no {args.key}"
    if args.from_date:
        document["from_date"] = str(args.from_date)
        said += f" from {args.from_date}"
    context.emit(document, lambda console: console.print(said, markup=False))
    return 0
