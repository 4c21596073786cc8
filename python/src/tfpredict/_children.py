"""Child processes that end with this process, however it ends."""

from __future__ import annotations

import contextlib
import ctypes
import os
import signal
import subprocess
import sys
import threading
import time
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

_ENDED_WITHIN = 5.0
_PR_SET_PDEATHSIG = 1
_INTERRUPTS = (signal.SIGINT, signal.SIGTERM)


class Children:
    """The processes that a block started. `children` makes one.

    Each is the head of a process group of its own. So its own children end with it, and Ctrl-C in
    a terminal reaches this process only, which then ends the others.
    """

    def __init__(self) -> None:
        self._started: list[subprocess.Popen[Any]] = []

    def start(self, command: Sequence[str], **options: Any) -> subprocess.Popen[Any]:
        """Start a process, with the options of ``subprocess.Popen``.

        On Linux the kernel ends it when this process is killed. Elsewhere it ends if its standard
        input is a pipe that it reads.
        """
        # An interrupt in between would lose the process that has just started.
        with held_back():
            if os.name == "posix":
                options["preexec_fn"] = _before(options.get("preexec_fn"))
                options["start_new_session"] = True
            process = subprocess.Popen(command, **options)
            self._started.append(process)
        return process

    def end(self) -> None:
        """End the processes: first by SIGTERM, so that they remove their files, then by force."""
        with held_back():
            running = [process for process in self._started if process.poll() is None]
            for process in running:
                if process.stdin is not None:
                    with contextlib.suppress(OSError):
                        process.stdin.close()
                _signal(process, signal.SIGTERM)
            until = time.monotonic() + _ENDED_WITHIN
            for process in running:
                with contextlib.suppress(subprocess.TimeoutExpired):
                    process.wait(max(0.0, until - time.monotonic()))
            for process in running:
                # Its own children may outlive it.
                _signal(process, getattr(signal, "SIGKILL", signal.SIGTERM))
                if process.poll() is None:
                    process.wait(_ENDED_WITHIN)
            self._started.clear()

    def __len__(self) -> int:
        return len(self._started)


@contextlib.contextmanager
def children() -> Iterator[Children]:
    """Give a starter of processes, which all end with the block."""
    own = Children()
    try:
        yield own
    finally:
        own.end()


@contextlib.contextmanager
def held_back() -> Iterator[None]:
    """Hold interrupts back while a block runs, and raise the first after it."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    came: list[int] = []
    before = {number: signal.getsignal(number) for number in _INTERRUPTS}
    for number in _INTERRUPTS:
        signal.signal(number, lambda number, frame: came.append(number))
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, signal.SIG_DFL if handler is None else handler)
        if came:
            signal.raise_signal(came[0])


def _before(other: Callable[[], None] | None) -> Callable[[], None]:
    parent = os.getpid()
    library = ctypes.CDLL(None) if sys.platform == "linux" else None

    def run() -> None:
        if other is not None:
            other()
        if library is not None:
            library.prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)
            if os.getppid() != parent:
                os._exit(1)

    return run


def _signal(process: subprocess.Popen[Any], number: int) -> None:
    with contextlib.suppress(OSError):
        if os.name == "posix":
            # The group keeps the number of its first process, even after that has ended.
            os.killpg(process.pid, number)
        elif process.poll() is None:
            process.terminate()
