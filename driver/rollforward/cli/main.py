"""The parser, and what surrounds every command: options, errors, exit codes."""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections.abc import Sequence
from importlib import import_module
from pathlib import Path
from typing import Any, NoReturn

from rollforward.cli.context import Context, Options, print_json
from rollforward.errors import RollforwardError, UsageError

COMMAND_MODULES = (
    "db",
    "deploy",
    "accounts",
    "statement_import",
    "market",
    "process",
    "latest",
    "analytics",
    "verify",
    "reconcile",
    "runs",
    "settings",
    "render",
)

INTERRUPTED = 130

_DESCRIPTION = "Exact, cumulative, daily snapshots of broker accounts, computed inside PostgreSQL."

_EPILOG = """\
connection, first that is given:
  --dsn or --data-dir, ROLLFORWARD_DSN, dsn or data_dir in ./rollforward.toml,
  the PG* variables (when PGHOST, PGSERVICE or PGDATABASE is set),
  else an embedded PostgreSQL in your data directory, started when needed

exit codes:
  0 done   1 failed   2 usage   3 no connection   4 verification found differences   130 interrupted

examples:
  rollforward db start                                 start the embedded server, print its DSN
  rollforward deploy                                   create or update the schema
  rollforward import trades.csv --broker tastytrade --account U1
  rollforward latest --account U1                      the latest snapshots as a table
  rollforward --json latest --account U1 | jq .        the same for a program
  rollforward --dsn "service=books" verify             recompute everything by the reference
"""


class _Parser(argparse.ArgumentParser):
    """An argument parser whose errors are UsageErrors, so that they are printed like every other error."""

    def error(self, message: str) -> NoReturn:
        raise UsageError(message, hint=f'"{self.prog} --help" shows what there is.')


class _Version(argparse.Action):
    """``--version``, read only when asked: the package metadata is slow to open."""

    def __call__(self, *_: Any, **__: Any) -> NoReturn:
        from importlib import metadata

        print(f"rollforward {metadata.version('rollforward')}")
        raise SystemExit(0)


def run(argv: Sequence[str] | None = None) -> int:
    """Run the command line and return the exit code. Errors are printed, never raised."""
    arguments = list(sys.argv[1:] if argv is None else argv)
    as_json = "--json" in arguments
    try:
        args = _parse(arguments)
        as_json = args.json
        code = int(args.run(args, Context(_options(args))))
        sys.stdout.flush()
        return code
    except KeyboardInterrupt:
        print("interrupted", file=sys.stderr)
        return INTERRUPTED
    except BrokenPipeError:
        _discard_stdout()
        return 1
    except Exception as error:
        known = _known(error)
        if known is None:
            raise
        return _report(known, as_json=as_json)


def build_parser() -> argparse.ArgumentParser:
    """The whole parser, every command registered."""
    parser = _Parser(
        prog="rollforward",
        description=_DESCRIPTION,
        epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    parser.set_defaults(dsn=None, data_dir=None, json=False, verbosity=0, passes_arguments=False)
    _add_global_options(parser)
    parser.add_argument("--version", action=_Version, nargs=0, help="print the version and exit")
    commands = parser.add_subparsers(title="commands", metavar="COMMAND", required=True)
    for name in COMMAND_MODULES:
        import_module(f"rollforward.cli.commands.{name}").register(commands)
    for command in _leaves(commands):
        if not command.get_default("passes_arguments"):
            _add_global_options(command)
    return parser


def _parse(arguments: list[str]) -> argparse.Namespace:
    parser = build_parser()
    args, rest = parser.parse_known_args(arguments)
    if rest and not args.passes_arguments:
        parser.error(f"unrecognized arguments: {' '.join(rest)}")
    args.rest = rest
    return args


def _options(args: argparse.Namespace) -> Options:
    return Options(dsn=args.dsn, data_dir=args.data_dir, json=args.json, verbosity=args.verbosity)


def _add_global_options(parser: argparse.ArgumentParser) -> None:
    """Add the global options. An absent one stores nothing, so before and after the command are the same."""
    shared = parser.add_argument_group("connection and output")
    where = shared.add_mutually_exclusive_group()
    where.add_argument("--dsn", metavar="DSN", default=argparse.SUPPRESS, help="connection string or URI")
    where.add_argument(
        "--data-dir",
        metavar="DIR",
        type=Path,
        default=argparse.SUPPRESS,
        help="data directory of the embedded server, created and started when needed",
    )
    shared.add_argument(
        "--json", action="store_true", default=argparse.SUPPRESS, help="print one JSON document on stdout"
    )
    volume = shared.add_mutually_exclusive_group()
    for flags, value, text in (
        (("-q", "--quiet"), -1, "print data and errors only"),
        (("-v", "--verbose"), 1, "say more on stderr"),
    ):
        volume.add_argument(
            *flags, dest="verbosity", action="store_const", const=value, default=argparse.SUPPRESS, help=text
        )


def _leaves(commands: argparse._SubParsersAction[Any]) -> list[argparse.ArgumentParser]:
    """The parsers of the commands themselves, below any groups; an alias counts once."""
    leaves: list[argparse.ArgumentParser] = []
    for parser in {id(parser): parser for parser in commands.choices.values()}.values():
        groups = [action for action in parser._actions if isinstance(action, argparse._SubParsersAction)]
        leaves += [leaf for group in groups for leaf in _leaves(group)] or [parser]
    return leaves


def _known(error: Exception) -> RollforwardError | None:
    """The error as rollforward's own; None for one that is a defect and deserves its traceback."""
    if isinstance(error, RollforwardError):
        return error
    psycopg = sys.modules.get("psycopg")  # never imported: then it cannot have raised
    if psycopg is not None and isinstance(error, psycopg.Error):
        from rollforward.errors import from_psycopg

        return from_psycopg(error)
    if isinstance(error, OSError):
        return RollforwardError(str(error))
    return None


def _report(error: RollforwardError, *, as_json: bool) -> int:
    if as_json:
        print_json({"error": error.document()})
    state = f"  (SQLSTATE {error.sqlstate})" if error.sqlstate else ""
    print(f"error: {error.message}{state}", file=sys.stderr)
    for line in _detail_lines(error.detail):
        print(f"detail: {line}", file=sys.stderr)
    if error.hint:
        print(f"hint: {error.hint}", file=sys.stderr)
    return error.exit_code


def _detail_lines(detail: Any) -> list[str]:
    """A list of offences prints one a line, text as it is."""
    if detail is None:
        return []
    if isinstance(detail, list):
        return [json.dumps(offence, ensure_ascii=False) for offence in detail]
    return [detail if isinstance(detail, str) else json.dumps(detail, ensure_ascii=False)]


def _discard_stdout() -> None:
    """Let the interpreter's last flush go nowhere: the reader of our output has left."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, sys.stdout.fileno())
    os.close(nowhere)
