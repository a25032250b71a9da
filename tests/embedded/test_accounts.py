"""PostgreSQL refuses root: it runs for root all the same, and for an ordinary user."""

from __future__ import annotations

import json
import os
import pwd
import shutil
import stat
import subprocess
import sys
from pathlib import Path

import pytest

import rollforward
from tests.embedded.commands import Home, eventually

AS_NOBODY = ("setpriv", "--reuid=nobody", "--regid=nogroup", "--clear-groups")

pytestmark = pytest.mark.skipif(
    os.geteuid() != 0 or shutil.which("setpriv") is None,
    reason="needs root and setpriv, to become somebody else",
)


def test_root_without_namespaces_uses_another_account(place: Path):
    place.chmod(0o711)
    programs = place / "bin"
    programs.mkdir()
    programs.chmod(0o755)
    for name in ("setpriv", "sh", "test", "true"):  # all but unshare
        (programs / name).symlink_to(str(shutil.which(name)))
    home = Home(place / "data")
    try:
        done = home.run("db", "start", PATH=str(programs))
        assert done.returncode == 0, done.stderr
        assert home.sql("SELECT 1") == "1"
        owner = pwd.getpwuid(Path(f"/proc/{home.postmaster()}").stat().st_uid).pw_name
        assert owner in ("postgres", "nobody")
        home.stop()
        assert (place.stat().st_uid, stat.S_IMODE(place.stat().st_mode)) == (0, 0o711)
        assert home.sql("SELECT 1") == "1"  # back to root's own: the data follows
    finally:
        home.stop()


def test_root_without_any_way_is_told_so(place: Path):
    done = Home(place / "data").run("db", "start", PATH="/nonexistent")
    assert done.returncode == 3
    assert "does not run as root" in done.stderr


@pytest.mark.long
def test_an_ordinary_user_needs_nothing_special(place: Path):
    python = _python_for_nobody()
    shutil.chown(place, "nobody")
    environment = {"PATH": os.environ["PATH"], "PYTHONPATH": _python_path(), "HOME": str(place)}

    def rollforward_db(*arguments: str) -> subprocess.CompletedProcess[str]:
        command = [*AS_NOBODY, python, "-m", "rollforward", "--json", "db", *arguments]
        return subprocess.run(command, capture_output=True, text=True, cwd="/", env=environment, timeout=60)

    started = rollforward_db("start")
    assert started.returncode == 0, started.stderr
    data_dir = Path(json.loads(started.stdout)["data_dir"])
    assert data_dir == place / ".local/share/rollforward/postgres"
    assert data_dir.stat().st_uid == pwd.getpwnam("nobody").pw_uid
    assert rollforward_db("stop").returncode == 0
    assert eventually(lambda: Home(data_dir).processes() == [])


def _python_for_nobody() -> str:
    """A Python of this version that nobody can run with our packages; skips the test when there is none."""
    version = f"python{sys.version_info.major}.{sys.version_info.minor}"
    for python in (sys.executable, f"/usr/bin/{version}", f"/usr/local/bin/{version}"):
        # run it from itself, too: setpriv still has root's rights when it looks for the program
        probe = "import subprocess, sys, rollforward.embedded.server as _;"
        probe += "subprocess.run([sys.executable, '-c', ''], check=True)"
        command = [*AS_NOBODY, python, "-c", probe]
        try:
            done = subprocess.run(
                command, env={**os.environ, "PYTHONPATH": _python_path()}, cwd="/", capture_output=True
            )
        except OSError:
            continue
        if done.returncode == 0:
            return python
    pytest.skip("no Python here that the account nobody may run together with this clone")


def _python_path() -> str:
    driver = Path(rollforward.__file__).parent.parent
    packages = [path for path in sys.path if path.endswith("site-packages")]
    inherited = os.environ.get("PYTHONPATH", "").split(os.pathsep)
    return os.pathsep.join([str(driver), *packages, *filter(None, inherited)])
