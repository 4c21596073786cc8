"""The bare Session at scale: batches that are ready, without Spark and without rows."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from pyspark.sql import SparkSession
from workloads import FILES, Workload

from scale.plan import BATCH, TABLES
from scale.sessions import files


class Bare:
    """One batch of a workload's rows, which as many threads run as Spark has task slots.

    Parameters
    ----------
    folder : Path
        the workload's folder, with its model and its rows
    """

    def __init__(self, spark: SparkSession, workload: Workload, folder: Path) -> None:
        self.threads = spark.sparkContext.defaultParallelism
        self.rows = TABLES[workload.name].rows
        table = spark.read.parquet(*files(folder / "rows", 1)).limit(BATCH)
        jvm = spark._jvm.tfpredict.benchmarks
        adapted = jvm.AdaptedModel.write(str(folder / "model_0"), str(folder / "adapted"))
        self.session = jvm.BareSession(adapted, table.select(*workload.columns)._jdf)

    def answers(self) -> np.ndarray:
        """Return the answers to the batch."""
        return np.frombuffer(self.session.answers(), dtype="<f4")

    def run(self, count: int) -> float:
        """Return the seconds for batches that have the rows of `count` files together."""
        batches = self.threads * max(1, round(self.rows * count / FILES / BATCH / self.threads))
        return self.session.seconds(batches, self.threads)
