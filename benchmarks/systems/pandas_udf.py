"""A pandas UDF over an iterator of Arrow batches."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import pandas as pd
import serving
from pyspark.sql import Column
from pyspark.sql.functions import pandas_udf

from systems.python_udf import PythonUdf


class PandasUdf(PythonUdf):
    """A batch for the model is a batch of Arrow: 10,000 rows, or as many as a task has."""

    title = "pandas UDF, iterator"
    variants = ({"threads": 1}, {"threads": 0})

    def make(self, variant: Any) -> Column:
        """Make the UDF."""
        model, inputs = self.model, tuple(self.workload.columns)
        shapes = tuple(self.workload.inputs.values())

        def array(series: pd.Series, shape: tuple[int, ...]) -> np.ndarray:
            values = series.to_numpy()
            return np.stack(values).reshape(-1, *shape) if shape else values

        def result(columns: tuple[pd.Series, ...]) -> pd.Series:
            predict = serving.load(model, inputs)
            return pd.Series(list(predict(*map(array, columns, shapes))))

        def of_one(batches: Iterator[pd.Series]) -> Iterator[pd.Series]:
            for batch in batches:
                yield result((batch,))

        def of_four(batches: Iterator[tuple[pd.Series, ...]]) -> Iterator[pd.Series]:
            for batch in batches:
                yield result(batch)

        function = of_one if self.workload.has_one_input else of_four
        # Spark reads the kind of the UDF off its hints, which must be types and not text.
        series = pd.Series if self.workload.has_one_input else tuple[pd.Series, ...]
        function.__annotations__ = {"batches": Iterator[series], "return": Iterator[pd.Series]}
        return pandas_udf(function, self.type)(*inputs)
