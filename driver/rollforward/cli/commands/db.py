"""``rollforward db``: the embedded server."""

from __future__ import annotations

import argparse
import os
import shutil
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from rollforward.cli.context import Context
    from rollforward.embedded.server import Server


def register(subparsers: argparse._SubParsersAction[Any]) -> None:
    """Add ``db start``, ``stop``, ``status`` and ``psql``."""
    db = subparsers.add_parser(
        "db",
        help="start, stop and look at the embedded server; open psql",
        description="The embedded PostgreSQL server. Other commands start it when they need it and stop it "
        "after them; between start and stop it runs on.",
    )
    commands = db.add_subparsers(title="commands", metavar="COMMAND", required=True)
    start = commands.add_parser("start", help="start the server, let it run, print its DSN")
    start.set_defaults(run=_start)
    stop = commands.add_parser("stop", help="stop the server, whoever uses it")
    stop.set_defaults(run=_stop)
    status = commands.add_parser("status", help="say whether it runs, and where its data is")
    status.set_defaults(run=_status)
    psql = commands.add_parser(
        "psql",
        help="open psql on the database in use",
        description="Open psql on the database in use, embedded or not. All arguments are psql's.",
        usage="%(prog)s [-h] [ARGUMENT ...]",
        allow_abbrev=False,
    )
    psql.set_defaults(run=_psql, passes_arguments=True)


def _start(args: argparse.Namespace, context: Context) -> int:
    from rollforward.embedded.server import keep_running

    server = keep_running(_data_dir(context))
    context.note(f"PostgreSQL {server.version} runs (data in {server.layout.directory})")
    # written by hand: a console would fold or colour what a script reads
    context.emit(_document(server), lambda _: print(server.owner_dsn))
    return 0


def _stop(args: argparse.Namespace, context: Context) -> int:
    from rollforward.embedded.server import stop_server

    data_dir = _data_dir(context)
    stopped = stop_server(data_dir)
    context.note("stopped" if stopped else f"no server runs in {data_dir}")
    if context.options.json:
        context.emit({"stopped": stopped}, lambda _: None)
    return 0


def _status(args: argparse.Namespace, context: Context) -> int:
    from rollforward.embedded.server import find_server

    data_dir = _data_dir(context)
    server = find_server(data_dir)
    document = {"running": False, "data_dir": str(data_dir)} if server is None else _document(server)

    def render(_: object) -> None:
        for key, value in document.items():
            print(f"{key:<9} {value}")

    context.emit(document, render)
    return 0


def _psql(args: argparse.Namespace, context: Context) -> int:
    """Become psql, so that signals, the terminal and the exit code are its own."""
    from rollforward.connection import resolve
    from rollforward.embedded.server import lease_server

    target = resolve(context.options.dsn, context.options.data_dir)
    if target.data_dir is None:
        dsn, program = target.dsn or "", _psql_program(None)
    else:
        lease = lease_server(target.data_dir)
        lease.keep_across_exec()  # psql is the user of the server now
        dsn, program = lease.server.owner_dsn, _psql_program(lease.server.bindir)
    sys.stdout.flush()
    os.execv(program, [program, f"--dbname={dsn}", *_without_separator(args.rest)])


def _psql_program(bindir: Path | None) -> str:
    """psql beside the server's programs, else on the PATH, else beside any PostgreSQL found."""
    from rollforward.embedded.binaries import find_binaries
    from rollforward.errors import RollforwardError

    if bindir is not None and (bindir / "psql").is_file():
        return str(bindir / "psql")
    on_path = shutil.which("psql")
    if on_path is not None:
        return on_path
    beside = find_binaries().bindir / "psql"
    if beside.is_file():
        return str(beside)
    raise RollforwardError("psql was not found", hint="Install the PostgreSQL client programs.")


def _without_separator(arguments: list[str]) -> list[str]:
    return arguments[1:] if arguments[:1] == ["--"] else arguments


def _data_dir(context: Context) -> Path:
    from rollforward.connection import resolve_data_dir
    from rollforward.errors import UsageError

    if context.options.dsn is not None:
        raise UsageError(
            "--dsn names a server that is not the embedded one",
            hint="Use --data-dir, or neither: db start, stop and status are about the embedded server.",
        )
    return resolve_data_dir(context.options.data_dir)


def _document(server: Server) -> dict[str, Any]:
    return {
        "running": True,
        "dsn": server.owner_dsn,
        "data_dir": str(server.layout.directory),
        "pgdata": str(server.layout.pgdata),
        "log": str(server.layout.log),
        "version": server.version,
        "bindir": str(server.bindir),
        "pid": server.pid,
        "kept": server.kept,
        "users": server.users,
    }
