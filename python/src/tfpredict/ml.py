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
    # Spark's own converters are for one type each; a version is kept as a string.
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
    """Adds a column with a model's predictions, in batches, on the executors, as SQL does.

    Its params have Spark ML's names, since they are shared with the JVM: what either language
    saves the other loads. Saving keeps the params, the model's path among them, and nothing of
    the model's files. Which version serves is decided each time `transform` is called; over Spark
    Connect, each time its server analyses the result.

    Parameters
    ----------
    modelPath : str or path-like, optional
        A folder of version folders, or one that holds ``saved_model.pb``.
    inputCol : str, optional
        The column of a model with one input. It holds numbers, arrays or vectors.
    inputCols : sequence of str, optional
        One column for each input of the signature: columns that have exactly the inputs' names, or
        others in the order of those names; in place of `inputCol`.
    outputCol : str
        The new column: a single value or an array; a struct of these, by the outputs' names,
        where there are several outputs.
    version : int or str, optional
        The version to use; ``"latest"`` is the highest complete one of each query; by default
        the highest complete one when `transform` is called.
    tags : sequence of str
        The tags of the graph.
    signature : str
        The signature that serves.
    outputs : sequence of str
        The outputs that are wanted, in this order; if empty all, in the order of their names.
    batchSize : int, optional
        Rows that go through the model at once, at most; by default what the setting
        ``spark.tfpredict.batch.rows`` says.
    onError : {"fail", "null", "struct"}
        What becomes of a row that the model cannot take, as for ``tfpredict.register``.
    modelVersion : bool
        Whether every result is a struct of ``value`` and ``model_version``.

    Raises
    ------
    TfpredictException
        If no SparkSession is active, or its JVM has no tfpredict jar.
    ValueError, TypeError
        If a value is not one of a param's.

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
        """Set those params that are not None; the names are the constructor's."""
        # Spark's own _set takes a None for a value.
        given = {name: value for name, value in params.items() if value is not None}
        # Spark Connect's client can send no empty list.
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
        """Give a param its default."""
        super().clear(param)
        # PySpark's wrappers do not, where they are those of Spark Connect.
        self._paramMap.pop(param, None)

    def setModelPath(self, value: str | os.PathLike[str]) -> SavedModelTransformer:
        """Set the folder of version folders, or the one that holds ``saved_model.pb``."""
        return self.setParams(modelPath=value)

    def setInputCol(self, value: str) -> SavedModelTransformer:
        """Set the column of the model's one input."""
        return self.setParams(inputCol=value)

    def setInputCols(self, value: Sequence[str]) -> SavedModelTransformer:
        """Set one column for each input, in the order of their names."""
        return self.setParams(inputCols=value)

    def setOutputCol(self, value: str) -> SavedModelTransformer:
        """Set the name of the new column."""
        return self.setParams(outputCol=value)

    def setVersion(self, value: int | str) -> SavedModelTransformer:
        """Set the version to use."""
        return self.setParams(version=value)

    def setTags(self, value: Sequence[str]) -> SavedModelTransformer:
        """Set the tags of the graph."""
        return self.setParams(tags=value)

    def setSignature(self, value: str) -> SavedModelTransformer:
        """Set the signature that serves."""
        return self.setParams(signature=value)

    def setOutputs(self, value: Sequence[str]) -> SavedModelTransformer:
        """Set the outputs that are wanted, in this order."""
        return self.setParams(outputs=value)

    def setBatchSize(self, value: int) -> SavedModelTransformer:
        """Set how many rows go through the model at once, at most."""
        return self.setParams(batchSize=value)

    def setOnError(self, value: Literal["fail", "null", "struct"]) -> SavedModelTransformer:
        """Set what becomes of a row that the model cannot take."""
        return self.setParams(onError=value)

    def setModelVersion(self, value: bool) -> SavedModelTransformer:
        """Set whether every result tells the model's version."""
        return self.setParams(modelVersion=value)

    def getModelPath(self) -> str:
        """Return where the model is."""
        return self.getOrDefault(self.modelPath)

    def getVersion(self) -> str:
        """Return the version to use; a ``KeyError`` where none is set."""
        return self.getOrDefault(self.version)

    def getTags(self) -> list[str]:
        """Return the tags of the graph."""
        return self.getOrDefault(self.tags)

    def getSignature(self) -> str:
        """Return the signature that serves."""
        return self.getOrDefault(self.signature)

    def getOutputs(self) -> list[str]:
        """Return the outputs that are wanted; empty means all."""
        return self.getOrDefault(self.outputs)

    def getBatchSize(self) -> int:
        """Return how many rows go at once, at most; a ``KeyError`` where none is set."""
        return self.getOrDefault(self.batchSize)

    def getOnError(self) -> str:
        """Return what becomes of a row that the model cannot take."""
        return self.getOrDefault(self.onError)

    def getModelVersion(self) -> bool:
        """Return whether every result tells the model's version."""
        return self.getOrDefault(self.modelVersion)

    @classmethod
    def read(cls) -> JavaMLReader[SavedModelTransformer]:
        """Return what loads a saved stage."""
        _doors.check(_doors.active_session())
        return super().read()

    def _transform(self, dataset: DataFrame) -> DataFrame:
        with _doors.explained(dataset.sparkSession):
            return super()._transform(dataset)
