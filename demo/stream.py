"""Runs a model on files as they arrive, the program `TfStream` in Python.

Usage: stream.py MODEL INPUT OUTPUT CHECKPOINT [now]. JSON lines with an ``id`` and an array of
``features`` in, Parquet with ``id``, ``value`` and ``model_version`` out, each row once, whatever
ends on the way. With ``now`` it ends when the files that are there have been read.
"""

from __future__ import annotations

import sys

import tfpredict
from pyspark.sql import SparkSession


def main(model: str, source: str, output: str, checkpoint: str, until: str = "stopped") -> None:
    """Predict until stopped, or until nothing is left."""
    spark = tfpredict.configure(SparkSession.builder.appName("stream")).getOrCreate()
    # A new version serves from the next micro-batch on.
    tfpredict.register(spark, model, version="latest", model_version=True)
    rows = (
        spark.readStream.schema("id LONG, features ARRAY<FLOAT>")
        # What has piled up is taken file by file, and not as one batch.
        .option("maxFilesPerTrigger", 1)
        .json(source)
    )
    predicted = rows.selectExpr("id", "tfpredict(features) AS y")
    writer = (
        predicted.select("id", "y.value", "y.model_version")
        .writeStream.format("parquet")
        .option("checkpointLocation", checkpoint)
    )
    if until == "now":
        writer = writer.trigger(availableNow=True)
    writer.start(output).awaitTermination()


if __name__ == "__main__":
    main(*sys.argv[1:])
