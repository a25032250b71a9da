"""A data directory for each test, without a server when the test is over."""

from __future__ import annotations

import shutil
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from rollforward.embedded.server import stop_server, use_server
from tests.embedded.commands import Home


def remove(directory: Path) -> None:
    """Remove a directory from which a server may just be taking its last files."""
    for _ in range(50):
        shutil.rmtree(directory, ignore_errors=True)
        if not directory.exists():
            return
        time.sleep(0.1)
    shutil.rmtree(directory)


@pytest.fixture
def place() -> Iterator[Path]:
    """A short private directory: the path of a socket must fit below it."""
    directory = Path(tempfile.mkdtemp(prefix="rf-test-", dir="/tmp"))
    yield directory
    remove(directory)


@pytest.fixture
def home(place: Path) -> Iterator[Home]:
    """A data directory that does not exist yet."""
    home = Home(place / "data")
    yield home
    stop_server(home.directory)


@pytest.fixture(scope="session")
def made() -> Iterator[Path]:
    """A data directory with a cluster in it; making one takes more than a second."""
    place = Path(tempfile.mkdtemp(prefix="rf-test-", dir="/tmp"))
    with use_server(place / "data"):
        pass
    yield place / "data"
    remove(place)


@pytest.fixture
def made_home(made: Path) -> Iterator[Home]:
    """A data directory with a cluster in it, not running. Tests share its data."""
    home = Home(made)
    yield home
    stop_server(home.directory)
