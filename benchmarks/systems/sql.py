"""The project's SQL function."""

from __future__ import annotations

from pathlib import Path

import tfpredict
from pyspark.sql import DataFrame, SparkSession
from workloads import Workload

from systems.system import System


class Sql(System):
    """``SELECT tfpredict(...)``."""

    title = "tfpredict, SQL"
    is_whole = True

    def __init__(self, spark: SparkSession, workload: Workload, root: Path) -> None:
        super().__init__(spark, workload, root)
        tfpredict.register(spark, workload.model(root), f"{workload.name}_predict")

    def predict(self, table: DataFrame) -> DataFrame:
        """Ask for the predictions in SQL."""
        table.createOrReplaceTempView("t")
        call = f"{self.workload.name}_predict({', '.join(self.workload.columns)})"
        return self.spark.sql(f"SELECT {call} AS y FROM t")
