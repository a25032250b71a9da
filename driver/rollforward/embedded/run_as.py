"""How to run PostgreSQL when the caller is root, which PostgreSQL refuses.

First choice is a user namespace: the server sees itself as an ordinary user while the kernel still sees
root, so no account, no change of owner and no change of permissions is needed, even below ``/root``. Where
the machine forbids namespaces, the server runs as ``postgres`` or ``nobody``, and the data directory becomes
that account's. Nobody else's folders are ever touched.
"""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
import sys
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

from rollforward.embedded.binaries import Binaries, wheel_bindir
from rollforward.errors import EmbeddedServerError

_UNPRIVILEGED_ID = 65534
_ACCOUNTS = ("postgres", "nobody")
_COPIES = Path("/var/tmp")  # survives a reboot, and every account may read what lies there


@dataclass(frozen=True)
class RunAs:
    """A way to run a program."""

    prefix: tuple[str, ...] = ()  # goes before the program and its arguments
    owner: tuple[int, int] | None = None  # uid and gid the data must belong to; None: the caller is no root

    def command(self, *program: str | Path, dies_with_parent: bool = False) -> list[str]:
        """The argument list that runs a program this way.

        dies_with_parent  Linux only: the kernel sends SIGINT (a fast shutdown) when the thread that started
                          it ends, however it ends. It comes last: a change of identity would clear it.
        """
        setpriv = shutil.which("setpriv") if dies_with_parent and can_die_with_parent() else None
        last_words = [setpriv, "--pdeathsig", "INT"] if setpriv else []
        return [*self.prefix, *last_words, *(str(part) for part in program)]

    @property
    def trusted(self) -> frozenset[int]:
        """The accounts that may own what the server uses."""
        return frozenset({os.geteuid()} | ({self.owner[0]} if self.owner else set()))

    def take(self, directory: Path) -> None:
        """Make a directory of the launcher's own belong to the server's account, with all that is in it.

        Only when root, or the account that ran the server the last time, has it now; anybody else's stays.
        """
        if self.owner is None or directory.stat().st_uid == self.owner[0]:
            return
        if directory.stat().st_uid in _own_accounts():
            os.chown(directory, *self.owner)
            for folder, folders, files in os.walk(directory):
                for name in (*folders, *files):
                    os.chown(Path(folder, name), *self.owner, follow_symlinks=False)


@cache
def run_as() -> RunAs:
    """The way to run PostgreSQL here. Raises EmbeddedServerError when root finds neither way."""
    if os.geteuid() != 0:
        return RunAs()
    return _in_namespace() or _as_account() or _refuse()


def can_die_with_parent() -> bool:
    """Whether the kernel and util-linux can end a child with its parent."""
    return sys.platform == "linux" and shutil.which("setpriv") is not None


def reachable(binaries: Binaries, way: RunAs) -> Binaries:
    """The binaries, or a copy of them where the server's account can read them.

    Only the wheel is ever copied, and only when it lies below a directory the account may not enter (such as
    a virtual environment under ``/root``). Raises EmbeddedServerError when others' binaries cannot be read.
    """
    # By way of a shell: setpriv still has root's rights when it looks for the program, the shell has not.
    probe = way.command("sh", "-c", 'exec "$0" --version', binaries.bindir / "postgres")
    if way.owner is None or _runs(probe):
        return binaries
    wheel = wheel_bindir()
    if wheel is None or binaries.bindir != wheel.resolve():
        raise EmbeddedServerError(
            f"the account that has to run PostgreSQL cannot read {binaries.bindir}",
            hint="Install PostgreSQL where every account can read it, or run rollforward as a user.",
        )
    return replace(binaries, bindir=_copy_of_wheel(binaries))


def require_writable(directory: Path, way: RunAs) -> None:
    """Raise EmbeddedServerError when the server's account cannot write to a directory."""
    if way.owner is None or _runs(way.command("test", "-w", directory, "-a", "-x", directory)):
        return
    raise EmbeddedServerError(
        f"the account that has to run PostgreSQL for root cannot write to {directory}",
        hint="Choose a --data-dir that belongs to root and that every account can get to, as below /var/lib.",
    )


def _in_namespace() -> RunAs | None:
    unshare = shutil.which("unshare")
    if unshare is None:
        return None
    ids = (f"--map-user={_UNPRIVILEGED_ID}", f"--map-group={_UNPRIVILEGED_ID}")
    way = RunAs(prefix=(unshare, "--user", *ids), owner=(0, 0))  # the kernel still sees root
    return way if _runs(way.command("true")) else None


def _as_account() -> RunAs | None:
    setpriv = shutil.which("setpriv")
    if setpriv is None:
        return None
    for account in _accounts():
        ids = (f"--reuid={account.pw_uid}", f"--regid={account.pw_gid}")
        way = RunAs(prefix=(setpriv, *ids, "--clear-groups"), owner=(account.pw_uid, account.pw_gid))
        if _runs(way.command("true")):
            return way
    return None


def _accounts() -> list[pwd.struct_passwd]:
    """The accounts PostgreSQL may run as, best first."""
    return [account for name in _ACCOUNTS for account in pwd.getpwall() if account.pw_name == name]


def _own_accounts() -> frozenset[int]:
    return frozenset({0, *(account.pw_uid for account in _accounts())})


def _refuse() -> RunAs:
    raise EmbeddedServerError(
        "PostgreSQL does not run as root, and no other way was found here",
        detail="tried unshare --user (a user namespace) and setpriv to the accounts postgres and nobody",
        hint="Run rollforward as an ordinary user, or connect to a server of your own with --dsn.",
    )


def _copy_of_wheel(binaries: Binaries) -> Path:
    """Copy the package and the libraries beside it, which the programs find by their relative place."""
    package = binaries.bindir.parent.parent
    libraries = package.with_name(f"{package.name}.libs")
    copy = _COPIES / f"rollforward-postgres-{binaries.version}-{package.stat().st_mtime_ns:x}"
    if not copy.exists():
        unfinished = copy.with_name(f"{copy.name}.{os.getpid()}")
        for source in (package, libraries):
            shutil.copytree(source, unfinished / source.name, symlinks=True)
        unfinished.chmod(0o755)  # our own new directory: the one place that has to be open to others
        try:
            unfinished.rename(copy)
        except OSError:  # somebody else was faster
            shutil.rmtree(unfinished)
    # never run what another account may have put there
    if copy.is_symlink() or copy.stat().st_uid != 0 or copy.stat().st_mode & 0o022:
        raise EmbeddedServerError(f"{copy} was not made by rollforward", hint="Remove it.")
    return copy / binaries.bindir.relative_to(package.parent)


def _runs(command: list[str]) -> bool:
    try:
        done = subprocess.run(
            command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, cwd="/"
        )
    except OSError:
        return False
    return done.returncode == 0
