"""``rollforward render``: psql-ready scripts for a DBA."""

from __future__ import annotations

import argparse
from typing import Any

from rollforward.cli.context import Context


def register(commands: argparse._SubParsersAction[Any]) -> None:
    """Add the command to the command line."""
    parser = commands.add_parser(
        "render",
        help="print a psql-ready script",
        description="Print a script for psql, its parameters checked and quoted. No template: list them.",
    )
    parser.add_argument("template", nargs="?", metavar="TEMPLATE")
    parser.add_argument(
        "--set",
        action="append",
        default=[],
        dest="settings",
        metavar="K=V",
        help="a parameter; may be repeated",
    )
    parser.set_defaults(run=run)


def run(args: argparse.Namespace, context: Context) -> int:
    """Print the script, or the list of templates with their parameters."""
    from rollforward.cli.tables import plain_table
    from rollforward.errors import UsageError
    from rollforward.rendering import parameters, render, template_names

    if args.template is None:
        listed = [{"template": name, "parameters": parameters(name)} for name in template_names()]
        context.emit(
            listed,
            lambda console: console.print(
                plain_table(
                    ("template", "parameters"), ((t["template"], ", ".join(t["parameters"])) for t in listed)
                )
            ),
        )
        return 0

    settings = dict(setting.partition("=")[::2] for setting in args.settings)
    if any("=" not in setting for setting in args.settings):
        raise UsageError("--set takes NAME=VALUE")
    script = render(args.template, settings)
    context.emit({"script": script}, lambda console: console.file.write(script))
    return 0
