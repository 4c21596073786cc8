"""What the two kinds of Python UDF share: threads, and TensorFlow's types as Spark's."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import serving
from pyspark.sql import Column, DataFrame, SparkSession
from pyspark.sql.types import ArrayType, DataType, FloatType
from workloads import Workload

from systems.system import System


class PythonUdf(System):
    """A UDF that is evaluated by Python workers, one a task slot, which Spark keeps."""

    def __init__(self, spark: SparkSession, workload: Workload, root: Path) -> None:
        super().__init__(spark, workload, root)
        self.model = f"{workload.model(root)}/1"
        self.type: DataType = FloatType() if workload.width == 1 else ArrayType(FloatType())
        spark.sparkContext.addPyFile(serving.__file__)
        # Made once: a UDF that is made again has its model loaded again.
        self.columns: dict[str, Column] = {}
        self.use(self.variants[0])

    def use(self, variant: Any) -> None:
        """Take the UDF for workers of so many threads; make it if it is not there yet."""
        # Spark has other workers for another environment, and TensorFlow's threads are decided
        # when it starts.
        self.spark.sparkContext.environment[serving.THREADS] = str(variant["threads"])
        if str(variant) not in self.columns:
            self.columns[str(variant)] = self.make(variant)
        self.column = self.columns[str(variant)]

    def make(self, variant: Any) -> Column:
        """Make the UDF and apply it to the workload's columns."""
        raise NotImplementedError

    def predict(self, table: DataFrame) -> DataFrame:
        """Call the UDF."""
        return table.select(self.column.alias("y"))
