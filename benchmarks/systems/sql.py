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
        name = f"{workload.name}_predict"
        tfpredict.register(spark, workload.model(root), name)
        self.call = f"{name}({', '.join(workload.columns)})"

    def predict(self, table: DataFrame) -> DataFrame:
        """Ask for the predictions in SQL."""
        table.createOrReplaceTempView("t")
        return self.spark.sql(f"SELECT {self.call} AS y FROM t")
