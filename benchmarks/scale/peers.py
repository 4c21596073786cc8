"""The other ways from a table to its predictions, at scale: the input and an id stay beside them.

Each takes the session, the workload's name and its folder, and returns a function from a table to
the table with a column ``y``.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from pyspark.sql import DataFrame, SparkSession
from workloads import WORKLOADS, Workload

from scale.plan import BATCH

Road = Callable[[DataFrame], DataFrame]


def scan(spark: SparkSession, workload: Workload, folder: Path) -> Road:
    """Read alone: what no system can be faster than."""
    return lambda table: table


def sql(spark: SparkSession, workload: Workload, folder: Path) -> Road:
    """Call the project's SQL function."""
    import tfpredict

    tfpredict.register(spark, str(folder / "model_0"), "f")

    def predict(table: DataFrame) -> DataFrame:
        table.createOrReplaceTempView("t")
        return spark.sql(f"SELECT *, f({', '.join(workload.columns)}) AS y FROM t")

    return predict


def sql_alone(spark: SparkSession, workload: Workload, folder: Path) -> Road:
    """Call the project's SQL function, and keep the prediction only."""
    with_all = sql(spark, workload, folder)
    return lambda table: with_all(table).select("y")


def rdd(spark: SparkSession, workload: Workload, folder: Path) -> Road:
    """Go by the project's RDD, whose rows are the inputs alone."""
    road = spark._jvm.tfpredict.benchmarks.RddRoad(str(folder / "model_0"))
    return lambda table: DataFrame(road.predict(table.select(*workload.columns)._jdf), spark)


def batch_udf(spark: SparkSession, workload: Workload, folder: Path) -> Road:
    """Call PySpark's own ``predict_batch_udf``."""
    from systems.batch_udf import BatchUdf

    return _by_python(BatchUdf, spark, workload, folder, {"batch": 4096, "threads": 1})


def pandas_udf(spark: SparkSession, workload: Workload, folder: Path) -> Road:
    """Call a pandas UDF over an iterator of batches."""
    from systems.pandas_udf import PandasUdf

    return _by_python(PandasUdf, spark, workload, folder, {"threads": 1})


def mlflow_udf(spark: SparkSession, workload: Workload, folder: Path) -> Road:
    """Call MLflow's ``spark_udf``, in this environment's Python."""
    import mlflow

    made = mlflow.pyfunc.spark_udf(
        spark, f"file://{folder / 'mlflow'}", result_type="float", env_manager="local"
    )
    return lambda table: table.withColumn("y", made(*workload.columns))


def tf_java(spark: SparkSession, workload: Workload, folder: Path) -> Road:
    """Run TensorFlow Java by hand, in batches."""
    jvm = spark._jvm.tfpredict.benchmarks
    adapted = jvm.AdaptedModel.write(str(folder / "model_0"), str(folder / "adapted"))
    return _by_peer(jvm.TfJavaPeer(adapted), spark, workload)


def onnx(spark: SparkSession, workload: Workload, folder: Path) -> Road:
    """Run ONNX Runtime by hand, in batches."""
    peer = spark._jvm.tfpredict.benchmarks.OnnxPeer
    return _by_peer(peer(str(folder / "model.onnx"), _width(workload)), spark, workload)


def djl(spark: SparkSession, workload: Workload, folder: Path) -> Road:
    """Run the Deep Java Library by hand, in batches."""
    peer = spark._jvm.tfpredict.benchmarks.DjlPeer
    return _by_peer(peer(str(folder / "model.onnx"), _width(workload)), spark, workload)


def row_udf(spark: SparkSession, workload: Workload, folder: Path) -> Road:
    """Call a UDF in Scala that runs the model once a row."""
    jvm = spark._jvm.tfpredict.benchmarks
    adapted = jvm.AdaptedModel.write(str(folder / "model_0"), str(folder / "adapted"))
    scalar = workload.has_one_input
    register = jvm.RowUdf.registerScalar if scalar else jvm.RowUdf.registerWideAndDeep
    register(spark._jsparkSession, "by_row", adapted)
    return lambda table: table.selectExpr("*", f"by_row({', '.join(workload.columns)}) AS y")


def _by_python(
    kind: Any, spark: SparkSession, workload: Workload, folder: Path, variant: dict[str, int]
) -> Road:
    system = kind(spark, _At(workload, folder), folder)
    system.use(variant)
    return lambda table: table.withColumn("y", system.column)


def _by_peer(peer: Any, spark: SparkSession, workload: Workload) -> Road:
    predict = spark._jvm.tfpredict.benchmarks.Peer.predict
    (column,) = workload.columns
    width = _width(workload)
    return lambda table: DataFrame(predict(peer, table._jdf, column, width, BATCH), spark)


def _width(workload: Workload) -> int:
    (shape,) = workload.inputs.values()
    return int(np.prod(shape))


class _At:
    """A workload whose model is in another folder, for systems that ask it."""

    def __init__(self, workload: Workload, folder: Path) -> None:
        self.workload, self.path = workload, str(folder / "model_0")

    def model(self, root: Path) -> str:
        """Return the model's path."""
        return self.path

    def __getattr__(self, name: str) -> Any:
        return getattr(self.workload, name)


# In the order of their turns, with their titles.
# The bare Session has no table and so no road.
BARE = "bare"
PEERS: dict[str, tuple[str, Callable[[SparkSession, Workload, Path], Road] | None]] = {
    "scan": ("scan alone", scan),
    BARE: ("bare Session", None),
    "sql": ("tfpredict, SQL", sql),
    "sql_alone": ("tfpredict, SQL, the prediction alone", sql_alone),
    "rdd": ("tfpredict, RDD, the prediction alone", rdd),
    "batch_udf": ("predict_batch_udf", batch_udf),
    "pandas_udf": ("pandas UDF, iterator", pandas_udf),
    "mlflow_udf": ("MLflow spark_udf", mlflow_udf),
    "tf_java": ("TensorFlow Java by hand, batches", tf_java),
    "onnx": ("ONNX Runtime by hand, batches", onnx),
    "djl": ("DJL by hand, batches", djl),
    "row_udf": ("row-at-a-time Scala UDF", row_udf),
}
# What takes one array of floats only, as it is written here.
ONE_INPUT = {"rdd", "onnx", "djl", "tf_java", "mlflow_udf"}


def peers_of(name: str) -> list[str]:
    """Return the systems that a workload is measured with."""
    only_one = WORKLOADS[name].has_one_input
    return [peer for peer in PEERS if only_one or peer not in ONE_INPUT]
