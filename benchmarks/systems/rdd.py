"""The project's RDD road, and the way in and out of it."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from pyspark.sql import DataFrame, SparkSession
from workloads import Workload

from systems.system import System


class Rdd(System):
    """``RddPredictor``, with the table made an RDD of arrays and its result a table."""

    title = "tfpredict, RDD"
    is_whole = True

    def __init__(self, spark: SparkSession, workload: Workload, root: Path) -> None:
        super().__init__(spark, workload, root)
        self.road = self.jvm.RddRoad(workload.model(root))

    @staticmethod
    def fits(workload: Workload) -> bool:
        """Whether a row is one array."""
        return workload.has_one_input

    def predict(self, table: DataFrame) -> DataFrame:
        """Predict in Scala."""
        return DataFrame(self.road.predict(table.select(*self.workload.columns)._jdf), self.spark)


class RddScan(System):
    """A table made an RDD of arrays and a table again: Spark's own part of the RDD road."""

    title = "scan through an RDD"
    is_whole = True

    @staticmethod
    def fits(workload: Workload) -> bool:
        """Whether a row is one array."""
        return workload.has_one_input

    def predict(self, table: DataFrame) -> DataFrame:
        """Return the rows as they are."""
        return DataFrame(self.jvm.RddRoad.scan(table._jdf), self.spark)

    def answers(self, sample: DataFrame) -> np.ndarray | None:
        """Return nothing: nothing is predicted."""
        return None
