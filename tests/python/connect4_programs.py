"""The programs of Spark Connect clients without Java, each `BEGIN`, its own part, and `END`."""

from __future__ import annotations

# What every client begins with.
BEGIN = """
import json, os, sys, threading
from dataclasses import asdict
from pathlib import Path
from shutil import copytree
if sys.argv[4] == "alone":
    sys.modules["py4j"] = None  # which the environment has: importing it fails from here on
import pyspark
from pyspark.sql import SparkSession
from pyspark.sql import functions as F
import tfpredict

def end(status):
    # PySpark 4.2 waits for ever at the end of a program that left a second session open.
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(status)

def failed(*what):
    sys.__excepthook__(*what)
    end(1)

sys.excepthook = failed
address, models, folder = sys.argv[1], Path(sys.argv[2]), Path(sys.argv[3])
found = {"file": pyspark.__file__}

def message(call):
    try:
        return ["", str(call())]
    except Exception as refused:
        kinds = [kind.__module__ + "." + kind.__name__ for kind in type(refused).__mro__]
        return [kinds, str(refused)]

def session():
    return SparkSession.builder.remote(address).create()
"""
END = "\nprint(json.dumps(found))\nend(0)\n"

CLIENT = """
spark, other = session(), session()
model = tfpredict.register(spark, models / "linear", "score")
found["model"] = asdict(model)
rows = json.loads((models / "golden.json").read_text())["linear"]["rows"]
frame = spark.createDataFrame(list(enumerate(rows)), "id int, features array<float>")
frame.createOrReplaceTempView("t")
found["sql"] = [
    row.y for row in spark.sql("SELECT id, score(features) AS y FROM t ORDER BY id").collect()
]
call = F.call_function("score", F.col("features"))
found["function"] = [row.y for row in frame.orderBy("id").select(call.alias("y")).collect()]
linear = models / "linear"
column = tfpredict.predict(linear, "features").alias("y")
found["predict"] = [row.y for row in frame.orderBy("id").select(column).collect()]
found["answer"] = frame.select(column).schema["y"].dataType.simpleString()
found["plan"] = frame.select(column)._explain_string(extended=True)
found["columns"] = frame.select(
    tfpredict.predict(linear, "features"),
    tfpredict.predict(linear, frame.features),
    tfpredict.predict(linear, inputs="features"),
    tfpredict.predict(linear, {"inputs": F.col("features")}),
).columns
pair = spark.createDataFrame(
    [([1.0, 2.0], [[1.0, 2.0], [2.0, 3.0]], [1.0])],
    "f array<float>, fs array<array<float>>, bad array<float>",
)
found["where"] = pair.filter(tfpredict.predict(linear, "f") > 3).count()
found["lambda"] = pair.select(F.transform("fs", lambda f: tfpredict.predict(linear, f))).first()[0]
told = tfpredict.predict(linear, "bad", on_error="struct", model_version=True)
found["told"] = pair.select(told.alias("y")).first().y.asDict()

tfpredict.register(spark, models / "two_outputs", "a_second", outputs="q", batch_size=8)
found["registered"] = [entry.name for entry in tfpredict.registered(spark)]
found["outputs"] = [column.name for column in tfpredict.registered(spark)[0].outputs]
found["of other"] = [
    len(tfpredict.registered(other)),
    message(lambda: other.sql("SELECT score(array(1, 2))").first()),
]
tfpredict.register(other, models / "summed", "score")
found["apart"] = [
    each.sql("SELECT score(array(1.0, 2.0))").first()[0] for each in (spark, other)
]

moving = folder / "moving"
copytree(models / "versions" / "1", moving / "1")
found["before"] = tfpredict.register(spark, moving, "moved").version
copytree(models / "versions" / "2", moving / "2")
found["after"] = tfpredict.refresh(spark, "moved").version
found["moved"] = spark.sql("SELECT moved(array(1, 2))").first()[0]

tfpredict.register(spark, models / "summed", "sum", replace=True)
found["replaced"] = spark.sql("SELECT sum(array(1.0, 2.0))").first()[0]
tfpredict.unregister(spark, "sum")
found["put back"] = spark.sql("SELECT sum(id) FROM range(4)").first()[0]

report = tfpredict.doctor(spark)
found["doctor"] = [report.is_well, [[host.role, host.natives] for host in report.hosts]]
found["loads"] = [
    [entry.version, entry.loads] for entry in tfpredict.executor_loads(spark)
    if entry.path == str(linear)
]
def elsewhere():
    found["thread"] = message(lambda: tfpredict.predict(linear, "features"))
thread = threading.Thread(target=elsewhere)
thread.start()
thread.join()

wide = pair.select(F.array(F.lit(1.0), F.lit(2.0), F.lit(3.0)).alias("f"))
for name, call in {
    "missing": lambda: tfpredict.register(spark, "/no/such/model"),
    "signature": lambda: tfpredict.register(spark, linear, signature="other"),
    "tags": lambda: tfpredict.register(spark, linear, tags=["gpu"]),
    "taken": lambda: tfpredict.register(spark, linear, "sum"),
    "name": lambda: tfpredict.register(spark, linear, "s\\nm"),
    "word": lambda: tfpredict.register(spark, linear, on_error="perhaps"),
    "type": lambda: tfpredict.register(spark, 3),
    "unknown": lambda: tfpredict.refresh(spark, "no\\nbody"),
    "gone": lambda: tfpredict.unregister(spark, "nobody"),
    "late": lambda: frame.select(tfpredict.predict("/no/such/model", "features")).collect(),
    "value": lambda: frame.select(tfpredict.predict(linear, [1.0, 2.0])),
    "column": lambda: frame.select(tfpredict.predict(linear, "id")).schema,
    "twice": lambda: frame.select(tfpredict.predict(linear, "features", "id")).schema,
    "row": lambda: wide.select(tfpredict.predict(linear, "f")).collect(),
    "named row": lambda: spark.sql("SELECT score(array(1))").collect(),
    "spark's": lambda: spark.sql("SELECT 1 / 0").collect(),
}.items():
    found[name] = message(call)
if sys.argv[4] == "alone":
    found["jvm"] = any(name.startswith("py4j.") for name in sys.modules)
else:
    found["jvm"] = pyspark.SparkContext._gateway is not None
"""

STAGE = """
from pyspark.ml import Pipeline, PipelineModel
from pyspark.ml.feature import VectorAssembler
from tfpredict.ml import SavedModelTransformer
spark = session()
frame = spark.createDataFrame([(1.0, 2.0, [1.0, 2.0])], "a float, b float, f array<float>")
path = models / "linear"
stage = SavedModelTransformer(modelPath=path, inputCol="f")
found["transform"] = stage.transform(frame).first().prediction
made = SavedModelTransformer(
    modelPath=path, inputCol="f", outputCol="y", version=1, tags=["serve"], outputs=["outputs"],
    signature="serving_default", batchSize=16, onError="null", modelVersion=True,
)
made.write().overwrite().save(str(folder / "stage"))
back = SavedModelTransformer.load(str(folder / "stage"))
found["same"] = [back.uid == made.uid, back.explainParams() == made.explainParams()]
found["back"] = back.transform(frame).first().y.asDict()
made.clear(made.outputCol)
made.setOutputs([])
found["cleared"] = made.transform(frame).columns[-1]

assembler = VectorAssembler(inputCols=["a", "b"], outputCol="v")
pipeline = Pipeline(stages=[assembler, SavedModelTransformer(modelPath=path, inputCol="v")])
fitted = pipeline.fit(frame)
pipeline.write().overwrite().save(str(folder / "pipeline"))
fitted.write().overwrite().save(str(folder / "fitted"))
found["pipelines"] = [
    each.transform(frame).first().prediction
    for each in (
        fitted,
        Pipeline.load(str(folder / "pipeline")).fit(frame),
        PipelineModel.load(str(folder / "fitted")),
    )
]
for name, call in {
    "stage missing": lambda: stage.setModelPath("/no/such/model").transform(frame).first(),
    "stage unset": lambda: SavedModelTransformer(inputCol="f").transform(frame).first(),
    "stage taken": lambda: stage.setModelPath(path).setOutputCol("a").transform(frame).first(),
    "stage tags": lambda: stage.setTags([]),
}.items():
    found[name] = message(call)
"""

STRANGER = """
import random
from pyspark.sql.connect import proto
from pyspark.sql.connect.column import Column
from pyspark.sql.connect.expressions import Expression
spark = session()

class Bare(Expression):
    def __init__(self, sent):
        super().__init__()
        self.sent = sent

    def to_plan(self, client):
        expression = proto.Expression()
        expression.extension.type_url = "tfpredict/predict"
        expression.extension.value = self.sent
        return expression

    def __repr__(self):
        return "bare"

def call(sent):
    command = proto.Command()
    command.extension.type_url = "tfpredict/call"
    command.extension.value = sent
    spark.client.execute_command(command)

def column(sent):
    spark.range(1).select(Column(Bare(sent))).collect()

def function(name, arguments=1):
    built = proto.Expression.UnresolvedFunction(function_name=name)
    for _ in range(arguments):
        built.arguments.add().unresolved_attribute.unparsed_identifier = "id"
    return built.SerializeToString()

chance = random.Random(7)
noise = [chance.randbytes(length) for length in (0, 1, 7, 100, 5000)]
found["calls"] = [message(lambda: call(sent)) for sent in (
    *noise, b"{}", b"[]", b"null", b'["about"] 1', b'["about", 1]', b'["register", "/m"]',
    b'["register", "/m", "n", {"tags": [null]}]', b'["register", "/m", "n", {"version": null}]',
    b'["register", "/m", "n", {"tags": {"a": {"b": 1}}}]', b'["register", "/m", "n", [1]]',
    b'["register", "/m", "n", {"batchSize": 1.5}]', b'["register", "/m", "n", {"a": 1, "a": 2}]',
    b'["deleteAtEnd", "/m"]', b'["watch"]', b"[" * 5000, b'["' + b"a" * (1 << 20) + b'"]',
)]
found["options"] = [message(lambda: call(sent)) for sent in (
    b'["register", "/m", "n", {"no\\\\nne": 1}]',
    b'["register", "/m", "n", {"version": "x\\\\ny"}]',
)]
found["expressions"] = [message(lambda: column(sent)) for sent in (
    *noise[1:], function(""), function("[]"), function('["/m", ["a", "b"], {}]'),
    function('["/m", [1], {}]'), function('["/m", [], {"tags": [1]}]'),
)]
found["nothing"] = tfpredict.registered(spark)
"""

# The server's working folder is no executor's.
SHIPPED = """
sessions = [session(), session()]
for spark in sessions:
    tfpredict.register(spark, "/proc/self/cwd/own", "own")
rows = "SELECT own(array(1.0f, 2.0f)) AS y FROM range(4)"
found["answers"] = [[row.y for row in spark.sql(rows).collect()] for spark in reversed(sessions)]
"""
