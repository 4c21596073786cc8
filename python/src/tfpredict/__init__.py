"""A TensorFlow SavedModel becomes a Spark function.

>>> import tfpredict
>>> tfpredict.__version__.count(".")
2
"""

from tfpredict._version import __version__
from tfpredict.doctor import DoctorReport, HostReport, doctor
from tfpredict.errors import (
    InputException,
    ModelLoadException,
    ModelNotFoundException,
    SignatureException,
    TfpredictException,
    UnsupportedModelException,
)
from tfpredict.export import export
from tfpredict.functions import predict, refresh, register
from tfpredict.inspection import ColumnInfo, ModelInfo, SignatureInfo, inspect
from tfpredict.models import ExecutorLoads, RegisteredModel, executor_loads
from tfpredict.session import configure
from tfpredict.verification import VerifiedOutput, VerifyReport, verify

__all__ = [
    "ColumnInfo",
    "DoctorReport",
    "ExecutorLoads",
    "HostReport",
    "InputException",
    "ModelInfo",
    "ModelLoadException",
    "ModelNotFoundException",
    "RegisteredModel",
    "SignatureException",
    "SignatureInfo",
    "TfpredictException",
    "UnsupportedModelException",
    "VerifiedOutput",
    "VerifyReport",
    "__version__",
    "configure",
    "doctor",
    "executor_loads",
    "export",
    "inspect",
    "predict",
    "refresh",
    "register",
    "verify",
]
