"""``rollforward runs``: what was and is being computed."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from datetime import date
from typing import TYPE_CHECKING, Any

from rollforward.cli.arguments import positive
from rollforward.cli.context import Context

if TYPE_CHECKING:
    from rich.console import Console

    from rollforward.results import Run

_STEPS = (
    "step_no", "phase", "status", "accounts", "attempts", "mode", "fell_back", "movements_processed",
    "snapshots_saved", "equity_saved", "load_ms", "calculation_ms", "persistence_ms", "total_ms",
    "started_at", "finished_at", "worker_pid",
)  # fmt: skip
_ERRORS = (
    "step_no", "account_id", "account_number", "path", "sqlstate", "message", "detail", "hint", "recorded_at"
)  # fmt: skip


def register(commands: argparse._SubParsersAction[Any]) -> None:
    """Add the commands to the command line."""
    group = commands.add_parser(
        "runs", help="runs of the processing", description="What was, and is being, computed."
    )
    actions = group.add_subparsers(title="commands", metavar="COMMAND", required=True)

    listing = actions.add_parser("list", help="the latest runs")
    listing.add_argument("--limit", type=positive, default=20, metavar="N", help="default: %(default)s")
    listing.set_defaults(run=list_runs)

    for name, handler, text in (
        ("show", show_run, "a run, its steps, timings and errors"),
        ("watch", watch_run, "the progress of a run until it is over"),
        ("cancel", cancel_run, "cancel a run: what is done stays"),
    ):
        action = actions.add_parser(name, help=text)
        action.add_argument("run_id", type=positive, metavar="ID")
        action.set_defaults(run=handler)

    resuming = actions.add_parser(
        "resume",
        help="do what is left of a run",
        description="Do what is left of a run that was cancelled, interrupted or failed; of one that is"
        " running, take a share.",
    )
    resuming.add_argument("run_id", type=positive, metavar="ID")
    resuming.add_argument("--workers", type=positive, metavar="N", help="connections")
    resuming.set_defaults(run=resume_run)


def list_runs(args: argparse.Namespace, context: Context) -> int:
    """Print the latest runs."""
    from rollforward.session import Session

    with context.connect() as connection:
        runs = Session(connection).runs(args.limit)
    context.emit([_document(run) for run in runs], lambda console: console.print(_table(runs)))
    return 0


def show_run(args: argparse.Namespace, context: Context) -> int:
    """Print a run, its steps and errors."""
    from rollforward.cli.tables import plain_table
    from rollforward.session import Session

    with context.connect() as connection:
        session = Session(connection)
        session.run_result(args.run_id)  # an unknown run is an error
        [run] = session.runs_where("WHERE run_id = %s", args.run_id)
        steps = session.fetch(
            f"SELECT {', '.join(_STEPS)} FROM rollforward.run_step WHERE run_id = %s ORDER BY step_no",
            [args.run_id],
        )
        errors = session.fetch(
            f"SELECT {', '.join(_ERRORS)} FROM rollforward.run_error AS error"
            " LEFT JOIN rollforward.account USING (account_id) WHERE run_id = %s ORDER BY error_id",
            [args.run_id],
        )
    document = {
        **_document(run),
        "run_steps": [dict(zip(_STEPS, step, strict=True)) for step in steps],
        "run_errors": [dict(zip(_ERRORS, error, strict=True)) for error in errors],
    }

    def render(console: Console) -> None:
        console.print(_table([run]))
        console.print()
        console.print(_step_table(document["run_steps"]))
        if errors:
            console.print()
            shown = ("step_no", "account_number", "path", "sqlstate", "message")
            places = [_ERRORS.index(name) for name in shown]
            console.print(plain_table(shown, [[error[place] for place in places] for error in errors]))

    context.emit(document, render)
    return 0


def watch_run(args: argparse.Namespace, context: Context) -> int:
    """Show a run's progress until nobody computes it any more; exit code 1 unless it succeeded."""
    from rollforward.cli.progress import run_progress
    from rollforward.runs import watch

    with context.database() as database:
        _require(database.dsn, args.run_id)
        with run_progress(context) as (_, report):
            run = watch(database.dsn, args.run_id, report)
    assert run is not None
    context.emit(_document(run), lambda console: console.print(_table([run])))
    return 0 if run.status == "succeeded" else 1


def cancel_run(args: argparse.Namespace, context: Context) -> int:
    """Cancel a run, and say whether there was something to cancel."""
    from rollforward.runs import cancel

    with context.database() as database:
        _require(database.dsn, args.run_id)
        cancelled = cancel(database.dsn, args.run_id)
    said = f"run {args.run_id} is being cancelled" if cancelled else f"run {args.run_id} is over already"
    context.emit(
        {"run_id": args.run_id, "cancelled": cancelled}, lambda console: console.print(said, markup=False)
    )
    return 0


def resume_run(args: argparse.Namespace, context: Context) -> int:
    """Do what is left of a run, and print what it has come to."""
    from rollforward.cli.commands import analytics
    from rollforward.cli.commands.process import accounts_of, follow, summary, tell
    from rollforward.configuration import configured
    from rollforward.session import connect

    with context.database() as database, connect(database.dsn) as session:
        session.reopen_run(args.run_id)
        result = follow(session, context, args.run_id, args.workers or configured(session)["workers"])
        computed = accounts_of(session, args.run_id)
        [run] = session.runs_where("WHERE run_id = %s", args.run_id)
    if run.scenario == "analytics":
        return analytics.tell(context, result, computed)
    return tell(context, summary(result, computed), [])


def _require(dsn: str, run_id: int) -> None:
    from rollforward.session import connect

    with connect(dsn) as session:
        session.run_result(run_id)


def _document(run: Run) -> dict[str, Any]:
    document = {name: getattr(run, name) for name in run.__dataclass_fields__}
    for name in ("start_date", "end_date"):
        document[name] = _day(document[name])
    return document


def _day(day: date) -> str | None:
    """A date; None where there is no beginning, or no end."""
    return None if day in (date.min, date.max) else day.isoformat()


def _step_table(steps: Sequence[dict[str, Any]]) -> Any:
    from rollforward.cli.tables import plain_table

    headers = {
        "step": "step_no", "phase": "phase", "status": "status", "accounts": "accounts", "mode": "mode",
        "movements": "movements_processed", "snapshots": "snapshots_saved", "equity": "equity_saved",
        "load ms": "load_ms", "calc ms": "calculation_ms", "store ms": "persistence_ms",
    }  # fmt: skip
    times = ("load_ms", "calculation_ms", "persistence_ms")
    return plain_table(
        list(headers),
        [
            [
                step[name] if name not in times or step[name] is None else round(step[name])
                for name in headers.values()
            ]
            for step in steps
        ],
    )


def _table(runs: Sequence[Run]) -> Any:
    from rollforward.cli.tables import plain_table

    headers = (
        "run", "status", "scenario", "mode", "from", "to", "accounts", "errors", "differ", "started",
    )  # fmt: skip
    return plain_table(
        headers,
        [
            (
                run.run_id, run.status, run.scenario, run.mode, _day(run.start_date), _day(run.end_date),
                f"{run.accounts_done}/{run.accounts}", run.errors, run.differences,
                f"{run.started_at.astimezone():%m-%d %H:%M}",
            )
            for run in runs
        ],
    )  # fmt: skip
