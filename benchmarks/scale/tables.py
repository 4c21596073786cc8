"""The tables and models for measuring at scale. With TensorFlow, without Spark.

Usage: tables.py FOLDER. Keeps what the same sources have written before.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path

import models
import numpy as np
import prepare
import pyarrow as pa
import tensorflow as tf
import tfpredict
from workloads import FILES, Workload

from scale.plan import FLOATS, MODELS, WIDTHS, WORKLOADS, copy_of_mlp


def main(root: Path) -> None:
    """Write each table, its model, the model as ONNX, and the models of other widths."""
    here = Path(__file__)
    sources = [
        here,
        here.with_name("plan.py"),
        *(Path(part.__file__) for part in (models, prepare)),
    ]
    stamp = json.dumps([source.read_text() for source in sources])
    ready = root / ".ready"
    if ready.is_file() and ready.read_text() == stamp:
        return
    shutil.rmtree(root, ignore_errors=True)
    for workload in WORKLOADS.values():
        print(f"  {workload.title}, {workload.rows:,} rows", flush=True)
        _table(workload, root)
    for number in range(max(MODELS)):
        tfpredict.export(models.model("mlp"), copy_of_mlp(number, root))
    for width in WIDTHS:
        print(f"  a linear model of {width:,} floats", flush=True)
        _width(width, root)
    ready.write_text(stamp)


def _table(workload: Workload, root: Path) -> None:
    """Write a workload's model, also as ONNX, its sample, and its rows with an id."""
    folder = workload.folder(root)
    (folder / "rows").mkdir(parents=True)
    tfpredict.export(models.model(workload.name), workload.model(root))
    if workload.has_one_input:
        _onnx(Path(workload.model(root)) / "1", folder / "model.onnx")
    count = workload.rows_per_file
    rows = models.rows(workload.name, count)
    prepare.answer({name: part[: prepare.SAMPLE] for name, part in rows.items()}, workload, root)
    # Each file has the same values, but each row has its own id: the values do not affect the time.
    values = {name: prepare.array(part) for name, part in rows.items()}
    for number, file in enumerate(workload.files(root)):
        ids = pa.array(np.arange(number * count, (number + 1) * count))
        prepare.parquet({"id": ids, **values}, file)


def _width(width: int, root: Path) -> None:
    """Write a model of one dense layer on `width` floats, and rows for it."""
    folder = root / f"width_{width}"
    (folder / "rows").mkdir(parents=True)
    weights = tf.Variable(tf.random.stateless_normal([width, 1], [1, 2]))

    @tf.function(input_signature=[tf.TensorSpec([None, width], name="features")])
    def predict(features: tf.Tensor) -> tf.Tensor:
        return tf.matmul(features, weights)

    module = tf.Module()
    module.weights, module.predict = weights, predict
    tfpredict.export(module, folder / "model", signatures=predict)
    count = FLOATS // width // FILES
    floats = np.random.default_rng(3).standard_normal((count, width), dtype="float32")
    features = prepare.array(floats)
    for number in range(FILES):
        prepare.parquet({"features": features}, folder / "rows" / f"{number:02}.parquet")


def _onnx(folder: Path, file: Path) -> None:
    """Convert a SavedModel in the environment that has the converter."""
    command = [sys.executable, "-m", "tf2onnx.convert", "--opset", "17"]
    command += ["--saved-model", str(folder), "--output", str(file)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise SystemExit(f"no ONNX model of {folder}:\n{done.stderr[-2000:]}")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
