"""The tables and models for measuring at scale. With TensorFlow, without Spark.

Usage: tables.py FOLDER. Keeps what the same sources have written before.
"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import models
import numpy as np
import prepare
import pyarrow as pa
import pyarrow.parquet as pq
import tensorflow as tf
import tfpredict
from workloads import FILES, WORKLOADS, Workload

from scale.plan import COPIES, FLOATS, SAMPLE, TABLES, WIDTHS, Table


def main(root: Path) -> None:
    """Write each table, its model, the model as ONNX, and the models of other widths."""
    sources = [Path(__file__), Path(models.__file__), Path(__file__).with_name("plan.py")]
    stamp = json.dumps([source.read_text() for source in sources])
    ready = root / ".ready"
    if ready.is_file() and ready.read_text() == stamp:
        return
    for name, table in TABLES.items():
        print(f"  {WORKLOADS[name].title}, {table.rows:,} rows", flush=True)
        _table(table, root)
    for width in WIDTHS:
        print(f"  a linear model of {width:,} floats", flush=True)
        _width(width, root)
    ready.write_text(stamp)


def _table(table: Table, root: Path) -> None:
    """Write a workload's model in some copies, also as ONNX, and its rows with an id."""
    workload = WORKLOADS[table.name]
    folder = root / table.name
    folder.mkdir(parents=True, exist_ok=True)
    model = models.model(table.name)
    for number in range(COPIES):
        if not (folder / f"model_{number}").is_dir():
            tfpredict.export(model, folder / f"model_{number}")
    if workload.has_one_input:
        _onnx(folder / "model_0" / "1", folder / "model.onnx")
    (folder / "rows").mkdir(exist_ok=True)
    count = table.rows // FILES
    rows = models.rows(table.name, count)
    _answers(workload, folder, {name: part[:SAMPLE] for name, part in rows.items()})
    # Each file has the same values, but each row has its own id: the values do not affect the time.
    values = {name: prepare.array(part) for name, part in rows.items()}
    for number in range(FILES):
        ids = pa.array(np.arange(number * count, (number + 1) * count))
        _parquet({"id": ids, **values}, folder / "rows" / f"{number:02}.parquet")


def _answers(workload: Workload, folder: Path, sample: dict[str, np.ndarray]) -> None:
    """Keep TensorFlow's own answers to the table's first rows."""
    serving = tf.saved_model.load(str(folder / "model_0" / "1")).signatures["serving_default"]
    batch = {
        name: tf.constant(values.reshape(len(values), *workload.inputs[name]))
        for name, values in sample.items()
    }
    (answers,) = serving(**batch).values()
    np.save(folder / "answers.npy", answers.numpy().ravel())


def _width(width: int, root: Path) -> None:
    """Write a model of one dense layer on `width` floats, and rows for it."""
    folder = root / f"width_{width}"
    folder.mkdir(parents=True, exist_ok=True)
    weights = tf.Variable(tf.random.stateless_normal([width, 1], [1, 2]))

    @tf.function(input_signature=[tf.TensorSpec([None, width], name="features")])
    def predict(features: tf.Tensor) -> tf.Tensor:
        return tf.matmul(features, weights)

    module = tf.Module()
    module.weights, module.predict = weights, predict
    if not (folder / "model").is_dir():
        tfpredict.export(module, folder / "model", signatures=predict)
    (folder / "rows").mkdir(exist_ok=True)
    count = FLOATS // width // FILES
    floats = np.random.default_rng(3).standard_normal((count, width), dtype="float32")
    features = prepare.array(floats)
    for number in range(FILES):
        _parquet({"features": features}, folder / "rows" / f"{number:02}.parquet")


def _parquet(columns: dict[str, pa.Array], file: Path) -> None:
    strings = [name for name, values in columns.items() if pa.types.is_string(values.type)]
    pq.write_table(pa.table(columns), file, use_dictionary=strings)


def _onnx(folder: Path, file: Path) -> None:
    """Convert a SavedModel in the environment that has the converter."""
    command = [sys.executable, "-m", "tf2onnx.convert", "--opset", "17"]
    command += ["--saved-model", str(folder), "--output", str(file)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise SystemExit(f"no ONNX model of {folder}:\n{done.stderr[-2000:]}")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
