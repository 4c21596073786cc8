"""PySpark's own way: ``predict_batch_udf``."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import serving
from pyspark.ml.functions import predict_batch_udf
from pyspark.sql import Column, SparkSession
from workloads import Workload

from systems.python_udf import PythonUdf


class BatchUdf(PythonUdf):
    """The model is loaded once in each worker, as the function's documentation has it."""

    title = "predict_batch_udf"

    def __init__(self, spark: SparkSession, workload: Workload, root: Path) -> None:
        middle = workload.batch_sizes[1]
        self.variants = tuple({"batch": middle, "threads": threads} for threads in (1, 0))
        super().__init__(spark, workload, root)

    def refined(self, best: Any) -> tuple[Any, ...]:
        """Return the other batch sizes, with the threads that did best."""
        smaller, _, larger = self.workload.batch_sizes
        return tuple({**best, "batch": batch} for batch in (smaller, larger))

    def make(self, variant: Any) -> Column:
        """Make the UDF for batches of one size."""
        model, inputs = self.model, tuple(self.workload.columns)

        def of_one() -> Any:
            predict = serving.load(model, inputs)
            return lambda x: predict(x)

        def of_four() -> Any:
            predict = serving.load(model, inputs)
            return lambda a, b, c, d: predict(a, b, c, d)

        # The number of the function's parameters tells Spark the number of columns.
        function = predict_batch_udf(
            of_one if self.workload.has_one_input else of_four,
            return_type=self.type,
            batch_size=variant["batch"],
            input_tensor_shapes=[list(shape) or None for shape in self.workload.inputs.values()],
        )
        return function(*inputs)
