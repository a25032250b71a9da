"""The demonstration behind ``make demo``: the command line, run on the sample statements, step by step.

``python -m rollforward.demo DIRECTORY`` keeps its embedded database in DIRECTORY and may be run again: rows
that are already known are not saved again.
"""

from __future__ import annotations

import os
import shlex
import sys
from pathlib import Path

from rollforward.cli import main

SAMPLES = Path(os.path.relpath(Path(__file__).parent / "samples"))


def run(directory: str) -> int:
    """Run the steps; stop at the first that fails, with its exit code."""
    for command in (
        ["deploy"],
        [
            "import",
            str(SAMPLES / "growth.csv"),
            "--broker",
            "tastytrade",
            "--account",
            "growth",
            "--no-process",
        ],
        [
            "import",
            str(SAMPLES / "income.csv"),
            "--broker",
            "tastytrade",
            "--account",
            "income",
            "--no-process",
        ],
        ["process"],
        ["latest"],
        ["latest", "--as-of", "2025-03-31"],
        ["verify"],
    ):
        _say(f"$ rollforward {_shown(command)}")
        code = main(["--data-dir", directory, "-q", *command])
        if code != 0:
            return code
        _say("")
    program = shlex.quote(os.path.relpath(Path(sys.executable).parent / "rollforward"))
    rollforward = f"{program} --data-dir {shlex.quote(directory)}"
    _say("Try next:")
    _say(f"  {rollforward} --json latest --account growth")
    _say(f"  {rollforward} db psql -- -c 'SELECT symbol, side, quantity, gain FROM rollforward.lot_match'")
    _say(f"  {rollforward} import YOUR_STATEMENT.csv --broker tastytrade --account mine")
    return 0


def _shown(command: list[str]) -> str:
    """The command as a reader would type it."""
    return " ".join(Path(word).name if word.endswith(".csv") else word for word in command)


def _say(text: str) -> None:
    print(text, flush=True)


if __name__ == "__main__":
    sys.exit(run(sys.argv[1]))
