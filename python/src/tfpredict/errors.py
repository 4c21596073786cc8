"""The exceptions a user can meet, of the same names as on the JVM.

Wrong columns in SQL and DataFrames are Spark's own ``AnalysisException``, raised before any job.
What fails inside a job is one of these too, and also what PySpark would have raised, such as a
``StreamingQueryException``; ``stackTrace`` is the JVM's.
"""

from __future__ import annotations


class TfpredictException(Exception):
    """Any failure that this package explains.

    Raised as it is where Spark or the jar is missing.

    Examples
    --------
    >>> issubclass(ModelNotFoundException, TfpredictException)
    True
    """

    @property
    def error_class(self) -> str | None:
        """The name in brackets before the message; ``docs/errors.md`` explains each name.

        Examples
        --------
        >>> import tfpredict
        >>> try:
        ...     tfpredict.inspect(tmp_path / "none")
        ... except tfpredict.ModelNotFoundException as missing:
        ...     print(missing.error_class)
        TFPREDICT_MODEL_NOT_FOUND
        """
        name: str | None = vars(self).get("error_class")
        return name


class ModelNotFoundException(TfpredictException):
    """No model, or no complete version of it, at the path."""


class ModelLoadException(TfpredictException):
    """The model's files are there but cannot be read, restored or loaded."""


class ModelRunException(TfpredictException):
    """The model is loaded and fails while it runs, and no row is to blame."""


class UnsupportedModelException(TfpredictException):
    """The model uses an op or an attribute that the runtime lacks."""


class SignatureException(TfpredictException):
    """An unknown tag or signature, or one whose tensors cannot be mapped to columns."""


class InputException(TfpredictException):
    """A row whose values do not fit the signature's inputs, or that the model cannot run."""


class OutputException(TfpredictException):
    """The folder for an adapted model is taken, or cannot be written."""
