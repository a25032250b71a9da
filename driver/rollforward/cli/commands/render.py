"""``rollforward render``: psql-ready scripts for a DBA."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
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
    from rollforward.rendering import describe, render, template_names

    settings = _settings(args.settings)
    if args.template is not None:
        script = render(args.template, settings)
        context.emit({"script": script}, lambda console: console.file.write(script))
        return 0

    listed = [describe(name) for name in template_names()]
    context.emit(
        [
            {
                "template": template.name,
                "description": template.description,
                "parameters": [parameter.name for parameter in template.parameters],
                "defaults": {
                    parameter.name: parameter.default
                    for parameter in template.parameters
                    if parameter.default is not None
                },
            }
            for template in listed
        ],
        # written by hand: a console would take the brackets for markup
        lambda console: console.file.writelines(
            f"{template.name} {template.usage}\n    {template.description}\n" for template in listed
        ),
    )
    return 0


def _settings(given: Sequence[str]) -> dict[str, str]:
    """Names and values of --set; a name given twice would be a value lost."""
    from rollforward.errors import UsageError

    settings: dict[str, str] = {}
    for setting in given:
        name, separator, value = setting.partition("=")
        if not separator:
            raise UsageError(f"--set takes NAME=VALUE, not {setting}", hint="For example: --set role=reader")
        if name in settings:
            raise UsageError(f"--set gives {name} twice", hint="Names of a list are separated by commas.")
        settings[name] = value
    return settings
