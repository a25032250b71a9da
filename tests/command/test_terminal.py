"""What a person sees in a real terminal of 100 columns."""

from __future__ import annotations

import itertools
import os
import re
import shlex
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from tests.embedded.commands import eventually
from tests.support.command import ENVIRONMENT, CommandLine, deposit, many_rows, write

COLUMNS = 100
PROMPT = "the end"
_numbers = itertools.count()

pytestmark = pytest.mark.skipif(shutil.which("tmux") is None, reason="needs tmux, to have a terminal")


class Terminal:
    """A terminal of its own, with one shell command at a time in it."""

    def __init__(self, dsn: str, name: str) -> None:
        self.dsn = dsn
        self.server = ["tmux", "-u", "-f", "/dev/null", "-L", name]
        self._tmux("new-session", "-d", "-x", str(COLUMNS), "-y", "40", "sleep 600")

    def start(self, *words: object, **environment: str) -> None:
        command = [sys.executable, "-m", "rollforward", "--dsn", self.dsn, *map(str, words)]
        variables = [f"{name}={value}" for name, value in environment.items()]
        shell = f"env {shlex.join([*variables, *command])}; echo code=$? {PROMPT}; sleep 60"
        self._tmux("respawn-pane", "-k", shell)
        self._tmux("clear-history")

    def run(self, *words: object, **environment: str) -> str:
        """Run a command to its end; the screen."""
        self.start(*words, **environment)
        assert eventually(lambda: PROMPT in self.screen(), 30), self.screen()
        return self.screen()

    def screen(self, *options: str) -> str:
        """What is seen now; with ``-e`` in its colours, with ``-J`` folded lines joined."""
        return self._tmux("capture-pane", "-p", *options).rstrip()

    def close(self) -> None:
        self._tmux("kill-server", check=False)

    def _tmux(self, *words: str, check: bool = True) -> str:
        done = subprocess.run(
            [*self.server, *words], capture_output=True, text=True, check=check, env=ENVIRONMENT, timeout=30
        )
        return done.stdout


@pytest.fixture
def terminal(command: CommandLine) -> Iterator[Terminal]:
    terminal = Terminal(command.dsn, f"rollforward-{os.getpid()}-{next(_numbers)}")
    yield terminal
    terminal.close()


def test_importing_shows_a_progress_bar_and_leaves_none(terminal: Terminal, tmp_path: Path):
    file = write(tmp_path / "larger.csv", many_rows(2_500))
    terminal.start("import", file, "--broker", "tastytrade", "--account", "a")
    seen: list[str] = []

    def ended() -> bool:
        seen.append(terminal.screen("-J"))
        return PROMPT in seen[-1]

    assert eventually(ended, 60)
    bars = [screen for screen in seen[:-1] if "━" in screen]
    assert bars, "no progress bar was seen"
    # the file, and then the run that computes what it has changed
    assert all("larger.csv" in screen or "accounts" in screen for screen in bars)
    assert any("larger.csv" in screen for screen in bars)
    assert "━" not in seen[-1]
    assert "2500 rows read, 2500 saved, 0 already known" in " ".join(seen[-1].split())
    assert "code=0" in seen[-1]


@pytest.mark.parametrize("words", [("-q",), ("--json",)])
def test_quiet_and_json_show_no_progress_bar(terminal: Terminal, tmp_path: Path, words: tuple[str, ...]):
    file = write(tmp_path / "larger.csv", many_rows(300))
    terminal.start("import", file, "--broker", "tastytrade", "--account", "a", *words)
    seen: list[str] = []

    def ended() -> bool:
        seen.append(terminal.screen("-J"))
        return PROMPT in seen[-1]

    assert eventually(ended, 60)
    assert not any("━" in screen for screen in seen)


def test_tables_fit_a_hundred_columns(terminal: Terminal, command: CommandLine, tmp_path: Path):
    rows = [deposit("2025-01-02", "123,456,789.01"), *many_rows(30)[1:]]
    command.book(write(tmp_path / "a.csv", rows), account="retirement")
    command.succeed("process", "--scenario", "backfill", "--from", "2020-01-01", "--to", "2025-12-31")
    for words in (("latest",), ("accounts", "list"), ("verify",), ("runs", "list"), ("runs", "show", 1)):
        expected = [line.rstrip() for line in command.succeed(*words).out.splitlines()]
        assert max(map(len, expected)) <= COLUMNS
        plain = terminal.run(*words, NO_COLOR="1").splitlines()
        assert [line.rstrip() for line in plain[: len(expected)]] == expected


def test_no_color_means_none(terminal: Terminal, tmp_path: Path):
    file = write(tmp_path / "larger.csv", many_rows(1_000))
    colour = re.compile(r"\x1b\[[0-9;]*(3[0-8]|4[0-8]|9[0-7])[;m]")
    found = []
    for environment in ({}, {"NO_COLOR": "1"}):
        words = ("import", file, "--broker", "tastytrade", "--account", "a", "--dry-run")
        terminal.start(*words, **environment)
        screens: list[str] = []
        assert eventually(lambda seen=screens: seen.append(terminal.screen("-e")) or PROMPT in seen[-1], 60)
        found.append(any(colour.search(screen) for screen in screens))
    assert found == [True, False]


def test_an_error_is_readable(terminal: Terminal):
    screen = terminal.run("latest", "--account", "x")
    assert "error: unknown account: x  (SQLSTATE 22R01)" in screen
    assert "code=1" in screen


def test_a_run_shows_how_far_it_is_and_so_does_another_terminal(
    terminal: Terminal, command: CommandLine, tmp_path: Path
):
    file = write(tmp_path / "rows.csv", many_rows(3))
    for account in "abcdef":
        command.book(file, account=account, options=["--no-process"])
    other = Terminal(command.dsn, f"rollforward-other-{os.getpid()}-{next(_numbers)}")
    try:
        with psycopg.connect(command.dsn) as holder:
            holder.execute("SELECT FROM rollforward_data.account WHERE number = 'e' FOR UPDATE")
            terminal.start("process", "--chunk-size", 1)
            assert eventually(lambda: "4/6 accounts" in terminal.screen(), 30), terminal.screen()
            other.start("runs", "watch", 1)
            assert eventually(lambda: "4/6 accounts" in other.screen(), 30), other.screen()
            for screen in (terminal.screen(), other.screen()):
                [bar] = [line for line in screen.splitlines() if "accounts" in line]
                assert re.search(r"run 1 ━+.* 4/6 accounts .*0:00:\d\d left ", bar), bar
        for screen in (terminal, other):
            assert eventually(lambda screen=screen: PROMPT in screen.screen(), 30), screen.screen()
            assert "code=0" in screen.screen()
            assert "accounts 67%" not in screen.screen()
        assert "processed 6 accounts" in terminal.screen()
        assert re.search(r"1 +succeeded +manual +6/6 +0 +0 ", other.screen()), other.screen()
    finally:
        other.close()
