"""A file for what native code and child processes print."""

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
    """Send what is written to some descriptors to a file; child processes inherit it.

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
