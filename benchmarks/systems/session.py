"""The bare Session of TensorFlow Java 1.15, without Spark."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from pyspark.sql import DataFrame, SparkSession
from workloads import FILES, Workload

from systems.system import System


class BareSession(System):
    """One ready-made batch, run again and again by as many threads as Spark has task slots."""

    title = "bare Session"
    is_whole = True

    def __init__(self, spark: SparkSession, workload: Workload, root: Path) -> None:
        super().__init__(spark, workload, root)
        self.batch = spark.read.parquet(str(workload.sample(root))).count()
        adapted = self.jvm.AdaptedModel.write(
            workload.model(root), str(workload.folder(root) / "adapted")
        )
        self.session = self.jvm.BareSession(adapted, self.rows()._jdf, self.batch)

    def rows(self) -> DataFrame:
        """Return the rows that are fed, a number of complete batches."""
        return self.spark.read.parquet(str(self.workload.sample(self.root)))

    def predict(self, table: DataFrame) -> DataFrame:
        """Refuse: there is no table here."""
        raise NotImplementedError

    def answers(self, sample: DataFrame) -> np.ndarray | None:
        """Return the batch's, which is made of the sample's rows."""
        flat = np.frombuffer(self.session.answers(), dtype="<f4")
        return flat.reshape(self.batch, -1)

    def run(self, files: int) -> tuple[int, float]:
        """Run as many batches as hold the rows of so many files."""
        threads = self.spark.sparkContext.defaultParallelism
        rows = self.workload.rows * files / FILES
        # As many for each thread, or one would wait for another at the end.
        batches = threads * max(1, round(rows / self.batch / threads))
        return batches * self.batch, self.session.seconds(batches, threads)

    def close(self) -> None:
        """Close the native session."""
        self.session.close()
