"""``python -m bench``: run the benchmark, print the report, write it as JSON and as a page."""

from __future__ import annotations

import argparse
import os
import sys
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

from bench.claims import Line
from bench.counting import Cost
from bench.database import bench_server
from bench.measure import FiguresDiffer
from bench.report import comparison, document, page, terminal
from bench.report.document import Document, Run
from bench.settings import FULL, QUICK, Scale, with_ten_millions
from bench.suites import SUITES
from rollforward.errors import RollforwardError

RESULTS = Path(__file__).parent / "results"
EMBEDDED = Path("embedded")


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the suites asked for; 1 when contestants came to different figures or a server did not start."""
    options = parser().parse_args(arguments)
    if options.again:
        written = options.again
    else:
        try:
            written = _measured(options)
        except (FiguresDiffer, RollforwardError) as error:
            print(f"bench: {error}", file=sys.stderr)
            return 1
    terminal.show(written)
    if options.against:
        terminal.show_comparison(comparison.pairs(written, options.against))
    page.save(written, options.results / "latest.html")
    print(f"written to {options.results}/latest.json and latest.html", file=sys.stderr)
    return 0


def parser() -> argparse.ArgumentParser:
    """The options."""
    made = argparse.ArgumentParser(prog="python -m bench", description="Measure the claims of rollforward.")
    made.add_argument("--quick", action="store_true", help="small workloads, under two minutes")
    made.add_argument(
        "--only", type=_suites, metavar="SUITE,…", help=f"some of the suites: {', '.join(SUITES)}"
    )
    made.add_argument(
        "--pg-bindir",
        type=Path,
        action="append",
        metavar="DIR",
        help="programs of a PostgreSQL to measure, or the word embedded; may be given more than once",
    )
    made.add_argument(
        "--ten-million", action="store_true", help="growth up to 10,000,000 movements: hours, and much disk"
    )
    made.add_argument(
        "--results", type=Path, metavar="DIR", default=RESULTS, help="where the report goes: %(default)s"
    )
    made.add_argument(
        "--again", type=_results, metavar="FILE", help="measure nothing: report what a FILE of results holds"
    )
    made.add_argument(
        "--against", type=_results, metavar="FILE", help="say on which verdicts a FILE of results differs"
    )
    return made


def _measured(options: argparse.Namespace) -> Document:
    """Measure on all servers. What was measured is saved after each suite: none is lost when one fails."""
    scale = _scale(options)
    runs: list[Run] = []
    for bindir in _bindirs(options):
        for run in _run(bindir, options.only or list(SUITES), scale):
            written = document.document(scale, [*runs, run])
            document.save(written, options.results / "latest.json")
        runs.append(run)
    return written


def _run(bindir: Path | None, suites: Sequence[str], scale: Scale) -> Iterator[Run]:
    """Measure on one server (None: the one found without a name); yield what is known after each suite."""
    _choose(bindir)
    lines: list[Line] = []
    costs: list[Cost] = []
    seconds: dict[str, float] = {}
    with bench_server() as server:
        for name in suites:
            began = time.monotonic()
            for found in SUITES[name](server, scale):
                if isinstance(found, Cost):
                    costs.append(found)
                else:
                    lines.append(found)
            seconds[name] = time.monotonic() - began
            print(f"{name}: {seconds[name]:.0f} s", file=sys.stderr)
            yield Run(server.server.version, tuple(lines), tuple(costs), dict(seconds))
        print(f"PostgreSQL {server.server.version}: {sum(seconds.values()):.0f} s", file=sys.stderr)


def _bindirs(options: argparse.Namespace) -> list[Path | None]:
    return options.pg_bindir or [None]


def _choose(bindir: Path | None) -> None:
    """Make the server that starts next be of these programs."""
    if bindir == EMBEDDED:
        os.environ.pop("PG_BINDIR", None)
    elif bindir is not None:
        os.environ["PG_BINDIR"] = str(bindir.resolve())


def _scale(options: argparse.Namespace) -> Scale:
    scale = QUICK if options.quick else FULL
    return with_ten_millions(scale) if options.ten_million else scale


def _suites(text: str) -> list[str]:
    names = text.split(",")
    if unknown := [name for name in names if name not in SUITES]:
        raise argparse.ArgumentTypeError(f"unknown suite: {', '.join(unknown)}")
    return names


def _results(text: str) -> Document:
    try:
        return document.load(Path(text))
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise argparse.ArgumentTypeError(f"{text} holds no results: {error}") from error


if __name__ == "__main__":
    sys.exit(main())
