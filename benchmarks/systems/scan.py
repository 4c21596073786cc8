"""Reading alone: what no system can be faster than."""

from __future__ import annotations

import numpy as np
from pyspark.sql import DataFrame

from systems.system import System


class Scan(System):
    """The same columns, from the same files, into the same sink."""

    title = "scan alone"
    is_whole = True

    def predict(self, table: DataFrame) -> DataFrame:
        """Select the columns in SQL, as they are."""
        table.createOrReplaceTempView("t")
        return self.spark.sql(f"SELECT {', '.join(self.workload.columns)} FROM t")

    def answers(self, sample: DataFrame) -> np.ndarray | None:
        """Return nothing: nothing is predicted."""
        return None
