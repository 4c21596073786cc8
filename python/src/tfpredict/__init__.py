"""A TensorFlow SavedModel becomes a Spark function.

>>> import tfpredict
>>> tfpredict.__version__.count(".")
2
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING

from tfpredict._version import __version__
from tfpredict.adaptation import AdaptReport, adapt
from tfpredict.doctor import DoctorReport, HostReport, SettingReport, doctor
from tfpredict.errors import (
    InputException,
    ModelLoadException,
    ModelNotFoundException,
    ModelRunException,
    OutputException,
    SignatureException,
    TfpredictException,
    UnsupportedModelException,
)
from tfpredict.export import export, export_file
from tfpredict.functions import predict, with_predictions
from tfpredict.inspection import ColumnInfo, ModelInfo, SignatureInfo, inspect
from tfpredict.models import ExecutorLoads, RegisteredModel, executor_loads
from tfpredict.registration import refresh, register, registered, unregister
from tfpredict.session import configure
from tfpredict.verification import VerifiedOutput, VerifyReport, verify

if TYPE_CHECKING:
    from types import ModuleType

    from tfpredict import ml

__all__ = [
    "AdaptReport",
    "ColumnInfo",
    "DoctorReport",
    "ExecutorLoads",
    "HostReport",
    "InputException",
    "ModelInfo",
    "ModelLoadException",
    "ModelNotFoundException",
    "ModelRunException",
    "OutputException",
    "RegisteredModel",
    "SettingReport",
    "SignatureException",
    "SignatureInfo",
    "TfpredictException",
    "UnsupportedModelException",
    "VerifiedOutput",
    "VerifyReport",
    "__version__",
    "adapt",
    "configure",
    "doctor",
    "executor_loads",
    "export",
    "export_file",
    "inspect",
    "ml",
    "predict",
    "refresh",
    "register",
    "registered",
    "unregister",
    "verify",
    "with_predictions",
]


if not TYPE_CHECKING:  # a type checker would take any name for there

    def __getattr__(name: str) -> ModuleType:
        # At its first use: its class is one of PySpark's, which need not be installed.
        if name == "ml":
            return importlib.import_module("tfpredict.ml")
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
