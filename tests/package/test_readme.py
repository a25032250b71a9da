"""Every example of README.md and docs/ does what it says; see ``readme.py`` for what an example is.

The examples of one file share a home, a database that is deployed and empty, and a folder with the sample
statements; ``service=books`` is that database.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import psycopg
import pytest

import rollforward
from rollforward.embedded.server import Server
from tests.package.readme import DEMO, Example, difference, examples, matches
from tests.support.command import ENVIRONMENT
from tests.support.databases import OWNER, fresh_database

ROOT = Path(__file__).resolve().parents[2]
SAMPLES = Path(rollforward.__file__).parent / "samples"
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").glob("**/*.md"))]


@dataclass(frozen=True)
class Reader:
    """Somebody who types in what a page shows."""

    home: Path
    dsn: str
    psql: Path

    def run(self, example: Example) -> str:
        """What an example prints; it must succeed, unless it shows an error."""
        if example.language == "sql":
            command = [str(self.psql), "-Xq", "-v", "ON_ERROR_STOP=1", "service=books"]
        elif example.language == "python":
            command = [sys.executable, "-"]
        elif example.source == DEMO:
            command = [sys.executable, "-m", "rollforward.demo", str(self.home / "demo")]
        else:
            command = ["/bin/sh", "-c", example.source]
        done = subprocess.run(
            command,
            input=example.source if example.language != "console" else "",
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            cwd=ROOT if example.source == DEMO else self.home / "statements",
            env=self._environment(),
            timeout=120,
        )
        if example.expected is None:
            assert done.returncode == 0, f"{example.file}:{example.line} failed:\n{done.stdout}"
        return done.stdout

    def _environment(self) -> dict[str, str]:
        path = os.pathsep.join([str(Path(sys.executable).parent), str(self.psql.parent), os.environ["PATH"]])
        return ENVIRONMENT | {
            "HOME": str(self.home),
            "XDG_DATA_HOME": str(self.home / "share"),
            "PGSERVICEFILE": str(self.home / "services"),
            "PATH": path,
            "LC_ALL": "C.UTF-8",
            "ROLLFORWARD_DSN": "service=books",
            "PYTHONPATH": str(Path(rollforward.__file__).parent.parent),
        }


@pytest.fixture
def reader(server: Server, template: str) -> Iterator[Reader]:
    home = Path(tempfile.mkdtemp(prefix="rf-test-", dir="/tmp"))
    shutil.copytree(SAMPLES, home / "statements")
    with fresh_database(server, template=template) as name:
        (home / "services").write_text(
            f"[books]\nhost={server.host}\nport={server.port}\ndbname={name}\nuser={OWNER}\n"
        )
        with psycopg.connect(server.dsn(), autocommit=True) as admin:
            admin.execute(f"ALTER DATABASE {name} SET timezone = 'UTC'")
        yield Reader(home, server.dsn(name, OWNER), server.bindir / "psql")
    shutil.rmtree(home)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_example_prints_what_the_page_says(reader: Reader, page: Path):
    wrong = [
        found for example in examples(page) if (found := difference(example, reader.run(example))) is not None
    ]
    assert not wrong, "\n\n".join(wrong)


def example(*expected: str) -> Example:
    return Example(Path("page.md"), 3, "console", "command", expected, 4)


def test_a_line_that_differs_is_named_with_its_place():
    found = difference(example("one", "two", "three"), "one\n2\nthree\n")
    assert found is not None
    assert found.splitlines()[:3] == [
        "page.md:5: the example in line 3 prints something else",
        "  promised: two",
        "  printed:  2",
    ]


@pytest.mark.parametrize(
    ("expected", "printed", "equal"),
    [
        (("a", "b"), "a\nb\n\n", True),
        (("a", "..."), "a\nb\nc", True),
        (("a", "...", "d"), "a\nb\nc\nd", True),
        (("...", "c"), "a\nb", False),
        (("a",), "a\nb", False),
        (("a", "b"), "a", False),
        (("a ... c",), "a b c", True),
        (("took 12.3 ms",), "took 4 ms", True),
        (("took 12.3 ms",), "took 4 h", False),
        (("a+b (c)",), "a+b (c)", True),
    ],
)
def test_what_counts_as_equal(expected: tuple[str, ...], printed: str, equal: bool):
    assert (difference(example(*expected), printed) is None) is equal


def test_dots_in_a_line_stand_for_anything():
    assert matches("id ..., name b", "id 17, name b")
    assert not matches("id ..., name b", "id 17, name c")


def test_blocks_are_found_in_their_order(tmp_path: Path):
    page = tmp_path / "page.md"
    page.write_text(
        "```console\n$ one\n1\n$ two\n```\ntext\n```sql\nSELECT 1;\n```\n\n```text\n1\n```\n"
        "```text\nno output of anything\n```\n```sql\nSELECT 2;\n```\nprose\n```text\n2\n```\n"
    )
    found = [(example.line, example.source.strip(), example.expected) for example in examples(page)]
    assert found == [(2, "one", ("1",)), (4, "two", ()), (8, "SELECT 1;", ("1",)), (18, "SELECT 2;", None)]
