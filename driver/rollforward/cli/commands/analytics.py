"""``rollforward analytics``: analyse what accounts hold, show what was found, and say what it is found by."""

from __future__ import annotations

import argparse
import shlex
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rollforward.cli.arguments import add_accounts, add_days, day, number, positive
from rollforward.cli.context import Context
from rollforward.errors import UsageError

if TYPE_CHECKING:
    from datetime import date

    from rollforward.findings import Finding
    from rollforward.results import BatchResult
    from rollforward.session import Session

_SUBJECTS = ("risk", "betas", "factors", "volatility", "correlations", "sectors", "stress", "scenarios")
_FEW = 5  # warnings of a kind

# The columns of the files that define something.
_DEFINITIONS = {
    "scenarios": "scenario, category, severity, active, factor, shock: a row for each factor that a scenario"
    " shocks; -0.2 is a fall by a fifth, of a rate 0.01 is a point",
    "benchmarks": "benchmark, as_of, sector, weight: a row for each sector, its weight a part of one",
    "factors": "name, method (single, spread or style), symbol; also short_symbol, window_days,"
    " minimum_returns, covers_options, is_shocked, unit_return",
}


def register(commands: argparse._SubParsersAction[Any]) -> None:
    """Add the commands to the command line."""
    group = commands.add_parser(
        "analytics",
        help="betas, volatility, correlations, sectors, stress and performance",
        description="What accounts hold, analysed: betas, volatility, correlations, sectors, stress; and how"
        " they performed.",
    )
    actions = group.add_subparsers(title="commands", metavar="COMMAND", required=True)
    _register_run(actions)
    _register_show(actions)
    _register_performance(actions)
    _register_load(actions)


def _register_run(actions: argparse._SubParsersAction[Any]) -> None:
    running = actions.add_parser(
        "run",
        help="analyse accounts as of a day or a range",
        description="Analyse what accounts hold, as a run that other terminals can watch, cancel and resume."
        " Without a day: the last one on which one of the accounts was valued. It rests on snapshots as they"
        " were last computed: process first.",
    )
    add_accounts(running)
    running.add_argument("--date", type=day, metavar="DATE", help="a single day")
    add_days(running)
    running.add_argument(
        "--stale", action="store_true", help="only analyses that have been made before and are not up to date"
    )
    running.add_argument(
        "--workers", type=positive, metavar="N", help="connections; default: rollforward.toml, or the setting"
    )
    running.set_defaults(run=run)


def _register_show(actions: argparse._SubParsersAction[Any]) -> None:
    showing = actions.add_parser(
        "show",
        help="what was found",
        description="What was found about accounts, as of the latest day that each was analysed; --json has"
        " every figure in full.",
    )
    showing.add_argument(
        "subject", nargs="?", choices=_SUBJECTS, default="risk", metavar="SUBJECT", help=", ".join(_SUBJECTS)
    )
    add_accounts(showing)
    showing.add_argument("--date", type=day, metavar="DATE", help="as of this day")
    showing.set_defaults(run=show)


def _register_performance(actions: argparse._SubParsersAction[Any]) -> None:
    performing = actions.add_parser(
        "performance",
        help="statistics of daily returns, against a benchmark",
        description="Statistics of the daily returns of accounts over a range, and how they compare with"
        " those of an instrument; --json has every figure in full.",
    )
    add_accounts(performing)
    add_days(performing, required=True)
    performing.add_argument("--benchmark", metavar="SYMBOL", help="an instrument to compare with")
    performing.add_argument(
        "--risk-free", type=number, default=0.0, metavar="RATE", help="a year, 0.04 is 4%%; default: 0"
    )
    performing.set_defaults(run=performance)


def _register_load(actions: argparse._SubParsersAction[Any]) -> None:
    group = actions.add_parser("load", help="define scenarios, benchmarks and factors from a CSV file")
    kinds = group.add_subparsers(title="kinds", metavar="KIND", required=True)
    for kind, columns in _DEFINITIONS.items():
        loading = kinds.add_parser(
            kind,
            help=f"load {kind}",
            description=f"Load a CSV file in UTF-8 with a header: {columns}. What is known by its name is"
            " replaced. One row that cannot be, and nothing of the file is saved.",
        )
        loading.add_argument("file", type=Path, metavar="FILE")
        loading.set_defaults(run=load, kind=kind)


def run(args: argparse.Namespace, context: Context) -> int:
    """Analyse, and print the totals; exit code 1 when an engine failed."""
    from rollforward.cli.commands.process import accounts_of, follow
    from rollforward.configuration import configured
    from rollforward.session import connect

    if args.date is not None and (args.start is not None or args.end is not None):
        raise UsageError("--date is a range of its own: neither --from nor --to goes with it")
    start = args.date or args.start
    end = args.date or args.end
    with context.database() as database, connect(database.dsn) as session:
        accounts = None if args.account is None else session.account_ids(args.account)
        settings = configured(session)
        run_id = session.start_analysis(
            accounts, start, end, only_stale=args.stale, chunk_size=settings["chunk_size"]
        )
        result = follow(session, context, run_id, args.workers or settings["workers"])
        analysed = accounts_of(session, run_id)
    return tell(context, result, analysed)


def tell(context: Context, result: BatchResult, accounts: int) -> int:
    """Print what a run of the analytics has done; exit code 1 when an engine failed."""
    from rollforward.cli.commands.process import note_errors

    document = {
        "run_id": result.run_id,
        "accounts": accounts,
        "days": result.dates_processed,
        "findings": result.snapshots_saved,
        "success": result.success,
        "total_ms": result.total_ms,
        "errors": result.errors,
    }
    note_errors(context, result.errors)
    sentence = (
        f"analysed {accounts} accounts, {document['days']} days:"
        f" {document['findings']} findings written in {document['total_ms']} ms (run {document['run_id']})"
    )
    context.emit(document, lambda console: console.print(sentence, markup=False))
    return 0 if result.success else 1


def show(args: argparse.Namespace, context: Context) -> int:
    """Print what was found, and warn of what is not up to date."""
    from rollforward.cli.findings import SUBJECTS, print_findings, scenario_table
    from rollforward.findings import PortfolioRisk
    from rollforward.session import Session

    if args.subject == "scenarios":
        if args.account is not None or args.date is not None:
            raise UsageError("scenarios are of no account and no day")
        with context.connect() as connection:
            scenarios = Session(connection).scenarios()
        context.emit(scenarios, lambda console: console.print(scenario_table(scenarios)))
        return 0

    subject = SUBJECTS[args.subject]
    with context.connect() as connection:
        session = Session(connection)
        accounts = session.account_ids(args.account)
        found = session.findings(subject.kind, accounts, args.date)
        analyses = session.findings(PortfolioRisk, accounts, args.date)
        states = _states(session, analyses)
        warnings = _warnings(session, accounts, args.date, analyses, states)
    for warning in warnings:
        context.note(f"warning: {warning}")
    shown = [states[each.account_id] for each in found]
    context.emit(
        {
            "subject": args.subject,
            "findings": [
                {**asdict(each), "state": state or "current"}
                for each, state in zip(found, shown, strict=True)
            ],
            "warnings": warnings,
        },
        lambda console: print_findings(console, subject, found, shown),
    )
    return 0


def _states(session: Session, analyses: Sequence[Any]) -> dict[int, str]:
    """What is to be said of the analysis of each account: unfinished, stale, or nothing."""
    stale = {(each.account_id, each.calculation_date) for each in session.stale_analyses()}
    return {
        each.account_id: "unfinished"
        if not each.is_whole
        else "stale"
        if (each.account_id, each.calculation_date) in stale
        else ""
        for each in analyses
    }


def _warnings(
    session: Session,
    accounts: Sequence[int],
    on: date | None,
    analyses: Sequence[Finding],
    states: dict[int, str],
) -> list[str]:
    """What is not there or not up to date, and the command that mends it."""
    numbers = _numbers(session)
    waiting = {account for (account,) in session.fetch("SELECT account_id FROM rollforward.stale_account")}
    missing = [numbers[account] for account in accounts if account not in states]
    day_asked = "" if on is None else f" as of {on}"
    day_option = "" if on is None else f" --date {on}"
    return [
        *_few(
            f"{name} has not been analysed{day_asked}:"
            f" rollforward analytics run --account {shlex.quote(name)}{day_option}"
            for name in missing
        ),
        *_few(
            f"{each.account_number}: the analysis of {each.calculation_date} is {states[each.account_id]}: "
            + ("rollforward process, then " if each.account_id in waiting else "")
            + f"rollforward analytics run --stale --account {shlex.quote(each.account_number)}"
            for each in analyses
            if states[each.account_id]
        ),
    ]


def _few(warnings: Any) -> list[str]:
    told = list(warnings)
    return told if len(told) <= _FEW else [*told[:_FEW], f"and {len(told) - _FEW} more"]


def _numbers(session: Session) -> dict[int, str]:
    return dict(session.fetch("SELECT account_id, account_number FROM rollforward.account"))


def performance(args: argparse.Namespace, context: Context) -> int:
    """Print statistics of daily returns."""
    from rollforward.cli.findings import print_statistics
    from rollforward.session import Session

    with context.connect() as connection:
        session = Session(connection)
        found = session.account_statistics(
            session.account_ids(args.account),
            args.start,
            args.end,
            benchmark=args.benchmark,
            risk_free_rate=args.risk_free,
        )
        numbers = _numbers(session)
    context.emit(
        [{"account_number": numbers[each.account_id], **asdict(each)} for each in found],
        lambda console: print_statistics(console, found, numbers, args.benchmark is not None),
    )
    return 0


def load(args: argparse.Namespace, context: Context) -> int:
    """Load one file of definitions."""
    from rollforward.session import Session

    warnings: list[str] = []
    with context.connect() as connection:
        loaded = Session(connection).load_definitions(args.kind, args.file, warn=warnings.append)
    for warning in warnings:
        context.note(f"warning: {args.file}: {warning}")
    document = {"kind": args.kind, "file": str(args.file), **asdict(loaded), "warnings": warnings}
    sentence = f"{args.file}: {loaded.rows_read} rows read, {loaded.saved} {args.kind} saved"
    context.emit(document, lambda console: console.print(sentence, markup=False))
    if args.kind != "benchmarks":  # whose weights are looked up when findings are read
        context.note("all analyses are stale: rollforward analytics run --stale")
    return 0
