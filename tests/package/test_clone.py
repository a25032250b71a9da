"""As a new user: a clone into a folder with a space in its name, and the two commands, as root and not."""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.command import ENVIRONMENT

ROOT = Path(__file__).resolve().parents[2]
AS_NOBODY = ("setpriv", "--reuid=nobody", "--regid=nogroup", "--clear-groups")
MINUTES = 60

pytestmark = [
    pytest.mark.long,
    pytest.mark.skipif(not (ROOT / ".git").exists(), reason="needs the repository, to clone it"),
]


@pytest.fixture
def place() -> Iterator[Path]:
    directory = Path(tempfile.mkdtemp(prefix="rf-test-", dir="/tmp"))
    yield directory
    shutil.rmtree(directory)


def clone(place: Path) -> Path:
    """HEAD of this repository, in a folder with a space in its name."""
    folder = place / "my clone"
    command = ["git", "-c", "safe.directory=*", "clone", "--quiet", "--no-hardlinks", str(ROOT), str(folder)]
    subprocess.run(command, check=True, timeout=MINUTES)
    return folder


def user(folder: Path, home: Path, prefix: tuple[str, ...], *command: str) -> str:
    """What a command prints that somebody runs in the clone; it must succeed."""
    done = subprocess.run(
        [*prefix, *command],
        capture_output=True,
        text=True,
        stdin=subprocess.DEVNULL,
        cwd=folder,
        env=ENVIRONMENT | {"HOME": str(home), "PATH": _path(prefix), "PIP_CACHE_DIR": str(home / "pip")},
        timeout=10 * MINUTES,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def try_it(folder: Path, home: Path, prefix: tuple[str, ...] = ()) -> None:
    """The demonstration, twice; then what ``make test`` sets up, and a part of the suite."""
    for known in ("0 already known", "17 already known"):
        shown = user(folder, home, prefix, "make", "demo")
        assert known in shown
        assert "verified 2 accounts: no difference" in shown
        assert "23,058.41" in shown
    suggested = shown[shown.index("Try next:") :].splitlines()
    assert len(suggested) == 4
    assert '"cash_balance": "23058.41000000"' in user(folder, home, prefix, "sh", "-c", suggested[1])
    user(folder, home, prefix, "make", ".venv/tested")
    python = str(folder / ".venv" / "bin" / "python")
    passed = user(folder, home, prefix, python, "-m", "pytest", "-q", "tests/embedded/test_resolution.py",
                  "tests/deploy/test_command.py")  # fmt: skip
    assert " passed" in passed
    status = user(folder, home, prefix, "git", "-c", "safe.directory=*", "status", "--porcelain")
    assert status == ""  # whatever the two commands make is ignored


def test_a_clone_works_for_whoever_runs_the_tests(place: Path):
    try_it(clone(place), place)


@pytest.mark.skipif(
    os.geteuid() != 0 or shutil.which("setpriv") is None, reason="needs root and setpriv, to become nobody"
)
def test_a_clone_works_for_an_ordinary_user(place: Path):
    if not _nobody_has_python():
        pytest.skip("the account nobody finds no Python 3.11 with venv here")
    folder = clone(place)
    for path in (place, *place.rglob("*")):
        shutil.chown(path, "nobody", "nogroup")
    try_it(folder, place, AS_NOBODY)
    nobody = pwd.getpwnam("nobody").pw_uid
    assert {path.lstat().st_uid for path in folder.rglob("*")} == {nobody}


def _path(prefix: tuple[str, ...]) -> str:
    """The search path: without this environment's own programs, and for others without root's."""
    own = (str(Path(sys.prefix) / "bin"), *(("/root",) if prefix else ()))
    return os.pathsep.join(part for part in os.environ["PATH"].split(os.pathsep) if not part.startswith(own))


def _nobody_has_python() -> bool:
    script = "for p in python3.13 python3.12 python3.11 python3; do $p -c 'import ensurepip, sys;"
    script += " sys.exit(sys.version_info < (3, 11))' 2>/dev/null && exit 0; done; exit 1"
    command = [*AS_NOBODY, "sh", "-c", script]
    return subprocess.run(command, cwd="/", env={"PATH": _path(AS_NOBODY)}).returncode == 0
