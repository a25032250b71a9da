"""``python -m bench``: run the benchmark, print the report, write ``bench/results/latest.json``."""

from __future__ import annotations

import argparse
import os
import sys
import time
from collections.abc import Sequence
from pathlib import Path

from bench import report
from bench.claims import Line
from bench.database import bench_server
from bench.settings import FULL, QUICK
from bench.suites import SUITES, FiguresDiffer
from rollforward.errors import RollforwardError


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the suites asked for; 1 when contestants came to different figures or the server did not start."""
    options = _parser().parse_args(arguments)
    if options.pg_bindir:
        os.environ["PG_BINDIR"] = str(options.pg_bindir.resolve())
    scale = QUICK if options.quick else FULL
    lines: list[Line] = []
    try:
        with bench_server() as server:
            for name in options.only or SUITES:
                began = time.monotonic()
                lines += SUITES[name](server, scale)
                print(f"{name}: {time.monotonic() - began:.0f} s", file=sys.stderr)
            version = server.server.version
    except (FiguresDiffer, RollforwardError) as error:
        print(f"bench: {error}", file=sys.stderr)
        return 1
    report.show(lines, scale, version)
    print(f"written to {report.save(lines, scale, version)}", file=sys.stderr)
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m bench", description="Measure the claims of rollforward.")
    parser.add_argument("--quick", action="store_true", help="small workloads, under two minutes")
    parser.add_argument(
        "--only", type=_suites, metavar="SUITE,…", help=f"some of the suites: {', '.join(SUITES)}"
    )
    parser.add_argument(
        "--pg-bindir", type=Path, metavar="DIR", help="programs of another PostgreSQL to measure"
    )
    return parser


def _suites(text: str) -> list[str]:
    names = text.split(",")
    if unknown := [name for name in names if name not in SUITES]:
        raise argparse.ArgumentTypeError(f"unknown suite: {', '.join(unknown)}")
    return names


if __name__ == "__main__":
    sys.exit(main())
