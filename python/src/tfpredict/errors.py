"""The exceptions of this package, with the same names as on the JVM.

Wrong columns in SQL and DataFrames are Spark's own ``AnalysisException``, before any job. A failure
inside a job is one of these exceptions, and also of the class that PySpark would have raised, such
as ``StreamingQueryException``. Its text is one sentence; ``stackTrace`` is the JVM's.
"""

from __future__ import annotations


class TfpredictException(Exception):
    """Any failure that this package explains.

    Raised itself if Spark or the jar is missing.

    Attributes
    ----------
    error_class : str or None
        The name in brackets before the message; ``docs/errors.md`` explains each name.

    Examples
    --------
    >>> import tfpredict
    >>> try:
    ...     tfpredict.inspect(tmp_path / "none")
    ... except tfpredict.ModelNotFoundException as missing:
    ...     print(missing.error_class)
    TFPREDICT_MODEL_NOT_FOUND
    """

    # Not a property: pickle sets it on the exception that it makes in another process.
    error_class: str | None = None


class ModelNotFoundException(TfpredictException):
    """The path has no model, or no complete version of it."""


class ModelLoadException(TfpredictException):
    """The model's files exist, but cannot be read, restored or loaded."""


class ModelRunException(TfpredictException):
    """The model fails while it runs, and no single row is the cause."""


class UnsupportedModelException(TfpredictException):
    """The model uses an op or an attribute that the runtime lacks."""


class SignatureException(TfpredictException):
    """The tag or signature is unknown, or no column can hold its tensors."""


class InputException(TfpredictException):
    """A row does not fit the signature's inputs, or the model rejects it."""


class OutputException(TfpredictException):
    """The folder for an adapted model holds files, or cannot be written."""
