"""What a user may set for the driver: ``rollforward.toml``, and the settings of the database behind it."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rollforward.errors import UsageError

if TYPE_CHECKING:
    from rollforward.session import Session

CONFIG_FILE = "rollforward.toml"
CONNECTION = ("dsn", "data_dir")
NUMBERS = ("workers", "chunk_size")


def read_config_file(directory: Path | None = None) -> dict[str, Any]:
    """What stands in the file, checked; nothing when there is none. Raises UsageError for what is wrong."""
    path = (directory or Path()) / CONFIG_FILE
    try:
        given = tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return {}
    except (OSError, ValueError) as error:
        raise UsageError(f"{path} cannot be read: {error}") from error
    for key, value in given.items():
        if key in CONNECTION and (not isinstance(value, str) or not value):
            raise UsageError(f"{path}: {key} must be a text, not {value!r}")
        if key in NUMBERS and (isinstance(value, bool) or not isinstance(value, int) or value < 1):
            raise UsageError(f"{path}: {key} must be a number above zero, not {value!r}")
    if unknown := sorted(set(given) - {*CONNECTION, *NUMBERS}):
        raise UsageError(
            f"{path}: unknown key: {', '.join(unknown)}",
            hint=f"Keys are {', '.join((*CONNECTION, *NUMBERS))}.",
        )
    if "dsn" in given and "data_dir" in given:
        raise UsageError(f"{path}: dsn and data_dir exclude each other")
    return given


def configured(session: Session, directory: Path | None = None) -> dict[str, int]:
    """How many workers, and accounts in a chunk: of the file where it says so, else of the database."""
    stored = session.fetch(
        "SELECT name, value FROM rollforward.setting WHERE name = ANY (%s)", [list(NUMBERS)]
    )
    given = read_config_file(directory)
    return {name: given.get(name, int(value)) for name, value in stored}
