"""The progress of a run on a terminal: accounts done, rate, time left."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from rollforward.cli.context import Context

if TYPE_CHECKING:
    from rollforward.results import Run


@contextmanager
def run_progress(context: Context) -> Iterator[tuple[bool, Callable[[Run], None]]]:
    """Whether a bar is shown, and what to call with the run to draw it."""
    from rich.progress import (
        BarColumn,
        MofNCompleteColumn,
        Progress,
        TaskProgressColumn,
        TextColumn,
        TimeElapsedColumn,
        TimeRemainingColumn,
    )

    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("accounts"),
        TaskProgressColumn(show_speed=True),
        TimeElapsedColumn(),
        TextColumn("left"),
        TimeRemainingColumn(),
        TextColumn("{task.fields[note]}", style="yellow"),
    )
    with Progress(
        *columns, console=context.err, disable=not context.shows_progress, transient=True
    ) as display:
        bar = display.add_task("run", total=None, note="")

        def report(run: Run) -> None:
            display.update(
                bar,
                description=f"run {run.run_id}",
                completed=run.accounts_done,
                total=run.accounts,
                note=_note(run),
            )

        yield context.shows_progress, report


def _note(run: Run) -> str:
    """What is not to be missed: steps that are left when all accounts are done, errors, differences."""
    notes = []
    if run.accounts_done == run.accounts and run.steps_done < run.steps:
        notes.append(f"{run.steps - run.steps_done} steps left")
    if run.errors:
        notes.append(f"{run.errors} errors")
    if run.differences:
        notes.append(f"{run.differences} differences")
    return ", ".join(notes)
