"""``rollforward process``: compute lots and snapshots as a run, over one connection or several."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from datetime import date
from typing import TYPE_CHECKING, Any

from rollforward.cli.arguments import add_accounts, add_days, positive
from rollforward.cli.context import Context

if TYPE_CHECKING:
    from rollforward.results import BatchResult
    from rollforward.session import Session

MODES = ("auto", "batch", "per-date", "shadow")
SCENARIOS = ("manual", "import", "realtime", "backfill", "nightly")


def register(commands: argparse._SubParsersAction[Any]) -> None:
    """Add the command to the command line."""
    parser = commands.add_parser(
        "process",
        help="compute lots and snapshots",
        description="Compute lots, position snapshots, account snapshots and equity, as a run: every chunk of"
        " accounts is a transaction, and other terminals can watch, cancel and resume it. Without a range:"
        " what changed facts made stale. With --to alone: up to that day, from where each account is stale.",
    )
    add_accounts(parser)
    add_days(parser)
    parser.add_argument(
        "--scenario",
        choices=SCENARIOS,
        default="manual",
        help="default: %(default)s; nightly has phases of its own",
    )
    parser.add_argument(
        "--mode",
        choices=MODES,
        help="auto: the batch, and the reference for an account that it fails for; batch; per-date: the"
        " reference; shadow: both, differences recorded. Default: what is set for the scenario",
    )
    parser.add_argument(
        "--workers", type=positive, metavar="N", help="connections; default: rollforward.toml, or the setting"
    )
    parser.add_argument(
        "--chunk-size", type=positive, metavar="N", help="accounts in a chunk; default: as with workers"
    )
    parser.add_argument(
        "--stale", action="store_true", help="only accounts that are stale, even with a range"
    )
    parser.set_defaults(run=run)


def run(args: argparse.Namespace, context: Context) -> int:
    """Process, and print the totals; exit code 1 when an account failed."""
    from rollforward.cli.warnings import processing_warnings
    from rollforward.configuration import configured
    from rollforward.session import connect

    with context.database() as database, connect(database.dsn) as session:
        accounts = None if args.account is None else session.account_ids(args.account)
        settings = configured(session)
        run_id = begin(session, args, accounts, args.chunk_size or settings["chunk_size"])
        result = follow(session, context, run_id, args.workers or settings["workers"])
        [(differences,)] = session.fetch(
            "SELECT differences FROM rollforward.run WHERE run_id = %s", [run_id]
        )
        computed = accounts_of(session, run_id)
        warnings = processing_warnings(session, accounts or session.account_ids()) if computed else []
    if differences:
        warnings.append(f"{differences} differences between batch and reference: view shadow_difference")

    return tell(context, summary(result, computed), warnings)


def accounts_of(session: Session, run_id: int) -> int:
    """How many accounts a run has computed, each counted once."""
    [(accounts,)] = session.fetch(
        "SELECT count(DISTINCT account_id) FROM rollforward.run_step, unnest(account_ids) AS account_id"
        " WHERE run_id = %s AND phase <> 'receivers'",
        [run_id],
    )
    return int(accounts)


def begin(session: Session, args: argparse.Namespace, accounts: Sequence[int] | None, chunk_size: int) -> int:
    """The number of a run for what the command line asks. A start that is open begins where each is stale."""
    last = args.end or date.max
    is_open = args.start is None and args.end is None and args.scenario != "nightly"
    return session.start_run(
        accounts,
        args.start or last,
        last,
        chunk_size=chunk_size,
        scenario=args.scenario,
        mode=args.mode and args.mode.replace("-", "_"),
        only_stale=args.stale or is_open,
    )


def follow(session: Session, context: Context, run_id: int, workers: int) -> BatchResult:
    """Compute a run, with a progress bar on a terminal; its outcome."""
    from rollforward.cli.progress import run_progress

    with run_progress(context) as (is_shown, report):
        return session.work_on_run(run_id, workers=workers, report=report if is_shown else None)


def tell(context: Context, document: dict[str, Any], warnings: Sequence[str]) -> int:
    """Print what a run has done; exit code 1 when an account failed."""
    for warning in warnings:
        context.note(f"warning: {warning}")
    note_errors(context, document["errors"])
    context.emit(
        {**document, "warnings": list(warnings)},
        lambda console: console.print(_sentence(document), markup=False),
    )
    return 0 if document["success"] else 1


def note_errors(context: Context, errors: Sequence[dict[str, Any]]) -> None:
    """Tell the errors of a run, a line each."""
    for error in errors:
        subject = f"account {error['account_id']}: " if error["account_id"] else ""
        context.note(f"error: {subject}{error['message']}  (SQLSTATE {error['sqlstate']})")


def summary(result: BatchResult, accounts: int) -> dict[str, Any]:
    """The totals of a run, as a document."""
    return {
        "run_id": result.run_id,
        "accounts": accounts,
        "success": result.success,
        "mode": result.mode,
        "fell_back": result.fell_back,
        "snapshots_saved": result.snapshots_saved,
        "equity_saved": result.equity_saved,
        "movements_processed": result.movements_processed,
        "dates_processed": result.dates_processed,
        "total_ms": result.total_ms,
        "errors": result.errors,
    }


def _sentence(document: dict[str, Any]) -> str:
    return (
        f"processed {document['accounts']} accounts, {document['movements_processed']} movements:"
        f" {document['snapshots_saved']} snapshots written in {document['total_ms']} ms"
        f" (run {document['run_id']})"
    )
