"""The command line on an empty, deployed database."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.command import CommandLine, few_rows, write
from tests.support.fixtures import ledger, ledger_connection  # noqa: F401
from tests.support.ledger import Ledger


@pytest.fixture
def command(ledger: Ledger, capsys: pytest.CaptureFixture[str]) -> CommandLine:  # noqa: F811
    """The command line, in this process, on an empty ledger."""
    return CommandLine(ledger.connection.info.dsn, capsys)


@pytest.fixture
def statement(tmp_path: Path) -> Path:
    """A statement of four rows."""
    return write(tmp_path / "statement.csv", few_rows())
