"""A model as a stage of a Spark ML pipeline. Importing this needs PySpark and NumPy."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

from pyspark.ml.param import Param, Params, TypeConverters
from pyspark.ml.param.shared import HasInputCol, HasInputCols, HasOutputCol
from pyspark.ml.util import JavaMLReadable, JavaMLReader, JavaMLWritable
from pyspark.ml.wrapper import JavaTransformer

from tfpredict import _doors, _words
from tfpredict._error_classes import ARGUMENT_TYPE, ARGUMENT_VALUE

if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Literal

    from pyspark.sql import DataFrame


def _to_path(value: Any) -> str:
    if isinstance(value, (str, os.PathLike)):
        return _words.path_of(value)
    raise ARGUMENT_TYPE.error(TypeError, "a path", repr(value), "Pass a str or a path.")


def _to_version(value: Any) -> str:
    # Spark's own converters take one type each. A version is kept as a string.
    text = str(value)
    is_number = not isinstance(value, bool) and text.isascii() and text.isdigit()
    if not is_number and text != "latest":
        raise ARGUMENT_VALUE.error(
            ValueError, "a number such as 3, or 'latest', for version", repr(value), "Pass one."
        )
    return text


def _to_batch_size(value: Any) -> int:
    rows: int = TypeConverters.toInt(value)
    if rows < 1:
        raise ARGUMENT_VALUE.error(
            ValueError, "at least 1 for batchSize", str(rows), "Pass a larger number."
        )
    return rows


def _to_on_error(value: Any) -> str:
    if value not in ("fail", "null", "struct"):
        raise ARGUMENT_VALUE.error(
            ValueError, "'fail', 'null' or 'struct' for onError", repr(value), "Pass one of these."
        )
    return str(value)


class SavedModelTransformer(
    JavaTransformer,
    HasInputCol,
    HasInputCols,
    HasOutputCol,
    JavaMLReadable["SavedModelTransformer"],
    JavaMLWritable,
):
    """Adds a column with a model's predictions, in batches on the executors, as SQL does.

    The params have Spark ML's names and are the same as in Scala: each language loads what the
    other saves. Saving keeps the params, with the model's path, and none of the model's files. Each
    call of `transform` chooses the version; over Spark Connect, each analysis on the server does.

    Parameters
    ----------
    modelPath : str or path-like, optional
        The model's folder: one of version folders, or one with ``saved_model.pb``.
    inputCol : str, optional
        Column for a model with one input. It holds numbers, arrays or vectors.
    inputCols : sequence of str, optional
        One column for each input of the signature, instead of `inputCol`. Columns with exactly the
        inputs' names are matched by name, others by position, in alphabetical order of the inputs.
    outputCol : str
        Name of the new column: a single value or an array. Several outputs are a struct of these,
        by the outputs' names.
    version : int or str, optional
        The version. ``"latest"`` means the highest complete one at each query. By default the
        highest complete one when `transform` is called.
    tags : sequence of str
        The tags of the graph.
    signature : str
        The signature to run.
    outputs : sequence of str
        Outputs to return, in this order. If empty all, in alphabetical order.
    batchSize : int, optional
        Maximum rows per batch. By default the setting ``spark.tfpredict.batch.rows``.
    onError : {"fail", "null", "struct"}
        Handling of rejected rows, as for ``tfpredict.register``.
    modelVersion : bool
        Whether every result is a struct of ``value`` and ``model_version``.

    Raises
    ------
    TfpredictException
        If no SparkSession is active, or its JVM has no tfpredict jar.
    ValueError, TypeError
        If a param cannot have a value.

    Examples
    --------
    >>> from pyspark.sql import SparkSession
    >>> import tfpredict
    >>> from tfpredict.ml import SavedModelTransformer
    >>> spark = tfpredict.configure(SparkSession.builder).getOrCreate()
    >>> df = spark.createDataFrame([([1.0, 2.0],)], ["features"])
    >>> stage = SavedModelTransformer(modelPath=linear_model, inputCol="features")
    >>> stage.transform(df).first()
    Row(features=[1.0, 2.0], prediction=3.0195960998535156)

    >>> stage.write().overwrite().save(str(tmp_path / "stage"))
    >>> SavedModelTransformer.load(str(tmp_path / "stage")).getInputCol()
    'features'
    """

    modelPath: Param[str] = Param(
        Params._dummy(),
        "modelPath",
        "Path of the model: a folder of version folders, or a folder with saved_model.pb.",
        _to_path,
    )
    version: Param[str] = Param(
        Params._dummy(),
        "version",
        "Version that serves: a number, or latest for the highest complete version at each query. "
        "By default the highest complete version, chosen once.",
        _to_version,
    )
    tags: Param[list[str]] = Param(
        Params._dummy(),
        "tags",
        "Tags of the graph.",
        TypeConverters.toListString,
    )
    signature: Param[str] = Param(
        Params._dummy(),
        "signature",
        "Signature that serves.",
        TypeConverters.toString,
    )
    outputs: Param[list[str]] = Param(
        Params._dummy(),
        "outputs",
        "Outputs to return, in this order. By default all, in alphabetical order.",
        TypeConverters.toListString,
    )
    batchSize: Param[int] = Param(
        Params._dummy(),
        "batchSize",
        "Maximum rows per batch. By default spark.tfpredict.batch.rows.",
        _to_batch_size,
    )
    onError: Param[str] = Param(
        Params._dummy(),
        "onError",
        "Handling of rejected rows: fail the task, give null, or give every row a struct of "
        "value and error.",
        _to_on_error,
    )
    modelVersion: Param[bool] = Param(
        Params._dummy(),
        "modelVersion",
        "Whether every result is a struct of value and model_version.",
        TypeConverters.toBoolean,
    )

    def __init__(
        self,
        *,
        modelPath: str | os.PathLike[str] | None = None,
        inputCol: str | None = None,
        inputCols: Sequence[str] | None = None,
        outputCol: str | None = None,
        version: int | str | None = None,
        tags: Sequence[str] | None = None,
        signature: str | None = None,
        outputs: Sequence[str] | None = None,
        batchSize: int | None = None,
        onError: Literal["fail", "null", "struct"] | None = None,
        modelVersion: bool | None = None,
    ) -> None:
        super().__init__()
        _doors.check(_doors.active_session())
        self._java_obj = self._new_java_obj("tfpredict.ml.SavedModelTransformer", self.uid)
        self._setDefault(
            outputCol="prediction",
            tags=["serve"],
            signature="serving_default",
            outputs=[],
            onError="fail",
            modelVersion=False,
        )
        self.setParams(
            modelPath=modelPath,
            inputCol=inputCol,
            inputCols=inputCols,
            outputCol=outputCol,
            version=version,
            tags=tags,
            signature=signature,
            outputs=outputs,
            batchSize=batchSize,
            onError=onError,
            modelVersion=modelVersion,
        )

    def setParams(self, **params: Any) -> SavedModelTransformer:
        """Set the params that are not None, by the constructor's names."""
        # Spark's own _set would set None.
        given = {name: value for name, value in params.items() if value is not None}
        # Spark Connect's client cannot send an empty list.
        if "outputs" in given and not given["outputs"]:
            del given["outputs"]
            self.clear(self.outputs)
        if "tags" in given and not given["tags"] and isinstance(self._java_obj, str):
            raise ARGUMENT_VALUE.error(
                ValueError, "one tag or more, over Spark Connect", "none", "Name the graph's tags."
            )
        self._set(**given)
        return self

    def clear(self, param: Param[Any]) -> None:
        """Reset a param to its default."""
        super().clear(param)
        # PySpark's wrappers for Spark Connect do not do this.
        self._paramMap.pop(param, None)

    def setModelPath(self, value: str | os.PathLike[str]) -> SavedModelTransformer:
        """Set the model's folder."""
        return self.setParams(modelPath=value)

    def setInputCol(self, value: str) -> SavedModelTransformer:
        """Set the column for a model with one input."""
        return self.setParams(inputCol=value)

    def setInputCols(self, value: Sequence[str]) -> SavedModelTransformer:
        """Set one column for each input."""
        return self.setParams(inputCols=value)

    def setOutputCol(self, value: str) -> SavedModelTransformer:
        """Set the name of the new column."""
        return self.setParams(outputCol=value)

    def setVersion(self, value: int | str) -> SavedModelTransformer:
        """Set the version."""
        return self.setParams(version=value)

    def setTags(self, value: Sequence[str]) -> SavedModelTransformer:
        """Set the tags of the graph."""
        return self.setParams(tags=value)

    def setSignature(self, value: str) -> SavedModelTransformer:
        """Set the signature to run."""
        return self.setParams(signature=value)

    def setOutputs(self, value: Sequence[str]) -> SavedModelTransformer:
        """Set the outputs to return, in this order."""
        return self.setParams(outputs=value)

    def setBatchSize(self, value: int) -> SavedModelTransformer:
        """Set the maximum rows per batch."""
        return self.setParams(batchSize=value)

    def setOnError(self, value: Literal["fail", "null", "struct"]) -> SavedModelTransformer:
        """Set the handling of rejected rows."""
        return self.setParams(onError=value)

    def setModelVersion(self, value: bool) -> SavedModelTransformer:
        """Set whether every result has the model's version."""
        return self.setParams(modelVersion=value)

    def getModelPath(self) -> str:
        """Return the model's folder."""
        return self.getOrDefault(self.modelPath)

    def getVersion(self) -> str:
        """Return the version. Raise ``KeyError`` if none is set."""
        return self.getOrDefault(self.version)

    def getTags(self) -> list[str]:
        """Return the tags of the graph."""
        return self.getOrDefault(self.tags)

    def getSignature(self) -> str:
        """Return the signature to run."""
        return self.getOrDefault(self.signature)

    def getOutputs(self) -> list[str]:
        """Return the outputs to return. Empty means all."""
        return self.getOrDefault(self.outputs)

    def getBatchSize(self) -> int:
        """Return the maximum rows per batch. Raise ``KeyError`` if none is set."""
        return self.getOrDefault(self.batchSize)

    def getOnError(self) -> str:
        """Return the handling of rejected rows."""
        return self.getOrDefault(self.onError)

    def getModelVersion(self) -> bool:
        """Return whether every result has the model's version."""
        return self.getOrDefault(self.modelVersion)

    @classmethod
    def read(cls) -> JavaMLReader[SavedModelTransformer]:
        """Return a reader for saved stages."""
        _doors.check(_doors.active_session())
        return super().read()

    def _transform(self, dataset: DataFrame) -> DataFrame:
        with _doors.explained(dataset.sparkSession):
            return super()._transform(dataset)
