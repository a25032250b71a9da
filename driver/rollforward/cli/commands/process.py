"""``rollforward process``: compute lots and snapshots, in chunks of accounts, on one or more connections."""

from __future__ import annotations

import argparse
from collections.abc import Generator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, suppress
from datetime import date
from decimal import Decimal
from threading import Event
from time import sleep
from typing import TYPE_CHECKING, Any

from rollforward.cli.arguments import day, positive
from rollforward.cli.context import Context

if TYPE_CHECKING:
    import psycopg

    from rollforward.connection import Database
    from rollforward.results import BatchResult
    from rollforward.session import Session

CHUNK_SIZE = 500
MODES = ("auto", "batch", "per-date", "shadow")
SCENARIOS = ("manual", "import", "realtime", "backfill", "nightly")


def register(commands: argparse._SubParsersAction[Any]) -> None:
    """Add the command to the command line."""
    parser = commands.add_parser(
        "process",
        help="compute lots and snapshots",
        description="Compute lots, position snapshots and account snapshots. Without a range: what changed"
        f" facts made stale. Every {CHUNK_SIZE} accounts are a transaction.",
    )
    parser.add_argument(
        "--account", action="append", metavar="NAME", help="may be repeated; default: all accounts"
    )
    parser.add_argument("--from", dest="start", type=day, metavar="DATE")
    parser.add_argument("--to", dest="end", type=day, metavar="DATE")
    parser.add_argument("--scenario", choices=SCENARIOS, default="manual", help="default: %(default)s")
    parser.add_argument(
        "--mode",
        choices=MODES,
        default="auto",
        help="auto: the batch, and the reference for an account that it fails for (default)",
    )
    parser.add_argument("--workers", type=positive, default=1, metavar="N", help="connections (default: 1)")
    parser.add_argument(
        "--stale", action="store_true", help="only accounts that are stale, even with a range"
    )
    parser.set_defaults(run=run)


def run(args: argparse.Namespace, context: Context) -> int:
    """Process, and print the totals; exit code 1 when an account failed."""
    from rollforward.cli.warnings import processing_warnings
    from rollforward.errors import UsageError
    from rollforward.session import connect

    if args.mode == "shadow":
        raise UsageError("mode shadow is not there yet", hint="Use auto, batch or per-date.")

    with context.database() as database:
        with connect(database.dsn) as session:
            accounts = session.account_ids(args.account)
            if args.stale or (args.start is None and args.end is None):
                stale = {row[0] for row in session.fetch("SELECT account_id FROM rollforward.stale_account")}
                accounts = [account for account in accounts if account in stale]
        chunks = [accounts[at : at + CHUNK_SIZE] for at in range(0, len(accounts), CHUNK_SIZE)]
        results: list[BatchResult] = []
        with context.progress() as progress:
            bar = progress.add_task("processing", total=len(accounts))
            with closing(_processed(database, chunks, args)) as processed:
                for chunk, found in processed:
                    results += found
                    progress.advance(bar, len(chunk))
        with connect(database.dsn) as session:
            warnings = processing_warnings(session, accounts) if accounts else []

    document = summary(results, len(accounts))
    for warning in warnings:
        context.note(f"warning: {warning}")
    for error in document["errors"]:
        context.note(
            f"error: account {error['account_id']}: {error['message']}  (SQLSTATE {error['sqlstate']})"
        )
    context.emit(
        {**document, "warnings": warnings}, lambda console: console.print(_sentence(document), markup=False)
    )
    return 0 if document["success"] else 1


def _processed(
    database: Database, chunks: Sequence[list[int]], args: argparse.Namespace
) -> Generator[tuple[list[int], list[BatchResult]], None, None]:
    """Each chunk with its results, as they come, on as many connections as there are workers.

    When it ends early, by Ctrl-C say, what runs is cancelled and rolled back first.
    """
    from rollforward.session import connect

    connections: set[psycopg.Connection[Any]] = set()
    stopped = Event()

    def work(chunk: list[int]) -> tuple[list[int], list[BatchResult]]:
        with connect(database.dsn) as session:
            connections.add(session.connection)
            try:
                if stopped.is_set():
                    return chunk, []
                return chunk, process_chunk(session, chunk, args.start, args.end, args.mode, args.scenario)
            finally:
                connections.discard(session.connection)

    with ThreadPoolExecutor(args.workers) as pool:
        try:
            yield from pool.map(work, chunks)
        except BaseException:
            stopped.set()
            pool.shutdown(wait=False, cancel_futures=True)
            _cancel(connections)
            raise


def _cancel(connections: set[psycopg.Connection[Any]]) -> None:
    """Cancel what the connections run, until none of them runs anything."""
    import psycopg

    while running := list(connections):
        for connection in running:
            with suppress(psycopg.Error):  # it has just ended
                connection.cancel_safe(timeout=5)
        sleep(0.05)  # one that had not begun is cancelled the next time


def process_chunk(
    session: Session, accounts: list[int], start: date | None, end: date | None, mode: str, scenario: str
) -> list[BatchResult]:
    """One chunk of accounts, one transaction. A start that is open begins where each account is stale."""
    last = end or date.max
    first = start or last
    with session.connection.transaction():
        if mode == "batch":
            return [session.process_batch(accounts, first, last)]
        if mode == "per-date":
            return [session.process_per_date(account, first, last) for account in accounts]
        return [session.process(accounts, first, last, scenario=scenario)]


def summary(results: Sequence[BatchResult], accounts: int) -> dict[str, Any]:
    """The totals of several calls, as one document."""
    return {
        "accounts": accounts,
        "success": all(result.success for result in results),
        "fell_back": any(result.fell_back for result in results),
        "snapshots_saved": sum(result.snapshots_saved for result in results),
        "movements_processed": sum(result.movements_processed for result in results),
        "dates_processed": max((result.dates_processed for result in results), default=0),
        "total_ms": sum((result.total_ms for result in results), Decimal(0)),
        "errors": [error for result in results for error in result.errors],
    }


def _sentence(document: dict[str, Any]) -> str:
    return (
        f"processed {document['accounts']} accounts, {document['movements_processed']} movements:"
        f" {document['snapshots_saved']} snapshots written in {document['total_ms']} ms"
    )
