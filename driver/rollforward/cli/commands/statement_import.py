"""``rollforward import``: broker statements in, snapshots out."""

from __future__ import annotations

import argparse
from dataclasses import asdict
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rollforward.cli.context import Context

if TYPE_CHECKING:
    from rich.console import Console
    from rich.progress import Progress

    from rollforward.session import Session

BROKERS = ("tastytrade", "generic")
_ROOM = 40  # characters for a refused value


def register(commands: argparse._SubParsersAction[Any]) -> None:
    """Add the command to the command line."""
    parser = commands.add_parser(
        "import",
        help="book broker statements and compute what they change",
        description="Read, validate, stage, save and process statements. Each file is one transaction:"
        " one refused row, and nothing of that file is saved. A row already known is not saved again.",
    )
    parser.add_argument("files", nargs="+", type=Path, metavar="FILE")
    parser.add_argument("--broker", required=True, choices=BROKERS, help="whose layout the files have")
    parser.add_argument("--account", required=True, metavar="NAME", help="created when it is new")
    parser.add_argument(
        "--columns", type=Path, metavar="FILE", help="column map in TOML, for files of the generic layout"
    )
    parser.add_argument("--dry-run", action="store_true", help="do everything, report it, and roll it back")
    parser.add_argument("--no-process", action="store_true", help="leave the snapshots for later")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace, context: Context) -> int:
    """Import the files one after the other; exit code 1 when one was refused or could not be computed."""
    from rollforward.session import Session

    reports = []
    with context.connect(autocommit=True) as connection, context.progress() as progress:
        session = Session(connection)
        for path in args.files:
            reports.append(_import_file(session, path, args, progress))
    for report in reports:
        for warning in report["warnings"]:
            context.note(f"warning: {report['file']}: {warning}")
    context.emit(
        {"dry_run": args.dry_run, "files": reports},
        lambda console: _print(reports, console, dry_run=args.dry_run),
    )
    return (
        1
        if any(report["refused"] or not report["processed"].get("success", True) for report in reports)
        else 0
    )


def _import_file(
    session: Session, path: Path, args: argparse.Namespace, progress: Progress
) -> dict[str, Any]:
    """Book one file and compute its account, in one transaction; what happened, as a document."""
    import psycopg

    from rollforward.cli.warnings import processing_warnings
    from rollforward.errors import StatementRefused

    report: dict[str, Any] = {
        "file": str(path), "account_number": args.account, "account_id": None, "account_created": False,
        "rows_read": 0, "saved": 0, "already_known": 0, "first_date": None, "last_date": None,
        "refused": [], "reason": None, "processed": {}, "warnings": [],
    }  # fmt: skip
    bar = progress.add_task(path.name, total=_size(path))
    try:
        with session.connection.transaction() as transaction:
            imported = session.import_statement(
                path,
                account=args.account,
                broker=args.broker,
                columns=args.columns,
                progress=lambda done: progress.update(bar, completed=done),
            )
            report.update(asdict(imported))
            if not args.no_process:
                report["processed"] = _process(session, imported.account_id)
                report["warnings"] = processing_warnings(session, [imported.account_id])
            if args.dry_run:
                raise psycopg.Rollback(transaction)
    except StatementRefused as refused:
        report["refused"] = [asdict(refusal) for refusal in refused.refusals]
        report["reason"] = refused.message
    finally:
        progress.remove_task(bar)
    return report


def _size(path: Path) -> int | None:
    """Bytes to read; None for what has no size, or is not there."""
    return path.stat().st_size if path.is_file() else None


def _process(session: Session, account: int) -> dict[str, Any]:
    """Compute the account from where it is stale; nothing to do when it is not."""
    stale = session.fetch("SELECT FROM rollforward.stale_account WHERE account_id = %s", [account])
    if not stale:
        return {}
    return asdict(session.process([account], date.max, date.max, scenario="import"))


def _print(reports: list[dict[str, Any]], console: Console, *, dry_run: bool) -> None:
    from rollforward.cli.tables import plain_table

    for report in reports:
        console.print(_sentence(report, dry_run=dry_run), markup=False)
        if report["refused"]:
            console.print(
                plain_table(
                    ("file", "line", "column", "value", "reason"),
                    (
                        (r["file"], r["line"], r["column"], _shortened(r["value"]), r["reason"])
                        for r in report["refused"]
                    ),
                )
            )


def _shortened(value: str) -> str:
    """As much of a value as a table has room for."""
    return value if len(value) <= _ROOM else value[: _ROOM - 1] + "…"


def _sentence(report: dict[str, Any], *, dry_run: bool) -> str:
    if report["refused"]:
        return f"{report['reason']}: nothing of it was saved"
    done = "would be saved" if dry_run else "saved"
    new = ", a new account" if report["account_created"] else ""
    # the two rows of a strike adjustment are one movement
    paired = report["rows_read"] - report["saved"] - report["already_known"]
    pairs = f", {paired} the other half of a pair" if paired else ""
    return (
        f"{report['file']}: {report['rows_read']} rows read, {report['saved']} {done},"
        f" {report['already_known']} already known{pairs} (account {report['account_number']}{new})"
    )
