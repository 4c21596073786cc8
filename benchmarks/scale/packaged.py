"""Packages the models as MLflow does, for its ``spark_udf``. Usage: packaged.py FOLDER."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

import keras
import mlflow
import models
import numpy as np
from mlflow.models import ModelSignature
from mlflow.types.schema import Schema, TensorSpec

from scale.plan import WORKLOADS


def main(root: Path) -> None:
    """Write each model of one input; others are not tried with MLflow."""
    for workload in WORKLOADS.values():
        folder = workload.folder(root) / "mlflow"
        if not workload.has_one_input or folder.is_dir():
            continue
        model: keras.Model = models.model(workload.name)
        (shape,) = workload.inputs.values()
        floats = np.dtype("float32")
        signature = ModelSignature(
            Schema([TensorSpec(floats, (-1, *shape))]), Schema([TensorSpec(floats, (-1, 1))])
        )
        try:
            mlflow.tensorflow.save_model(model, folder, signature=signature)
        except Exception:
            shutil.rmtree(folder, ignore_errors=True)
            raise


if __name__ == "__main__":
    main(Path(sys.argv[1]))
