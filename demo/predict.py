"""Third part of the demonstration: PySpark calls the models in two executors' JVMs.

Spark and no TensorFlow.
"""

from __future__ import annotations

import json
import shutil
import sys
from pathlib import Path

import numpy as np
import pyspark
import tfpredict
from pyspark.sql import SparkSession
from tfpredict import plots

# What one executor's own sums may differ by from those of another order: relative to the largest
# answer.
TOLERANCE = 1e-5


def main(data: Path, out: Path) -> None:
    """Predict with the models in `data`, compare with `out`/demo.npz and draw `out`/demo.png."""
    kept = np.load(out / "demo.npz")
    builder = SparkSession.builder.master("local-cluster[2,1,1024]").appName("tfpredict demo")
    spark = tfpredict.configure(builder.config("spark.ui.enabled", "false")).getOrCreate()
    spark.sparkContext.setLogLevel("ERROR")
    try:
        for name in ("linear", "digits", "cancer"):
            tfpredict.register(spark, (data / f"{name}_model").absolute(), f"{name}_predict")
            _view(spark, kept, name, out)

        print("\nSQL over the linear data, beside Keras' own predictions:")
        spark.sql(
            "SELECT features, round(linear_predict(features), 4) AS y_preds, "
            "round(keras, 4) AS keras FROM linear ORDER BY id"
        ).show(5, truncate=False)
        predictions = {name: _predictions(spark, name) for name in ("linear", "digits", "cancer")}
        for name, found in predictions.items():
            expected = kept[f"{name}_predictions"].reshape(found.shape)
            _compare(name, found, expected)

        (accuracy,) = spark.sql(
            """
            SELECT avg(CAST(p.label = array_position(p.ps, array_max(p.ps)) - 1 AS DOUBLE))
            FROM (SELECT label, digits_predict(features) AS ps FROM digits) AS p
            """
        ).first()
        print(f"digits: right on {accuracy:.2%} of {len(kept['digits_labels'])} held-out images")
        (accuracy,) = spark.sql(
            "SELECT avg(CAST((cancer_predict(features) > 0.5) = (label = 1) AS DOUBLE)) FROM cancer"
        ).first()
        print(f"cancer: right on {accuracy:.2%} of {len(kept['cancer_labels'])} held-out cases")

        _show_loads(spark)
        plots.demo(
            out / "demo.png",
            losses=kept["linear_losses"],
            targets=kept["linear_targets"].ravel(),
            predictions=predictions["linear"].ravel(),
            images=kept["digits_images"][..., 0],
            labels=kept["digits_labels"],
            digits=predictions["digits"].argmax(axis=1),
        )
    finally:
        application = spark.sparkContext.applicationId
        spark.stop()
        # Spark's one-machine cluster never removes its executors' folders, a copy of the
        # jar in each.
        shutil.rmtree(Path(pyspark.__file__).parent / "work" / application, ignore_errors=True)


def _view(spark: SparkSession, kept: np.lib.npyio.NpzFile, name: str, out: Path) -> None:
    """Make the held-out data a table that executors read by themselves, without Python."""
    rows = out / f"{name}.json"
    features = next(kept[key] for key in (f"{name}_features", f"{name}_images") if key in kept)
    labels = next(kept[key] for key in (f"{name}_labels", f"{name}_targets") if key in kept)
    answers = kept[f"{name}_predictions"]
    with rows.open("w") as file:
        for index, (row, label, answer) in enumerate(zip(features, labels, answers)):
            record = {
                "id": index,
                "features": row.tolist(),
                "label": float(np.ravel(label)[0]),
                "keras": float(np.ravel(answer)[0]),
            }
            file.write(json.dumps(record) + "\n")
    nested = "array<" * (features.ndim - 1) + "float" + ">" * (features.ndim - 1)
    table = spark.read.schema(f"id int, features {nested}, label float, keras float").json(
        rows.absolute().as_uri()
    )
    table.repartition(8).createOrReplaceTempView(name)


def _predictions(spark: SparkSession, name: str) -> np.ndarray:
    found = spark.sql(f"SELECT id, {name}_predict(features) AS y FROM {name}").collect()
    return np.array([row.y for row in sorted(found, key=lambda row: row.id)], dtype="float64")


def _compare(name: str, found: np.ndarray, expected: np.ndarray) -> None:
    difference = float(np.abs(found - expected).max())
    print(f"{name}: largest difference between Spark and TensorFlow in Python {difference:.2g}")
    if difference > TOLERANCE * max(1.0, float(np.abs(expected).max())):
        raise SystemExit(f"demo failed: {name} differs by {difference}")


def _show_loads(spark: SparkSession) -> None:
    layout = "{:8}  {:15}  {:12}  {:7}  {}"
    print("\n" + layout.format("executor", "process", "model", "version", "loads"))
    loads = tfpredict.executor_loads(spark)
    for entry in loads:
        model, version = Path(entry.path).name, str(entry.version)
        print(layout.format(entry.executor, entry.process, model, version, entry.loads))
    if not loads or any(entry.loads != 1 for entry in loads):
        raise SystemExit("demo failed: an executor did not load a model exactly once")


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
