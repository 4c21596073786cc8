"""Writes the models, their tables as Parquet, and TensorFlow's own answers to a sample.

A process of its own: with TensorFlow, without Spark.
"""

from __future__ import annotations

import json
import shutil
import sys
from pathlib import Path

import models
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import tensorflow as tf
import tfpredict
from workloads import FILES, WORKLOADS, Workload

SAMPLE = 1024


def main(root: Path) -> None:
    """Write what is not there yet, or was written from other sources."""
    sources = [Path(__file__), Path(models.__file__), Path(__file__).with_name("workloads.py")]
    stamp = json.dumps([source.read_text() for source in sources])
    for workload in WORKLOADS.values():
        folder = workload.folder(root)
        ready = folder / ".ready"
        if ready.is_file() and ready.read_text() == stamp:
            continue
        print(f"  {workload.title}", flush=True)
        shutil.rmtree(folder, ignore_errors=True)
        write(workload, root)
        ready.write_text(stamp)


def write(workload: Workload, root: Path) -> None:
    """Write one workload's folder."""
    tfpredict.export(models.model(workload.name), workload.model(root))
    rows = models.rows(workload.name, workload.rows)
    (workload.folder(root) / "rows").mkdir()
    bounds = np.linspace(0, workload.rows, FILES + 1).astype(int)
    for file, first, last in zip(workload.files(root), bounds, bounds[1:]):
        parquet({name: array(values[first:last]) for name, values in rows.items()}, file)
    count = min(SAMPLE, workload.rows // 4)
    answer({name: values[:count] for name, values in rows.items()}, workload, root)


def answer(sample: dict[str, np.ndarray], workload: Workload, root: Path) -> None:
    """Write the sample and TensorFlow's own answers to it."""
    count = len(next(iter(sample.values())))
    parquet({name: array(values) for name, values in sample.items()}, workload.sample(root))
    batch = {
        name: tf.constant(values.reshape(count, *workload.inputs[name]))
        for name, values in sample.items()
    }
    serving = tf.saved_model.load(f"{workload.model(root)}/1").signatures["serving_default"]
    (answers,) = serving(**batch).values()
    np.save(workload.answers(root), answers.numpy().reshape(count, workload.width))


def parquet(columns: dict[str, pa.Array], file: str | Path) -> None:
    """Write one file of a table."""
    # A dictionary of floats that are all different costs time to write and saves nothing.
    strings = [name for name, values in columns.items() if pa.types.is_string(values.type)]
    pq.write_table(pa.table(columns), file, use_dictionary=strings)


def array(values: np.ndarray) -> pa.Array:
    """Return a column of Arrow: single values, or lists of one length."""
    if values.ndim == 1:
        return pa.array(values)
    length = values.shape[1]
    offsets = np.arange(0, values.size + 1, length, dtype="int32")
    return pa.ListArray.from_arrays(offsets, values.ravel())


if __name__ == "__main__":
    main(Path(sys.argv[1]))
