"""What a command shows on a terminal while it works. Elsewhere it shows nothing."""

from __future__ import annotations

import contextlib
import os
import sys
import threading
import time
from typing import TYPE_CHECKING

from rich.console import Console
from rich.live import Live
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn
from rich.text import Text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tfpredict.cli._expected import Rows
    from tfpredict.jobs import JobState, JobWatch

_BAR = 16
_LEAST_BAR = 4
# What stands beside the bar and its words: "predicting", the time, and spaces.
_AROUND = 22


def is_shown() -> bool:
    """Whether standard error is a terminal."""
    return sys.stderr.isatty()


@contextlib.contextmanager
def said(doing: str) -> Iterator[None]:
    """Say what a block does, such as ``starting Spark``, until it ends.

    The words go to the terminal even where the block sends standard error to a file.
    """
    if not is_shown():
        yield
        return
    with os.fdopen(os.dup(2), "w") as terminal:
        shown = Live(
            Text(f"{doing} …"),
            console=Console(file=terminal),
            transient=True,
            # Without a thread of its own, since the block may start processes.
            auto_refresh=False,
            redirect_stdout=False,
            redirect_stderr=False,
        )
        with shown:
            yield


@contextlib.contextmanager
def shown(watched: JobWatch, expected: Rows | None) -> Iterator[None]:
    """Show how many rows have gone through the model while a block runs.

    Parameters
    ----------
    watched : JobWatch
        Tells how far Spark's jobs are.
    expected : Rows, optional
        The rows that there are; without them the bar is of tasks.
    """
    if not is_shown():
        yield
        return
    column = BarColumn(bar_width=_BAR)
    bar = Progress(
        TextColumn("predicting"),
        column,
        TextColumn("{task.fields[told]}"),
        TimeElapsedColumn(),
        console=Console(stderr=True),
    )
    ended = threading.Event()
    with bar:
        thread = threading.Thread(
            target=_follow, args=(bar, column, watched, expected, ended), daemon=True
        )
        thread.start()
        try:
            yield
        finally:
            ended.set()
            thread.join(timeout=5)


def _follow(
    bar: Progress,
    column: BarColumn,
    watched: JobWatch,
    expected: Rows | None,
    ended: threading.Event,
) -> None:
    task = bar.add_task("", total=None, told="no row yet")
    began = time.monotonic()
    is_last = False
    while not is_last:
        is_last = ended.wait(0.2)
        try:
            state = watched.settled(2.0) if is_last else watched.state()
        except Exception:
            return  # the session has gone, and the command tells why
        rate = rows_of(state) / max(time.monotonic() - began, 1e-9)
        told = words(state, rate, expected, bar.console.width - _AROUND - _LEAST_BAR)
        room = bar.console.width - _AROUND - len(told)
        column.bar_width = max(_LEAST_BAR, min(_BAR, room))
        done, total = share(state, expected)
        bar.update(task, total=total, completed=done, told=told)


def rows_of(state: JobState) -> int:
    """Return the rows that have an answer."""
    return max(state.rows_predicted, state.rows_written)


def share(state: JobState, expected: Rows | None) -> tuple[int, int | None]:
    """Return how much of the work is done, and all of it: rows, else tasks.

    Examples
    --------
    >>> from tfpredict.cli._expected import Rows
    >>> from tfpredict.jobs import JobState
    >>> state = JobState(1, 0, 8, 2, 0, 250000, 250000)
    >>> share(state, Rows(1000000, is_exact=True))
    (250000, 1000000)
    >>> share(state, None)
    (2, 8)
    """
    if expected is None:
        return state.tasks_done, state.tasks or None
    is_done = 0 < state.tasks == state.tasks_done
    rows = rows_of(state)
    return rows, rows if is_done and rows else max(expected.count, rows)


def words(state: JobState, rate: float, expected: Rows | None, room: int) -> str:
    """Return the words beside the bar: as many as there is room for, and none cut.

    Parameters
    ----------
    state : JobState
        How far the jobs are.
    rate : float
        Rows a second.
    expected : Rows, optional
        The rows that there are.
    room : int
        Letters.

    Examples
    --------
    >>> from tfpredict.cli._expected import Rows
    >>> from tfpredict.jobs import JobState
    >>> state = JobState(1, 0, 8, 2, 0, 250000, 250000)
    >>> words(state, 54003.2, Rows(1000000, is_exact=True), 60)
    '250,000 of 1,000,000 rows, 54,003 rows/s, 2 of 8 tasks'
    >>> words(state, 54003.2, Rows(980000, is_exact=False), 50)
    '250,000 of about 980,000 rows, 54,003 rows/s'
    """
    of = ""
    if expected is not None and rows_of(state) <= expected.count:
        of = f" of {'' if expected.is_exact else 'about '}{expected.count:,}"
    parts = [
        f"{rows_of(state):,}{of} rows",
        f"{rate:,.0f} rows/s",
        f"{state.tasks_done} of {state.tasks} tasks",
    ]
    if state.tasks_failed:
        parts.insert(1, f"{state.tasks_failed} failed attempts")
    told = parts[0]
    for part in parts[1:]:
        if len(told) + 2 + len(part) > room:
            break
        told += f", {part}"
    return told
