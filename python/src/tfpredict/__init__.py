"""A TensorFlow SavedModel becomes a Spark function.

>>> import tfpredict
>>> tfpredict.__version__.count(".")
2
"""

from tfpredict._version import __version__
from tfpredict.errors import (
    InputException,
    ModelLoadException,
    ModelNotFoundException,
    SignatureException,
    TfpredictException,
    UnsupportedModelException,
)
from tfpredict.export import export
from tfpredict.functions import predict, register
from tfpredict.models import ExecutorLoads, RegisteredModel, executor_loads
from tfpredict.session import configure

__all__ = [
    "ExecutorLoads",
    "InputException",
    "ModelLoadException",
    "ModelNotFoundException",
    "RegisteredModel",
    "SignatureException",
    "TfpredictException",
    "UnsupportedModelException",
    "__version__",
    "configure",
    "executor_loads",
    "export",
    "predict",
    "register",
]
