"""Keeps misleading messages out of TensorFlow's log."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def unsaid(words: str) -> Iterator[None]:
    """Keep messages with some words out of TensorFlow's log, while a block runs.

    Examples
    --------
    >>> with unsaid("/tmp/gone"):
    ...     logging.getLogger("tensorflow").warning("written to /tmp/gone")
    """

    def is_of_others(record: logging.LogRecord) -> bool:
        return words not in record.getMessage()

    logger = logging.getLogger("tensorflow")
    logger.addFilter(is_of_others)
    try:
        yield
    finally:
        logger.removeFilter(is_of_others)
