"""``rollforward deploy``: migrations, then functions, then privileges."""

from __future__ import annotations

import argparse
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from rollforward.cli.context import Context

if TYPE_CHECKING:
    from rich.console import Console

    from rollforward.deploy import DeployReport


def register(commands: argparse._SubParsersAction[Any]) -> None:
    """Add the command to the command line."""
    parser = commands.add_parser(
        "deploy",
        help="create or update the schema",
        description="Bring the database to what the SQL files of this version say: migrations, then"
        " functions, views and types, then privileges, in one transaction. Running it twice is a no-op.",
    )
    parser.add_argument("--dry-run", action="store_true", help="do everything, list it, and roll it back")
    parser.add_argument(
        "--lock-timeout",
        type=float,
        default=30.0,
        metavar="SECONDS",
        help="how long to wait for a lock on an object (default: %(default)g)",
    )
    parser.set_defaults(run=run)


def run(args: argparse.Namespace, context: Context) -> int:
    """Deploy, and print what was done."""
    from rollforward.deploy import deploy

    with context.database() as database:
        report = deploy(
            database.dsn,
            dry_run=args.dry_run,
            lock_timeout=args.lock_timeout,
            progress=context.debug,
        )
    for warning in report.warnings:
        context.note(f"warning: {warning}")
    in_full = args.dry_run or context.options.verbosity > 0
    context.emit(report.as_dict(), lambda console: _print(report, console, in_full=in_full))
    return 0


def _print(report: DeployReport, console: Console, *, in_full: bool) -> None:
    if report.nothing_to_do:
        console.print(f"nothing to do: the database is at version {report.version}", markup=False)
        return
    for action, items in _actions(report) if in_full else ():
        for item in items:
            console.print(f"{action:<10}{item.replace('pg_catalog.', '')}", markup=False)
    done = "would deploy" if report.dry_run else "deployed"
    console.print(f"{done} version {report.version}: {_summary(report)}", markup=False)


def _actions(report: DeployReport) -> Iterable[tuple[str, Iterable[str]]]:
    return (
        ("migrated", report.migrations),
        ("created", report.created),
        ("replaced", report.replaced),
        ("recreated", report.recreated),
        ("removed", report.removed),
        ("kept", report.grants_kept),
        ("secured", report.security),
    )


def _summary(report: DeployReport) -> str:
    return (
        f"{len(report.migrations)} migrations, {len(report.created)} objects created,"
        f" {len(report.replaced)} replaced, {len(report.recreated)} recreated, {len(report.removed)} removed"
        + (", privileges granted" if report.security else "")
    )
