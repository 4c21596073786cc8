"""The seconds in which Spark's JVM starts: an interrupt ends it, and nothing waits for it."""

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
    """Have PySpark's JVM be one of `own` while a block starts it, which an interrupt ends at once.

    After the block Ctrl-C is a ``KeyboardInterrupt``.
    """
    from pyspark import context, java_gateway

    was_interrupted = False

    def stop(number: int, frame: Any) -> NoReturn:
        nonlocal was_interrupted
        was_interrupted = True
        # First of all, so that no call to it waits for an answer.
        own.end()
        raise KeyboardInterrupt

    before = {number: signal.signal(number, stop) for number in _INTERRUPTS}
    # PySpark's own handler calls the JVM over the connection that just waits for an answer.
    silent = SimpleNamespace(SIGINT=signal.SIGINT, signal=lambda number, handler: None)
    gateway: Any = java_gateway
    spark_context: Any = context
    launch, signals = gateway.Popen, spark_context.signal
    gateway.Popen, spark_context.signal = own.start, silent
    try:
        yield
    except BaseException:
        # Some code of PySpark's makes another exception of an interrupt, or none.
        if was_interrupted:
            raise KeyboardInterrupt from None
        raise
    finally:
        gateway.Popen, spark_context.signal = launch, signals
        signal.signal(signal.SIGINT, signal.default_int_handler)
        signal.signal(signal.SIGTERM, before[signal.SIGTERM] or signal.SIG_DFL)
    if was_interrupted:
        raise KeyboardInterrupt
