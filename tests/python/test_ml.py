"""A model as a stage of a Spark ML pipeline, from PySpark; what either language saves both load."""

from __future__ import annotations

import re
import shutil
import sys
import threading
from pathlib import Path

import blocks
import programs
import pytest
import tfpredict
from pyspark.errors import AnalysisException, IllegalArgumentException
from pyspark.ml import Pipeline, PipelineModel, Transformer
from pyspark.ml.evaluation import RegressionEvaluator
from pyspark.ml.feature import SQLTransformer, VectorAssembler
from pyspark.ml.linalg import Vectors
from pyspark.ml.util import DefaultParamsReadable, DefaultParamsWritable
from pyspark.sql import DataFrame
from tfpredict.ml import SavedModelTransformer

PAGE = (Path(__file__).parents[2] / "docs" / "ml.md").read_text()


@pytest.fixture(scope="module")
def rows(spark):
    return spark.range(0, 20, 1, 2).selectExpr(
        "id",
        "float(id) AS a",
        "double(id % 5) AS b",
        "array(float(id), float(id % 5)) AS f",
        "double(1.9978589 * id - 1.0296257 * (id % 5) + 3.0809885) AS label",
    )


@pytest.fixture
def stage(spark, models):
    return SavedModelTransformer(modelPath=models / "linear", inputCol="f")


def test_the_answers_and_the_operator_are_those_of_sql(spark, models, rows, stage):
    tfpredict.register(spark, models / "linear", "linear")
    found = stage.setBatchSize(8).transform(rows)
    assert found.collect() == rows.selectExpr("*", "linear(f) AS prediction").collect()
    assert "batches of up to 8 rows" in found._jdf.queryExecution().executedPlan().toString()


def test_it_is_reached_by_the_package_too(stage):
    assert tfpredict.ml.SavedModelTransformer is SavedModelTransformer
    with pytest.raises(AttributeError, match=r"has no attribute 'nothing'"):
        _ = tfpredict.nothing


def test_a_pipeline_with_an_evaluator(spark, models, rows, tmp_path, stage):
    assembler = VectorAssembler(inputCols=["a", "b"], outputCol="vector")
    whole = Pipeline(stages=[assembler, stage.setInputCol("vector")])
    whole.save(str(tmp_path / "pipeline"))
    predicted = Pipeline.load(str(tmp_path / "pipeline")).fit(rows).transform(rows)
    assert dict(predicted.dtypes)["prediction"] == "float"
    assert RegressionEvaluator(metricName="rmse").evaluate(predicted) < 1e-4


def test_vectors_dense_and_sparse(spark, stage):
    table = spark.createDataFrame(
        [(Vectors.dense(1.0, 2.0),), (Vectors.sparse(2, [1], [2.0]),)], ["f"]
    )
    found = [row.prediction for row in stage.transform(table).collect()]
    assert found == pytest.approx([3.0195961, 3.0809885 - 2 * 1.0296257])


def test_the_latest_version_is_each_querys(rows, models, tmp_path):
    shutil.copytree(models / "versions" / "1", tmp_path / "model" / "1")
    stage = SavedModelTransformer(
        modelPath=tmp_path / "model", inputCol="f", version="latest", modelVersion=True
    )
    predicted = stage.transform(rows)
    assert predicted.first().prediction.model_version == 1
    shutil.copytree(models / "versions" / "2", tmp_path / "model" / ".coming")
    (tmp_path / "model" / ".coming").rename(tmp_path / "model" / "2")
    assert predicted.first().prediction.model_version == 2


def test_several_inputs_and_several_outputs(spark, models, rows):
    both = spark.sql("SELECT array(1, 2) AS p, 4 AS q")
    two = SavedModelTransformer(modelPath=str(models / "two_inputs"), inputCols=["p", "q"])
    assert two.transform(both).first().prediction == 7.0

    words = spark.sql("SELECT w FROM VALUES ('plum'), ('none') AS t(w)")
    look = SavedModelTransformer(modelPath=models / "lookup", inputCol="w", outputCol="found")
    fields = look.transform(words).schema["found"].dataType.fieldNames()
    assert set(fields) >= {"index", "upper"}
    one = look.setOutputs(("index",)).transform(words)
    assert [row.found for row in one.collect()] == [2, -1]
    taken = SQLTransformer(statement="SELECT *, found.upper AS upper FROM __THIS__")
    look.setOutputs(["upper", "index"])
    stages = PipelineModel([look, taken])
    assert [row.upper for row in stages.transform(words).collect()] == ["PLUM", "NONE"]


def test_on_error_and_the_version(spark, stage):
    table = spark.sql("SELECT f FROM VALUES (array(1f, 2f)), (array(1f)) AS t(f)")
    stage.setOnError("struct").setModelVersion(True)
    good, bad = (row.prediction for row in stage.transform(table).collect())
    assert (good.value, good.error, good.model_version) == (pytest.approx(3.0195961), None, 1)
    assert "length 2 at depth 1 in input" in bad.error
    assert "Found: length 1." in bad.error


def test_every_param_comes_back_from_the_jvm(spark, models, rows, tmp_path):
    made = SavedModelTransformer(
        modelPath=models / "linear",
        inputCol="f",
        outputCol="y",
        version=1,
        tags=["serve"],
        signature="serving_default",
        outputs=["outputs"],
        batchSize=16,
        onError="null",
        modelVersion=True,
    )
    made.write().overwrite().save(str(tmp_path / "stage"))
    back = SavedModelTransformer.load(str(tmp_path / "stage"))
    assert back.uid == made.uid
    assert back.explainParams() == made.explainParams()
    assert (back.getVersion(), back.getTags(), back.getOutputs()) == ("1", ["serve"], ["outputs"])
    assert (back.getBatchSize(), back.getOnError(), back.getModelVersion()) == (16, "null", True)
    assert back.transform(rows).collect() == made.transform(rows).collect()
    assert [entry.name for entry in (tmp_path / "stage").iterdir()] == ["metadata"]


def test_the_params_are_those_of_the_jvm(stage):
    # Unlike in the saved form, a param that only one language has would be lost without a word.
    java = {param.name(): param.doc() for param in stage._to_java().params()}
    ours = {param.name: param.doc for param in stage.params}
    for name in ("inputCol", "inputCols", "outputCol"):
        # Spark's own, with Spark's own words in each language.
        java.pop(name), ours.pop(name)
    assert ours == java
    defaults = {name: str(stage.getOrDefault(name)) for name in ("onError", "signature")}
    assert defaults == {"onError": "fail", "signature": "serving_default"}
    fresh = SavedModelTransformer()
    kept = fresh._java_obj
    for name in ("outputCol", "signature", "onError", "modelVersion"):
        assert kept.getOrDefault(kept.getParam(name)) == fresh.getOrDefault(name)
    for name in ("tags", "outputs"):
        assert list(kept.getOrDefault(kept.getParam(name))) == fresh.getOrDefault(name)


def test_what_the_jvm_saves_loads_here_and_back(spark, models, rows, tmp_path):
    jvm = spark._jvm
    java = jvm.tfpredict.ml.SavedModelTransformer()
    java.setModelPath(str(models / "linear")).setInputCol("f").setVersion(1).setBatchSize(4)
    stages = spark.sparkContext._gateway.new_array(jvm.org.apache.spark.ml.PipelineStage, 1)
    stages[0] = java
    jvm.org.apache.spark.ml.Pipeline().setStages(stages).save(str(tmp_path / "java"))

    here = Pipeline.load(str(tmp_path / "java"))
    (stage,) = here.getStages()
    assert isinstance(stage, SavedModelTransformer)
    assert (stage.uid, stage.getVersion(), stage.getBatchSize()) == (java.uid(), "1", 4)
    assert not stage.isSet("outputs")

    fitted = here.fit(rows)
    fitted.save(str(tmp_path / "python"))
    there = jvm.org.apache.spark.ml.PipelineModel.load(str(tmp_path / "python"))
    answers = DataFrame(there.transform(rows._jdf), spark)
    assert answers.collect() == fitted.transform(rows).collect()


class Plain(Transformer, DefaultParamsReadable, DefaultParamsWritable):
    """A stage that only Python has, so that Python itself saves the pipeline."""

    def _transform(self, dataset):
        return dataset


def test_beside_a_stage_that_only_python_has(rows, tmp_path, stage, monkeypatch):
    # Spark finds such a class where it was defined; a test's module is under no name of its own.
    monkeypatch.setattr(sys.modules["__main__"], "Plain", Plain, raising=False)
    monkeypatch.setattr(Plain, "__module__", "__main__")
    PipelineModel([Plain(), stage]).save(str(tmp_path / "mixed"))
    back = PipelineModel.load(str(tmp_path / "mixed"))
    assert isinstance(back.stages[1], SavedModelTransformer)
    assert back.transform(rows).collect() == stage.transform(rows).collect()


def test_a_copy_has_the_params_and_its_own(rows, stage):
    other = stage.copy({stage.outputCol: "z", stage.batchSize: 4})
    assert (other.uid, other.getOutputCol(), other.getBatchSize()) == (stage.uid, "z", 4)
    assert not stage.isSet(stage.batchSize)
    assert stage.transform(rows, {stage.outputCol: "w"}).columns[-1] == "w"
    assert stage.transform(rows).columns[-1] == "prediction"
    stage.setBatchSize(8).clear(stage.batchSize)
    plan = stage.transform(rows)._jdf.queryExecution().executedPlan().toString()
    assert "batches of up to 8192 rows" in plan


def test_wrong_columns_are_refused_before_a_job(rows, stage):
    with pytest.raises(AnalysisException, match=r"`ff` cannot be resolved.*Did you mean.*`f`"):
        stage.setInputCol("ff").transform(rows)
    with pytest.raises(AnalysisException, match=r"array<float> for input .* Found: bigint"):
        stage.setInputCol("id").transform(rows)
    with pytest.raises(IllegalArgumentException, match=r"which is A. Found: a in id, a, b"):
        stage.setInputCol("f").setOutputCol("A").transform(rows)


def test_missing_params_are_refused(models, rows, stage):
    with pytest.raises(IllegalArgumentException, match=r"exactly one of inputCol, inputCols"):
        SavedModelTransformer(modelPath=models / "linear").transform(rows)
    with pytest.raises(IllegalArgumentException, match=r"but both are set"):
        stage.setInputCols(["f"]).transform(rows)
    with pytest.raises(IllegalArgumentException, match=r"Expected: a modelPath for "):
        SavedModelTransformer(inputCol="f").transform(rows)


@pytest.mark.parametrize(
    ("params", "kind", "reason"),
    [
        (
            {"version": "newest"},
            ValueError,
            r"a number such as 3, or 'latest', for version. Found: 'newest'",
        ),
        ({"version": -1}, ValueError, r"for version. Found: -1"),
        ({"version": True}, ValueError, r"for version. Found: True"),
        ({"batchSize": 0}, ValueError, r"at least 1 for batchSize. Found: 0"),
        ({"batchSize": "many"}, TypeError, r'param "batchSize"'),
        ({"onError": "skip"}, ValueError, r"'fail', 'null' or 'struct' for onError. Found: 'skip'"),
        ({"modelPath": 7}, TypeError, r"Expected: a path. Found: 7"),
        ({"modelVersion": 1}, TypeError, r'param "modelVersion"'),
        ({"outputs": "p"}, TypeError, r'param "outputs"'),
    ],
)
def test_values_that_no_param_takes_are_refused_when_they_are_set(spark, params, kind, reason):
    with pytest.raises(kind, match=reason):
        SavedModelTransformer(**params)


def test_a_model_that_is_not_there(rows, tmp_path, stage):
    with pytest.raises(tfpredict.ModelNotFoundException, match=r"Found: no such folder"):
        stage.setModelPath(tmp_path / "none").transform(rows)
    # What is saved says where the model is; it may be gone.
    stage.save(str(tmp_path / "stage"))
    with pytest.raises(tfpredict.ModelNotFoundException):
        SavedModelTransformer.load(str(tmp_path / "stage")).transform(rows)


def test_it_is_made_in_other_threads_too(models, rows):
    # Spark's own tuning works in threads, where no session need be active.
    made = []
    thread = threading.Thread(
        target=lambda: made.append(
            SavedModelTransformer(modelPath=models / "linear", inputCol="f").transform(rows)
        )
    )
    thread.start()
    thread.join()
    assert made[0].count() == 20


def test_no_session_or_no_jar_is_one_sentence(run_script):
    done = run_script(
        "from pyspark.sql import SparkSession\n"
        "import tfpredict\n"
        "from tfpredict.ml import SavedModelTransformer\n"
        "def attempt(body):\n"
        "    try: body()\n"
        "    except tfpredict.TfpredictException as refused: print('refused:', refused)\n"
        "attempt(SavedModelTransformer)\n"
        "SparkSession.builder.master('local[1]').getOrCreate()\n"
        "attempt(SavedModelTransformer)\n"
        "attempt(lambda: SavedModelTransformer.load('anywhere'))\n"
    )
    lines = [line for line in done.stdout.splitlines() if line.startswith("refused:")]
    assert "[TFPREDICT_NO_SESSION]" in lines[0], done.stderr
    assert all("[TFPREDICT_JAR_MISSING]" in x for x in lines[1:])
    assert len(lines) == 3


def test_the_page(models, tmp_path):
    shutil.copytree(models / "linear", tmp_path / "data" / "linear_model")
    commands = {"python": [sys.executable, "-"], "scala": programs.spark_shell()}
    found = [block for block in blocks.of("docs/ml.md") if block.language in commands]
    assert [block.language for block in found] == ["python", "scala", "python"]
    for block in found:
        told = programs.printed(commands[block.language], input=block.text, cwd=tmp_path)
        assert "error:" not in told
        assert len(re.findall(r"\|1\.0\|2\.0\|\s*3\.0195", told)) == 1, told


def test_the_page_has_every_param(spark):
    stage = SavedModelTransformer()
    assert set(re.findall(r"^\| `(\w+)` \|", PAGE, re.MULTILINE)) == {
        param.name for param in stage.params
    }
