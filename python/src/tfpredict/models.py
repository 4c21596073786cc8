"""Reports on models: those with a name in SQL, and those that executors have loaded."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from tfpredict import _doors
from tfpredict.inspection import ColumnInfo

if TYPE_CHECKING:
    from pyspark.sql import SparkSession


@dataclass(frozen=True)
class RegisteredModel:
    """A model that has a name in SQL.

    Attributes
    ----------
    name : str
        The function's name.
    path : str
        The model's folder, absolute.
    version : int or None
        The version that serves; None for a model without version folders.
    signature : str
        The signature that runs.
    fingerprint : str or None
        Identifies the model's files: other files have another fingerprint.
    inputs, outputs : tuple of ColumnInfo
        As `inspect` reports them, in the order of the function's arguments and results.
    problem : str or None
        Why a model that the configuration names cannot serve; else None.

    Examples
    --------
    >>> x = ColumnInfo("x", "x:0", "float32", (None, 2), "ARRAY<FLOAT>")
    >>> RegisteredModel("f", "/m", 1, "serving_default", "0f", (x,), ()).inputs[0].describe()
    'x float32[?, 2]'
    """

    name: str
    path: str
    version: int | None
    signature: str
    fingerprint: str | None
    inputs: tuple[ColumnInfo, ...]
    outputs: tuple[ColumnInfo, ...]
    problem: str | None = None


@dataclass(frozen=True)
class ExecutorLoads:
    """Number of times that one executor has loaded one model.

    Attributes
    ----------
    executor : str
        Spark's id of the executor, or ``driver``.
    process : str
        Its JVM, as ``pid@host``.
    path : str
        The model's folder.
    version : int or None
        Its version; None for a model without version folders.
    loads : int
        1 for any number of tasks. More only if the model was closed in between, to free memory or
        for a later version.

    Examples
    --------
    >>> ExecutorLoads("0", "17@host", "/m", 1, 1).loads
    1
    """

    executor: str
    process: str
    path: str
    version: int | None
    loads: int


def executor_loads(spark: SparkSession) -> list[ExecutorLoads]:
    """Ask every executor, with a small Spark job, which models it has loaded and how often.

    Parameters
    ----------
    spark : SparkSession
        A session that ``configure`` made, or one of Spark Connect.

    Returns
    -------
    list of ExecutorLoads
        Ordered by executor and path. An executor without models is not listed.

    Raises
    ------
    TfpredictException
        If the jar is missing.

    Examples
    --------
    >>> from pyspark.sql import SparkSession
    >>> import tfpredict
    >>> spark = tfpredict.configure(SparkSession.builder).getOrCreate()
    >>> model = tfpredict.register(spark, linear_model)
    >>> row = spark.sql("SELECT tfpredict(array(1, 2))").first()
    >>> {entry.executor for entry in tfpredict.executor_loads(spark) if entry.path == model.path}
    {'driver'}
    """
    return [
        ExecutorLoads(
            executor=entry["executor"],
            process=entry["process"],
            path=entry["path"],
            version=None if entry["version"] < 0 else entry["version"],
            loads=entry["loads"],
        )
        for entry in _doors.call(spark, "executorLoads", spark)
    ]
