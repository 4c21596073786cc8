"""Sends the output of native code and child processes to a file."""

from __future__ import annotations

import contextlib
import os
import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@contextlib.contextmanager
def output_to(log: Path, descriptors: tuple[int, ...] = (1, 2)) -> Iterator[None]:
    """Send all output to some file descriptors into a file. Child processes inherit that.

    Python's own output goes there too.
    """
    sys.stdout.flush()
    sys.stderr.flush()
    with log.open("wb") as file:
        kept = [(descriptor, os.dup(descriptor)) for descriptor in descriptors]
        try:
            for descriptor, _ in kept:
                os.dup2(file.fileno(), descriptor)
            yield
        finally:
            sys.stdout.flush()
            sys.stderr.flush()
            for descriptor, copy in kept:
                os.dup2(copy, descriptor)
                os.close(copy)
