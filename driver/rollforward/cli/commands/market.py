"""``rollforward prices|fx|splits|profiles|calendar load``: market data in bulk."""

from __future__ import annotations

import argparse
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rollforward.cli.context import Context

if TYPE_CHECKING:
    from rich.console import Console

_ROOM = 40  # characters for a rejected value

# What each kind is, and the columns of its files.
_KINDS = {
    "prices": ("closing prices", "symbol, date, close, currency (may be missing: the instrument's)"),
    "fx": ("rates between currencies", "currency, quote_currency, date, rate"),
    "splits": ("splits of instruments", 'symbol, date, ratio ("10/1": 10 new units for 1 old one)'),
    "profiles": (
        "instruments, their terms and profiles",
        "symbol, kind; also sector, industry, beta, is_etf, multiplier, underlying, expiration, strike,"
        " option_right. Creates instruments that are not known; a blank leaves what is known",
    ),
    "calendar": ("trading days of markets", "calendar, date. Creates calendars that are not known"),
}


def register(commands: argparse._SubParsersAction[Any]) -> None:
    """Add the commands to the command line."""
    for kind, (what, columns) in _KINDS.items():
        group = commands.add_parser(kind, help=f"load {what}", description=f"{what.capitalize()}.")
        actions = group.add_subparsers(title="commands", metavar="COMMAND", required=True)
        loading = actions.add_parser(
            "load",
            help="load a CSV file",
            description=f"Load a CSV file in UTF-8 with a header: {columns}. What is known is"
            " corrected where it differs. Rows that cannot be saved are kept aside with their reasons; the"
            " others land.",
        )
        loading.add_argument("file", type=Path, metavar="FILE")
        loading.add_argument(
            "--strict", action="store_true", help="one bad row, and nothing of the file is saved"
        )
        loading.set_defaults(run=run, kind=kind)


def run(args: argparse.Namespace, context: Context) -> int:
    """Load one file; exit code 1 when it was refused as a whole."""
    from rollforward.errors import StatementRefused
    from rollforward.session import Session

    path: Path = args.file
    warnings: list[str] = []
    report: dict[str, Any] = {
        "kind": args.kind, "file": str(path), "rows_read": 0, "saved": 0, "corrected": 0, "unchanged": 0,
        "rejected": 0, "rejects": [], "refused": None, "warnings": warnings,
    }  # fmt: skip
    with context.connect(autocommit=True) as connection, context.progress() as progress:
        bar = progress.add_task(path.name, total=path.stat().st_size if path.is_file() else None)
        try:
            loaded = Session(connection).load_market(
                args.kind,
                path,
                strict=args.strict,
                progress=lambda done: progress.update(bar, completed=done),
                warn=warnings.append,
            )
            report.update(asdict(loaded))
        except StatementRefused as refused:
            report["refused"] = refused.message
            report["rejects"] = [
                {name: value for name, value in asdict(refusal).items() if name != "file"}
                for refusal in refused.refusals
            ]
        finally:
            progress.remove_task(bar)
    for warning in warnings:
        context.note(f"warning: {path}: {warning}")
    context.emit(report, lambda console: _print(report, console))
    return 1 if report["refused"] else 0


def _print(report: dict[str, Any], console: Console) -> None:
    from rollforward.cli.tables import plain_table

    console.print(_sentence(report), markup=False)
    if report["rejects"]:
        console.print(
            plain_table(
                ("line", "column", "value", "reason"),
                (
                    (each["line"], each["column"], _shortened(each["value"]), each["reason"])
                    for each in report["rejects"]
                ),
            )
        )
    listed = len({each["line"] for each in report["rejects"]})
    if report["rejected"] > listed:
        console.print(
            f"and more, up to {report['rejected']} rows: see rollforward.rejected_row", markup=False
        )


def _sentence(report: dict[str, Any]) -> str:
    if report["refused"]:
        return f"{report['refused']}: nothing of it was saved"
    counts = ", ".join(f"{report[name]} {name}" for name in ("saved", "corrected", "unchanged", "rejected"))
    return f"{report['file']}: {report['rows_read']} rows read, {counts}"


def _shortened(value: str | None) -> str:
    """As much of a value as a table has room for."""
    value = value or ""
    return value if len(value) <= _ROOM else value[: _ROOM - 1] + "…"
