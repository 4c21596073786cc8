"""What every system does, so that all are measured in one way."""

from __future__ import annotations

import time
from abc import ABC, abstractmethod
from pathlib import Path
from typing import Any, ClassVar

import numpy as np
import spark as sparks
from pyspark.sql import DataFrame, SparkSession
from workloads import Workload


class System(ABC):
    """One way from a workload's table to its predictions, opened for one workload.

    Attributes
    ----------
    title : str
        As documents call it.
    is_whole : bool
        Whether it always gets the whole table: what is fast enough, and what is set against it.
    variants : tuple
        Settings to be tried; the fastest is what counts. The first is in use when it is opened.
    """

    title: ClassVar[str]
    is_whole: ClassVar[bool] = False
    variants: tuple[Any, ...] = (None,)

    def __init__(self, spark: SparkSession, workload: Workload, root: Path) -> None:
        self.spark = spark
        self.workload = workload
        self.root = root

    @staticmethod
    def fits(workload: Workload) -> bool:
        """Whether this system can run the workload at all."""
        return True

    def use(self, variant: Any) -> None:  # noqa: B027 - most have one variant only
        """Take the settings of a variant."""

    def refined(self, best: Any) -> tuple[Any, ...]:
        """Return more settings to be tried, beside the best of the variants."""
        return ()

    @abstractmethod
    def predict(self, table: DataFrame) -> DataFrame:
        """Return the predictions as a column ``y``, in the table's order."""

    def answers(self, sample: DataFrame) -> np.ndarray | None:
        """Return the predictions for a sample, [rows, width]; None from what predicts nothing."""
        rows = self.predict(sample).collect()
        return np.array([row["y"] for row in rows], dtype="float32").reshape(len(rows), -1)

    def run(self, files: int) -> tuple[int, float]:
        """Predict on the table's first so many files into a sink that drops everything.

        Returns
        -------
        tuple of int and float
            Rows, and seconds from the query's text to its end.
        """
        table = self.table(files)
        started = time.perf_counter()
        sparks.noop(self.predict(table))
        return files * self.workload.rows_per_file, time.perf_counter() - started

    def table(self, files: int) -> DataFrame:
        """Return the first so many files of the workload's table."""
        return self.spark.read.parquet(*self.workload.files(self.root, files))

    def close(self) -> None:  # noqa: B027 - most have nothing to free
        """Free what the workload alone needed."""

    @property
    def jvm(self) -> Any:
        """The part of the benchmarks that is written in Scala."""
        return self.spark._jvm.tfpredict.benchmarks
