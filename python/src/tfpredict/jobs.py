"""How far Spark's jobs are, as Spark tells while they run."""

from __future__ import annotations

import contextlib
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from tfpredict import _jvm

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pyspark.sql import SparkSession


@dataclass(frozen=True)
class JobState:
    """What jobs have done since they are watched.

    Attributes
    ----------
    jobs, jobs_done : int
        Jobs that have begun, and ended.
    tasks, tasks_done, tasks_failed : int
        Tasks of the stages that have begun; those that ended well, and attempts that did not.
    rows_predicted : int
        Rows that went through models, in batches; of running tasks, what the executors' last
        heartbeat said.
    rows_written : int
        Rows that ended tasks have written to files.

    Examples
    --------
    >>> JobState(1, 0, 8, 2, 0, 250000, 250000).tasks_done
    2
    """

    jobs: int
    jobs_done: int
    tasks: int
    tasks_done: int
    tasks_failed: int
    rows_predicted: int
    rows_written: int


class JobWatch:
    """Follows all jobs of a session; `watch` makes one.

    Examples
    --------
    >>> from pyspark.sql import SparkSession
    >>> import tfpredict
    >>> spark = tfpredict.configure(SparkSession.builder).getOrCreate()
    >>> with watch(spark) as watched:
    ...     count = spark.range(10).count()
    ...     watched.settled().jobs
    2
    """

    def __init__(self, listener: Any) -> None:
        self._listener = listener

    def state(self) -> JobState:
        """Return how far they are now."""
        return JobState(**dict(self._listener.state()))

    def settled(self, timeout: float = 10.0) -> JobState:
        """Return how far they are, once Spark has told of all that has happened.

        Parameters
        ----------
        timeout : float
            Seconds to wait at most; Spark tells a little later than it does.
        """
        until = time.monotonic() + timeout
        while True:
            state = self.state()
            if 0 < state.jobs == state.jobs_done or time.monotonic() > until:
                return state
            time.sleep(0.02)


@contextlib.contextmanager
def watch(spark: SparkSession) -> Iterator[JobWatch]:
    """Follow the jobs that a session runs inside a ``with`` block.

    Parameters
    ----------
    spark : SparkSession
        A session that ``configure`` made.

    Yields
    ------
    JobWatch
        Which any thread may ask.

    Examples
    --------
    >>> from pyspark.sql import SparkSession
    >>> import tfpredict
    >>> spark = tfpredict.configure(SparkSession.builder).getOrCreate()
    >>> with watch(spark) as watched:
    ...     watched.state().tasks
    0
    """
    listener = _jvm.call(spark, "watch", spark)
    try:
        yield JobWatch(listener)
    finally:
        listener.close()
