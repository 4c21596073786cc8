"""The ways from a table to its predictions that are compared at scale.

Those of `make bench`, but the table's columns stay beside the prediction, as people keep them; and
other libraries.
"""

from __future__ import annotations

from math import prod
from pathlib import Path
from typing import Any

from pyspark.sql import DataFrame, SparkSession
from systems import System
from systems.batch_udf import BatchUdf
from systems.pandas_udf import PandasUdf
from systems.python_udf import PythonUdf
from systems.rdd import Rdd
from systems.row_udf import RowUdf
from systems.scan import Scan
from systems.session import BareSession
from systems.sql import Sql
from workloads import Workload

from scale.plan import BATCH, BATCHES


class ScanAll(Scan):
    """Read all columns."""

    def predict(self, table: DataFrame) -> DataFrame:
        """Return the table."""
        return table


class BareTable(BareSession):
    """The bare Session on many batches in turn, as a query has another batch each time."""

    title = f"bare Session, {BATCHES} batches"

    def rows(self) -> DataFrame:
        """Return the first batches of the table."""
        rows = self.spark.read.parquet(*self.workload.files(self.root, 1))
        return rows.select(*self.workload.columns).limit(BATCHES * self.batch)


class SqlBeside(Sql):
    """``SELECT *, tfpredict(...)``."""

    def predict(self, table: DataFrame) -> DataFrame:
        """Ask for all columns and the predictions in SQL."""
        table.createOrReplaceTempView("t")
        return self.spark.sql(f"SELECT *, {self.call} AS y FROM t")


class SqlAlone(Sql):
    """The same without the other columns."""

    title = "tfpredict, SQL, the prediction alone"


class RddAlone(Rdd):
    """``RddPredictor``, whose rows are the inputs alone."""

    title = "tfpredict, RDD, the prediction alone"


class PythonUdfBeside(PythonUdf):
    """With the table's columns."""

    def predict(self, table: DataFrame) -> DataFrame:
        """Call the UDF."""
        return table.withColumn("y", self.column)


class BatchUdfBeside(PythonUdfBeside, BatchUdf):
    """With its middle batch size and one thread in each worker."""


class PandasUdfBeside(PythonUdfBeside, PandasUdf):
    """With one thread in each worker."""


class MlflowUdf(System):
    """MLflow's ``spark_udf``, in this environment's Python."""

    title = "MLflow spark_udf"

    def __init__(self, spark: SparkSession, workload: Workload, root: Path) -> None:
        import mlflow

        super().__init__(spark, workload, root)
        self.udf = mlflow.pyfunc.spark_udf(
            spark,
            f"file://{workload.folder(root) / 'mlflow'}",
            result_type="float",
            env_manager="local",
        )

    @staticmethod
    def fits(workload: Workload) -> bool:
        """Whether the model was packaged."""
        return workload.has_one_input

    def predict(self, table: DataFrame) -> DataFrame:
        """Call the UDF."""
        return table.withColumn("y", self.udf(*self.workload.columns))


class ByHand(System):
    """A library of the JVM, called by hand in `mapPartitions` with batches of floats."""

    def __init__(self, spark: SparkSession, workload: Workload, root: Path) -> None:
        super().__init__(spark, workload, root)
        (self.column,) = workload.columns
        self.floats = prod(*workload.inputs.values())
        self.peer = self.open()

    @staticmethod
    def fits(workload: Workload) -> bool:
        """Whether a row is one array."""
        return workload.has_one_input

    def open(self) -> Any:
        """Return the library's part in Scala."""
        raise NotImplementedError

    def predict(self, table: DataFrame) -> DataFrame:
        """Predict in Scala."""
        predict = self.jvm.Peer.predict
        found = predict(self.peer, table._jdf, self.column, self.floats, BATCH)
        return DataFrame(found, self.spark)

    @property
    def onnx(self) -> str:
        """The model as ONNX."""
        return str(self.workload.folder(self.root) / "model.onnx")


class TfJava(ByHand):
    """TensorFlow Java 1.15."""

    title = "TensorFlow Java by hand, batches"

    def open(self) -> Any:
        """Load the adapted graph: the runtime refuses the model as it is."""
        adapted = self.workload.folder(self.root) / "adapted"
        model = self.jvm.AdaptedModel.write(self.workload.model(self.root), str(adapted))
        return self.jvm.TfJavaPeer(model)


class Onnx(ByHand):
    """ONNX Runtime's API for Java."""

    title = "ONNX Runtime by hand, batches"

    def open(self) -> Any:
        """Load the model as ONNX."""
        return self.jvm.OnnxPeer(self.onnx, self.floats)


class Djl(ByHand):
    """The Deep Java Library."""

    title = "DJL by hand, batches"

    def open(self) -> Any:
        """Load the model as ONNX."""
        return self.jvm.DjlPeer(self.onnx, self.floats)


class RowUdfBeside(RowUdf):
    """With the table's columns."""

    def predict(self, table: DataFrame) -> DataFrame:
        """Call the UDF."""
        return table.selectExpr("*", f"{self.call} AS y")


# In the order of their turns.
PEERS: dict[str, type[System]] = {
    "scan": ScanAll,
    "bare": BareSession,
    "bare_table": BareTable,
    "sql": SqlBeside,
    "sql_alone": SqlAlone,
    "rdd": RddAlone,
    "batch_udf": BatchUdfBeside,
    "pandas_udf": PandasUdfBeside,
    "mlflow_udf": MlflowUdf,
    "tf_java": TfJava,
    "onnx": Onnx,
    "djl": Djl,
    "row_udf": RowUdfBeside,
}
# What needs libraries beside the benchmarks' own.
WITH_LIBRARIES = ("onnx", "djl")
