"""A job that takes its time: writes a model's answers for so many rows, then prints them.

Usage, by spark-submit: job.py MODEL OUTPUT ROWS TASKS MILLISECONDS, where each row waits so long
before it reaches the model. Prints ``[[id, value, model_version], ...]`` as they were written,
in the order of their ids.
"""

from __future__ import annotations

import json
import sys

import tfpredict
from pyspark.sql import SparkSession


def main(model: str, output: str, rows: str, tasks: str, pause: str) -> None:
    spark = tfpredict.configure(SparkSession.builder).getOrCreate()
    tfpredict.register(spark, model, model_version=True)
    table = spark.range(0, int(rows), 1, int(tasks))
    if pause != "0":
        # A method without a result answers null, or the word.
        sleep = f"reflect('java.lang.Thread', 'sleep', {pause}L)"
        table = table.where(f"coalesce({sleep}, 'null') = 'null'")
    predicted = table.selectExpr("id", "tfpredict(array(id, 2 * id)) AS y")
    predicted.select("id", "y.value", "y.model_version").write.parquet(output)
    written = spark.read.parquet(output).collect()
    print(json.dumps(sorted(list(row) for row in written)))


if __name__ == "__main__":
    main(*sys.argv[1:])
