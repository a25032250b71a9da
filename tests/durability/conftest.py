"""A kept data directory on a real disk, with every setting that makes it durable."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.durability.victim import Victim


@pytest.fixture
def victim() -> Iterator[Victim]:
    """A kept server that may be killed, and databases on it."""
    place = Path(tempfile.mkdtemp(prefix="rf-test-", dir="/tmp"))
    victim = Victim(place / "data")
    yield victim
    victim.stop()
    shutil.rmtree(place)
