"""A UDF in Scala that runs the model once a row, as one writes it by hand."""

from __future__ import annotations

from pathlib import Path

from pyspark.sql import DataFrame, SparkSession
from workloads import Workload

from systems.system import System


class RowUdf(System):
    """A lazily loaded bundle, and ``session.runner()`` on every row."""

    title = "row-at-a-time Scala UDF"

    def __init__(self, spark: SparkSession, workload: Workload, root: Path) -> None:
        super().__init__(spark, workload, root)
        adapted = self.jvm.AdaptedModel.write(
            workload.model(root), str(workload.folder(root) / "adapted")
        )
        register = {
            "scalar": self.jvm.RowUdf.registerScalar,
            "image": self.jvm.RowUdf.registerImage,
            "wide_and_deep": self.jvm.RowUdf.registerWideAndDeep,
        }[workload.shape]
        name = f"{workload.name}_by_row"
        register(spark._jsparkSession, name, adapted)
        self.call = f"{name}({', '.join(workload.columns)})"

    def predict(self, table: DataFrame) -> DataFrame:
        """Call the UDF."""
        return table.selectExpr(f"{self.call} AS y")
