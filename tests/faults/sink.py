"""Prints what a stream has written, as those who read it with Spark see it.

Usage, by spark-submit: sink.py FOLDER. Prints ``[[id, value, model_version], ...]``.
"""

from __future__ import annotations

import json
import sys

from pyspark.sql import SparkSession

if __name__ == "__main__":
    rows = SparkSession.builder.getOrCreate().read.parquet(sys.argv[1]).collect()
    print(json.dumps(sorted(list(row) for row in rows)))
