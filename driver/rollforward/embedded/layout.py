"""What lies where in a data directory.

DIR/pgdata/         the PostgreSQL data directory proper
DIR/server.log      what the server and its keeper have to say
DIR/keeper.lock     locked while a keeper lives
DIR/.s.PGSQL.5432   the server's socket   } both in a short directory of their own
DIR/.keeper         the keeper's socket   } when DIR's path is too long for a socket
"""

from __future__ import annotations

import hashlib
import os
import shutil
import stat
import tempfile
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

from rollforward.errors import EmbeddedServerError

PORT = 5432  # only a part of the socket's name: the server never listens on TCP
SUPERUSER = "postgres"
INITDB_PREFIX = "initdb-"  # a cluster in the making; complete ones are renamed to pgdata
OWNER = "rollforward"  # the ordinary role, and the name of its database
_LONGEST_SOCKET_PATH = 100  # the kernel holds 107 bytes on Linux, 103 on macOS


@dataclass(frozen=True)
class Layout:
    """The files of one data directory. Paths only; nothing is created."""

    directory: Path

    @classmethod
    def of(cls, directory: Path) -> Layout:
        """The layout of a directory however it was spelled: one place, one server."""
        return cls(Path(os.path.realpath(directory.expanduser())))

    @property
    def pgdata(self) -> Path:
        return self.directory / "pgdata"

    @property
    def log(self) -> Path:
        return self.directory / "server.log"

    @property
    def lock(self) -> Path:
        return self.directory / "keeper.lock"

    @property
    def keeper_socket(self) -> Path:
        return self.socket_dir / ".keeper"

    @property
    def server_socket(self) -> Path:
        return self.socket_dir / f".s.PGSQL.{PORT}"

    @property
    def socket_dir(self) -> Path:
        """The directory of the sockets: always the same one for the same data directory."""
        path = str(self.directory)
        too_long = len(os.fsencode(path)) + len(f"/.s.PGSQL.{PORT}.lock") > _LONGEST_SOCKET_PATH
        # libpq reads a comma in a host as a list of hosts, PostgreSQL both in its list of directories
        if not too_long and "," not in path and '"' not in path:
            return self.directory
        digest = hashlib.sha256(os.fsencode(path)).hexdigest()[:16]
        return Path("/tmp") / f"rollforward-{os.geteuid()}-{digest}"

    def create(self) -> None:
        """Create the data directory, private to the caller, unless it is there: then it stays as it is.

        Raises EmbeddedServerError when that is impossible or the directory is something else already.
        """
        try:
            _make_private(self.directory)
            self._require_own()
            with tempfile.TemporaryFile(dir=self.directory, prefix=INITDB_PREFIX):
                pass  # writable
        except OSError as error:
            # mkdir says "file exists" of a file that is in the way
            reason = "not a directory" if isinstance(error, FileExistsError) else error.strerror
            raise EmbeddedServerError(
                f"the data directory {self.directory} cannot be used: {error.filename}: {reason}",
                hint="Choose another one with --data-dir, or connect to a server of your own with --dsn.",
            ) from error

    def dsn(self, dbname: str, user: str) -> str:
        """A connection URI, without a blank or an ampersand whatever the path, as shells read those."""
        host = quote(str(self.socket_dir), safe="/")
        return f"postgresql://{quote(user, safe='')}@:{PORT}/{quote(dbname, safe='')}?host={host}"

    def create_socket_dir(self, trusted: frozenset[int]) -> None:
        """Create the sockets' directory where it is another one. The caller holds the lock.

        trusted  the accounts whose directory may be used when there is one; in /tmp anybody can make it

        Raises EmbeddedServerError when it is somebody else's.
        """
        if self.socket_dir == self.directory:
            return
        self.socket_dir.mkdir(mode=0o700, exist_ok=True)
        found = self.socket_dir.lstat()
        private = stat.S_ISDIR(found.st_mode) and not found.st_mode & 0o077
        if not private or found.st_uid not in trusted:
            raise EmbeddedServerError(
                f"{self.socket_dir}, the place for the server's socket, belongs to somebody else",
                hint="Choose a --data-dir with a shorter path, which needs no such place.",
            )

    def remove_socket_dir(self) -> None:
        """Remove the sockets' directory where it is another one. The caller holds the lock."""
        if self.socket_dir != self.directory:
            shutil.rmtree(self.socket_dir, ignore_errors=True)

    def _require_own(self) -> None:
        """As initdb does: never settle in a directory that holds something else."""
        if self.pgdata.exists():
            return
        foreign = [path.name for path in self.directory.iterdir() if not self._is_ours(path.name)]
        if foreign:
            raise EmbeddedServerError(
                f"{self.directory} holds other things, such as {min(foreign)}, and no data of rollforward",
                hint="Give a new or empty directory with --data-dir, or the server to connect to with --dsn.",
            )

    def _is_ours(self, name: str) -> bool:
        files = (self.log, self.lock, self.keeper_socket, self.server_socket)
        return name.startswith((INITDB_PREFIX, *(path.name for path in files)))


def _make_private(directory: Path) -> None:
    """Create a directory and its missing parents, the directory itself for the caller alone."""
    if not directory.is_dir():
        directory.parent.mkdir(parents=True, exist_ok=True)
        directory.mkdir(mode=0o700, exist_ok=True)
