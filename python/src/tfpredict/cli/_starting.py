"""Lets an interrupt end Spark's JVM while it starts."""

from __future__ import annotations

import contextlib
import signal
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any, NoReturn

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tfpredict._children import Children

_INTERRUPTS = (signal.SIGINT, signal.SIGTERM)


@contextlib.contextmanager
def starting(own: Children) -> Iterator[None]:
    """Make the JVM that PySpark starts in a block one of `own`. An interrupt ends it at once.

    After the block Ctrl-C is a ``KeyboardInterrupt``.
    """
    from pyspark import context, java_gateway

    was_interrupted = False

    def stop(number: int, frame: Any) -> NoReturn:
        nonlocal was_interrupted
        was_interrupted = True
        # First, so that no call to the JVM waits for an answer.
        own.end()
        raise KeyboardInterrupt

    before = {number: signal.signal(number, stop) for number in _INTERRUPTS}
    # PySpark's own handler would call the JVM over the connection that is in use.
    silent = SimpleNamespace(SIGINT=signal.SIGINT, signal=lambda number, handler: None)
    gateway: Any = java_gateway
    spark_context: Any = context
    launch, signals = gateway.Popen, spark_context.signal
    gateway.Popen, spark_context.signal = own.start, silent
    try:
        yield
    except BaseException:
        # PySpark may turn an interrupt into another exception, or swallow it.
        if was_interrupted:
            raise KeyboardInterrupt from None
        raise
    finally:
        gateway.Popen, spark_context.signal = launch, signals
        signal.signal(signal.SIGINT, signal.default_int_handler)
        signal.signal(signal.SIGTERM, before[signal.SIGTERM] or signal.SIG_DFL)
    if was_interrupted:
        raise KeyboardInterrupt
