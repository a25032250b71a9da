"""``rollforward settings``: how accounts are processed, and what else is set for the whole database."""

from __future__ import annotations

import argparse
from typing import Any

from rollforward.cli.context import Context
from rollforward.errors import BadArgument


def register(commands: argparse._SubParsersAction[Any]) -> None:
    """Add the commands to the command line."""
    group = commands.add_parser(
        "settings",
        help="processing modes, rollout, look-back, workers",
        description="Settings of the whole database.",
    )
    actions = group.add_subparsers(title="commands", metavar="COMMAND", required=True)

    listing = actions.add_parser("list", help="list settings, their values and meaning")
    listing.set_defaults(run=list_settings)

    setting = actions.add_parser(
        "set",
        help="change a setting",
        description="Change a setting. mode.SCENARIO is auto, batch, per_date or shadow;"
        " batch_percent.SCENARIO is 0 to 100; '' sets another one to its default.",
    )
    setting.add_argument("key", metavar="KEY")
    setting.add_argument("value", metavar="VALUE")
    setting.set_defaults(run=set_setting)


def list_settings(_: argparse.Namespace, context: Context) -> int:
    """Print all settings."""
    from rollforward.cli.tables import plain_table
    from rollforward.session import Session

    with context.connect() as connection:
        session = Session(connection)
        rows = session.fetch("SELECT name, value, meaning FROM rollforward.setting ORDER BY name")
        for scenario, mode, percent in session.fetch(
            "SELECT scenario, mode, batch_percent FROM rollforward.processing_mode"
        ):
            rows.append((f"mode.{scenario}", mode, f"how accounts are computed in scenario {scenario}"))
            rows.append(
                (f"batch_percent.{scenario}", str(percent), "how many accounts in a hundred are computed so")
            )
    headers = ("key", "value", "meaning")
    documents = [dict(zip(headers, row, strict=True)) for row in rows]
    context.emit(documents, lambda console: console.print(plain_table(headers, rows)))
    return 0


def set_setting(args: argparse.Namespace, context: Context) -> int:
    """Change one setting."""
    from rollforward.session import Session

    with context.connect() as connection:
        session = Session(connection)
        kind, _, scenario = args.key.partition(".")
        if kind in ("mode", "batch_percent"):
            known = session.fetch(
                "SELECT mode, batch_percent FROM rollforward.processing_mode WHERE scenario = %s", [scenario]
            )
            mode, percent = known[0] if known else (None, None)
            if kind == "mode":
                mode = args.value.replace("-", "_")
            else:
                percent = _number(args.key, args.value)
            session.fetch("SELECT rollforward.set_processing_mode(%s, %s, %s)", [scenario, mode, percent])
        else:
            session.fetch("SELECT rollforward.set_setting(%s, %s)", [args.key, args.value or None])
    said = f"{args.key} = {args.value}" if args.value else f"{args.key} is at its default"
    context.emit({args.key: args.value or None}, lambda console: console.print(said, markup=False))
    return 0


def _number(key: str, text: str) -> int:
    if not text.isdecimal() or int(text) > 100:
        raise BadArgument(
            f"{key} must be between 0 and 100, not {text}",
            sqlstate="22R01",
            detail=[{"argument": "batch_percent", "value": text}],
        )
    return int(text)
