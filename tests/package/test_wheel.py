"""A wheel, installed elsewhere, is all there: SQL, templates, samples, and they work."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import sysconfig
import zipfile
from pathlib import Path

import pytest

from rollforward.embedded.server import Server
from tests.support.command import ENVIRONMENT
from tests.support.databases import OWNER, fresh_database

ROOT = Path(__file__).resolve().parents[2]

pytestmark = pytest.mark.long


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A wheel of the working tree."""
    place = tmp_path_factory.mktemp("wheel")
    command = [
        sys.executable,
        "-m",
        "pip",
        "wheel",
        "--quiet",
        "--no-deps",
        "--wheel-dir",
        str(place),
        str(ROOT),
    ]
    done = subprocess.run(command, capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stderr
    (built,) = place.glob("rollforward-*.whl")
    return built


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The bin directory of a new environment that has the wheel; what it depends on is borrowed from ours."""
    place = tmp_path_factory.mktemp("elsewhere") / "new environment"
    subprocess.run([sys.executable, "-m", "venv", str(place)], check=True, timeout=120)
    pip = [str(place / "bin" / "python"), "-m", "pip", "install", "--quiet", "--no-deps", str(wheel)]
    subprocess.run(pip, check=True, timeout=120)
    (packages,) = place.glob("lib/python*/site-packages")
    (packages / "borrowed.pth").write_text(sysconfig.get_path("purelib") + "\n")
    return place / "bin"


def test_the_wheel_holds_every_sql_file_template_and_sample(wheel: Path):
    held = set(zipfile.ZipFile(wheel).namelist())
    sources = {
        "rollforward/sql": ROOT / "sql",
        "rollforward/templates": ROOT / "templates",
        "rollforward/samples": ROOT / "driver" / "rollforward" / "samples",
    }
    for folder, source in sources.items():
        files = [path for path in source.rglob("*") if path.is_file() and path.name != ".gitkeep"]
        assert files
        assert {f"{folder}/{path.relative_to(source)}" for path in files} <= held
    assert not [name for name in held if "__pycache__" in name or name.startswith(("tests/", "bench/"))]


def test_the_installed_command_deploys_imports_and_verifies(installed: Path, server: Server, tmp_path: Path):
    with fresh_database(server) as name:
        dsn = server.dsn(name, OWNER)

        def rollforward(*words: str) -> str:
            command = [str(installed / "rollforward"), "--dsn", dsn, *words]
            done = subprocess.run(
                command, capture_output=True, text=True, cwd=tmp_path, env=ENVIRONMENT, timeout=120
            )
            assert done.returncode == 0, done.stderr
            return done.stdout

        where = "import rollforward; print(rollforward.__file__)"
        package = Path(_python(installed, where, tmp_path)).parent
        assert package.is_relative_to(installed.parent)
        assert "5 migrations" in rollforward("deploy")
        assert "nothing to do" in rollforward("deploy")
        growth = str(package / "samples" / "growth.csv")
        assert "17 saved" in rollforward("import", growth, "--broker", "tastytrade", "--account", "growth")
        assert "no difference" in rollforward("verify")
        (latest,) = json.loads(rollforward("--json", "latest"))
        assert latest["cash_balance"] == "23058.41000000"
        assert "GRANT" in rollforward(
            "render", "grant_roles", "--set", "login=ann", "--set", "role=reader"
        )  # a template


def _python(installed: Path, script: str, place: Path) -> str:
    done = subprocess.run(
        [str(installed / "python"), "-c", script],
        capture_output=True,
        text=True,
        cwd=place,
        env={name: value for name, value in os.environ.items() if name != "PYTHONPATH"},
        check=True,
        timeout=60,
    )
    return done.stdout.strip()
