"""A bar of the tasks of Spark's stages, and the rows that went through the model."""

from __future__ import annotations

import contextlib
import threading
import time
from typing import TYPE_CHECKING

from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tfpredict.jobs import JobWatch


@contextlib.contextmanager
def shown(watched: JobWatch) -> Iterator[None]:
    """Show how far a session's jobs are while a block runs, where standard error is a terminal."""
    console = Console(stderr=True)
    if not console.is_terminal:
        yield
        return
    bar = Progress(
        TextColumn("predicting"),
        BarColumn(bar_width=16),
        TextColumn("{task.fields[told]}"),
        TimeElapsedColumn(),
        console=console,
    )
    ended = threading.Event()
    with bar:
        thread = threading.Thread(target=_follow, args=(bar, watched, ended), daemon=True)
        thread.start()
        try:
            yield
        finally:
            ended.set()
            thread.join(timeout=5)


def _follow(bar: Progress, watched: JobWatch, ended: threading.Event) -> None:
    task = bar.add_task("", total=None, told="no task yet")
    began = time.monotonic()
    is_last = False
    while not is_last:
        is_last = ended.wait(0.2)
        try:
            state = watched.settled(2.0) if is_last else watched.state()
        except Exception:
            return  # the session has gone, and the command tells why
        rows = max(state.rows_predicted, state.rows_written)
        rate = rows / max(time.monotonic() - began, 1e-9)
        told = f"{state.tasks_done} of {state.tasks} tasks, {rows:,} rows, {rate:,.0f} rows/s"
        failed = f", {state.tasks_failed} failed attempts" if state.tasks_failed else ""
        bar.update(task, total=state.tasks or None, completed=state.tasks_done, told=told + failed)
