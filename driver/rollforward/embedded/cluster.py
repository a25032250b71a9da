"""Making a cluster: initdb, settings, the ordinary role and its database; all of it or nothing."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from rollforward.embedded.binaries import Binaries
from rollforward.embedded.layout import INITDB_PREFIX, OWNER, SUPERUSER, Layout
from rollforward.embedded.run_as import RunAs
from rollforward.errors import EmbeddedServerError

# Settings of kept data: written once to postgresql.conf, where whoever owns the data may change them.
SETTINGS = {
    "shared_buffers": "256MB",
    "work_mem": "64MB",
    "maintenance_work_mem": "256MB",
    "max_wal_size": "2GB",
    "wal_compression": "on",
    "random_page_cost": "1.1",
    "jit": "off",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "datestyle": "ISO, YMD",
    "log_line_prefix": "%m [%p] %q%u@%d ",
    "track_io_timing": "on",
}


def ensure_cluster(layout: Layout, binaries: Binaries, way: RunAs, *, temporary: bool = False) -> None:
    """Make the cluster unless it is there. The caller holds the lock of the data directory.

    It is built in a temporary directory and renamed when complete: interrupted at any moment, the next call
    starts afresh. Raises EmbeddedServerError when it cannot be made, or was made by another major version.
    """
    for leftover in layout.directory.glob(f"{INITDB_PREFIX}*"):
        shutil.rmtree(leftover, ignore_errors=True)
    if layout.pgdata.exists():
        require_same_major(layout.pgdata, binaries)
        way.take(layout.pgdata)
        return
    building = Path(tempfile.mkdtemp(prefix=INITDB_PREFIX, dir=layout.directory))
    try:
        way.take(building)
        _initdb(building, binaries, way, durable=not temporary)
        _write_settings(building, binaries)
        _create_owner(building, binaries, way, durable=not temporary)
        building.rename(layout.pgdata)
    except BaseException:
        shutil.rmtree(building, ignore_errors=True)
        raise
    _sync_directory(layout.directory)


def require_same_major(pgdata: Path, binaries: Binaries) -> None:
    """Raise EmbeddedServerError when the cluster was made by another major version."""
    try:
        made_by = (pgdata / "PG_VERSION").read_text(encoding="ascii").strip()
    except OSError as error:
        raise EmbeddedServerError(
            f"{pgdata} is no PostgreSQL data directory: PG_VERSION: {error.strerror}",
            hint="Restore it from a backup, or choose another --data-dir.",
        ) from error
    if made_by != str(binaries.major):
        raise EmbeddedServerError(
            f"{pgdata} was made by PostgreSQL {made_by}, the programs are {binaries.version}",
            detail=f"programs in {binaries.bindir}",
            hint=f"Set PG_BINDIR to the bin directory of PostgreSQL {made_by}, or choose another --data-dir.",
        )


def environment() -> dict[str, str]:
    """The environment of every PostgreSQL program: the caller's PG* variables and locale must not leak in."""
    kept = {name: os.environ[name] for name in ("PATH", "LD_LIBRARY_PATH", "TMPDIR") if name in os.environ}
    return kept | {"LC_ALL": "C.UTF-8" if sys.platform == "linux" else "C", "TZ": "UTC"}


def _initdb(directory: Path, binaries: Binaries, way: RunAs, *, durable: bool) -> None:
    command = way.command(
        binaries.bindir / "initdb",
        *("-D", directory, "-U", SUPERUSER, "-E", "UTF8", "-A", "trust", "--no-instructions"),
        *(() if durable else ("--no-sync",)),
        dies_with_parent=True,
    )
    _run("initdb", command)


def _write_settings(directory: Path, binaries: Binaries) -> None:
    settings = dict(SETTINGS)
    if binaries.has_stat_statements:
        settings["shared_preload_libraries"] = "pg_stat_statements"
    lines = [f"{name} = '{value}'" for name, value in settings.items()]
    with (directory / "postgresql.conf").open("a", encoding="utf-8") as file:
        file.write("\n# rollforward\n" + "\n".join(lines) + "\n")


def _create_owner(directory: Path, binaries: Binaries, way: RunAs, *, durable: bool) -> None:
    """The role that users work as, and its database.

    Written without a server by the single-user backend, so that the cluster is complete before it is named.
    """
    single = way.command(
        *(binaries.bindir / "postgres", "--single", "-D", directory, "-c", "exit_on_error=on"),
        *(() if durable else ("-F",)),
        dies_with_parent=True,
    )
    statements = (
        f"CREATE ROLE {OWNER} LOGIN CREATEROLE NOSUPERUSER",
        f"GRANT pg_monitor TO {OWNER}",
        f"CREATE DATABASE {OWNER} OWNER {OWNER}",
    )
    _run("creating the database", [*single, "postgres"], "\n".join(statements))
    if binaries.has_stat_statements:
        _run("creating the extension", [*single, OWNER], "CREATE EXTENSION pg_stat_statements")


def _run(what: str, command: list[str], statements: str = "") -> None:
    done = subprocess.run(
        command,
        input=f"{statements}\n",
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        env=environment(),
        cwd="/",
    )
    if done.returncode != 0:
        raise EmbeddedServerError(
            f"{what} failed with exit code {done.returncode}",
            detail=done.stdout.strip()[-2000:],
            hint="The cause is in the detail: usually a full disk, or a directory that cannot be written.",
        )


def _sync_directory(directory: Path) -> None:
    """Make the rename durable: initdb has synced what is inside, the name is ours to sync."""
    descriptor = os.open(directory, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
