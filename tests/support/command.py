"""The command line in tests: run it on a database, and look at what it says and where."""

from __future__ import annotations

import csv
import json
import os
import signal
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from rollforward.cli.main import run
from tests.support.statements import HEADER, Printed, printed

ENVIRONMENT = {
    name: value
    for name, value in os.environ.items()
    if name == "PG_BINDIR"
    or not name.startswith(("PG", "ROLLFORWARD_", "NO_COLOR", "FORCE_COLOR", "MAKE", "COLUMNS", "LINES"))
}


@dataclass(frozen=True)
class Done:
    """How a command ended, and what it wrote."""

    code: int
    out: str
    err: str

    @property
    def document(self) -> Any:
        """The one JSON document on stdout."""
        return json.loads(self.out)


@dataclass(frozen=True)
class CommandLine:
    """``rollforward`` on one database, in this process: quick, and its output is captured."""

    dsn: str
    capture: pytest.CaptureFixture[str]

    def __call__(self, *words: object) -> Done:
        """Run a command, whatever its exit code."""
        self.capture.readouterr()
        code = run(["--dsn", self.dsn, *map(str, words)])
        written = self.capture.readouterr()
        return Done(code, written.out, written.err)

    def succeed(self, *words: object) -> Done:
        """Run a command that must end with 0."""
        done = self(*words)
        assert done.code == 0, done.err + done.out
        return done

    def json(self, *words: object) -> Any:
        """The document of a command that must end with 0."""
        return self.succeed("--json", *words).document

    def book(self, *files: Path, account: str = "a", options: Sequence[str] = ()) -> Done:
        """``import`` of Tastytrade statements, whatever its exit code."""
        return self("import", *files, "--broker", "tastytrade", "--account", account, *options)

    def report(self, file: Path, *options: str, account: str = "a") -> dict[str, Any]:
        """What ``--json import`` of one file says, whatever its exit code."""
        done = self("--json", "import", file, "--broker", "tastytrade", "--account", account, *options)
        (report,) = done.document["files"]
        return dict(report)


def spawn(dsn: str, *words: object, **environment: str) -> subprocess.Popen[str]:
    """``rollforward`` in a process of its own, its output in pipes."""
    return subprocess.Popen(
        [sys.executable, "-m", "rollforward", "--dsn", dsn, *map(str, words)],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=ENVIRONMENT | environment,
        preexec_fn=_listens_to_control_c,
    )


def _listens_to_control_c() -> None:
    """A shell that runs the tests in its background ignores it, and so would all that it starts."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


def finish(process: subprocess.Popen[str], *, timeout: float = 60) -> Done:
    """Wait for it."""
    out, err = process.communicate(timeout=timeout)
    return Done(process.returncode, out, err)


def write(path: Path, rows: Sequence[Printed]) -> Path:
    """Write rows as a statement file, in the columns of the first."""
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, list(rows[0]) if rows else HEADER, lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
    return path


def deposit(on: str, value: str, **columns: str) -> Printed:
    return printed(on, "Money Movement", "Deposit", Value=value, Total=value, **columns)


def share(on: str, sub_type: str, quantity: str, price: str, value: str, symbol: str = "ACME") -> Printed:
    """A trade in shares, such as ``share("2025-01-02", "Buy to Open", "10", "20", "-200")``."""
    return printed(
        on,
        "Trade",
        sub_type,
        Action=sub_type.upper().replace(" ", "_"),
        Symbol=symbol,
        Instrument_Type="Equity",
        Description=f"{sub_type} {quantity} {symbol} @ {price}",
        Value=value,
        Quantity=quantity,
        Average_Price=price,
        Fees="-0.01",
        Root_Symbol=symbol,
        Underlying_Symbol=symbol,
        Total=value,
    )


def few_rows() -> list[Printed]:
    """A deposit, a purchase, a sale of half of it, and a dividend: four movements on four days."""
    return [
        deposit("2025-01-02", "1,000.00"),
        share("2025-01-03", "Buy to Open", "10", "20.00", "-200.00"),
        share("2025-01-06", "Sell to Close", "5", "22.00", "110.00"),
        printed("2025-01-07", "Money Movement", "Dividend", Symbol="ACME", Value="3.50", Total="3.50"),
    ]


def many_rows(count: int) -> list[Printed]:
    """A deposit, then purchases and sales in turn, in a dozen positions, over some years."""
    rows = [deposit("2020-01-02", "1,000,000.00")]
    for number in range(1, count):
        day = date(2020, 1, 3) + timedelta(days=number * 1_500 // max(count, 3_000))
        at = f"{day}T{9 + number % 8:02}:{number % 60:02}:00+0100"
        symbol = f"S{(number - 1) // 2 % 12}"
        price = Decimal(1_000 + number % 700) / 100
        if number % 2:
            rows.append(share(at, "Buy to Open", "10", f"{price}", f"{-10 * price}", symbol))
        else:
            rows.append(share(at, "Sell to Close", "7", f"{price}", f"{7 * price}", symbol))
    return rows
