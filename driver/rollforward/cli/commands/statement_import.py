"""``rollforward import``: broker statements in, snapshots out; ``rollforward imports``: what was imported."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rollforward.cli.arguments import positive
from rollforward.cli.context import Context
from rollforward.errors import StatementRefused

if TYPE_CHECKING:
    from rich.console import Console

    from rollforward.results import ImportResult
    from rollforward.session import Session
    from rollforward.statement.source import Source

BROKERS = ("tastytrade", "ibkr", "generic")
_ROOM = 40  # characters for a refused value

Report = dict[str, Any]


def register(commands: argparse._SubParsersAction[Any]) -> None:
    """Add the commands to the command line."""
    parser = commands.add_parser(
        "import",
        help="book broker statements and compute what they change",
        description="Read, validate, stage, save and process statements: CSV files, or ZIP archives of them."
        " Each file is one transaction: one refused row, and nothing of that file is saved. A row already"
        " known is not saved again. What the statements say of balances is held against what is computed.",
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

    listing = commands.add_parser("imports", help="what was imported, and what became of it")
    listing.add_argument("--account", metavar="NAME", help="default: all accounts")
    listing.add_argument("--limit", type=positive, default=20, metavar="N", help="default: %(default)s")
    listing.set_defaults(run=list_imports)


def run(args: argparse.Namespace, context: Context) -> int:
    """Import the files one after the other; exit code 1 when one was refused or could not be computed."""
    from rollforward.session import connect

    with context.database() as database, connect(database.dsn) as session:
        reports = [report for path in args.files for report in _reports(session, context, Path(path), args)]
    for report in reports:
        for warning in report["warnings"]:
            context.note(f"warning: {report['file']}: {warning}")
        for error in report["processed"].get("errors", []):
            context.note(f"error: {report['file']}: {error['message']}  (SQLSTATE {error['sqlstate']})")
    context.emit(
        {"dry_run": args.dry_run, "files": reports},
        lambda console: _print(reports, console, dry_run=args.dry_run),
    )
    return (
        1
        if any(report["refused"] or not report["processed"].get("success", True) for report in reports)
        else 0
    )


def _reports(session: Session, context: Context, path: Path, args: argparse.Namespace) -> Iterator[Report]:
    """What became of a file, or of each file of an archive."""
    from rollforward.statement.source import sources

    try:
        found = list(sources(path))
    except StatementRefused as refused:
        yield _report(str(path), args.account, refused=refused)
        return
    for source in found:
        try:
            yield (_rehearsed if args.dry_run else _imported)(session, context, source, args)
        except StatementRefused as refused:
            yield _report(source.name, args.account, refused=refused)


def _imported(session: Session, context: Context, source: Source, args: argparse.Namespace) -> Report:
    """Book a file, then compute its account as a run."""
    from rollforward.cli.commands.process import follow

    with _bar(context, source) as progress:
        imported = session.import_statement(
            source, account=args.account, broker=args.broker, columns=args.columns, progress=progress
        )
    report = _report(source.name, args.account, imported=imported)
    if args.no_process:
        return report
    assert imported.import_session_id is not None
    run_id = session.start_import_run(imported.import_session_id)
    if run_id is not None:
        report["processed"] = asdict(follow(session, context, run_id, 1))
    report["warnings"] = _warnings(session, imported.account_id)
    return report


def _rehearsed(session: Session, context: Context, source: Source, args: argparse.Namespace) -> Report:
    """Book a file and compute its account in one transaction, and roll it back."""
    import psycopg

    from rollforward.connection import transaction

    with transaction(session.connection) as rehearsal, _bar(context, source) as progress:
        imported = session.import_statement(
            source, account=args.account, broker=args.broker, columns=args.columns, progress=progress
        )
        report = _report(source.name, args.account, imported=imported)
        report["import_session_id"] = None
        if not args.no_process:
            report["processed"] = asdict(
                session.process([imported.account_id], date.max, date.max, scenario="import")
            )
            report["warnings"] = _warnings(session, imported.account_id)
        raise psycopg.Rollback(rehearsal)
    return report


def _report(
    file: str,
    account: str,
    *,
    imported: ImportResult | None = None,
    refused: StatementRefused | None = None,
) -> Report:
    report: Report = {
        "file": file, "account_number": account, "account_id": None, "account_created": False,
        "rows_read": 0, "saved": 0, "already_known": 0, "first_date": None, "last_date": None,
        "import_session_id": None, "refused": [], "reason": None, "processed": {}, "warnings": [],
    }  # fmt: skip
    if imported is not None:
        report.update(asdict(imported))
    if refused is not None:
        report["refused"] = [asdict(refusal) for refusal in refused.refusals]
        report["reason"] = refused.message
    return report


def _warnings(session: Session, account: int) -> list[str]:
    from rollforward.cli.warnings import disagreement_warnings, processing_warnings

    return processing_warnings(session, [account]) + disagreement_warnings(session, account)


@contextmanager
def _bar(context: Context, source: Source) -> Iterator[Callable[[int], None]]:
    """A progress bar over the bytes of a file; when all are read, the database is at work."""
    size = source.size
    with context.progress() as display:
        bar = display.add_task(source.path.name, total=size)

        def progress(done: int) -> None:
            if size is not None and done >= size:
                display.update(bar, description=f"{source.path.name}: saving", total=None)
            else:
                display.update(bar, completed=done)

        yield progress


def _print(reports: list[Report], console: Console, *, dry_run: bool) -> None:
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


def _sentence(report: Report, *, dry_run: bool) -> str:
    if report["refused"]:
        return f"{report['reason']}: nothing of it was saved"
    done = "would be saved" if dry_run else "saved"
    new = ", a new account" if report["account_created"] else ""
    # the two rows of a strike adjustment, or of a split, are one movement
    paired = report["rows_read"] - report["saved"] - report["already_known"]
    pairs = f", {paired} the other half of a pair" if paired else ""
    return (
        f"{report['file']}: {report['rows_read']} rows read, {report['saved']} {done},"
        f" {report['already_known']} already known{pairs} (account {report['account_number']}{new})"
    )


def list_imports(args: argparse.Namespace, context: Context) -> int:
    """Print the latest imports, the last one first."""
    from rollforward.cli.tables import plain_table
    from rollforward.session import Session

    names = (
        "import_session_id", "account_number", "file_name", "phase", "rows_read", "saved", "already_known",
        "first_date", "last_date", "started_at", "finished_at", "run_id", "error",
    )  # fmt: skip
    with context.connect() as connection:
        found = Session(connection).fetch(
            f"SELECT {', '.join(names)} FROM rollforward.import_session"
            " WHERE %(account)s::text IS NULL OR account_number = %(account)s"
            " ORDER BY import_session_id DESC LIMIT %(limit)s",
            {"account": args.account, "limit": args.limit},
        )
    documents = [dict(zip(names, row, strict=True)) for row in found]
    context.emit(
        {"imports": documents},
        lambda console: console.print(
            plain_table(
                ("import", "account", "file", "phase", "read", "saved", "known", "from", "to", "error"),
                (
                    (
                        d["import_session_id"], d["account_number"], Path(d["file_name"]).name, d["phase"],
                        d["rows_read"], d["saved"], d["already_known"], d["first_date"], d["last_date"],
                        (d["error"] or {}).get("message"),
                    )
                    for d in documents
                ),
            )
            if documents
            else "nothing was imported"
        ),
    )  # fmt: skip
    return 0
