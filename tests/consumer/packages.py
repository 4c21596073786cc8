"""Registers a model and predicts with it, where spark-submit's --packages brought the jar."""

import sys

import tfpredict
from pyspark.sql import SparkSession

spark = SparkSession.builder.getOrCreate()
tfpredict.register(spark, sys.argv[1])
print("packages:", spark.sql("SELECT tfpredict(array(1.0, 2.0))").first()[0])
spark.stop()
