"""Reports the progress of Spark's jobs while they run."""

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
    """The progress of jobs since `watch` began.

    Attributes
    ----------
    jobs, jobs_done : int
        Number of jobs that began, and that ended.
    tasks, tasks_done, tasks_failed : int
        Number of tasks of the stages that began; tasks that succeeded; attempts that failed.
    rows_predicted : int
        Rows that went through models in batches. Running tasks count as of the executors' last
        heartbeat.
    rows_written : int
        Rows that finished tasks wrote to files.

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
    """Follows all jobs of a session. `watch` makes one.

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
        """Return the progress now."""
        return JobState(**dict(self._listener.state()))

    def settled(self, timeout: float = 10.0) -> JobState:
        """Return the progress after all jobs have ended, as soon as Spark has reported that.

        Parameters
        ----------
        timeout : float
            Maximum seconds to wait: Spark reports with a small delay.
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
        Any thread may use it.

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
